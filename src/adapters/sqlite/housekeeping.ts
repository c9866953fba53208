import type { AgeClock } from '../../application/server/age-clock.js';
import type { Retention } from './retention.js';
import type { SearchIndex } from './search-index.js';

/** Milliseconds from a commit to the first slice of work. */
const DELAY_MS = 20;
/** A room is quiet when nothing was recorded for so many milliseconds. */
const QUIET_MS = 15;
/** While a room is busy, the pause after a slice is so many times as long as the slice. */
const BUSY_PAUSE = { retention: 4, index: 32 };
/** The pause after a failure, such as a full disk, in milliseconds. */
const TROUBLE_MS = 1000;
/** When nothing was recorded for so many milliseconds, what was is put into the file. */
const IDLE_MS = 5000;
const REVIEW_MS = 3_600_000;

/** Does deferred work in slices of about 2 ms: back to back while the room is quiet, rarely while it is busy. */
export class Housekeeping {
  readonly #review: NodeJS.Timeout;
  #next: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  #committedAt = 0;

  constructor(
    private readonly retention: Retention,
    private readonly index: SearchIndex,
    private readonly clock: AgeClock,
    private readonly checkpoint: () => void,
  ) {
    this.#review = setInterval(() => this.review(), REVIEW_MS).unref();
  }

  /** Called after each commit. */
  onCommit(): void {
    this.#committedAt = performance.now();
    this.#schedule(DELAY_MS);
  }

  /** Finds what has become too old since the last time. */
  review(): void {
    this.retention.review(this.clock.now());
    this.#schedule(DELAY_MS);
  }

  close(): void {
    clearInterval(this.#review);
    clearTimeout(this.#next);
    clearTimeout(this.#idle);
  }

  #schedule(delayMs: number): void {
    this.#next ??= setTimeout(() => this.#work(), delayMs).unref();
  }

  /** What people copy without asking, room.db alone, is then nearly all. */
  #settle(): void {
    this.#idle = undefined;
    if (performance.now() - this.#committedAt < IDLE_MS) this.#schedule(DELAY_MS);
    else this.checkpoint();
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
        this.#idle ??= setTimeout(() => this.#settle(), IDLE_MS).unref();
        return;
      }
    } catch {
      // Nothing was changed, and the next write reports what is wrong.
      this.#schedule(TROUBLE_MS);
      return;
    }
    const now = performance.now();
    const isQuiet = began - this.#committedAt > QUIET_MS;
    this.#schedule(isQuiet ? 0 : Math.max(DELAY_MS, pause * (now - began)));
  }
}
