import type { Tier } from './color.js';
import { change, down, ERASE_BELOW, erase, isSame, rowsFrom, toCursor, up } from './frame-drawing.js';
import { broken, type Frame, layOut, outcomeOf, type Size, type View } from './layout.js';
import { LineCache } from './line-cache.js';
import { type Position, type ProbeTimes, SizeProbe } from './size-probe.js';
import { type Line, render, type Span } from './spans.js';
import { boundOfWidth, reachOf } from './width.js';
import { wrap } from './wrap.js';

/** DEC private mode 2026: the terminal shows what is between at once; those that do not know it ignore it. */
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';
/**
 * DECAWM: a row that is wider for the terminal than for us ends at the edge, rather than go on in the first column,
 * where a message could write a line in somebody else's name.
 */
const CUT_ROWS = '\u001b[?7l';
const BREAK_ROWS = '\u001b[?7h';

/** How long lines are made into rows without a break, in milliseconds: then keys are heard. */
const SLICE_MS = 8;
/** So many lines may wait before whoever prints has to. */
const MAX_WAITING = 200;

/** What is drawn while the size changes: a row of the input, and the status. */
const SMALL: Size = { columns: 20, rows: 4 };

export interface ScreenOptions {
  readonly tier: Tier;
  /** Makes of a line those that are printed of it. */
  readonly fold?: ((line: Line) => readonly Line[]) | undefined;
  /** Whether the terminal breaks rows that are too long anew when its width changes. */
  readonly reflows: boolean;
  readonly times?: ProbeTimes | undefined;
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
  /** What is to be printed, and of it what is printed already. */
  #lines: Line[] = [];
  #at = 0;
  #behind: PromiseWithResolvers<void> | undefined;
  #flush: NodeJS.Immediate | undefined;
  readonly #probe: SizeProbe;
  /** What was drawn and could not be erased, since it is above the screen: it comes back when the screen grows. */
  #lost: string[] = [];
  #full: Promise<void> | undefined;

