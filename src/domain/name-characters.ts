import { IDENTIFIER_CHARACTERS } from './unicode-names.js';

/** Emoji in the one form that Unicode recommends; they are taken out first, for they hold invisible characters. */
const EMOJI = /\p{RGI_Emoji}/gv;

/**
 * Letters for which Unicode has another spelling (Thai ำ, Armenian և, Lao ໝ): they are judged by that. Those of
 * mathematics belong to no script.
 */
const COMPATIBLE = /[[\p{Lu}\p{Ll}\p{Lt}\p{Lo}]--\p{sc=Common}]/gv;

/** Emoji that look like the mark behind a name that is proven with a key. */
const CHECK_MARKS = /[\u2705\u2611\u2713\u2714\u{1f5f8}\u{1f5f9}]/u;

const VIRAMAS = '\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u1039\u103a\u17d2';

/**
 * The two joiners, where they belong to the spelling: beside a sign that takes away a vowel (Sinhala, Hindi, Bengali,
 * Malayalam), and the non-joiner between Arabic letters.
 */
const JOINERS = new RegExp(
  [
    `(?<=[${VIRAMAS}])[\u200c\u200d]`,
    `\u200d(?=[${VIRAMAS}])`,
    '(?<=[\\p{L}&&\\p{sc=Arab}]\\p{M}*)\u200c(?=[\\p{L}&&\\p{sc=Arab}])',
  ].join('|'),
  'gv',
);

/** The scripts of UAX #31 tables 5 and 7; a name keeps to one, so that no letter passes for its neighbour's. */
const SINGLE_SCRIPTS = [
  'Latn Cyrl Grek Arab Hebr Deva Beng Thai Armn Ethi Geor Gujr Guru Knda Khmr Laoo Mlym Mymr Orya Sinh Taml Telu',
  'Thaa Tibt Mong Adlm Bali Bamu Batk Cakm Cans Cher Hmnp Java Kali Lana Lepc Limb Lisu Mand Mtei Newa Nkoo Olck Osge Plrd',
  'Cham Rohg Saur Sund Sylo Syrc Tale Talu Tavt Tfng Vaii Wcho Yiii',
].flatMap(scripts => scripts.split(' ').map(script => [script]));

/** The mixtures that people really write in: UTS #39 section 5.2, "highly restrictive". */
const SCRIPT_MIXTURES = [
  ['Latn', 'Hani', 'Hira', 'Kana'],
  ['Latn', 'Hani', 'Bopo'],
  ['Latn', 'Hani', 'Hang'],
];

/**
 * What living languages need beyond the profile: clicks (Khoekhoe), modifier letters (Sami, Salish, transliterations of
 * Arabic), Greek with its old accents, Mongolian, the wasla of Arabic, two signs of Indic names.
 */
const MORE_LETTERS = String.raw`\u01c0-\u01c3\u0241\u0242\u0294\u0295\u02b7\u02b9\u02be-\u02c0\u02ee\u0671\u0950\u0a74\u1820-\u1878\u1f00-\u1fff`;
const MORE_MARKS = String.raw`\u0313\u0324\u0325\u0329\u032e\u065f`;
/** The ‘ of Uzbek, the hyphen that does not break, that of Hebrew, that of Japanese, a bullet, a point of Tibetan. */
const MORE_SIGNS = String.raw`‘\u2011\u05be\uff1d\u2022\u0f0c`;

/** A name is seen to be one: by a letter, a digit or a picture. Marks alone are what chatty itself prints. */
const VISIBLE_NAME = /[\p{L}\p{N}\u2600-\u26ff\u2764\u{1f300}-\u{1faff}]/u;

/** A mark that hides behind itself. */
const TWICE = /(\p{M})\1/u;

/** Made for the first name that is checked: it takes some milliseconds, and a client checks none. */
let patterns: { readonly whole: RegExp; readonly scripts: readonly RegExp[] } | undefined;

/**
 * What is wrong with the characters of a name, if anything. They are those of UTS #39 (recommended, included, of limited
 * or uncommon use), without the colon, which ends a name in a sentence, and with what living languages need
 * beyond that, every ideograph, for surnames are written with rare ones, and emoji. No white space: a name must be seen
 * to end.
 */
export function objectionToCharacters(name: string): 'NAME_CHARACTERS' | 'NAME_MIXED_SCRIPTS' | undefined {
  patterns ??= { whole: wholePattern(), scripts: scriptPatterns() };
  // Composed, for a name typed in pieces is the same name; each emoji stands in as a character of no script.
  const text = name
    .normalize('NFC')
    .replace(EMOJI, '_')
    .replace(JOINERS, '')
    .replace(COMPATIBLE, letter => letter.normalize('NFKC'));
  if (CHECK_MARKS.test(name)) return 'NAME_CHARACTERS';
  const isWrong = !patterns.whole.test(text) || !VISIBLE_NAME.test(name) || TWICE.test(text.normalize('NFD'));
  if (isWrong) return 'NAME_CHARACTERS';
  return patterns.scripts.some(script => script.test(text)) ? undefined : 'NAME_MIXED_SCRIPTS';
}

/**
 * Letters with at most six marks each (Burmese needs five), digits, punctuation. The alternatives share no character, so
 * that no name takes longer to check than it is long.
 */
function wholePattern(): RegExp {
  const identifier = `[${IDENTIFIER_CHARACTERS}]`;
  const letter = `[\\p{L}&&[${identifier}\\p{Unified_Ideograph}${MORE_LETTERS}]]`;
  const mark = `[\\p{M}&&[${identifier}${MORE_MARKS}]]`;
  const other = `[[[\\p{N}\\p{P}\\p{S}]&&[${identifier}${MORE_SIGNS}]]--[\\:]]`;
  return new RegExp(`^(?:${letter}${mark}{0,6}|${other})+$`, 'v');
}

function scriptPatterns(): RegExp[] {
  return [...SINGLE_SCRIPTS, ...SCRIPT_MIXTURES].map(scripts => {
    const members = [...scripts, 'Common', 'Inherited'].map(script => `\\p{scx=${script}}`).join('');
    return new RegExp(`^[${members}]+$`, 'u');
  });
}
