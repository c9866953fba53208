import { expect } from 'chai';
import fc from 'fast-check';
import { Mentions } from '../../../../src/adapters/view/mentions.js';
import { foldNames } from '../../../../src/domain/name-key.js';
import { cpuMs } from '../../../support/cpu-time.js';
import { SPELLINGS } from '../../../support/spellings.js';

/** What of a text names somebody. */
const found = (name: string, text: string) =>
  new Mentions(name)
    .split(text)
    .filter(({ isMention }) => isMention)
    .map(({ text }) => text);

describe('Mentions', () => {
  for (const [one, other] of SPELLINGS) {
    for (const [name, written] of [
      [one, other],
      [other, one],
    ] as const) {
      it(`finds ${name} where ${written} is written`, () => {
        expect(found(name, `Hallo @${written}, wie geht es ${written}?`)).to.deep.equal([
          `@${written}`,
          written,
        ]);
        expect(new Mentions(name).isIn(written)).to.equal(true);
        expect(found(name, `x${written}`)).to.deep.equal([]);
        expect(found(name, `${written}x`)).to.deep.equal([]);
      });
    }
  }

  it('looks at a text of nothing but names for no longer than a moment', () => {
    for (const text of ['/carl ', ',carl', '你carl ']) {
      const since = cpuMs();
      const pieces = new Mentions('carl').split(text.repeat(20_000));
      expect(cpuMs() - since).to.be.below(1000);
      expect(pieces.map(piece => piece.text).join('')).to.equal(text.repeat(20_000));
    }
  });

  const cases: [name: string, text: string, mentions: string[]][] = [
    ['anna', 'anna: hi', ['anna']],
    ['anna', '(Anna) "anna" anna! anna,', ['Anna', 'anna', 'anna', 'anna']],
    ['anna', "anna's and anna’s", ['anna', 'anna']],
    ['anna', '- anna\n-anna', ['anna', 'anna']],
    ['anna', 'thanks, anna.', ['anna']],
    ['anna', 'anna.How are you?', ['anna']],
    ['anna', 'bert/anna: lunch?', ['anna']],
    ['anna', 'ask @anna', ['@anna']],
    ['anna', 'anna-lena: hi', []],
    ['anna', 'joanna, annabel, anna2, anna_b, x_anna, carl-anna', []],
    ['anna', '/home/anna/x', []],
    ['anna', '~/anna and ./anna and C:\\Users\\anna', []],
    ['anna', 'see src/lib/anna', []],
    ['anna', 'anna@example.org', []],
    ['anna', 'x@anna.example', []],
    ['anna', 'anna.txt and www.anna', []],
    ['anna', 'https://example.org/@anna', []],
    ['anna', 'anna-lena and anna', ['anna']],
    ['anna-lena', 'Anna-Lena, hi', ['Anna-Lena']],
    ['stras', 'straße', []],
    ['e', 'e\u0301', []],
    ['李雷', '你好李雷！', ['李雷']],
    ['carl', '你好carl！', ['carl']],
    ['สมชาย', 'สวัสดีสมชายครับ', ['สมชาย']],
    ['김민준', '김민준', ['김민준']],
    ['김민준', '김민준님 안녕, 김민준이가', ['김민준', '김민준']],
    ['김민', '김민준', []],
    ['anna', '--anna --user=anna $anna anna=1 anna() anna::x anna:443', []],
    ['Oʻtkir', "O'tkir salom", ["O'tkir"]],
    ['🦊', 'hi 🦊!', ['🦊']],
    ['', 'anything', []],
  ];
  for (const [name, text, mentions] of cases) {
    it(`finds ${JSON.stringify(mentions)} for ${name} in ${JSON.stringify(text)}`, () => {
      expect(found(name, text)).to.deep.equal(mentions);
    });
  }

  it('leaves every text as it is, and takes for a mention only what is the name', () => {
    const letters = fc.constantFrom(
      'ß',
      'S',
      's',
      'İ',
      'i',
      'ı',
      'I',
      'Σ',
      'ς',
      'σ',
      'ﬁ',
      'e\u0301',
      'é',
      '가',
      'ᄀ',
      'ᅡ',
      ' ',
      '@',
      '-',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(letters).map(all => all.join('')),
    );
    fc.assert(
      fc.property(text, fc.constantFrom('ss', 'i', 'σ', 'fi', 'é', '가'), (text, name) => {
        const pieces = new Mentions(name).split(text);
        expect(pieces.map(piece => piece.text).join('')).to.equal(text);
        for (const piece of pieces)
          if (piece.isMention) expect(foldNames(piece.text.replace(/^@/, ''))).to.equal(foldNames(name));
      }),
    );
  });
});
