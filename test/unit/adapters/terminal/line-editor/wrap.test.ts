import { expect } from 'chai';
import fc from 'fast-check';
import { render, type Span } from '../../../../../src/adapters/terminal/line-editor/spans.js';
import { graphemes, mostWidth, widthOf } from '../../../../../src/adapters/terminal/line-editor/width.js';
import { wrap } from '../../../../../src/adapters/terminal/line-editor/wrap.js';
import { escaped } from '../../../../support/escaped.js';

const rows = (text: string | Span[], width: number, indent = 0): string[] =>
  wrap({ spans: typeof text === 'string' ? [{ text }] : text, indent }, width).map(({ spans }) =>
    spans.map(span => span.text).join(''),
  );

describe('widthOf', () => {
  for (const [text, now, most] of [
    ['a', 1, 1],
    ['é', 1, 1],
    ['e\u0301', 1, 1],
    ['你', 2, 2],
    ['ｱ', 1, 1],
    ['👋', 2, 2],
    ['👍🏽', 2, 4],
    ['👩‍👩‍👧', 2, 6],
    ['❤️', 2, 2],
    ['❤', 1, 1],
    ['🇩🇪', 2, 2],
    ['1️⃣', 2, 2],
    ['\u200b', 0, 1],
    ['\u00ad', 1, 1],
    ['ก็', 1, 1],
    ['…', 1, 1],
    ['', 0, 0],
  ] as const) {
    it(`gives ${escaped(text)} ${now} columns, and ${most} at the most`, () => {
      expect(widthOf(text)).to.equal(now);
      expect(graphemes(text).reduce((sum, cluster) => sum + mostWidth(cluster), 0)).to.equal(most);
    });
  }
});

describe('wrap', () => {
  it('breaks between words, and indents what follows', () => {
    expect(rows('carl: one two three four', 14, 6)).to.deep.equal([
      'carl: one two',
      '      three',
      '      four',
    ]);
  });

  it('leaves a line that fits as it is', () => {
    expect(rows('one  two', 8)).to.deep.equal(['one  two']);
    expect(rows('', 8)).to.deep.equal(['']);
  });

  it('breaks a word only where it is longer than a row, between clusters', () => {
    expect(rows('a 👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 8, 1)).to.deep.equal(['a 👩‍👩‍👧', ' 👩‍👩‍👧', ' 👩‍👩‍👧']);
    expect(rows('abcdefgh', 3)).to.deep.equal(['abc', 'def', 'gh']);
  });

  it('breaks scripts without spaces anywhere, but not before punctuation', () => {
    expect(rows('你好世界。', 8)).to.deep.equal(['你好世', '界。']);
  });

  it('keeps the wide character at the edge on one side of it', () => {
    expect(rows('abc你', 4)).to.deep.equal(['abc', '你']);
  });

  it('moves a link to a row of its own rather than break it', () => {
    expect(rows('carl: see https://example.org/path now', 30, 6)).to.deep.equal([
      'carl: see',
      '      https://example.org/path',
      '      now',
    ]);
  });

  it('gives a link that is longer than a row whole to the terminal, from the first column', () => {
    const link = `https://example.org/${'x'.repeat(50)}`;
    expect(rows(`carl: see ${link} now`, 30, 6)).to.deep.equal(['carl: see', link, '      now']);
    expect(rows(link, 30, 6)).to.deep.equal([link]);
  });

  it('breaks a long link itself where its rows could look like lines of somebody else', () => {
    for (const link of [
      'http://a/12:00_bob_I_resign',
      'http://a/bob:yes',
      'http://a/пример',
      'www.a.org/1:00',
    ])
      for (const row of rows(`carl: ${link}${'x'.repeat(40)}`, 20, 6).slice(1)) expect(row).to.match(/^ {6}/);
  });

  it('breaks at line feeds, and indents every line', () => {
    expect(rows('carl: one\ntwo\n\n  three', 30, 6)).to.deep.equal([
      'carl: one',
      '      two',
      '      ',
      '        three',
    ]);
  });

  it('indents less where the screen is narrow, but never not at all', () => {
    expect(rows('carl: one two', 10, 6)).to.deep.equal(['carl: one', '  two']);
  });

  it('makes text safe before it measures it', () => {
    expect(rows('\u001b[2J', 12)).to.deep.equal(['<U+001B>[2J']);
    expect(rows('a\tb', 4)).to.deep.equal(['a', 'b']);
  });

  it('keeps the looks of pieces, also within a word', () => {
    const bold = { bold: true };
    expect(
      wrap({ spans: [{ text: 'un' }, { text: 'break', style: bold }, { text: 'able' }] }, 12),
    ).to.deep.equal([
      {
        spans: [
          { text: 'un', style: undefined },
          { text: 'break', style: bold },
          { text: 'able', style: undefined },
        ],
        isLink: false,
      },
    ]);
  });

  it('loses nothing but spaces, adds nothing but indentation, and never goes over the edge', () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.constantFrom('你好世界', '👩‍👩‍👧', 'e\u0301', 'https://a.example/b', '\u001b]0;x\u0007', '  ', '\n'),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(word, fc.boolean())),
        fc.integer({ min: 20, max: 60 }),
        fc.integer({ min: 0, max: 9 }),
        (words, width, indent) => {
          const spans = words.map(([text, bold]) => ({ text: `${text} `, style: { bold } }));
          const wrapped = rows(spans, width, indent);
          const all = rows(spans, 1_000_000).join('');
          expect(wrapped.join('').replaceAll(' ', '')).to.equal(all.replaceAll(' ', ''));
          for (const row of wrapped) if (!row.includes('://')) expect(widthOf(row)).to.be.at.most(width);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('render', () => {
  it('lets nothing through but text and its own SGR sequences', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, bold) => {
        const sent = render([{ text, style: { bold, color: 160 } }], '256');
        // biome-ignore-start lint/suspicious/noControlCharactersInRegex: they are what must not be there
        expect(sent.replace(/^\u001b\[[\d;]+m|\u001b\[0m$/g, '')).to.not.match(
          /[\u0000-\u001f\u007f-\u009f]/,
        );
        // biome-ignore-end lint/suspicious/noControlCharactersInRegex: until here
      }),
    );
  });

  it('styles as far as the terminal can', () => {
    const span = { text: 'x', style: { bold: true, color: 160 } };
    expect(render([span], '256')).to.equal('\u001b[1;38;5;160mx\u001b[0m');
    expect(render([span], '16')).to.equal('\u001b[1mx\u001b[0m');
    expect(render([{ text: 'x', style: { color: 2 } }], '16')).to.equal('\u001b[32mx\u001b[0m');
    expect(render([span], 'mono')).to.equal('\u001b[1mx\u001b[0m');
    expect(render([span], 'none')).to.equal('x');
  });
});
