import { expect } from 'chai';
import fc from 'fast-check';
import { Members } from '../../../src/domain/members.js';
import { foldNames, usernameKey } from '../../../src/domain/name-key.js';
import { RESERVED_USERNAMES } from '../../../src/domain/name-limits.js';
import { Refusal } from '../../../src/domain/refusal.js';
import { Username } from '../../../src/domain/username.js';
import { cpuMs } from '../../support/cpu-time.js';
import { escaped } from '../../support/escaped.js';
import { SPELLINGS } from '../../support/spellings.js';

/** Of people in the scripts of living languages, one look each. */
const REAL_NAMES: Readonly<Record<string, string>> = {
  'West and North European languages':
    "José Zoë Aïcha O’Neil D'Arcy Gal·la L’Hoëst Ñandú Eñaut Ciarán Siôn Ŷnys Þórdís Ørjan Åse Ülo Ŋarr Áŋŋel Ðóra",
  'East European languages':
    'Łukasz Zażółć Željko Đorđe Őrsi Șerban Ţepeş Ābols Ķirsis Ļeņins Žydrūnas Ġorġ Ħamrun',
  'Turkic languages': 'Məmməd Əli Öztürk Iğdır Çağla İpek Işıl Oʻtkir Gʻani',
  'African languages': 'Ọlámidé Ṣọlá Ńgọzí Kwabɛna Ɔbɛn Ƙasim Ɗanladi Ɓello Ìyá Ḥmed Ṭariq Nǃxau ǂToma',
  'Vietnamese and Hawaiian': 'Nguyễn Đặng Kāneʻohe',
  'letters beyond the profile':
    'Jean\u2011Luc בן\u05beגוריון ジョン＝スミス Jeäʹrvan ʔaqwam ʿAlī ʾAḥmad ॐकार ٱلرحمن Ἀριστοτέλης Нгэˮ 艾力•买买提 ᠴᠢᠩᠭᠢᠰ ꨌꨩ',
  'letters in pieces': 'Rene\u0301 Thu\u031b\u0323c',
  Cyrillic:
    'Владимир Євген Лук’ян Ќирил Ѓорѓи Љубица Џорџ Ђорђе Әлия Ғани Ұлан Қайрат Ҳасан Ҷамшед Ӯғлон Айӑк Мухӏамад Түмэн',
  'Greek, Armenian and Georgian': 'Αλέξανδρος Ευαγγελία Լևոն Անահիտ გიორგი ნინო',
  'Hebrew and Yiddish': 'נועם ג׳ורג׳ צ׳רלי אַבְרָהָם מײַק יענקל',
  'Arabic scripts':
    'محمد فاطمة عبدالله مُحَمَّد علی\u200cرضا نوشین\u200cدخت پرویز ژاله ڕێبین هێمن ٹیپو ڈاکٹر ئالىم ښکلا ځلمی ڪريم ڳوٺ',
  'Indic scripts':
    'नेहा श्रीकृष्ण क्षितिज र्\u200dयाचेल ॲलेक्स ঋত্বিক র\u200d্যাচেল সৌম্য ৰূপম ਗੁਰਪ੍ਰੀਤ પ્રિયંકા ଶ୍ରୀଧର தமிழ் ஸ்ரீதர் శ్రీనివాస్ ಎನ್\u200cಟಿಆರ್ ശ്രീജിത്ത് രാജന്\u200d ශ්\u200dරියා අනුර',
  'scripts of South-East Asia': 'สมชาย อำนาจ กัญญา ນ້ອຍ ຄຳ ໜູ မျှော် အောင်ဆန်း សុខា ព្រះ',
  'Tibetan, Amharic and Dhivehi': 'ཚེ་རིང བསོད་ནམས ለማ ኃይሌ ዘዉዱ މުހައްމަދު',
  Chinese: '李雷 王小明 刘䶮 小明ㄒㄧㄠ 阿依古丽·买买提',
  Japanese: '𠮷田 山﨑 髙橋 佐々木 一ノ瀬 龍ヶ崎 ジョン・スミス さくら アーニャ さくらサクラ Ｋｅｎ ｱｷﾗ',
  Korean: '김민준 홍길동'.normalize('NFC'),
  'scripts of limited use': 'ᏣᎳᎩ ⵉⴷⵉⵔ 𞤀𞤣𞤤𞤢𞤥 ߡߏߘߌ ܐܫܘܪ ᓄᓇᕗᑦ ꦱꦸꦗꦤ ᬯᬬᬦ᭄ ꯃꯅꯤꯄꯨꯔ ᱥᱟᱱᱛᱟᱲ',
};

describe('Username', () => {
  for (const [language, names] of Object.entries(REAL_NAMES)) {
    it(`lets in people who write ${language}`, () => {
      for (const name of names.split(' ')) expect(Username.parse(name).value).to.equal(name);
    });
  }

  it('lets all of them into one room', () => {
    const members = new Members<{ id: number; username: string }>(({ id }) => id);
    for (const [id, username] of Object.values(REAL_NAMES).join(' ').split(' ').entries())
      members.admit({ id, username });
  });

  for (const name of [
    'd_a-v.i',
    'x',
    '42',
    '🦊',
    'carl🦊',
    '👩‍👩‍👧',
    '❤️',
    '👍🏽',
    'a'.repeat(32),
    '🦊'.repeat(32),
  ]) {
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
        'zoë\u0308',
        'किि',
        '---',
        '-❗-',
        '➡️',
        '‼️',
        'davidː',
        'carￜ',
        'carㅣ',
        'jeanｰluc',
        'محـمد',
        '👍🏽!',
        '🦊\u0301',
        '𝐜𝐚𝐫𝐥',
        'x²',
        'ᵃbc',
        '￼',
      ],
    ],
    // Joiners where no spelling has them.
    ['NAME_CHARACTERS', ['\u200dcarl', 'ශ්\u200d\u200dරි', 'علی\u200c', '\u200cعلی', 'שרה\u200cלי']],
    ['NAME_MIXED_SCRIPTS', ['сarl', 'cаrl', 'Αdam', 'абвabc', 'パпa', 'Ꮳarl']],
    [
      'NAME_RESEMBLES',
      ['chɑtty', 'ᴄhatty', 'Chаtty', 'adrnin', 'ADMlN', 'admin.', '_system', 'ѕуѕtem', 'serνer'],
    ],
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

  it('says which reserved name a name can be taken for', () => {
    expect(() => Username.parse('аdmin'))
      .to.throw(Refusal)
      .with.deep.property('details', { resembled: 'admin' });
  });

  it('keeps apart names that differ', () => {
    const keys = ['carl', 'karl', 'car1', 'carl1', 'carl_', '李雷', '李磊'].map(
      name => Username.parse(name).key,
    );
    expect(new Set(keys).size).to.equal(keys.length);
  });

  it('takes no longer for a name that is made to take long', () => {
    const began = cpuMs();
    for (let n = 0; n < 1000; n++) {
      expect(() => Username.parse(`${'👍🏽'.repeat(15)}!`)).to.throw(Refusal);
      expect(() => Username.parse(`${'👍🏽'.repeat(31)}!`, 64)).to.throw(Refusal);
    }
    // 2^31 steps would take minutes for the first of them.
    expect(cpuMs() - began).to.be.below(1500);
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
