import { expect } from 'chai';
import fc from 'fast-check';
import { LineSplitter } from '../../src/adapters/wire/line-splitter.js';
import { ProtocolError } from '../../src/adapters/wire/protocol-error.js';
import { target } from './target.js';

const MAX_BYTES = 40;

const bytes = fc.array(
  fc.oneof(
    fc.constantFrom(
      Buffer.from('\n'),
      Buffer.from('\r\n'),
      Buffer.from('{"Ping":1}\n'),
      Buffer.alloc(MAX_BYTES, 120),
    ),
    fc.uint8Array({ maxLength: 2 * MAX_BYTES }).map(some => Buffer.from(some)),
  ),
  { maxLength: 20 },
);

/** Wherever the bytes are cut: the same lines, each within the bound, up to the first that is too long. */
export const byteLines = target(
  fc.property(bytes, fc.array(fc.nat(60), { maxLength: 30 }), (parts, sizes) => {
    const all = Buffer.concat(parts);
    const expected = linesOf(all);
    const splitter = new LineSplitter<Buffer>(Buffer.concat, MAX_BYTES);
    const lines: string[] = [];
    let at = 0;
    try {
      for (const size of [...sizes, all.length]) {
        splitter.add(all.subarray(at, at + size));
        at += size;
        for (let line = splitter.next(); line !== undefined; line = splitter.next())
          lines.push(line.toString('latin1'));
        expect(splitter.isEmpty).to.equal(true);
      }
      expect(expected.isTooLong).to.equal(false);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      expect(error.code).to.equal('LINE_TOO_LONG');
      expect(expected.isTooLong).to.equal(true);
    }
    expect(lines).to.deep.equal(expected.lines);
  }),
  3000,
);

function linesOf(all: Buffer): { lines: string[]; isTooLong: boolean } {
  const lines = all.toString('latin1').split('\n');
  const tooLong = lines.findIndex(line => line.length > MAX_BYTES);
  return tooLong < 0
    ? { lines: lines.slice(0, -1), isTooLong: false }
    : { lines: lines.slice(0, tooLong), isTooLong: true };
}