  constructor(
    private readonly write: (text: string) => Promise<void> | undefined,
    private readonly size: () => Size,
    private readonly options: ScreenOptions,
  ) {
    this.#probe = new SizeProbe(
      text => this.#send(text),
      size,
      (cursor, isCalm) => this.#redraw(cursor, isCalm),
      options.times,
    );
  }

  /** While the terminal takes no more, or much is still to be printed: resolves when that is over. */
  get full(): Promise<void> | undefined {
    return this.#full ?? this.#behind?.promise;
  }

  /** Nothing is drawn while the terminal changes its size, or while nobody reads. */
  get #isHeld(): boolean {
    return this.#probe.isOpen || this.#full !== undefined;
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
    if (this.#lines.length - this.#at > MAX_WAITING) this.#behind ??= Promise.withResolvers();
    this.#flush ??= setImmediate(() => this.flush());
  }

  /** Prints what is waiting, or as much of it as there is time for: the rest follows. */
  flush(): void {
    clearImmediate(this.#flush);
    this.#flush = undefined;
    if (!this.#isHeld) this.#draw(this.#printed());
  }

  /** The terminal has another size: erases what was drawn, wherever it is then, and draws anew. */
  resized(): void {
    if (this.#drawn !== undefined) this.#probe.resized();
  }

  /** The terminal's answer to where its cursor is. */
  located(position: Position): void {
    this.#probe.located(position);
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
    this.#probe.cancel();
    this.#drawn = undefined;
    this.#lost = [];
    if (this.#view !== undefined) this.#draw(this.#printed(), ERASE_BELOW);
  }

  /** Prints what is waiting, takes the view away, and leaves the cursor at the beginning of its row. */
  leave(): void {
    clearImmediate(this.#flush);
    this.#flush = undefined;
    this.#probe.cancel();
    this.#view = undefined;
    if (this.#drawn !== undefined || this.#lines.length > 0)
      this.#draw(this.#printed(Number.POSITIVE_INFINITY));
  }

  #send(text: string): void {
    const full = this.write(text);
    if (full === undefined) return;
    this.#full = full;
    void full.then(() => {
      if (this.#full !== full) return;
      this.#full = undefined;
      if (!this.#probe.isOpen && this.#view !== undefined) this.#draw(this.#printed());
    });
  }

  /**
   * @param cursor where it is, if the terminal has said so
   * @param isCalm whether no other size will follow soon: until then, rows are short, so that no terminal breaks them
   */
  #redraw(cursor: Position | undefined, isCalm: boolean): void {
    const { columns } = this.size();
    const above = this.#drawn?.rows.slice(0, this.#drawn.cursorRow).map(({ text }) => text) ?? [];
    const pieces = this.options.reflows ? above.flatMap(text => broken(text, columns)) : above;
    const toTop = pieces.length + (this.#drawn === undefined ? 0 : this.#rowsOfCursor(this.#drawn, cursor));
    const room = cursor === undefined ? toTop : cursor.row - 1;
    const start = `${up(Math.min(toTop, room) + this.#recover(room - toTop))}${ERASE_BELOW}`;
    this.#lost.push(...pieces.slice(0, Math.max(0, toTop - room)));
    this.#drawn = undefined;
    this.#draw(this.#printed(), start, isCalm ? this.size() : SMALL);
  }

  /** How many rows the cursor is below the beginning of its own: some terminals break it too, others leave that to us. */
  #rowsOfCursor({ before }: Frame, cursor: Position | undefined): number {
    const { columns } = this.size();
    if (!this.options.reflows || cursor === undefined || columns >= this.#drawnColumns) return 0;
    const end = outcomeOf(before.text, columns);
    // A cursor in the last column may as well have been held up there; then rather leave something than erase too much.
    return end.column + 1 === cursor.column && cursor.column < columns ? end.row : 0;
  }

  /** How many of `rows` above what is drawn are rows that were lost before, and are back on the screen. */
  #recover(rows: number): number {
    const { columns } = this.size();
    let recovered = 0;
    while (rows > recovered && this.#lost.length > 0)
      recovered += broken(this.#lost.pop() ?? '', columns).length;
    return Math.max(0, Math.min(rows, recovered));
  }

  /** The rows of the lines that wait, as many of them as there is time for. */
  #printed(forMs = SLICE_MS): string {
    const { columns } = this.size();
    const endsAt = performance.now() + forMs;
    let text = '';
    do {
      const line = this.#lines[this.#at];
      if (line === undefined) break;
      this.#at++;
      for (const part of this.options.fold?.(line) ?? [line]) text += this.#rowsOf(part, columns);
    } while (performance.now() < endsAt);
    if (this.#at < this.#lines.length) {
      this.#behind ??= Promise.withResolvers();
      this.#flush ??= setImmediate(() => this.flush());
    } else this.#allPrinted();
    if (text !== '') this.#lost = [];
    return text;
  }

  #rowsOf(line: Line, columns: number): string {
    return wrap(line, columns)
      .map(({ spans, isLink }) => {
        const row = render(spans, this.options.tier);
        // Only where it could be too wide: a screen that has just become narrower breaks the others, rather than cut them.
        const isSafe = isLink || boundOf(spans, columns) <= columns;
        return `${isSafe ? row : `${CUT_ROWS}${row}${BREAK_ROWS}`}\r\n`;
      })
      .join('');
  }

  #allPrinted(): void {
    this.#lines = [];
    this.#at = 0;
    this.#behind?.resolve();
    this.#behind = undefined;
  }

  #draw(printed: string, start = '', { columns, rows } = this.size()): void {
    const size = { columns: Math.min(columns, this.size().columns), rows };
    const frame =
      this.#view === undefined ? undefined : layOut(this.#view, size, this.options.tier, this.#cache);
    const old = this.#drawn;
    const isOnlyView = printed === '' && start === '';
    if (isOnlyView && old !== undefined && frame !== undefined && isSame(old, frame)) return;
    const text =
      old !== undefined && frame !== undefined && isOnlyView
        ? change(old, frame)
        : `${start}${old === undefined ? '' : erase(old)}${printed}${frame === undefined ? '' : rowsFrom(frame, 0)}`;
    this.#drawn = frame;
    this.#drawnColumns = this.size().columns;
    const place = frame === undefined ? '' : toCursor(frame);
    if (text !== '' || place !== '') this.#send(`${BEGIN}${text}${place}${END}`);
  }
}

/** No terminal gives these pieces more columns; counted as exactly as it takes to know whether that is too many. */
function boundOf(spans: readonly Span[], columns: number): number {
  const rough = spans.reduce((sum, { text }) => sum + text.length * 2, 0);
  return rough <= columns ? rough : spans.reduce((sum, { text }) => sum + reachOf(text, boundOfWidth), 0);
}
