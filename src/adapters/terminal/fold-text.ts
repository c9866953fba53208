import { CONTINUED } from '../view/event-text.js';
import { boundOfWidth } from './line-editor/width.js';
import { wrap } from './line-editor/wrap.js';

/** Columns that a UTF-16 unit takes at most. */
const MOST_COLUMNS = 2;

/**
 * Breaks what is too wide for a row, before the terminal does it in the first column. Rows after the first of a line
 * are indented. A text is left as it is where nobody knows how wide a row is.
 */
export function foldText(text: string, columns: number | undefined): string {
  if (columns === undefined || columns < 2) return text;
  return text
    .split('\n')
    .flatMap(line => (line.length * MOST_COLUMNS <= columns ? [line] : rowsOf(line, columns)))
    .join('\n');
}

function rowsOf(line: string, columns: number): string[] {
  const rows = wrap({ spans: [{ text: line }], indent: CONTINUED.length }, columns, boundOfWidth);
  return rows.map(({ spans }) => spans.map(span => span.text).join(''));
}
