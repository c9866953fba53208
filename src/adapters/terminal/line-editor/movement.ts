import { graphemes, nextBoundary, previousBoundary } from './width.js';

const WORD = /[\p{L}\p{M}\p{N}_]/u;
const SPACE = /\s/u;

/** A place in a text, in UTF-16 units, to another. All begin and end between two clusters. */
export type Movement = (text: string, at: number) => number;

export const left: Movement = previousBoundary;
export const right: Movement = nextBoundary;

/** Letters that are seen as one with their marks. */
const SEEN_AS_ONE = /^[\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}]|\p{Emoji}|\p{Variation_Selector}$/u;

/**
 * Over what Backspace takes away: a cluster of one look whole, of the scripts that put a syllable together of letters
 * and signs (Thai, Devanagari, Hebrew points, …) the last of them.
 */
export const lastTyped: Movement = (text, at) => {
  const start = left(text, at);
  const cluster = text.slice(start, at);
  if (SEEN_AS_ONE.test(cluster)) return start;
  return at - (Array.from(cluster).at(-1)?.length ?? 0);
};

/** To the beginning of this word or the one before: letters, digits and marks. */
export const wordLeft: Movement = (text, at) => {
  const start = back(text, at, cluster => !WORD.test(cluster));
  return back(text, start, cluster => WORD.test(cluster));
};

/** To the end of this word or the next. */
export const wordRight: Movement = (text, at) => {
  const start = forth(text, at, cluster => !WORD.test(cluster));
  return forth(text, start, cluster => WORD.test(cluster));
};

/** To the white space before this word or the one before. */
export const blankLeft: Movement = (text, at) => {
  const start = back(text, at, cluster => SPACE.test(cluster));
  return back(text, start, cluster => !SPACE.test(cluster));
};

export const lineStart: Movement = (text, at) => (at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1);

export const lineEnd: Movement = (text, at) => {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
};

/** `at` in the line above or below, at `column` clusters or at its end; nothing where there is no such line. */
export function toLine(text: string, at: number, by: -1 | 1, column: number): number | undefined {
  const edge = by < 0 ? lineStart(text, at) - 1 : lineEnd(text, at) + 1;
  if (edge < 0 || edge > text.length) return undefined;
  const start = lineStart(text, edge);
  const clusters = graphemes(text.slice(start, lineEnd(text, edge)));
  return start + clusters.slice(0, column).join('').length;
}

/** How many clusters of its line are before `at`. */
export function columnOf(text: string, at: number): number {
  return graphemes(text.slice(lineStart(text, at), at)).length;
}

function back(text: string, from: number, isPassed: (cluster: string) => boolean): number {
  let at = from;
  for (let next = left(text, at); next < at && isPassed(text.slice(next, at)); next = left(text, at))
    at = next;
  return at;
}

function forth(text: string, from: number, isPassed: (cluster: string) => boolean): number {
  let at = from;
  for (let next = right(text, at); next > at && isPassed(text.slice(at, next)); next = right(text, at))
    at = next;
  return at;
}
