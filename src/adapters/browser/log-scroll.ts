/** So near to the end somebody reads what is said now, in pixels. */
const NEAR_PX = 60;
/** So far ahead is loaded what will be seen, in pixels. */
const AHEAD_PX = 1000;

/** So long after a touch somebody may still be moving what they see, in milliseconds. */
const MOVING_MS = 1500;

/** Told where somebody reads. */
export interface LogScrollEvents {
  /** The beginning, or the end, of what is there comes into sight. */
  nearTop(): void;
  nearEnd(): void;
  /** Somebody has gone to the end, or away from it. */
  moved(isAtEnd: boolean): void;
}

/** Where in the conversation somebody reads: at its end, which stays in sight, or further up, where nothing moves. */
export class LogScroll {
  #isAtEnd = true;
  #isPlanned = false;
  /** Whether something has come since the last picture. */
  #hasNews = false;
  /** Where the end was when it was last gone to. */
  #endTop = 0;
  #touchedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly log: HTMLElement,
    private readonly events: LogScrollEvents,
  ) {
    log.addEventListener('scroll', () => this.#look(), { passive: true });
    for (const type of ['wheel', 'touchmove', 'keydown'])
      log.addEventListener(type, () => this.#touch(), { passive: true });
    log.addEventListener('pointerdown', ({ target }) => target === log && this.#touch()); // the bar to scroll with
    log.addEventListener('click', ({ target }) => {
      if (target instanceof Element && target.closest('.unfold') !== null) this.#move(false);
    });
    const sizes = new ResizeObserver(() => this.#plan());
    for (const one of [log, ...log.children]) sizes.observe(one);
  }

  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  /** Something has come: whoever reads at the end sees it, with the next picture. */
  follow(): void {
    this.#hasNews = this.#isAtEnd;
    this.#plan();
  }

  #plan(): void {
    if (!this.#isAtEnd || this.#isPlanned) return;
    this.#isPlanned = true;
    requestAnimationFrame(() => {
      this.#isPlanned = false;
      this.#hasNews = false;
      if (!this.#isAtEnd) return;
      this.log.scrollTop = this.log.scrollHeight;
      this.#endTop = this.log.scrollTop;
    });
  }

  toEnd(): void {
    this.#isAtEnd = true;
    this.follow();
    this.events.moved(true);
  }

  /** To the end, or to the beginning of the last row where it is taller than the log. */
  toBeginOf(last: HTMLElement | undefined): void {
    if (last === undefined || last.offsetHeight < this.log.clientHeight) this.toEnd();
    else {
      this.#isAtEnd = false;
      last.scrollIntoView({ block: 'start' });
    }
  }

  /** Brings a row into sight, and lets it be seen. */
  show(row: HTMLElement): void {
    this.#isAtEnd = false;
    row.scrollIntoView({ block: 'center' });
    row.focus({ preventScroll: true });
    row.classList.remove('flash');
    requestAnimationFrame(() => row.classList.add('flash'));
  }

  /** Changes what is there; what somebody reads stays where it is. */
  keep(anchor: Element | null | undefined, change: () => void): void {
    const before = anchor?.getBoundingClientRect().top ?? 0;
    change();
    const after = anchor?.getBoundingClientRect().top ?? 0;
    if (anchor?.isConnected && after !== before) this.log.scrollTop += after - before;
  }

  /** Looks again where one is: after a change of what is there. */
  look(): void {
    requestAnimationFrame(() => this.#look());
  }

  #move(isAtEnd: boolean): void {
    if (isAtEnd === this.#isAtEnd) return;
    this.#isAtEnd = isAtEnd;
    this.events.moved(isAtEnd);
  }

  #touch(): void {
    this.#touchedAt = performance.now();
  }

  get #isReaderMoving(): boolean {
    return performance.now() - this.#touchedAt < MOVING_MS;
  }

  #look(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.log;
    const below = scrollHeight - scrollTop - clientHeight;
    // What has come, or gone, or turned out taller than it was thought moves the end away, not the reader.
    const isMoved = scrollTop < this.#endTop - 2 && (!this.#hasNews || this.#isReaderMoving);
    const isLeft = this.#isAtEnd && !isMoved;
    const isAtEnd = below < NEAR_PX || isLeft;
    this.#move(isAtEnd);
    if (below < NEAR_PX) this.#endTop = scrollTop;
    if (isLeft) this.#plan();
    if (scrollTop < AHEAD_PX) this.events.nearTop();
    if (below < AHEAD_PX) this.events.nearEnd();
  }
}
