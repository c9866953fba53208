import { Readable } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import { InputLines, linesOf, textOf } from '../../../../src/adapters/terminal/input-lines.js';
import { plainText } from '../../../../src/adapters/terminal/input-text.js';
import { NotText } from '../../../../src/adapters/view/typed-line.js';

const bytes = (...parts: (string | number)[]) =>
  Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));
const input = (...chunks: Buffer[]) => Readable.from(chunks, { objectMode: false });
const told = (line: string | NotText) => (line instanceof NotText ? line.problem : line);
const all = async (lines: AsyncIterable<string | NotText>) => {
  const texts: string[] = [];
  for await (const line of lines) texts.push(told(line));
  return texts;
};
const rest = (...chunks: Buffer[]) => all(new InputLines(input(...chunks)).rest());

describe('InputLines', () => {
  it('ends lines with the line ends of every platform, and the last one without', async () => {
    expect(await rest(bytes('a\nb\r\n\nc'))).to.deep.equal(['a', 'b', '', 'c']);
    expect(await rest(bytes('a\r'), bytes('\nb\r'))).to.deep.equal(['a', 'b']);
    expect(await rest()).to.deep.equal([]);
  });

  it('takes a byte order mark for no part of the first line, and leaves it elsewhere', async () => {
    expect(await rest(bytes('\ufeffa\n\ufeffb'))).to.deep.equal(['a', '\ufeffb']);
  });

  it('says which byte of a line is not UTF-8, and reads the others', async () => {
    expect(await rest(bytes('one\ncaf', 0xe9, '\nthree\n', 0x80))).to.deep.equal([
      'one',
      'Byte 4 (0xe9) is not UTF-8. Convert the input to UTF-8.',
      'three',
      'Byte 1 (0x80) is not UTF-8. Convert the input to UTF-8.',
    ]);
    expect(await rest(bytes(0xff, 0xfe, 'h', 0))).to.deep.equal([
      'The input is UTF-16. Convert it to UTF-8.',
    ]);
  });

  it('takes a replacement character that was written for what it is', async () => {
    expect(await rest(bytes('a\ufffdb\n'))).to.deep.equal(['a\ufffdb']);
  });

  it('cuts a line that is too long between characters', async () => {
    const [long = '', next] = await rest(bytes('a'), bytes('€'.repeat(200_000)), bytes('€\nb'));
    expect(long).to.match(/^a€{87381}$/);
    expect(next).to.equal('b');
  });

  it('reads the same however the bytes come', async () => {
    const text = fc
      .array(fc.constantFrom('a', '€', '👋', '\n', '\r\n', '\ufeff'))
      .map(parts => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(9)), async (text, sizes) => {
        const whole = Buffer.from(text);
        const chunks: Buffer[] = [];
        let at = 0;
        for (const size of sizes) {
          chunks.push(whole.subarray(at, at + size));
          at += size;
        }
        chunks.push(whole.subarray(at));
        expect(await rest(...chunks.filter(({ length }) => length > 0))).to.deep.equal(
          whole.length === 0 ? [] : await rest(whole),
        );
      }),
    );
  });

  it('answers a question with nothing when the line is no text', async () => {
    const lines = new InputLines(input(bytes(0xe9, '\ncarl\n')));
    expect([await lines.next(), await lines.next(), await lines.next()]).to.deep.equal([
      '',
      'carl',
      undefined,
    ]);
  });
});

describe('linesOf', () => {
  it('leaves out empty lines, and tells which are no text', async () => {
    const problems: [number, string][] = [];
    const lines = linesOf(input(bytes('a\n\n', 0xe9, '\nb')), (line, { problem }) =>
      problems.push([line, problem]),
    );
    expect(await all(lines)).to.deep.equal(['a', 'b']);
    expect(problems).to.deep.equal([[3, 'Byte 1 (0xe9) is not UTF-8. Convert the input to UTF-8.']]);
  });
});

describe('textOf', () => {
  it('is all of the input, but for a byte order mark and the line end at its end', async () => {
    expect(await textOf(input(bytes('\ufeffone\r\n'), bytes('two\r\n')))).to.equal('one\r\ntwo');
    expect(told(await textOf(input(bytes('one\ncaf', 0xe9))))).to.include('Byte 8 (0xe9)');
  });
});

describe('plainText', () => {
  const cases: [given: string, plain: string][] = [
    ['\u001b[1;31mred\u001b[0m alert', 'red alert'],
    ['\u001b]8;;https://example.org\u0007link\u001b]8;;\u0007', 'link'],
    ['a\r\nb\rc', 'a\nb\nc'],
    ['plain ✓', 'plain ✓'],
  ];
  for (const [given, plain] of cases) {
    it(`is ${JSON.stringify(plain)} of ${JSON.stringify(given)}`, () => {
      expect(plainText(given)).to.equal(plain);
    });
  }
});
