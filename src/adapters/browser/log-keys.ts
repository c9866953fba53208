import { element } from './dom.js';
import type { PageActions } from './page-actions.js';
import type { Timeline } from './timeline.js';

/** What keys and fingers do in the log: from row to row, and what can be done with one. */
export class LogKeys {
  /** One button for all rows: it is in the one that somebody points at. */
  readonly #more = element(
    'button',
    { type: 'button', class: 'more', tabindex: '-1', 'aria-label': 'What can be done' },
    '⋯',
  );

  constructor(
    private readonly log: HTMLElement,
    private readonly timeline: Timeline,
    private readonly actions: PageActions,
    private readonly toEnd: () => Promise<void>,
  ) {
    log.addEventListener('keydown', event => this.#onKey(event));
    log.addEventListener(
      'pointerover',
      ({ target, pointerType }) => pointerType === 'mouse' && this.#point(target),
    );
    log.addEventListener('click', event => this.#onClick(event));
    log.addEventListener('contextmenu', event => this.#onMenu(event));
  }

  #onKey(event: KeyboardEvent): void {
    const row = rowAt(document.activeElement);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'End') void this.toEnd().then(() => this.#focusLast());
    else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') this.#move(row, event.key === 'ArrowUp');
    else if ((event.key === 'Enter' || event.key === 'ContextMenu') && row === document.activeElement && row)
      this.#open(row, row);
    else return;
    event.preventDefault();
  }

  /** To the row above or below; from the log itself, to the last one in sight. */
  #move(from: HTMLElement | undefined, isUp: boolean): void {
    const rows = this.#rows();
    const at = from === undefined ? this.#lastInSight(rows) : rows.indexOf(from) + (isUp ? -1 : 1);
    const row = rows[Math.min(Math.max(at, 0), rows.length - 1)];
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: 'nearest' });
  }

  /** Unless the focus has gone elsewhere meanwhile. */
  #focusLast(): void {
    if (this.log.contains(document.activeElement)) this.#rows().at(-1)?.focus({ preventScroll: true });
  }

  #rows(): HTMLElement[] {
    return [...this.log.querySelectorAll<HTMLElement>('article:not([hidden])')];
  }

  #lastInSight(rows: readonly HTMLElement[]): number {
    const { bottom } = this.log.getBoundingClientRect();
    return rows.findLastIndex(row => row.getBoundingClientRect().bottom <= bottom + 1);
  }

  #point(target: EventTarget | null): void {
    const row = rowAt(target);
    if (row === undefined || this.timeline.memoOf(row) === undefined || row.contains(this.#more)) return;
    row.append(this.#more);
  }

  #onClick({ target }: Event): void {
    const row = rowAt(target);
    if (row === undefined || !(target instanceof Element)) return;
    const name = target.closest<HTMLElement>('.name');
    if (target === this.#more) this.#open(row, this.#more);
    else if (name !== null) this.actions.open(name, { username: name.dataset.name ?? '' });
    else this.#point(target);
  }

  /** A long press, or the key for menus; a mouse has the browser's own menu, and so have links and what is selected. */
  #onMenu(event: MouseEvent): void {
    const row = rowAt(event.target);
    const isMouse = event instanceof PointerEvent && event.pointerType === 'mouse';
    const isPlain = !isMouse && event.target instanceof Element && event.target.closest('a') === null;
    const hasSelection = (getSelection()?.toString() ?? '') !== '';
    if (row === undefined || !isPlain || hasSelection) return;
    if (this.#open(row, row, { x: event.clientX, y: event.clientY })) event.preventDefault();
  }

  #open(row: HTMLElement, opener: HTMLElement, at?: { x: number; y: number }): boolean {
    const memo = this.timeline.memoOf(row);
    if (memo === undefined || memo.kind === 'notice' || row.classList.contains('erased')) return false;
    this.actions.open(opener, { username: memo.username, memo }, at);
    return true;
  }
}

function rowAt(target: EventTarget | null): HTMLElement | undefined {
  return target instanceof Element ? (target.closest<HTMLElement>('article') ?? undefined) : undefined;
}
