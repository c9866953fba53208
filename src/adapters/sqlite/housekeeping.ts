import type { AgeClock } from '../../application/server/age-clock.js';
import type { Retention } from './retention.js';
import type { SearchIndex } from './search-index.js';

/** How long after a commit work begins that can wait, in milliseconds. */
const DELAY_MS = 20;
/** How long nothing was recorded when a room is quiet, in milliseconds. */
const QUIET_MS = 15;
/** While a room is busy, there are so many times as long between two slices as the slice before took. */
const BUSY_PAUSE = { retention: 4, index: 32 };
/** When something was wrong, as with a full disk, it waits so long, in milliseconds. */
const TROUBLE_MS = 1000;
const REVIEW_MS = 3_600_000;

/** Does what can wait in slices of about 2 ms: one after the other while the room is quiet, seldom while it is busy. */
export class Housekeeping {
  readonly #review: NodeJS.Timeout;
  #next: NodeJS.Timeout | undefined;
  #committedAt = 0;

  constructor(
    private readonly retention: Retention,
    private readonly index: SearchIndex,
    private readonly clock: AgeClock,
  ) {
    this.#review = setInterval(() => this.review(), REVIEW_MS).unref();
  }

  /** Something was recorded. */
  onCommit(): void {
    this.#committedAt = performance.now();
    this.#schedule(DELAY_MS);
  }

  /** Looks what has become too old since the last time. */
  review(): void {
    this.retention.review(this.clock.now());
    this.#schedule(DELAY_MS);
  }

  close(): void {
    clearInterval(this.#review);
    clearTimeout(this.#next);
  }

  #schedule(delayMs: number): void {
    this.#next ??= setTimeout(() => this.#work(), delayMs).unref();
  }

  #work(): void {
    this.#next = undefined;
    const began = performance.now();
    let pause: number;
    try {
      if (this.retention.isDue) {
        this.retention.slice();
        pause = BUSY_PAUSE.retention;
      } else if (this.index.isOutdated) {
        this.index.dropOldest();
        pause = BUSY_PAUSE.index;
      } else if (this.index.isBehind) {
        this.index.catchUp();
        pause = BUSY_PAUSE.index;
      } else {
        return;
      }
    } catch {
      // Nothing was changed, and whoever records next is told what is wrong.
      this.#schedule(TROUBLE_MS);
      return;
    }
    const now = performance.now();
    const isQuiet = began - this.#committedAt > QUIET_MS;
    this.#schedule(isQuiet ? 0 : Math.max(DELAY_MS, pause * (now - began)));
  }
}
