import { foldNames } from '../../domain/name-key.js';
import { UNSPACED_SCRIPTS } from '../../domain/scripts.js';

/** But for the accents that any script may have. */
const UNSPACED = `[[${UNSPACED_SCRIPTS}]--\\p{sc=Zinh}]`;
const BEGINS_UNSPACED = new RegExp(`^${UNSPACED}`, 'v');
const ENDS_UNSPACED = new RegExp(`${UNSPACED}$`, 'v');
const LETTER = `[[\\p{L}\\p{N}\\p{M}_]--${UNSPACED}]`;
/** A letter, or a mark that ties the name to a letter on its other side: `anna-lena`, `anna.txt`, `anna@example.org`. */
const TIED_BEFORE = new RegExp(`${LETTER}[\\-.@]?@?$`, 'v');
const TIED_AFTER = new RegExp(`^(?:[\\-@]?${LETTER}|\\.[\\p{Ll}\\p{N}])`, 'v');
/** What Korean puts behind a name. */
const PARTICLE = /^(?:님|씨|이|가|은|는|을|를|의|에|께|와|과|랑|도|만|아|야|한테|부터|까지|처럼|보다)/;
const ENDS_IN_HANGUL = /\p{sc=Hang}$/u;
/** A variable, an option, an assignment, a call: code. */
const CODE_BEFORE = /(?:--|[$%=&\\])$/;
const CODE_AFTER = /^(?:[=%]|\(\)|\[\d|::|:\d)/;

/** A path or the address of a page: names in it are not of people. */
const PATH = /^["'(<[]*(?:~|\.{0,2}|[a-z]:)[/\\]|:\/\/|[/\\][^/\\]+[/\\]/i;

/** How far around a name it is looked whether it is one, in UTF-16 units: a text may consist of nothing else. */
const MAX_AROUND = 200;
/** How often it is looked in one text whether a name is one. */
const MAX_LOOKS = 500;

/** A letter with its marks, or jamo that belong together: what is folded as one. */
const CLUSTERS = /[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]+|\P{M}?\p{M}*/gsuy;
// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them
const ASCII = /^[\x00-\x7f]*$/;

/** A piece of a text, and whether it names the person who reads it. */
export interface Piece {
  readonly text: string;
  readonly isMention: boolean;
}

/** Finds a name in what others say: as a word of its own, in any spelling, with an @ or without. */
export class Mentions {
  readonly #name: string;
  readonly #mayBegin: boolean;
  readonly #mayEnd: boolean;
  readonly #isHangul: boolean;

  constructor(username: string) {
    this.#name = foldNames(username);
    this.#mayBegin = BEGINS_UNSPACED.test(username);
    this.#isHangul = ENDS_IN_HANGUL.test(username.normalize('NFC'));
    this.#mayEnd = ENDS_UNSPACED.test(username.normalize('NFC'));
  }

  isIn(text: string): boolean {
    return !this.#find(text).next().done;
  }

  /** The whole text in pieces, in order. */
  split(text: string): Piece[] {
    const pieces: Piece[] = [];
    let at = 0;
    for (const { from, to } of this.#find(text)) {
      if (from > at) pieces.push({ text: text.slice(at, from), isMention: false });
      pieces.push({ text: text.slice(from, to), isMention: true });
      at = to;
    }
    if (at < text.length) pieces.push({ text: text.slice(at), isMention: false });
    return pieces;
  }

  *#find(text: string): Generator<{ from: number; to: number }> {
    // Nearly every message has no mention, and this is told at once.
    if (this.#name === '' || !foldNames(text).includes(this.#name)) return;
    const { folded, starts } = foldedClusters(text);
    for (let at = 0, looks = 0; looks < MAX_LOOKS; looks++) {
      const found = folded.indexOf(this.#name, at);
      if (found === -1) return;
      const end = found + this.#name.length;
      const from = starts[found] ?? 0;
      const to = starts[end] ?? text.length;
      at = found + 1;
      // Half of a letter is none.
      if (starts[found - 1] === from || starts[end - 1] === to || !this.#isWord(text, from, to)) continue;
      yield { from: text[from - 1] === '@' ? from - 1 : from, to };
      at = end;
    }
  }

  #isWord(text: string, from: number, to: number): boolean {
    const before = text.slice(Math.max(0, from - MAX_AROUND), from);
    const after = text.slice(to, to + MAX_AROUND);
    if (CODE_BEFORE.test(before) || CODE_AFTER.test(after)) return false;
    if (!this.#mayBegin && TIED_BEFORE.test(before.slice(-4))) return false;
    const isParticle = this.#isHangul && PARTICLE.test(after);
    if (!this.#mayEnd && !isParticle && TIED_AFTER.test(after.slice(0, 4))) return false;
    return !PATH.test(`${/\S*$/.exec(before)?.[0]}${text.slice(from, to)}${/^\S*/.exec(after)?.[0]}`);
  }
}

/** A text folded as names are, and for each unit of it where in the text the letter begins that it comes from. */
function foldedClusters(text: string): { folded: string; starts: number[] } {
  if (ASCII.test(text)) return { folded: text.toLowerCase(), starts: Array.from(text, (_, at) => at) };
  let folded = '';
  const starts: number[] = [];
  // To fold a cluster takes 2 µs, and most come again.
  const known = new Map<string, string>();
  for (const { 0: cluster, index } of text.matchAll(CLUSTERS)) {
    const key = known.get(cluster) ?? foldNames(cluster);
    known.set(cluster, key);
    folded += key;
    while (starts.length < folded.length) starts.push(index);
  }
  return { folded, starts };
}
