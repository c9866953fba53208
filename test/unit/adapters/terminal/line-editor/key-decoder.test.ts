import { expect } from 'chai';
import fc from 'fast-check';
import { MAX_PASTE_LENGTH } from '../../../../../src/adapters/terminal/line-editor/bracketed-paste.js';
import { KeyDecoder } from '../../../../../src/adapters/terminal/line-editor/key-decoder.js';
import type { Key } from '../../../../../src/adapters/terminal/line-editor/keys.js';
import { escaped } from '../../../../support/escaped.js';

const decode = (...chunks: string[]): Key[] => {
  const decoder = new KeyDecoder();
  return [...chunks.flatMap(chunk => decoder.push(Buffer.from(chunk))), ...decoder.flush()];
};

/** What the keys are together, however text was divided. */
const joined = (keys: Key[]): Key[] =>
  keys.reduce<Key[]>((all, key) => {
    const last = all.at(-1);
    if (last?.type === 'text' && key.type === 'text')
      all[all.length - 1] = { type: 'text', text: last.text + key.text };
    else all.push(key);
    return all;
  }, []);

const NAMES: [sent: string, ...names: string[]][] = [
  ['\r', 'enter'],
  ['\n', 'enter'],
  ['\r\n', 'enter'],
  ['\r\r', 'enter', 'enter'],
  ['\t', 'tab'],
  ['\u007f', 'backspace'],
  ['\b', 'backspace'],
  ['\u0001', 'ctrl-a'],
  ['\u001a', 'ctrl-z'],
  ['\u001f', 'ctrl-_'],
  ['\u001b', 'escape'],
  ['\u001b\u001b', 'escape'],
  ['\u001b[A', 'up'],
  ['\u001bOA', 'up'],
  ['\u001b[1;5D', 'ctrl-left'],
  ['\u001b[1;3C', 'alt-right'],
  ['\u001b\u001b[D', 'alt-left'],
  ['\u001b[1;6A', 'ctrl-shift-up'],
  ['\u001b[H', 'home'],
  ['\u001bOH', 'home'],
  ['\u001b[1~', 'home'],
  ['\u001b[F', 'end'],
  ['\u001b[4~', 'end'],
  ['\u001b[3~', 'delete'],
  ['\u001b[3;5~', 'ctrl-delete'],
  ['\u001b[Z', 'shift-tab'],
  ['\u001bb', 'alt-b'],
  ['\u001bB', 'alt-b'],
  ['\u001b\u007f', 'alt-backspace'],
  ['\u001b\r', 'newline'],
  ['\u001b[13;2u', 'newline'],
  ['\u001b[27;2;13~', 'newline'],
  ['\u001b[27;5;13~', 'newline'],
  ['\u001b[99;5u', 'ctrl-c'],
  ['\u001b[98;3u', 'alt-b'],
  ['\u001b[27u', 'escape'],
  ['\u001b[99;5:3u'],
  ['\u001b[1;1:3A'],
  ['\u001bOM', 'enter'],
  ['\u001b[[A'],
  ['\u001b[?1;2c'],
  ['\u001b[>0;276;0c'],
  ['\u001b[<0;10;10M'],
  ['\u001b]11;rgb:0000/0000/0000\u001b\\'],
  ['\u001b]11;rgb:0000/0000/0000\u0007'],
  ['\u001bP1+r544e\u001b\\'],
  ['\u001b[24~'],
  ['\u001b[\u0003', 'ctrl-c'],
  ['\u0085'],
  // Ctrl with a key of another layout, as kitty and xterm tell it: by the Latin key, or by the place of the letter.
  ['\u001b[1089::99;5u', 'ctrl-c'],
  ['\u001b[1089;5u', 'ctrl-c'],
  ['\u001b[27;5;1089~', 'ctrl-c'],
  ['\u001b[1057:1057:99;6u', 'ctrl-shift-c'],
  ['\u001b[1074;5u', 'ctrl-d'],
  ['\u001b[968;5u', 'ctrl-c'],
  ['\u001b[1489;5u', 'ctrl-c'],
  ['\u001b[3649;5u', 'ctrl-c'],
  ['\u001bи', 'alt-b'],
  ['\u001b[231;5u', 'ctrl-ç'],
  // What the desktop takes, or lets go of, is not ours.
  ['\u001b[97;9u'],
  ['\u001b[99::99;5:3u'],
  // The number pad of kitty's protocol.
  ['\u001b[57417u', 'left'],
  ['\u001b[57426u', 'delete'],
  ['\u001b[57414;2u', 'newline'],
  ['\u001b[57358u'],
  // What introduces a string, and none follows: a key.
  ...[...'[]PX^_O'].map((key): [string, string] => [`\u001b${key}`, `alt-${key.toLowerCase()}`]),
  ['\u001b]\r', 'alt-]', 'enter'],
  ['\u001bP\u0003', 'alt-p', 'ctrl-c'],
  ['\u001b_\u001b[A', 'alt-_', 'up'],
  ['\u001b]0;half\u0003', 'ctrl-c'],
  ['\u001b]0;half\u001b[A', 'up'],
  ['\u001b[1;5\u0004', 'ctrl-d'],
];

