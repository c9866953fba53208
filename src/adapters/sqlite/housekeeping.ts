import type { AgeClock } from '../../application/server/age-clock.js';
import type { OwnerShares } from './owner-shares.js';
import type { Retention } from './retention.js';
import type { SearchIndex } from './search-index.js';

/** Milliseconds from a commit to the first slice of work. */
const DELAY_MS = 20;
/** A room is quiet when nothing was recorded for so many milliseconds. */
const QUIET_MS = 15;
/** While a room is busy, the pause after a slice is so many times as long as the slice. */
const BUSY_PAUSE = { far: 1, retention: 4, index: 32 };
/** The shortest pause when what is recorded comes faster than it is removed, in milliseconds. */
const FAR_DELAY_MS = 2;
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
  /** Whether the next work is after a pause of the index. */
  #isResting = false;
  #isReviewDue = false;

  constructor(
    private readonly shares: OwnerShares,
    private readonly retention: Retention,
    private readonly index: SearchIndex,
    private readonly clock: AgeClock,
    private readonly checkpoint: () => void,
    /** Whether the files are what they were: work on others would destroy them. */
    private readonly areFilesSound: () => boolean,
  ) {
    this.#review = setInterval(() => this.review(), REVIEW_MS).unref();
  }

  /** Called after each commit. */
  onCommit(): void {
    this.#committedAt = performance.now();
    // The long pauses of the index are not those of what keeps the file small.
    if (this.#isResting && this.retention.isDue) {
      clearTimeout(this.#next);
      this.#next = undefined;
    }
    this.#schedule(DELAY_MS);
  }

  /** Finds what has become too old since the last time. */
  review(): void {
    this.retention.review(this.clock.now());
    this.#schedule(DELAY_MS);
  }

  /** The limits are other ones. */
  onLimits(): void {
    this.#isReviewDue = true;
    this.#schedule(0);
  }

  close(): void {
    clearInterval(this.#review);
    clearTimeout(this.#next);
    clearTimeout(this.#idle);
  }

  #schedule(delayMs: number, isResting = false): void {
    if (this.#next === undefined) this.#isResting = isResting;
    this.#next ??= setTimeout(() => this.#work(), delayMs).unref();
  }

  /** What people copy without asking, room.db alone, is then nearly all. */
  #settle(): void {
    this.#idle = undefined;
    if (performance.now() - this.#committedAt < IDLE_MS) this.#schedule(DELAY_MS);
    else if (this.areFilesSound()) this.checkpoint();
  }

  #work(): void {
    this.#next = undefined;
    if (!this.areFilesSound()) return;
    const began = performance.now();
    let pause: number;
    try {
      if (this.shares.isBehind) this.shares.count();
      if (this.#isReviewDue) this.retention.review(this.clock.now());
      this.#isReviewDue = false;
      if (this.retention.isDue) {
        pause = this.retention.isFarBehind ? BUSY_PAUSE.far : BUSY_PAUSE.retention;
        this.retention.slice();
      } else if (this.index.isOutdated) {
        this.index.tidy();
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
    const least = pause === BUSY_PAUSE.far ? FAR_DELAY_MS : DELAY_MS;
    this.#schedule(isQuiet ? 0 : Math.max(least, pause * (now - began)), pause === BUSY_PAUSE.index);
  }
}
