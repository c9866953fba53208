import { eastAsianWidth } from 'get-east-asian-width';

/** Texts of which every unit is a cluster of its own, one column wide: ASCII, Latin, and signs that chatty itself prints. */
const PLAIN = /^[ -~\u00a1-\u00a8\u00aa-\u00ac\u00af-\u024f\u2013\u2014\u2018-\u201d\u2026\u2190-\u2193]*$/;
/**
 * Texts of which every terminal, however it is set, knows the same width, and every unit is a cluster of its own: ASCII
 * and the common wide scripts.
 */
const SURE = /^[ -~\u3001-\u3029\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*$/;
/** Takes no column of its own in any terminal that knows combining characters. */
const MARK = /[\p{Mn}\p{Me}\u200d]/u;
/** One column at most, wherever they are shown at all. */
const HARDLY_WIDE = /[\p{M}\p{Cf}]/u;
const ASCII = /^[ -~]*$/;
const UNSEEN = /^[\p{Default_Ignorable_Code_Point}\p{Mn}\p{Me}\p{Cf}]+$/u;
/** Flags, keycaps and whatever asks for the picture rather than the letter: two columns wide. */
const PICTURE =
  /^\p{RI}{1,2}|^\p{Emoji}\ufe0f|\u200d\p{Extended_Pictographic}|^\p{Emoji_Modifier_Base}\p{Emoji_Modifier}/u;
/** Below this no two units join into one cluster, carriage return and line feed excepted. */
const FIRST_THAT_JOINS = 0x300;
const CARRIAGE_RETURN = 0x0d;

let segmenter: Intl.Segmenter | undefined;

/** Made at the first need: it costs 10 ms of start-up, and what is plain does without. */
function segments(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** What a person takes for single characters, in order. */
export function graphemes(text: string): string[] {
  return PLAIN.test(text) || SURE.test(text)
    ? text.split('')
    : Array.from(segments(text), ({ segment }) => segment);
}

/** Whether all terminals agree on the width of `text`, which then is `widthOf(text)`. */
export function isSure(text: string): boolean {
  return SURE.test(text);
}

/**
 * Columns that a terminal of today gives one cluster: 0, 1 or 2, and more for clusters with several letters.
 * East Asian Ambiguous is narrow; VS16 makes any emoji wide; a ZWJ sequence is one emoji.
 */
export function clusterWidth(cluster: string): number {
  const code = cluster.codePointAt(0) ?? 0;
  if (cluster.length === 1 && code < FIRST_THAT_JOINS) return code < 0x20 || code === 0x7f ? 0 : 1;
  if (UNSEEN.test(cluster)) return 0;
  if (PICTURE.test(cluster)) return 2;
  if (cluster.length <= 2 && (cluster.length === 1 || code > 0xffff)) return eastAsianWidth(code);
  return columns(cluster, 0);
}

/**
 * The most columns that any terminal gives one cluster: many add up the code points, and take 6 for a family
 * of three. What is laid out by this measure is never wrapped by the terminal itself.
 */
export function mostWidth(cluster: string): number {
  const code = cluster.codePointAt(0) ?? 0;
  if (cluster.length === 1 && code < FIRST_THAT_JOINS) return clusterWidth(cluster);
  return Math.max(clusterWidth(cluster), columns(cluster, 1));
}

/** How many columns a cluster takes. */
export type Measure = (cluster: string) => number;

/**
 * More columns than any terminal gives a cluster, known ones or not: two for each character beyond ASCII, one for each
 * mark. For terminals that cannot be told to leave a row as it is.
 */
export function boundOfWidth(cluster: string): number {
  let sum = 0;
  for (const point of cluster) sum += point <= '~' || HARDLY_WIDE.test(point) ? 1 : 2;
  return sum;
}

/** Columns of a text, by a measure for its clusters. */
export function reachOf(text: string, measure: Measure): number {
  if (ASCII.test(text)) return text.length;
  return graphemes(text).reduce((sum, cluster) => sum + measure(cluster), 0);
}

/** Columns of a text by today's terminals. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return graphemes(text).reduce((sum, cluster) => sum + clusterWidth(cluster), 0);
}

/** The width of every code point added up; `unseen` is for those that terminals disagree on showing at all. */
function columns(cluster: string, unseen: 0 | 1): number {
  let sum = 0;
  for (const point of cluster) {
    if (MARK.test(point)) continue;
    sum += UNSEEN.test(point) ? unseen : eastAsianWidth(point.codePointAt(0) ?? 0);
  }
  return sum;
}

/** Where the cluster after the boundary `at` ends, in UTF-16 units. */
export function nextBoundary(text: string, at: number): number {
  if (at >= text.length) return text.length;
  if (isApart(text, at + 1)) return at + 1;
  const { index, segment } = segments(text).containing(at) ?? { index: at, segment: ' ' };
  return index + segment.length;
}

/** Where the cluster before the boundary `at` begins. */
export function previousBoundary(text: string, at: number): number {
  if (at <= 0) return 0;
  if (isApart(text, at - 1) || at === 1) return at - 1;
  return segments(text).containing(at - 1)?.index ?? at - 1;
}

/** `at` itself when clusters meet there, otherwise the end of the one it is in. */
export function boundaryAt(text: string, at: number): number {
  if (at <= 0 || at >= text.length || isApart(text, at)) return Math.max(0, Math.min(at, text.length));
  const { index, segment } = segments(text).containing(at) ?? { index: at, segment: '' };
  return index === at ? at : index + segment.length;
}

/** Whether the units on both sides of `at` are known to be of two clusters without looking further. */
function isApart(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length) return false;
  const [before, after] = [text.charCodeAt(at - 1), text.charCodeAt(at)];
  return before < FIRST_THAT_JOINS && after < FIRST_THAT_JOINS && before !== CARRIAGE_RETURN;
}
