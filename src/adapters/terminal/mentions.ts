/** Scripts that put no space between words: where one begins or ends, a name may be anywhere. */
const UNSPACED =
  '[\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmer}\\p{scx=Myanmar}]';
const SPACED_LETTER = `[[\\p{L}\\p{N}\\p{M}_]--${UNSPACED}]`;
const SYNTAX = /[\\^$.*+?()[\]{}|/&\-!#%,:;<=>@`~]/g;

/** A piece of a text, and whether it names the person who reads it. */
export interface Piece {
  readonly text: string;
  readonly isMention: boolean;
}

/** Finds a name in what others say: as a word of its own, in any case, with an @ or without. */
export class Mentions {
  readonly #pattern: RegExp | undefined;

  constructor(username: string) {
    if (username === '') return;
    const forms = [...new Set([username.normalize('NFC'), username.normalize('NFD')])].map(escaped);
    const starts = isUnspaced([...username].at(0)) ? '' : `(?<!${SPACED_LETTER}@?)`;
    const ends = isUnspaced([...username].at(-1)) ? '' : `(?!${SPACED_LETTER})`;
    this.#pattern = new RegExp(`${starts}@?(?:${forms.join('|')})${ends}`, 'giv');
  }

  isIn(text: string): boolean {
    return this.#pattern !== undefined && text.search(this.#pattern) !== -1;
  }

  /** The whole text in pieces, in order. */
  split(text: string): Piece[] {
    const pieces: Piece[] = [];
    let at = 0;
    for (const { 0: name, index } of this.#pattern === undefined ? [] : text.matchAll(this.#pattern)) {
      if (index > at) pieces.push({ text: text.slice(at, index), isMention: false });
      pieces.push({ text: name, isMention: true });
      at = index + name.length;
    }
    if (at < text.length) pieces.push({ text: text.slice(at), isMention: false });
    return pieces;
  }
}

function isUnspaced(char = ''): boolean {
  return new RegExp(UNSPACED, 'v').test(char);
}

function escaped(name: string): string {
  return name.replace(SYNTAX, char => `\\x${char.charCodeAt(0).toString(16)}`);
}
