import type { Size } from './line-editor/layout.js';
import type { Line } from './line-editor/spans.js';
import { wrap } from './line-editor/wrap.js';

/** A message takes this part of the screen's height at most, within these bounds, in rows. */
const PART = 1 / 2;
const LEAST_ROWS = 6;
const MOST_ROWS = 20;
/** So few rows more are shown as well: to say that there are more takes one. */
const SPARE_ROWS = 2;

/** Longest message whose rows are counted, in UTF-16 units: that takes 20 ms where there is a break after each letter. */
const MAX_COUNTED = 8192;

/** Shows no more than the beginning of messages that would fill the screen. */
export class TallMessages {
  #last: Line | undefined;

  constructor(private readonly size: () => Size) {}

  /** The line, or its first rows and how many are missing. */
  fold(line: Line): Line[] {
    const { columns, rows } = this.size();
    const most = Math.max(LEAST_ROWS, Math.min(MOST_ROWS, Math.floor(rows * PART)));
    if (line.isWhole === true || !mayBeTaller(line, most, columns)) return [line];
    const start = beginningOf(line, Math.max(MAX_COUNTED, columns * most * 2));
    const all = wrap(start, columns);
    const more = all.length - most;
    if (start === line && more <= SPARE_ROWS) return [line];
    this.#last = line;
    const count = start === line ? `${more}` : 'many';
    const note = { text: `    … ${count} more rows: /expand shows them`, style: { dim: true } };
    return [...all.slice(0, most).map(({ spans }) => ({ spans })), { spans: [note], indent: 4 }];
  }

  /** The last line of which something is missing, whole; nothing when there was none. */
  expand(): Line | undefined {
    return this.#last;
  }
}

/** Whether a line could take more rows than that; most lines are short, and this is told at once. */
function mayBeTaller({ spans, indent = 0 }: Line, rows: number, columns: number): boolean {
  const text = spans.map(span => span.text).join('');
  const breaks = text.split('\n', rows + 1).length;
  return breaks > rows || breaks + (text.length * 2) / Math.max(1, columns - indent) > rows;
}

/** The line, or as much of it as is looked at; to break all of a long one into rows takes longer than a key should. */
function beginningOf(line: Line, length: number): Line {
  let left = length;
  const spans = line.spans.flatMap(({ text, style }) => {
    const kept = text.slice(0, left);
    left -= kept.length;
    return kept === '' ? [] : [{ text: kept, style }];
  });
  return left > 0 ? line : { ...line, spans };
}
