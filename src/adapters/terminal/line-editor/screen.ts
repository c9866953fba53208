import type { Tier } from './color.js';
import { change, down, ERASE_BELOW, erase, rowsFrom, toCursor, up } from './frame-drawing.js';
import { type Frame, layOut, outcomeOf, type Size, type View } from './layout.js';
import { LineCache } from './line-cache.js';
import { type Line, render, type Span } from './spans.js';
import { boundOfWidth, reachOf } from './width.js';
import { wrap } from './wrap.js';

/** How long a terminal may take to say where its cursor is, in milliseconds. */
const ANSWER_MS = 150;

/** DEC private mode 2026: the terminal shows what is between at once; those that do not know it ignore it. */
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';
const WHERE = '\u001b[6n';
/**
 * DECAWM: a row that is wider for the terminal than for us ends at the edge, rather than go on in the first column,
 * where a message could write a line in somebody else's name.
 */
const CUT_ROWS = '\u001b[?7l';
const BREAK_ROWS = '\u001b[?7h';

export interface ScreenOptions {
  readonly tier: Tier;
  /** Whether the terminal breaks rows that are too long anew when its width changes. */
  readonly reflows: boolean;
}

/**
 * The bottom of the normal screen, with an input and a status that stay there, while lines are printed above
 * them and become the terminal's own: they scroll back, and can be copied. Keeps nothing of what it printed.
 */
export class Screen {
  readonly #cache = new LineCache();
  #view: View | undefined;
  #drawn: Frame | undefined;
  #drawnColumns = 0;
  #lines: Line[] = [];
  #flush: NodeJS.Immediate | undefined;
  /** Answers still to come, and what the last of them decides. */
  #asked = 0;
  #patience: NodeJS.Timeout | undefined;
  #full: Promise<void> | undefined;

  constructor(
    private readonly write: (text: string) => Promise<void> | undefined,
    private readonly size: () => Size,
    private readonly options: ScreenOptions,
  ) {}

  /** While the terminal takes no more: resolves when it does. */
  get full(): Promise<void> | undefined {
    return this.#full;
  }

