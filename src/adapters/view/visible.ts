/** What a tab becomes: it moves the cursor, so it is a control character like the others. */
const TAB = '    ';

/** Most marks that one letter is shown with; Burmese needs five, and the flag of England six tags. */
const MAX_MARKS = 6;

/** Texts that need no second look: ASCII, Latin, signs that chatty itself prints, and the common scripts of East Asia. */
const PLAIN =
  /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2013-\u201d\u2026\u2190-\u2193\u21b5\u2212\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]*$/;

/** The flags of parts of a country: a black flag, and its letters as tags. */
const SUBDIVISION_FLAG = String.raw`\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{1,5}\u{e007f}`;

/** Invisible hints for the layout: soft hyphen, grapheme joiner, places for a break, joiners of words and of formulas. */
const HINT = String.raw`\u00ad\u034f\u061c\u180e\u200b\u2060-\u2064`;

/** Invisible, and needed by living scripts and by emoji: joiners, marks of direction, and selectors of a form. */
const NEEDED = String.raw`\u200c-\u200f\u17b4\u17b5\u180b-\u180d\u180f\ufe00-\ufe0f\u{e0100}-\u{e01ef}`;

/**
 * C0, DEL, C1; bidirectional embeddings, overrides and isolates; line and paragraph separators; fillers, tags, and
 * whatever else nobody would see and no living script needs.
 */
const UNSAFE = String.raw`[[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb\p{Default_Ignorable_Code_Point}]--[${NEEDED}${HINT}]]`;

const REPLACED = new RegExp(`${SUBDIVISION_FLAG}|[${HINT}]|${UNSAFE}`, 'gv');
const HINTS = new RegExp(`^[${HINT}]$`, 'v');
const TOO_MANY_MARKS = new RegExp(
  String.raw`([\p{M}\p{Emoji_Modifier}${NEEDED}]{${MAX_MARKS}})[\p{M}\p{Emoji_Modifier}${NEEDED}]+`,
  'gv',
);

/**
 * Text from outside, made safe for a terminal: whatever could move the cursor, color, erase, set a title, turn the
 * writing direction, or hide, is written out instead, as `<U+001B>`. Hints that nobody would see are left out, and so
 * are marks beyond the sixth of a letter.
 */
export function visible(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .toWellFormed()
    .replace(REPLACED, found => {
      if (found === '\t') return TAB;
      if (HINTS.test(found)) return '';
      return found.length > 2 ? found : writtenOut(found);
    })
    .replace(TOO_MANY_MARKS, '$1');
}

const UNSAFE_CHARACTERS = new RegExp(UNSAFE, 'gv');

/** JSON that a terminal may show as well: whatever could act on it is escaped, and read back it is the same. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE_CHARACTERS, found =>
    Array.from({ length: found.length }, (_, at) => escaped(found.charCodeAt(at))).join(''),
  );
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

function writtenOut(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}

/** Longest piece of an unknown text that is worth showing, in UTF-16 units. */
const MAX_LENGTH = 200;

/** The beginning of a text that may be long. */
export function cut(text: string, length = MAX_LENGTH): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
