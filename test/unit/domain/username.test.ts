import { expect } from 'chai';
import fc from 'fast-check';
import { Refusal } from '../../../src/domain/refusal.js';
import { RESERVED_USERNAMES, Username, usernameKey } from '../../../src/domain/username.js';
import { escaped } from '../../support/escaped.js';

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
      ['\u202ecarl', 'carl\u2066', '\u200fcarl', 'a\u0301\u0301\u0301\u0301\u0301', '\ud800', 'carl:', '<b>'],
    ],
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

  const same: [string, string][] = [
    ['carl', 'CARL'],
    ['carl', 'ｃａｒｌ'],
    ['straße', 'STRASSE'],
    ['Jose\u0301', 'JOSÉ'],
    ['ὀδυσσεύς', 'ὈΔΥΣΣΕΎΣ'],
    ['сосо', 'coco'],
    ['ТОМ', 'tom'],
    ['ΑΝΝΑ', 'anna'],
  ];
  for (const [one, other] of same) {
    it(`takes ${one} and ${other} for one name`, () => {
      expect(Username.parse(one).key).to.equal(Username.parse(other).key);
    });
  }

  it('keeps apart names that differ', () => {
    const keys = ['carl', 'karl', 'car1', 'carl1', 'carl_', '李雷', '李磊'].map(
      name => Username.parse(name).key,
    );
    expect(new Set(keys).size).to.equal(keys.length);
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
