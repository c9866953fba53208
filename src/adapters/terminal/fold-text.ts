import { CONTINUED } from './event-text.js';
import { boundOfWidth } from './line-editor/width.js';
import { wrap } from './line-editor/wrap.js';

/**
 * Breaks what is too wide for a row, before the terminal does it in the first column. Rows after the first of a line
 * are indented. A text is left as it is where nobody knows how wide a row is.
 */
export function foldText(text: string, columns: number | undefined): string {
  if (columns === undefined || columns < 2) return text;
  return text
    .split('\n')
    .flatMap(line => wrap({ spans: [{ text: line }], indent: CONTINUED.length }, columns, boundOfWidth))
    .map(({ spans }) => spans.map(span => span.text).join(''))
    .join('\n');
}