describe('KeyDecoder', () => {
  for (const [sent, ...names] of NAMES) {
    it(`takes ${escaped(sent)} for ${names.join(', ') || 'nothing'}`, () => {
      expect(decode(sent)).to.deep.equal(names.map(name => ({ type: 'key', name })));
    });
  }

  it('gives out text in one piece, in every script', () => {
    expect(decode('héllo 👩‍👩‍👧 你好')).to.deep.equal([{ type: 'text', text: 'héllo 👩‍👩‍👧 你好' }]);
  });

  it('types a shifted space and a letter told by its code', () => {
    expect(joined(decode('\u001b[32;2u\u001b[97;1u\u001b[97;2u'))).to.deep.equal([
      { type: 'text', text: ' aA' },
    ]);
  });

  it('tells where the cursor is', () => {
    expect(decode('\u001b[12;34R')).to.deep.equal([{ type: 'position', row: 12, column: 34 }]);
  });

  it('types on the number pad of kitty', () => {
    expect(joined(decode('\u001b[57399u\u001b[57408u\u001b[57413u'))).to.deep.equal([
      { type: 'text', text: '09+' },
    ]);
  });

  it('tells whether somebody looks', () => {
    expect(decode('\u001b[I\u001b[O')).to.deep.equal([
      { type: 'focus', isHere: true },
      { type: 'focus', isHere: false },
    ]);
  });

  it('gives the keyboard back after every beginning of a sequence, and what follows is what it is', () => {
    for (const start of [
      '\u001b[',
      '\u001b]',
      '\u001bP',
      '\u001b^',
      '\u001b_',
      '\u001bX',
      '\u001bO',
      '\u001b[1;',
      '\u001b[[',
      '\u001b]11;rg',
      '\u001bP1+r54',
      '\u001b_Gi=1',
    ])
      for (const rest of ['hello', '\r', '\u0003', '\u0004', '\u001b[A']) {
        const decoder = new KeyDecoder();
        decoder.push(Buffer.from(start));
        const { patience } = decoder;
        if (patience !== undefined) {
          expect(patience).to.be.below(500);
          decoder.flush();
        }
        expect(decoder.push(Buffer.from(rest)), escaped(start + rest)).to.deep.equal(decode(rest));
      }
  });

  it('gives back what was typed after a key that could have begun an answer', () => {
    for (const [sent, name, typed] of [
      ['\u001b]123 hello', 'alt-]', '123 hello'],
      ['\u001bP1 + 1', 'alt-p', '1 + 1'],
      ['\u001b_Good', 'alt-_', 'Good'],
    ] as const)
      expect(decode(sent)).to.deep.equal([
        { type: 'key', name },
        { type: 'text', text: typed },
      ]);
  });

  it('holds an Escape back until it is known to be alone', () => {
    const decoder = new KeyDecoder();
    expect(decoder.push(Buffer.from('\u001b'))).to.deep.equal([]);
    expect(decoder.patience).to.be.within(20, 100);
    expect(decoder.flush()).to.deep.equal([{ type: 'key', name: 'escape' }]);
    expect(decoder.patience).to.equal(undefined);
  });

  it('takes a paste as it is, whatever it holds', () => {
    const text = 'one\r\ntwo\t\u0003\u001b[A\u001b[200~\u001b[201';
    expect(decode(`\u001b[200~${text}\u001b[201~x`)).to.deep.equal([
      { type: 'paste', text, cut: false },
      { type: 'text', text: 'x' },
    ]);
  });

  it('gives out what there is of a paste whose end does not come', () => {
    expect(decode('\u001b[200~half\u001b[20')).to.deep.equal([
      { type: 'paste', text: 'half\u001b[20', cut: false },
    ]);
  });

  it('holds no more of a paste than a bound, and finds its end', () => {
    const decoder = new KeyDecoder();
    const block = Buffer.alloc(64 * 1024, 'x');
    decoder.push(Buffer.from('\u001b[200~'));
    for (let n = 0; n < 40; n += 1) expect(decoder.push(block)).to.deep.equal([]);
    const [paste, enter] = decoder.push(Buffer.from('\u001b[201~\r'));
    expect(paste).to.deep.equal({ type: 'paste', text: 'x'.repeat(MAX_PASTE_LENGTH), cut: true });
    expect(enter).to.deep.equal({ type: 'key', name: 'enter' });
  });

  it('swallows sequences without end, and goes on after them', () => {
    for (const start of ['\u001b[', '\u001b]', '\u001bP']) {
      const decoder = new KeyDecoder();
      decoder.push(Buffer.from(start + '1'.repeat(100_000)));
      const keys = decoder.push(Buffer.from('~\u0007\u001b\\ok'));
      expect(joined(keys).at(-1)).to.have.property('text').that.matches(/ok$/);
    }
  });

  it('gives the same keys wherever the bytes are cut', () => {
    const sent = fc.oneof(
      fc.constantFrom(...NAMES.map(([bytes]) => bytes), '\u001b[200~a\r\u001b[201\u001b[201~', '\u001b[2;5R'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
    );
    fc.assert(
      fc.property(
        fc.array(sent, { maxLength: 12 }),
        fc.array(fc.nat(80), { maxLength: 12 }),
        (parts, cuts) => {
          const bytes = Buffer.from(parts.join(''));
          const whole = new KeyDecoder();
          const expected = joined([...whole.push(bytes), ...whole.flush()]);
          const decoder = new KeyDecoder();
          const keys: Key[] = [];
          let at = 0;
          for (const cut of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
            if (cut < at) continue;
            keys.push(...decoder.push(bytes.subarray(at, cut)));
            at = cut;
          }
          expect(joined([...keys, ...decoder.flush()])).to.deep.equal(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never types a control character', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), bytes => {
        for (const key of new KeyDecoder().push(bytes)) {
          // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
          if (key.type === 'text') expect(key.text).to.not.match(/[\u0000-\u001f\u007f-\u009f]/);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
