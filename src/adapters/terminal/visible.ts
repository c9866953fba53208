/** What a tab becomes: it moves the cursor, so it is a control character like the others. */
const TAB = '    ';

/**
 * C0, DEL, C1; bidirectional embeddings, overrides and isolates; line and paragraph separators; half surrogates.
 * The joiners and selectors that emoji and many scripts need are none of them.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is its purpose
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * Text from outside, made safe for a terminal: whatever could move the cursor, color, erase, set a title or
 * turn the writing direction is written out instead, as `<U+001B>`.
 */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replace(INVISIBLE, char =>
      char === '\t' ? TAB : `<U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`,
    );
}

/** Longest piece of an unknown text that is worth showing, in UTF-16 units. */
const MAX_LENGTH = 200;

/** The beginning of a text that may be long. */
export function cut(text: string, length = MAX_LENGTH): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
