/** Punctuation that is typed in several ways. */
const APOSTROPHES = /[‘’ʼʻ׳]/g;
const HYPHENS = /[\u2010\u2011\u05be]/g;
const DOTS = /[·・‧•]/g;

/**
 * What all spellings of one name have in common: NFKC, full case folding, nothing that is only there for the shaping of
 * the letters beside it. JavaScript has no case folding; lower-, upper- and lower-casing gives it (ẞ, ß and SS, ς and σ
 * fall together). A dot above an i or j is one that is there already.
 */
export function usernameKey(value: string): string {
  return value
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC')
    .replace(/([ij])\u0307+/g, '$1')
    .replace(APOSTROPHES, "'")
    .replace(HYPHENS, '-')
    .replace(DOTS, '.');
}

/**
 * The same for a part of a name, or for a text in which names stand: what it is of a part does not depend on where it
 * was cut. Whatever compares parts of names goes by this, so that all agree on what is the same name.
 */
export function foldNames(text: string): string {
  return usernameKey(text).replaceAll('ς', 'σ'); // the form at the end of a word
}
