import { Refusal } from './refusal.js';

/** Longest name, in Unicode code points. */
export const MAX_USERNAME_LENGTH = 32;

/** Who speaks when the server itself has something to say. */
export const SERVER_USERNAME = 'chatty';

/** The server's own name, and those that promise an authority nobody here has. */
export const RESERVED_USERNAMES = [SERVER_USERNAME, 'server', 'admin', 'system'] as const;

/**
 * Letters with at most four marks each, digits, emoji in their one recommended form, and `_ - . '`.
 * Four is where UTS #39 (section 5.4) starts to call a stack of marks a forgery. No white space: a name
 * must be seen to end. RGI_Emoji is a property of strings, which needs the `v` flag.
 */
const ALLOWED = /^(?:\p{L}\p{M}{0,4}|\p{N}|[_\-.']|\p{RGI_Emoji})+$/v;

/** Takes emoji out before looking for invisible characters: a joiner or selector belongs inside them only. */
const EMOJI = /\p{RGI_Emoji}/gv;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

/** The scripts of UAX #31 table 5; a name keeps to one of them, so no look-alike can hide among its neighbours. */
const SINGLE_SCRIPTS = [
  ...[
    'Latin',
    'Cyrillic',
    'Greek',
    'Arabic',
    'Hebrew',
    'Devanagari',
    'Bengali',
    'Thai',
    'Armenian',
    'Ethiopic',
  ],
  ...[
    'Georgian',
    'Gujarati',
    'Gurmukhi',
    'Kannada',
    'Khmer',
    'Lao',
    'Malayalam',
    'Myanmar',
    'Oriya',
    'Sinhala',
  ],
  ...['Tamil', 'Telugu', 'Thaana', 'Tibetan'],
];

/** The mixtures that people really write in: UTS #39 section 5.2, "highly restrictive". */
const SCRIPT_MIXTURES = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
];

const SCRIPT_SETS = [...SINGLE_SCRIPTS.map(script => [script]), ...SCRIPT_MIXTURES].map(scripts => {
  const members = [...scripts, 'Common', 'Inherited'].map(script => `\\p{scx=${script}}`).join('');
  return new RegExp(`^[${members}]+$`, 'u');
});

/**
 * Case-folded Cyrillic and Greek letters that look like a Latin one, as capital or as small letter; chosen
 * from Unicode's confusables.txt. A name written wholly in them counts as the Latin name it looks like.
 */
const LOOK_ALIKES = new Map([
  ...pairs('авекмнорстухіјѕӏԁһԛԝ', 'abekmhopctyxijsldhqw'),
  ...pairs('αβεζηικμνορτυχ', 'abezhikmnoptyx'),
]);

/** A name that obeys the rules, kept as it was typed, with the key under which it is unique. */
export class Username {
  private constructor(
    readonly value: string,
    readonly key: string,
  ) {}

  /** @throws {Refusal} NAME_EMPTY, NAME_TOO_LONG, NAME_CHARACTERS, NAME_MIXED_SCRIPTS or NAME_RESERVED */
  static parse(value: string, maxLength: number = MAX_USERNAME_LENGTH): Username {
    if (value.trim() === '') throw new Refusal('NAME_EMPTY');
    const actual = [...value].length;
    if (actual > maxLength) throw new Refusal('NAME_TOO_LONG', { limit: maxLength, actual });
    if (!ALLOWED.test(value) || INVISIBLE.test(value.replace(EMOJI, '')))
      throw new Refusal('NAME_CHARACTERS');
    if (!SCRIPT_SETS.some(set => set.test(value))) throw new Refusal('NAME_MIXED_SCRIPTS');
    const key = usernameKey(value);
    if (RESERVED_KEYS.has(key)) throw new Refusal('NAME_RESERVED');
    return new Username(value, key);
  }
}

/**
 * What two spellings of one name have in common: NFKC, full case folding, look-alikes.
 * JavaScript has no case folding; upper- then lower-casing gives it (ß and SS, ς and σ fall together).
 */
export function usernameKey(value: string): string {
  const folded = value.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
  return Array.from(folded, letter => LOOK_ALIKES.get(letter) ?? letter).join('');
}

const RESERVED_KEYS = new Set<string>(RESERVED_USERNAMES.map(usernameKey));

function pairs(letters: string, latin: string): [letter: string, latin: string][] {
  return Array.from(letters, (letter, index) => [letter, latin.charAt(index)]);
}
