import { expect } from 'chai';
import fc from 'fast-check';
import { FrameReader } from '../../src/adapters/web/frame-reader.js';
import { masked } from '../support/masked-frame.js';
import { target } from './target.js';

const MAX_BYTES = 300;
const CODES = [1002, 1003, 1008, 1009];

/** What a client can do, and of which kinds. */
const message = fc.tuple(
  fc.constantFrom('', 'x', 'one\n', 'one\ntwo\n', 'y'.repeat(126), 'z'.repeat(MAX_BYTES)),
  fc.array(fc.nat(MAX_BYTES), { maxLength: 4 }),
);
const nonsense = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map(bytes => Buffer.from(bytes)),
  fc
    .tuple(fc.nat(15), fc.string({ maxLength: 140 }), fc.boolean(), fc.constantFrom(0, 0x40, 0x20, 0x10))
    .map(([opcode, text, isLast, bits]) => masked(opcode, text, { isLast, bits })),
);

/** In fragments, with a ping between each two. */
function framesOf(text: string, cuts: readonly number[]): Buffer {
  const places = [...cuts.filter(cut => cut < text.length).sort((a, b) => a - b), text.length];
  const frames = places.flatMap((end, n) => {
    const fragment = text.slice(places[n - 1] ?? 0, end);
    const frame = masked(n === 0 ? 1 : 0, fragment, { isLast: n === places.length - 1 });
    return n === 0 ? [frame] : [masked(9, 'ping'), frame];
  });
  return Buffer.concat(frames);
}

/** However messages are cut, into frames and into chunks, they are read; whatever comes after them ends in a close at most once. */
export const webFrames = target(
  fc.property(
    fc.array(message, { maxLength: 8 }),
    fc.array(nonsense, { maxLength: 4 }),
    fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 20 }),
    (messages, rest, sizes) => {
      const texts: string[] = [];
      let ends = 0;
      const onSaid = () => expect(ends).to.equal(0);
      const reader = new FrameReader(MAX_BYTES, {
        onText: bytes => {
          onSaid();
          expect(bytes.length).to.be.at.most(MAX_BYTES);
          texts.push(String(bytes));
        },
        onPing: onSaid,
        onPong: onSaid,
        onClose: () => ends++,
        onInvalid: (code, error) => {
          expect(code).to.be.oneOf(CODES);
          expect(error.code).to.match(/^(WS_ERR_\w+|NOT_TEXT)$/);
          ends++;
        },
      });
      const valid = Buffer.concat(messages.map(([text, cuts]) => framesOf(text, cuts)));
      feed(reader, valid, sizes);
      expect(texts).to.deep.equal(messages.map(([text]) => text));
      expect(ends).to.equal(0);
      feed(reader, Buffer.concat(rest), sizes);
      expect(ends).to.be.at.most(1);
    },
  ),
  1500,
);

function feed(reader: FrameReader, bytes: Buffer, sizes: readonly number[]): void {
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    // The reader takes the mask off in place.
    if (at < bytes.length) reader.read(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
  }
}
