import type { Size } from './line-editor/layout.js';
import type { Line } from './line-editor/spans.js';
import { wrap } from './line-editor/wrap.js';

/** A message takes this part of the screen's height at most, within these bounds, in rows. */
const PART = 1 / 2;
const LEAST_ROWS = 6;
const MOST_ROWS = 20;
/** So few rows more are shown as well: to say that there are more takes one. */
const SPARE_ROWS = 2;

/** Shows no more than the beginning of messages that would fill the screen. */
export class TallMessages {
  #last: Line | undefined;

  constructor(private readonly size: () => Size) {}

  /** The line, or its first rows and how many are missing. */
  fold(line: Line): Line[] {
    const { columns, rows } = this.size();
    const most = Math.max(LEAST_ROWS, Math.min(MOST_ROWS, Math.floor(rows * PART)));
    if (!mayBeTaller(line, most, columns)) return [line];
    const all = wrap(line, columns);
    const more = all.length - most;
    if (more <= SPARE_ROWS) return [line];
    this.#last = line;
    const note = { text: `    … ${more} more rows: /expand shows them`, style: { dim: true } };
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
