import { PassThrough } from 'node:stream';
import type { IUnicodeVersionProvider } from '@xterm/headless';
import { expect } from 'chai';
import fc from 'fast-check';
import { foldText } from '../../../../src/adapters/terminal/fold-text.js';
import { PlainView } from '../../../../src/adapters/terminal/plain-view.js';
import { TerminalView } from '../../../../src/adapters/terminal/terminal-view.js';
import { visible } from '../../../../src/adapters/view/visible.js';
import { Emulator } from '../../../support/emulator.js';

const CARL = { extended: true, username: 'carl', content: 'Welcome', users: ['carl', 'eve'], count: 2 };

/** Terminals that no two makers would build alike: every character beyond ASCII has the same width in each; no mark has two. */
const TABLES: readonly IUnicodeVersionProvider[] = ([0, 1, 2] as const).map(most => ({
  version: `all-${most}`,
  wcwidth: code => widthIn(code, most),
  // Width in the two lowest bits but one, and none of them joins the one before: see xterm.js's UnicodeService.
  charProperties: code => widthIn(code, most) << 1,
}));

function widthIn(code: number, most: 0 | 1 | 2): 0 | 1 | 2 {
  if (code < 0x80) return 1;
  return most === 2 && /[\p{M}\p{Cf}]/u.test(String.fromCodePoint(code)) ? 1 : most;
}

const UNICODE = ['6', '15-graphemes', ...TABLES.map(table => table.version)] as const;

/** Characters from everywhere, and more often those whose width is in doubt. */
const character = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  fc.constantFrom(
    ...[
      '\u3164',
      '\u115f',
      '\uffa0',
      '\u06dd',
      '👍🏽',
      '👩‍👩‍👧',
      '\u2800',
      'ж',
      '…',
      '\u00ad',
      '\u200b',
      '\u034f',
      '\ufdfd',
    ],
    ...[
      '𒐫',
      '\u{e0041}',
      '\ufe0f',
      '\u0301',
      '你',
      'ｱ',
      '\u1160',
      '\ufffc',
      '\u{1f1e6}',
      'x',
      ' ',
      '_',
      '.',
      'https://a/',
      '\n',
    ],
  ),
);

/** A message that would write a line of bob's where the terminal broke it. */
const hostile = fc
  .tuple(fc.array(character, { minLength: 1, maxLength: 3 }), fc.integer({ min: 0, max: 220 }), fc.nat(3))
  .map(([fill, times, spaces]) => {
    const filled = fill.join('').repeat(times).toWellFormed();
    return `ok ${filled}${' '.repeat(spaces)}12:00 bob  I resign\nbob: I do`.replace(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what no message has
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
      '',
    );
  });

const FORGED = /^\s?(?:\d\d:\d\d )?bob|^\s?\d\d:\d\d bob/;

describe('a message cannot write a line in the name of somebody else', () => {
  for (const unicode of UNICODE) {
    it(`at a terminal with the widths of ${unicode}`, async () => {
      await fc.assert(
        fc.asyncProperty(hostile, fc.integer({ min: 20, max: 200 }), async (content, columns) => {
          const emulator = new Emulator({ columns, unicode, tables: TABLES });
          const view = new TerminalView(emulator.input, emulator.output, {
            tier: 'none',
            bell: 'off',
            notify: 'off',
            now: () => 0,
          });
          view.show({ type: 'Welcome', ...CARL });
          view.show({ type: 'Memo', username: 'eve', content, at: 0 });
          await emulator.settled();
          view.close();
          await emulator.settled();
          const start = emulator.rows.findIndex(row => / eve {2}/.test(row));
          expect(start).to.be.at.least(0);
          for (const row of emulator.rows.slice(start + 1)) {
            expect(row).to.not.match(FORGED);
            if (!row.startsWith('https://'))
              expect(row).to.match(/^( {2}|>? ?$|\d here|connected|[!-9;-~]+$)/);
          }
        }),
        { numRuns: 60 },
      );
    });

    it(`in plain text, with the widths of ${unicode}`, async () => {
      await fc.assert(
        fc.asyncProperty(hostile, fc.integer({ min: 20, max: 200 }), async (content, columns) => {
          const emulator = new Emulator({ columns, unicode, tables: TABLES });
          const view = new PlainView(new PassThrough(), emulator.withLineFeeds, { columns: () => columns });
          view.show({ type: 'Memo', username: 'eve', content, at: 0 });
          view.close();
          await emulator.settled();
          const start = emulator.rows.findIndex(row => /^\[\d\d:\d\d\] eve/.test(row));
          expect(start).to.be.at.least(0);
          for (const row of emulator.rows.slice(start + 1))
            if (row !== '') expect(row).to.match(/^( {2}|https:|[!-9;-~]+$)/);
        }),
        { numRuns: 60 },
      );
    });
  }

  it('shows no character of Unicode that could be anything but seen, or is needed by a script', () => {
    const raw: string[] = [];
    for (let code = 0; code <= 0x10ffff; code++) {
      const char = String.fromCodePoint(code);
      const isHidden = /^[\p{Cc}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\p{Cs}]$/u.test(char);
      if (isHidden && visible(char).includes(char)) raw.push(code.toString(16));
    }
    const selectors = Array.from({ length: 240 }, (_, n) => (0xe0100 + n).toString(16));
    expect(raw).to.deep.equal([
      ...['17b4', '17b5', '180b', '180c', '180d', '180f', '200c', '200d', '200e', '200f'],
      ...Array.from({ length: 16 }, (_, n) => (0xfe00 + n).toString(16)),
      ...selectors,
    ]);
  });

  it('gives a letter six marks at most, whatever stands between them', () => {
    expect(visible(`Z${'\u0301'.repeat(400)}!`)).to.equal(`Z${'\u0301'.repeat(6)}!`);
    const mixed = visible(`Z${'\u0301\u200d\u0302\ufe0f'.repeat(100)}!`);
    expect(mixed.length).to.equal(8);
    expect(visible(`Z${'\u0301\u00ad\u200b'.repeat(100)}!`)).to.equal(`Z${'\u0301'.repeat(6)}!`);
  });

  it('keeps what living scripts and flags are written with', () => {
    for (const text of [
      'שלום\u200f!',
      '\u200e+49 30 1234\u200e',
      'می\u200cخواهم',
      'ශ්\u200dරී',
      '👩🏽‍🚀',
      '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
      '葛\u{e0100}',
      '❤️',
      'နိုင်ငံကြီး',
      'บ้านนี้',
    ])
      expect(visible(text)).to.equal(text);
  });

  it('leaves out hints that nobody would see', () => {
    expect(visible('Don\u00adau\u200bdampf\u2060schiff\u034f')).to.equal('Donaudampfschiff');
  });

  it('leaves a text as it is that goes nowhere in particular', () => {
    const long = `eve: ${'x'.repeat(500)}`;
    expect(foldText(long, undefined)).to.equal(long);
    expect(foldText('eve: one two three\n    four', 10)).to.equal('eve: one\n    two\n    three\n    four');
  });
});
