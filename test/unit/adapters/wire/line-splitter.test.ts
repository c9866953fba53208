import { expect } from 'chai';
import fc from 'fast-check';
import { joinBytes, LineSplitter } from '../../../../src/adapters/wire/line-splitter.js';
import { ProtocolError } from '../../../../src/adapters/wire/protocol-error.js';

/** The lines that come of `chunks`, and the code of what ended them. */
function split(chunks: Buffer[], maxBytes?: number): { lines: string[]; code?: string } {
  const found = splitWith(Buffer.concat, chunks, maxBytes);
  expect(splitWith(joinBytes, chunks, maxBytes), 'without Buffers').to.deep.equal(found);
  return found;
}

function splitWith<Bytes extends Uint8Array>(
  join: (pieces: readonly Bytes[]) => Bytes,
  chunks: Bytes[],
  maxBytes?: number,
): { lines: string[]; code?: string } {
  const lines: string[] = [];
  const splitter = new LineSplitter(join, maxBytes);
  try {
    for (const chunk of chunks) {
      splitter.add(chunk);
      for (let line = splitter.next(); line !== undefined; line = splitter.next())
        lines.push(Buffer.from(line).toString());
      expect(splitter.isEmpty).to.equal(true);
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { lines, code: error.code };
  }
  return { lines };
}

describe('LineSplitter', () => {
  const text = '{"Join":"José"}\n\n{"Send":{"username":"José","content":"👋 €"}}\n{"Leave":"José"}\n';
  const whole = Buffer.from(text);
  const lines = text.split('\n').slice(0, -1);

  it('cuts what comes at once', () => {
    expect(split([whole])).to.deep.equal({ lines });
  });

  it('cuts the same lines wherever the stream is torn', () => {
    for (let at = 0; at <= whole.length; at++) {
      expect(split([whole.subarray(0, at), whole.subarray(at)]), `at byte ${at}`).to.deep.equal({ lines });
    }
  });

  it('cuts the same lines byte by byte', () => {
    expect(split(Array.from(whole, byte => Buffer.from([byte])))).to.deep.equal({ lines });
  });

  it('keeps what has no end yet', () => {
    expect(split([Buffer.from('a\nb')])).to.deep.equal({ lines: ['a'] });
  });

  it('takes a line of exactly the limit, and no byte more, in one piece or in many', () => {
    for (const tear of [0, 1, 4, 5]) {
      const torn = (line: string) => [Buffer.from(line.slice(0, tear)), Buffer.from(line.slice(tear))];
      expect(split(torn('12345\n'), 5)).to.deep.equal({ lines: ['12345'] });
      expect(split(torn('123456\n'), 5)).to.deep.equal({ lines: [], code: 'LINE_TOO_LONG' });
    }
  });

  it('refuses a line that is too long before its end is in event', () => {
    expect(split([Buffer.from('a\n123456')], 5)).to.deep.equal({ lines: ['a'], code: 'LINE_TOO_LONG' });
  });

  it('is not disturbed when the bytes of a chunk are used again', () => {
    const splitter = new LineSplitter<Buffer>(Buffer.concat);
    const chunk = Buffer.from('abc');
    splitter.add(chunk);
    expect(splitter.next()).to.equal(undefined);
    chunk.fill('z');
    splitter.add(Buffer.from('d\n'));
    expect(splitter.next()?.toString()).to.equal('abcd');
  });

  it('keeps what was not asked for, counts it, and forgets it when it is told to', () => {
    const splitter = new LineSplitter<Buffer>(Buffer.concat);
    for (const chunk of ['a\nb\nc', '', 'd\ne\n', 'f']) splitter.add(Buffer.from(chunk));
    expect(splitter.next()?.toString()).to.equal('a');
    expect([splitter.waiting, splitter.isEmpty]).to.deep.equal([3, false]);
    splitter.drop();
    expect([splitter.next(), splitter.waiting, splitter.isEmpty]).to.deep.equal([undefined, 0, true]);
  });

  it('cuts any bytes in any pieces as one cut of the whole would', () => {
    const piece = fc.array(fc.constantFrom(0x0a, 0x61, 0xc3, 0xff), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        const chunks = pieces.map(bytes => Buffer.from(bytes));
        expect(split(chunks, 8)).to.deep.equal(split([Buffer.concat(chunks)], 8));
      }),
    );
  });
});
