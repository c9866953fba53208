import type { Frame } from './layout.js';

// The bytes that draw frames: where they begin, what of them has changed, and where the cursor goes.

/**
 * From the beginning of this row on. Not with the plain `ESC[J`: at the top of the screen tmux takes that for
 * clearing it all, and moves what is erased to the scrollback.
 */
export const ERASE_BELOW = '\r\u001b[K\u001b[C\u001b[J\r';
const ERASE_RIGHT = '\u001b[K';

export function erase(frame: Frame): string {
  return `${up(frame.cursorRow)}${ERASE_BELOW}`;
}

/** Rows from the one at `from` to the last, which is where the cursor ends up. */
export function rowsFrom(frame: Frame, from: number): string {
  return frame.rows
    .slice(from)
    .map(row => row.sent)
    .join('\r\n');
}

/** Whether a frame looks like another, with the cursor in the same place. */
export function isSame(old: Frame, frame: Frame): boolean {
  return (
    old.cursorRow === frame.cursorRow &&
    old.before.text === frame.before.text &&
    old.rows.length === frame.rows.length &&
    old.rows.every((row, index) => row.sent === frame.rows[index]?.sent)
  );
}

/** From the cursor of the old frame to the last row of the new, by what differs. */
export function change(old: Frame, frame: Frame): string {
  const last = frame.rows.length - 1;
  let at = old.cursorRow;
  let text = '';
  const to = (row: number): string => {
    // With line feeds: the row below may be gone, if the screen has just become lower, and then they make it.
    const move = `${row < at ? up(at - row) : '\n'.repeat(row - at)}\r`;
    at = row;
    return move;
  };
  for (const [index, row] of frame.rows.entries()) {
    const before = old.rows[index];
    if (before?.sent === row.sent) continue;
    if (old.rows.length !== frame.rows.length) {
      // There may be no row below the last one yet: a line feed makes one.
      const start = before === undefined ? `${to(index - 1)}\r\n` : to(index);
      return `${text}${start}${ERASE_BELOW}${rowsFrom(frame, index)}`;
    }
    text += `${to(index)}${row.sent}${ERASE_RIGHT}`;
  }
  if (old.rows.length > frame.rows.length) text += `${to(last + 1)}${ERASE_BELOW}`;
  return text + (at === last ? '' : to(last));
}

/** From the last row of the frame to its cursor. */
export function toCursor({ rows, cursorRow, cursorColumn, before }: Frame): string {
  // Where terminals disagree on widths, each of them finds the column by itself: it is given the text again.
  const column = cursorColumn === undefined ? before.sent : cursorColumn > 0 ? `\u001b[${cursorColumn}C` : '';
  return `${up(rows.length - 1 - cursorRow)}\r${column}`;
}

export function up(rows: number): string {
  return rows > 0 ? `\u001b[${rows}A` : '';
}

export function down(rows: number): string {
  return rows > 0 ? `\u001b[${rows}B` : '';
}
