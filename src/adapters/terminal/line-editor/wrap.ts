import { visible } from '../../view/visible.js';
import type { Line, Span } from './spans.js';
import { graphemes, type Measure, mostWidth, reachOf } from './width.js';

/** A row of the screen. */
export interface WrappedRow {
  readonly spans: readonly Span[];
  /** A link wider than the screen: the terminal breaks it. Whatever else is too wide for a terminal must not be. */
  readonly isLink: boolean;
}

/** A run that is not broken while it fits on a row of its own: a word, white space, a link, one wide character. */
interface Run {
  readonly spans: readonly Span[];
  readonly width: number;
  readonly kind: 'word' | 'space' | 'link';
}

/** Continued rows keep at least this part of the width as indentation, so that none looks like a line of its own. */
const LEAST_INDENT = 1 / 8;
/** The part of the width that indentation takes at most. */
const MOST_INDENT = 1 / 2;
/** Only the common space is one: others are there so that nothing is broken, or are wide characters. */
const RUN = / +|[^ ]+/g;
const LINK = /(?:https?|ftps?|ssh|git|file|gemini|magnet|mailto|xmpp|irc)s?:\S{2}|^\W?www\./iu;
/**
 * Links that the terminal may break, in the first column: of sure width, without anything that looks like a space, a
 * time, or a name with what it said.
 */
const HARMLESS_LINK = /^(?:[!-9;-~]*:\/\/)?[!-9;-~]*$/;
/** Scripts that are written without spaces break between any two characters. */
const WIDE = /[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\uffdc\u{1b000}-\u{1b2ff}\u{20000}-\u{3ffff}]/u;

/**
 * Breaks a line into rows of at most `width` columns: between words, within a word only where it is longer
 * than a row; rows but the first begin with `indent` spaces.
 *
 * A link that does not fit into what the indentation leaves is a row of its own from the first column, however
 * long: the terminal breaks it, without any character in between, so it can be clicked on and copied.
 *
 * @param measure columns of a cluster; what is measured with too few, the terminal would break in its own way
 */
export function wrap({ spans, indent = 0 }: Line, width: number, measure: Measure = mostWidth): WrappedRow[] {
  const rows = new Rows(
    width,
    indent > width * MOST_INDENT ? Math.ceil(width * LEAST_INDENT) : indent,
    measure,
  );
  paragraphs(spans).forEach((paragraph, at) => {
    if (at > 0) rows.begin();
    for (const run of runs(paragraph, measure)) rows.add(run);
  });
  return rows.all.map(row => ({ spans: row, isLink: rows.links.has(row) }));
}

class Rows {
  readonly all: Span[][] = [[]];
  readonly links = new Set<readonly Span[]>();
  #row: Span[] = [];
  /** Columns taken in this row; also those of the indentation. */
  #taken = 0;
  #held: Run | undefined;

  constructor(
    private readonly width: number,
    private readonly indent: number,
    private readonly measure: Measure,
  ) {
    this.#row = this.all[0] ?? [];
  }

  begin(indent = this.indent): void {
    this.#held = undefined;
    this.#taken = indent;
    this.#row = indent > 0 ? [{ text: ' '.repeat(indent) }] : [];
    this.all.push(this.#row);
  }

  /** White space waits for what follows: at the end of a row it would be seen by nobody. */
  add(run: Run): void {
    if (run.kind === 'space') {
      this.#held = run;
      return;
    }
    const space = this.#held;
    const fits = this.#taken + (space?.width ?? 0) + run.width <= this.width;
    this.#held = undefined;
    if (fits) {
      if (space !== undefined) this.#put(space);
      this.#put(run);
    } else if (run.kind === 'link' && run.width > this.width - this.indent) this.#putLink(run);
    else if (run.width <= this.width - this.indent) {
      this.begin();
      this.#put(run);
    } else this.#putBroken(run, space !== undefined);
  }

  #put(run: Run): void {
    for (const { text, style } of run.spans) {
      const last = this.#row.at(-1);
      if (last !== undefined && last.style === style)
        this.#row[this.#row.length - 1] = { text: last.text + text, style };
      else this.#row.push({ text, style });
    }
    this.#taken += run.width;
  }

  #putLink(run: Run): void {
    if (this.#row.length === 0) this.all.pop();
    this.begin(0);
    this.#put(run);
    this.links.add(this.#row);
    // Whatever comes next begins a row: how much of this one is left depends on the terminal.
    this.#taken = this.width;
  }

  #putBroken(run: Run, isApart: boolean): void {
    if (isApart && this.#taken + 3 > this.width) this.begin();
    else if (isApart) this.#put(SPACE);
    for (const { text, style } of run.spans) {
      for (const cluster of pieces(text, this.width - this.indent, this.measure)) {
        const width = this.measure(cluster);
        if (this.#taken + width > this.width && this.#taken > 0) this.begin();
        this.#put({ spans: [{ text: cluster, style }], width, kind: 'word' });
      }
    }
  }
}

/** Clusters, but for those that are wider than a row: joiners can make one of a whole message. */
function pieces(text: string, width: number, measure: Measure): string[] {
  return graphemes(text).flatMap(cluster => (measure(cluster) > width ? Array.from(cluster) : [cluster]));
}

const SPACE: Run = { spans: [{ text: ' ' }], width: 1, kind: 'space' };

/** Breaks at line feeds, and makes the text safe, before any of it is measured. */
function paragraphs(spans: readonly Span[]): Span[][] {
  const all: Span[][] = [[]];
  for (const { text, style } of spans) {
    text.split('\n').forEach((part, at) => {
      if (at > 0) all.push([]);
      if (part !== '') all.at(-1)?.push({ text: visible(part), style });
    });
  }
  return all;
}

/** Runs may go over several spans: `<b>un</b>breakable` is one word. */
function runs(spans: readonly Span[], measure: Measure): Run[] {
  const text = spans.map(span => span.text).join('');
  const pieces = new Pieces(spans);
  return Array.from(text.matchAll(RUN)).flatMap(([run]): Run[] => {
    if (run.startsWith(' ')) return [{ spans: pieces.take(run.length), width: run.length, kind: 'space' }];
    if (LINK.test(run) && HARMLESS_LINK.test(run))
      return [{ spans: pieces.take(run.length), width: run.length, kind: 'link' }];
    return words(run).map(word => ({
      spans: pieces.take(word.length),
      width: reachOf(word, measure),
      kind: 'word' as const,
    }));
  });
}

function words(run: string): string[] {
  if (!WIDE.test(run)) return [run];
  const all: string[] = [];
  let isOpen = false;
  for (const cluster of graphemes(run)) {
    const isWide = WIDE.test(cluster);
    // Punctuation stays with what is before it.
    if (all.length > 0 && ((isOpen && !isWide) || /^\p{P}/u.test(cluster))) all[all.length - 1] += cluster;
    else all.push(cluster);
    isOpen = !isWide;
  }
  return all;
}

/** Cuts pieces off the front of a list of spans, by length in UTF-16 units. */
class Pieces {
  #span = 0;
  #at = 0;

  constructor(private readonly spans: readonly Span[]) {}

  take(length: number): Span[] {
    const taken: Span[] = [];
    for (let left = length; left > 0; ) {
      const span = this.spans[this.#span];
      if (span === undefined) return taken;
      const text = span.text.slice(this.#at, this.#at + left);
      left -= text.length;
      this.#at += text.length;
      taken.push({ text, style: span.style });
      if (this.#at >= span.text.length) {
        this.#span += 1;
        this.#at = 0;
      }
    }
    return taken;
  }
}