  /** Nothing is drawn while the cursor is looked for, or while nobody reads. */
  get #isHeld(): boolean {
    return this.#asked > 0 || this.#full !== undefined;
  }

  /** Shows a view instead of the last, at once. */
  show(view: View): void {
    this.#view = view;
    if (!this.#isHeld) this.#draw('');
  }

  /** Shows a view instead of the last before the turn of the event loop is over, together with what is printed. */
  showSoon(view: View): void {
    this.#view = view;
    this.#flush ??= setImmediate(() => this.flush());
  }

  /** Prints lines above the view before the turn of the event loop is over: all of a turn in one write. */
  print(lines: readonly Line[]): void {
    for (const line of lines) this.#lines.push(line);
    this.#flush ??= setImmediate(() => this.flush());
  }

  /** Prints at once what is waiting. */
  flush(): void {
    clearImmediate(this.#flush);
    this.#flush = undefined;
    if (!this.#isHeld) this.#draw(this.#printed());
  }

  /** The terminal has another size: erases what was drawn, wherever it is now, and draws anew. */
  resized(): void {
    if (this.#drawn === undefined) return;
    if (this.#asked === 0 && !this.#isMoved(this.#drawn)) this.#redraw(0);
    else {
      // The row with the cursor: some terminals break it too, others leave it to the program. Where is it?
      this.#asked += 1;
      this.#send(WHERE);
      clearTimeout(this.#patience);
      this.#patience = setTimeout(() => this.#settle(0), ANSWER_MS);
    }
  }

  /** The terminal's answer to where its cursor is; `column` counts from 1. */
  located(column: number): void {
    if (this.#asked === 0) return;
    this.#asked -= 1;
    if (this.#asked > 0 || this.#drawn === undefined) return;
    const { columns } = this.size();
    const end = outcomeOf(this.#drawn.before.text, columns);
    // A cursor in the last column may as well have been held up there; then rather leave something than erase too much.
    this.#settle(end.column + 1 === column && column < columns ? end.row : 0);
  }

  /** Scrolls everything printed out of sight, and draws at the top. */
  clear(): void {
    if (this.#isHeld) return;
    const { rows } = this.size();
    const start = this.#drawn === undefined ? '' : erase(this.#drawn);
    this.#drawn = undefined;
    this.#draw('', `${start}${this.#printed()}${down(rows)}${'\n'.repeat(rows)}\u001b[H`);
  }

  /** Forgets where it has drawn: somebody else may have written to the terminal. Draws from the row of the cursor on. */
  reset(): void {
    this.#asked = 0;
    clearTimeout(this.#patience);
    this.#drawn = undefined;
    if (this.#view !== undefined) this.#draw(this.#printed(), ERASE_BELOW);
  }

  /** Prints what is waiting, takes the view away, and leaves the cursor at the beginning of its row. */
  leave(): void {
    clearImmediate(this.#flush);
    this.#flush = undefined;
    clearTimeout(this.#patience);
    this.#asked = 0;
    this.#view = undefined;
    if (this.#drawn !== undefined || this.#lines.length > 0) this.#draw(this.#printed());
  }

  #send(text: string): void {
    const full = this.write(text);
    if (full === undefined) return;
    this.#full = full;
    void full.then(() => {
      if (this.#full !== full) return;
      this.#full = undefined;
      if (this.#asked === 0 && this.#view !== undefined) this.#draw(this.#printed());
    });
  }

  #settle(rowsOfCursor: number): void {
    clearTimeout(this.#patience);
    this.#asked = 0;
    this.#redraw(rowsOfCursor);
  }

  /** Whether the row with the cursor was too long for the screen as it is now. */
  #isMoved(drawn: Frame): boolean {
    const { columns } = this.size();
    return (
      this.options.reflows && columns < this.#drawnColumns && outcomeOf(drawn.before.text, columns).row > 0
    );
  }

  /** `rowsOfCursor`: how many rows the cursor is below the beginning of its own, since that was broken. */
  #redraw(rowsOfCursor: number): void {
    const { columns } = this.size();
    const above = this.#drawn?.rows.slice(0, this.#drawn.cursorRow) ?? [];
    const rows = this.options.reflows
      ? above.reduce((sum, row) => sum + outcomeOf(row.text, columns).row + 1, 0)
      : above.length;
    this.#drawn = undefined;
    this.#draw(this.#printed(), `${up(rows + rowsOfCursor)}${ERASE_BELOW}`);
  }

  #printed(): string {
    const { columns } = this.size();
    const rows = this.#lines.flatMap(line => wrap(line, columns));
    this.#lines = [];
    return rows
      .map(({ spans, isLink }) => {
        const row = render(spans, this.options.tier);
        // Only where it could be too wide: a screen that has just become narrower breaks the others, rather than cut them.
        const isSafe = isLink || boundOf(spans, columns) <= columns;
        return `${isSafe ? row : `${CUT_ROWS}${row}${BREAK_ROWS}`}\r\n`;
      })
      .join('');
  }

  #draw(printed: string, start = ''): void {
    const frame =
      this.#view === undefined ? undefined : layOut(this.#view, this.size(), this.options.tier, this.#cache);
    const old = this.#drawn;
    const text =
      old !== undefined && frame !== undefined && printed === '' && start === ''
        ? change(old, frame)
        : `${start}${old === undefined ? '' : erase(old)}${printed}${frame === undefined ? '' : rowsFrom(frame, 0)}`;
    this.#drawn = frame;
    this.#drawnColumns = this.size().columns;
    const place = frame === undefined ? '' : toCursor(frame);
    if (text !== '' || old?.cursorRow !== frame?.cursorRow || old?.before.text !== frame?.before.text)
      this.#send(`${BEGIN}${text}${place}${END}`);
  }
}

/** No terminal gives these pieces more columns; counted as exactly as it takes to know whether that is too many. */
function boundOf(spans: readonly Span[], columns: number): number {
  const rough = spans.reduce((sum, { text }) => sum + text.length * 2, 0);
  return rough <= columns ? rough : spans.reduce((sum, { text }) => sum + reachOf(text, boundOfWidth), 0);
}
