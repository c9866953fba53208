import { expect } from 'chai';
import fc from 'fast-check';
import { looksOf } from '../../../src/domain/name-look.js';
import { escaped } from '../../support/escaped.js';

/** Names, and what can be taken for them. */
const LOOK_ALIKES: readonly (readonly [name: string, lookAlikes: readonly string[]])[] = [
  // Letters that look like others in one script.
  ['carl', ['carI', 'car1', 'CarI', 'Car1', 'carƖ', 'caꭇl', 'ᴄarl', 'cɑrl', 'carǀ']],
  ['Carl', ['carI', 'CarI', 'car1']],
  ['CARL', ['carI', 'CᎪᏒL']],
  ['amy', ['arny', 'Arny']],
  ['Mary', ['rnary']],
  ['bob', ['b0b', 'B0b', 'B0B']],
  ['Olga', ['0lga', 'OIga', '01ga']],
  ['william', ['wiIIiam', 'wi11iam', 'vvilliam', 'WlLLlAM']],
  ['ian', ['lAN', 'ɩan']],
  ['Ian', ['lan', '1an']],
  ['ılgaz', ['ilgaz']],
  // Letters of other scripts, whole names in them too.
  ['carl', ['сarl', 'cаrl', 'ϲarl', 'саrӏ', 'carا', 'car١', 'carߊ', 'carו', 'carⅼ', 'ⲥarl']],
  ['coco', ['сосо', 'ϲοϲο', 'ⲥⲟⲥⲟ', 'СОСО', 'cοco']],
  ['tom', ['ТОМ', 'тom']],
  ['anna', ['ΑΝΝΑ', 'АNNА']],
  ['eve', ['еѵе', 'ЕVЕ']],
  ['hugo', ['հսցօ']],
  ['Иван', ['Ивaн']],
  ['Ольга', ['Oльга', '0льга']],
  ['ロボ', ['口ボ']],
  ['カナ', ['力ナ']],
  ['二郎', ['ニ郎']],
  ['アリ', ['アり']],
  ['ミカ', ['三カ']],
  ['チカ', ['千カ']],
  ['νικ', ['vik']],
  ['anna-lena', ['annaーlena']],
  // Marks that hide, emoji that are letters, digits that stand elsewhere from right to left, vowels in pieces.
  ['zoë', ['zoë\u0308']],
  ['กี่', ['กี่\u0e48']],
  ['bob', ['🅱️ob', 'b⭕b']],
  ['carl1', ['carl1️⃣']],
  ['אב12', ['12אב']],
  ['محمد7', ['7محمد']],
  ['مؤمن', ['مٶمن']],
  ['ओम', ['अोम']],
  ['ဥမ္မာ', ['ဉမ္မာ']],
  // Forms of the same letters.
  ['carl', ['ｃａｒｌ', '𝒸𝒶𝓇𝓁', 'ca\u200brl', 'ca\u00adrl', 'carl\u2060']],
  // Punctuation at an edge, doubled, or of another kind.
  ['carl', ['carl.', '.carl', '_carl', 'carl_', '_carl_', 'carl-', 'carl’', '-carl', 'carl·', 'carl__']],
  ['anna-lena', ['anna‐lena', 'anna--lena', 'anna-_lena', 'anna➖lena']],
  ['O’Neil', ["O'Neil", 'OʼNeil', 'O‘Neil']],
  ['علی', ['علي']],
];

/** Names of people, each pair side by side in one room. */
const HONEST = [
  'טל טלי, גל גלי, יעל על, ירון רון, מיה מייה, דן דו, אור אורי',
  'ノア ア, カノ カ, くみ み, まく ま, りよ りょ, 未央 末央',
  'Ɓala Bala, Ƴar Yar, Ɗan Dan, ǃNaruseb Naruseb, ʻOfa Ofa, Kaʻi Kai',
  'ดาว ตาว, เดียว เตียว, ដារា តារា',
  '오빠 옵바, 아빠 압바, 토끼 톡기, 국기 구끼',
  'Ian Lan, Iana Lana, Ali All, Mia Mla, cárl carl, Anna Hanna',
].flatMap(pairs => pairs.split(', ').map(pair => pair.split(' ')));

const DIFFERENT: readonly (readonly [one: string, other: string])[] = [
  ['carl', 'karl'],
  ['carl', 'carla'],
  ['carl', 'carl2'],
  ['carl', 'cárl'],
  ['Ian', 'Lan'],
  ['Iana', 'Lana'],
  ['cari', 'carl'],
  ['CARI', 'carl'],
  ['Ali', 'All'],
  ['Mia', 'Mla'],
  ['anna-lena', 'annalena'],
  ['anna', 'hanna'],
  ['...', '___'],
  ['🦊', '🐺'],
  ['李雷', '李磊'],
  ['Анна', 'Яна'],
];

describe('How names look', () => {
  for (const [name, lookAlikes] of LOOK_ALIKES)
    for (const other of lookAlikes)
      it(`takes ${escaped(other)} for ${escaped(name)}, and the other way round`, () => {
        expect(resembles(other, name), 'one way').to.equal(true);
        expect(resembles(name, other), 'the other').to.equal(true);
      });

  for (const [one = '', other = ''] of HONEST)
    it(`lets ${one} and ${other} be here together`, () => {
      expect(resembles(one, other)).to.equal(false);
    });

  for (const [one, other] of DIFFERENT)
    it(`tells ${one} from ${other}`, () => {
      expect(resembles(one, other)).to.equal(false);
    });

  it('takes every name for itself, in any case', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 32 }), name => {
        expect(resembles(name, name)).to.equal(true);
        expect(looksOf(name).has('')).to.equal(false);
      }),
    );
  });

  it('never takes one name for all that are made of punctuation', () => {
    expect([...looksOf('_')]).to.deep.equal(['_']);
  });
});

function resembles(one: string, other: string): boolean {
  const looks = looksOf(other);
  return [...looksOf(one)].some(look => looks.has(look));
}
