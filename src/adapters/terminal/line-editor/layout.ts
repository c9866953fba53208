import { visible } from '../../view/visible.js';
import type { Tier } from './color.js';
import { LineCache } from './line-cache.js';
import { render, type Span } from './spans.js';
import { clusterWidth, graphemes, isSure, mostWidth, reachOf, widthOf } from './width.js';

/** What is to be seen below the printed lines. */
export interface View {
  /** Lines between what is printed and the input, each cut where the screen ends; of too many, the last. */
  readonly above?: readonly (readonly Span[])[];
  readonly prompt: readonly Span[];
  readonly text: string;
  /** Place of the cursor in `text`, in UTF-16 units, between two clusters. */
  readonly cursor: number;
  /** One line below the input, cut where the screen ends. */
  readonly status?: readonly Span[] | undefined;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** One row as it is sent, and its text alone, to measure. */
export interface Row {
  readonly sent: string;
  readonly text: string;
}

/** Rows for the bottom of the screen, none of them wider than it, and where the cursor goes. */
export interface Frame {
  readonly rows: readonly Row[];
  readonly cursorRow: number;
  /** Everything before the cursor on its row. */
  readonly before: Row;
  /** Columns before the cursor; nothing when terminals disagree on them. */
  readonly cursorColumn: number | undefined;
}

/** The input, and the lines around it, take this part of the screen's height at most. */
const MAX_PART = 1 / 2;
/** A prompt that takes more than this part of the width indents nothing. */
const MAX_INDENT = 1 / 4;

/**
 * Lays out a view on a screen. The last column stays free, so the cursor always has a place, and no row is ever
 * continued by the terminal itself. Where the input is too high, it shows the part around the cursor.
 */
export function layOut(view: View, { columns, rows }: Size, tier: Tier, widths = new LineCache()): Frame {
  const width = Math.max(1, columns - 1);
  const prompt = cut(view.prompt, width);
  const promptWidth = reachOf(textOf(prompt), mostWidth);
  const indent = promptWidth <= width * MAX_INDENT ? promptWidth : 0;
  const pieces = widths.pieces(view.text, width, promptWidth, indent);
  const height = Math.max(1, Math.floor(rows * MAX_PART));
  const hasStatus = view.status !== undefined && height > 1;
  const room = hasStatus ? height - 1 : height;
  const { above = [] } = view;
  const onTop = above.slice(Math.max(0, above.length - Math.floor(room / 2)));
  const shown = room - onTop.length;
  const at = Math.max(
    0,
    pieces.findLastIndex(({ start }) => start <= view.cursor),
  );
  const top = Math.max(0, Math.min(at - Math.floor(shown / 2), pieces.length - shown));

  const head = (index: number): Row =>
    index === 0
      ? { sent: render(prompt, tier), text: textOf(prompt) }
      : { sent: ' '.repeat(indent), text: ' '.repeat(indent) };
  const row = (index: number, start: number, end: number): Row => {
    const { sent, text } = head(index);
    const piece = visible(view.text.slice(start, end));
    return { sent: sent + piece, text: text + piece };
  };
  const input = pieces.slice(top, top + shown).map(({ start, end }, n) => row(top + n, start, end));
  const before = row(at, pieces[at]?.start ?? 0, view.cursor);
  return {
    rows: [
      ...onTop.map(spans => cutRow(spans, width, tier)),
      ...input,
      ...(hasStatus ? [cutRow(view.status ?? [], width, tier)] : []),
    ],
    cursorRow: onTop.length + at - top,
    before,
    cursorColumn: isSure(before.text) ? widthOf(before.text) : undefined,
  };
}

/** How many rows `text` takes where rows have `columns`, and the column where its end is, both from 0. */
export function outcomeOf(text: string, columns: number): { row: number; column: number } {
  let [row, column] = [0, 0];
  for (const cluster of graphemes(text)) {
    const width = clusterWidth(cluster);
    if (column + width > columns && column > 0) {
      row += 1;
      column = 0;
    }
    column += width;
  }
  return { row, column };
}

function cutRow(whole: readonly Span[], width: number, tier: Tier): Row {
  const spans = cut(whole, width);
  return { sent: render(spans, tier), text: textOf(spans) };
}

function textOf(spans: readonly Span[]): string {
  return spans.map(span => visible(span.text)).join('');
}

/** The beginning of what fits into `width` columns. */
function cut(spans: readonly Span[], width: number): Span[] {
  let left = width;
  return spans.map(({ text, style }) => {
    let kept = '';
    for (const cluster of graphemes(visible(text))) {
      left -= mostWidth(cluster);
      if (left < 0) break;
      kept += cluster;
    }
    return { text: kept, style };
  });
}

/** The rows that a terminal makes of one. */
export function broken(text: string, columns: number): string[] {
  const count = outcomeOf(text, columns).row + 1;
  return Array.from({ length: count }, (_, row) => text.slice(row * columns, (row + 1) * columns));
}
