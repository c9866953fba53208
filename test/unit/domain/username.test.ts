import { expect } from 'chai';
import fc from 'fast-check';
import { Refusal } from '../../../src/domain/refusal.js';
import { foldNames, RESERVED_USERNAMES, Username, usernameKey } from '../../../src/domain/username.js';
import { escaped } from '../../support/escaped.js';
import { SPELLINGS } from '../../support/spellings.js';

describe('Username', () => {
  for (const name of [
    'carl',
    'José',
    '李雷',
    'Владимир',
    'נועם',
    'さくらサクラ',
    '김민준',
    'नेहा',
    'd_a-v.i',
    "O'Neil",
    'O’Neil',
    'Gal·la',
    'ジョン・スミス',
    'ཚེ་རིང',
    'မျှော်',
    '小明ㄒㄧㄠ',
    'Jose\u0301',
    '김민준'.normalize('NFD'),
    'x',
    '42',
  ]) {
    it(`accepts ${name}, as it was typed`, () => {
      expect(Username.parse(name).value).to.equal(name);
    });
  }

  for (const name of ['🦊', 'carl🦊', '👩‍👩‍👧', '❤️', '👍🏽', 'a'.repeat(32), '🦊'.repeat(32)]) {
    it(`accepts ${name}`, () => {
      expect(Username.parse(name).value).to.equal(name);
    });
  }

  const refused: [code: string, names: string[]][] = [
    ['NAME_EMPTY', ['', ' ', '\t', '\u3000']],
    ['NAME_TOO_LONG', ['a'.repeat(33), '🦊'.repeat(33)]],
    [
      'NAME_CHARACTERS',
      ['two words', ' carl', 'carl ', 'carl\n', '\u001b[31m', 'carl\u0000', 'ca\u007frl', 'a\u0085b'],
    ],
    [
      'NAME_CHARACTERS',
      ['car\u200bl', 'car\u00adl', 'car\u034fl', 'car\ufe0fl', 'car\u200dl', '\u3164', '\u2800'],
    ],
    [
      'NAME_CHARACTERS',
      ['\u202ecarl', 'carl\u2066', '\u200fcarl', `a${'\u0315'.repeat(7)}`, '\ud800', 'carl:', '<b>'],
    ],
    [
      'NAME_CHARACTERS',
      [
        'chɑtty',
        'ᴄhatty',
        'carǀ',
        'davidː',
        'OʼNeil',
        'carￜ',
        'carㅣ',
        'jeanｰluc',
        'محـمد',
        '👍🏽!',
        '🦊\u0301',
      ],
    ],
    ['NAME_MIXED_SCRIPTS', ['ᏣᎳᎩ', 'ⴰⵎⴰⵣⵉⵖ']],
    ['NAME_MIXED_SCRIPTS', ['сarl', 'cаrl', 'Αdam', 'абвabc', 'パпa', 'ᏟᎪᎡᏞ']],
    ['NAME_RESERVED', [...RESERVED_USERNAMES, 'Chatty', 'ADMIN', 'ｓｙｓｔｅｍ', '𝐬𝐞𝐫𝐯𝐞𝐫']],
  ];
  for (const [code, names] of refused) {
    for (const name of names) {
      it(`refuses ${escaped(name)} with ${code}`, () => {
        expect(() => Username.parse(name))
          .to.throw(Refusal)
          .with.property('code', code);
      });
    }
  }

  it('says how long a name is that is too long, in characters', () => {
    expect(() => Username.parse('🦊🦊🦊', 2))
      .to.throw(Refusal)
      .with.deep.property('measured', { limit: 2, actual: 3 });
  });

  for (const [one, other] of SPELLINGS) {
    it(`takes ${one} and ${other} for one name`, () => {
      expect(Username.parse(one).key).to.equal(Username.parse(other).key);
      expect(foldNames(one)).to.equal(foldNames(other));
    });
  }

  it('keeps apart names that differ', () => {
    const keys = ['carl', 'karl', 'car1', 'carl1', 'carl_', '李雷', '李磊'].map(
      name => Username.parse(name).key,
    );
    expect(new Set(keys).size).to.equal(keys.length);
  });

  it('takes no longer for a name that is made to take long', () => {
    const began = performance.now();
    for (let n = 0; n < 1000; n++) {
      expect(() => Username.parse(`${'👍🏽'.repeat(15)}!`)).to.throw(Refusal);
      expect(() => Username.parse(`${'👍🏽'.repeat(31)}!`, 64)).to.throw(Refusal);
    }
    // 2^31 steps would take minutes for the first of them.
    expect(performance.now() - began).to.be.below(1500);
  });

  it('gives every character a key that is its own key', () => {
    for (let point = 0; point <= 0x1ffff; point++) {
      if (point >= 0xd800 && point <= 0xdfff) continue;
      const key = usernameKey(String.fromCodePoint(point));
      if (usernameKey(key) !== key) expect.fail(`U+${point.toString(16)}`);
    }
  });

  it('gives a key that is its own key, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const key = usernameKey(text);
        expect(usernameKey(key)).to.equal(key);
      }),
      { numRuns: 500 },
    );
  });

  it('answers any text with a name or a refusal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), text => {
        try {
          expect(Username.parse(text).value).to.equal(text);
        } catch (error) {
          expect(error).to.be.instanceOf(Refusal);
        }
      }),
      { numRuns: 500 },
    );
  });
});
