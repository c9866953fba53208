import type { SharedLog } from './shared-log.js';

/** A reader that is behind: where it is, and when it last took something, in milliseconds of a monotonic clock. */
export interface Straggler {
  readonly log: SharedLog;
  readonly position: number;
  readonly movedAt: number;
}

/**
 * How far behind, as a share of the log's bound, is far. Those who talk have to wait while most are, or a quarter that
 * have moved just now; until at most an eighth are. So a burst loses nobody, a reader that has stopped delays nobody,
 * and if most have stopped at once, the others wait two seconds for them.
 */
const FAR_SHARE = 1 / 4;
/** Who has taken nothing for so long, in milliseconds, is not waited for: a few, and when they are most of the room. */
const STOPPED_MS = 500;
const MOST_STOPPED_MS = 2000;

/** The readers that are behind, and whether they are so many that those who talk should wait for them. */
export class Stragglers<S extends Straggler> {
  readonly #all = new Set<S>();
  readonly #far: number;
  #congestion: PromiseWithResolvers<void> | undefined;

  /** @param maxLogBytes the bound of the log that they are read from */
  constructor(maxLogBytes: number) {
    this.#far = maxLogBytes * FAR_SHARE;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Pending while there are too many; resolves when there are not any more. */
  get congestion(): Promise<void> | undefined {
    return this.#congestion?.promise;
  }

  [Symbol.iterator](): Iterator<S> {
    return this.#all.values();
  }

  add(straggler: S): void {
    this.#all.add(straggler);
  }

  delete(straggler: S): void {
    this.#all.delete(straggler);
  }

  /** Looks whether `members` of the room, stragglers and others, are too many behind, or not any more. */
  weigh(members: number): void {
    const tooFastForMost = this.#farBehind(MOST_STOPPED_MS) * 2 > members;
    const stillMoving = tooFastForMost ? 0 : this.#farBehind(STOPPED_MS);
    if (tooFastForMost || stillMoving * 4 > members) {
      this.#congestion ??= Promise.withResolvers();
    } else if (stillMoving * 8 <= members) {
      this.#congestion?.resolve();
      this.#congestion = undefined;
    }
  }

  /** How many are so far behind that the log grows for them, and have taken something within `milliseconds`. */
  #farBehind(milliseconds: number): number {
    if (this.#all.size === 0) return 0;
    const since = performance.now() - milliseconds;
    let count = 0;
    for (const { log, position, movedAt } of this.#all) {
      if (log.end - position > this.#far && movedAt > since) count++;
    }
    return count;
  }
}
