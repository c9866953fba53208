import { Refusal } from './refusal.js';

/** Longest name, in Unicode code points. */
export const MAX_USERNAME_LENGTH = 32;

/** Who speaks when the server itself has something to say. */
export const SERVER_USERNAME = 'chatty';

/** The server's own name, and those that promise an authority nobody here has. */
export const RESERVED_USERNAMES = [SERVER_USERNAME, 'server', 'admin', 'system'] as const;

/**
 * Letters with at most six marks each (Burmese needs five), digits, and the punctuation that names are written
 * with; no white space, for a name must be seen to end. The alternatives share no character, so that no name
 * takes longer to check than it is long.
 */
const ALLOWED = /^(?:\p{L}\p{M}{0,6}|[\p{N}_\-.'’·・་])+$/u;

/** Emoji in the one form that Unicode recommends; they are checked first, for they hold invisible characters. */
const EMOJI = /\p{RGI_Emoji}/gv;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

/**
 * Letters of phonetics and typography that look like others: clicks, IPA, modifiers, phonetic extensions, the
 * tatweel, single jamo, and the half-width forms.
 */
const TECHNICAL =
  /[\u01c0-\u01c3\u0250-\u02ff\u0640\u1100-\u11ff\u1d00-\u1dbf\u3130-\u318f\ua720-\ua7ff\ua960-\ua97f\uab30-\uab6f\ud7b0-\ud7ff\uff61-\uffdc]/;

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

/** Made for the first name that is checked: it takes some milliseconds, and a client checks none. */
let scriptSets: readonly RegExp[] | undefined;

/**
 * Case-folded Cyrillic, Greek and Armenian letters that look like a Latin one, as capital or as small letter, and
 * two forms of punctuation; chosen from Unicode's confusables.txt. A name written wholly in them counts as the Latin name it looks like.
 */
const LOOK_ALIKES = new Map([
  ...pairs('авекмнорстухіјѕӏԁһԛԝ', 'abekmhopctyxijsldhqw'),
  ...pairs('ѵαβεζηικμνορτυχ', 'vabezhikmnoptyx'),
  ...pairs('հսցօո', 'hugon'),
  ...pairs('’·・', "'.."),
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
    // Composed, for a name typed in pieces is the same name; each emoji stands in as a character of no script.
    const text = value.normalize('NFC').replace(EMOJI, '_');
    if (!ALLOWED.test(text) || INVISIBLE.test(text) || TECHNICAL.test(text))
      throw new Refusal('NAME_CHARACTERS');
    scriptSets ??= makeScriptSets();
    if (!scriptSets.some(set => set.test(text))) throw new Refusal('NAME_MIXED_SCRIPTS');
    const key = usernameKey(value);
    if (RESERVED_KEYS.has(key)) throw new Refusal('NAME_RESERVED');
    return new Username(value, key);
  }

  /** A name that was found right when it was given, under whatever rules there were. */
  static given(value: string): Username {
    return new Username(value, usernameKey(value));
  }
}

/**
 * What two spellings of one name have in common: NFKC, full case folding, look-alikes.
 * JavaScript has no case folding; lower-, upper- and lower-casing gives it (ẞ, ß and SS, ς and σ fall together).
 * A dot above an i or j is one that is there already.
 */
export function usernameKey(value: string): string {
  const folded = value
    .normalize('NFKC')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC')
    .replace(/([ij])\u0307+/g, '$1');
  return Array.from(folded, letter => LOOK_ALIKES.get(letter) ?? letter).join('');
}

/**
 * The same for a part of a name, or for a text in which names stand: what it is of a part does not depend on where it
 * was cut. Whatever compares parts of names goes by this, so that all agree on what is the same name.
 */
export function foldNames(text: string): string {
  return usernameKey(text).replaceAll('ς', 'σ'); // the form at the end of a word
}

const RESERVED_KEYS = new Set<string>(RESERVED_USERNAMES.map(usernameKey));

function makeScriptSets(): RegExp[] {
  return [...SINGLE_SCRIPTS.map(script => [script]), ...SCRIPT_MIXTURES].map(scripts => {
    const members = [...scripts, 'Common', 'Inherited'].map(script => `\\p{scx=${script}}`).join('');
    return new RegExp(`^[${members}]+$`, 'u');
  });
}

function pairs(letters: string, latin: string): [letter: string, latin: string][] {
  return Array.from(letters, (letter, index) => [letter, latin.charAt(index)]);
}
