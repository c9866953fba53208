import type { SharedLog } from './shared-log.js';

/** A reader that is behind: its position, and when it last took something, in milliseconds of a monotonic clock. */
export interface Straggler {
  readonly sharedLog: SharedLog;
  readonly position: number;
  readonly movedAt: number;
}

/**
 * A reader is far behind from this share of the log's bound on. Senders wait while most readers are, or a quarter of
 * them that have moved just now, until at most an eighth are. So a burst loses no reader, a reader that has stopped
 * delays no sender, and if most stop at once, senders wait two seconds for them.
 */
const FAR_SHARE = 1 / 4;
/** Milliseconds after which a reader that takes nothing is not waited for: a few, or most of the room. */
const STOPPED_MS = 500;
const MOST_STOPPED_MS = 2000;

/** The readers that are behind, and whether they are so many that senders should wait for them. */
export class Stragglers<S extends Straggler> {
  readonly #all = new Set<S>();
  #congestion: PromiseWithResolvers<void> | undefined;

  /** @param limits the bound of the log that they are read from */
  constructor(private readonly limits: { readonly maxLogBytes: number }) {}

  get size(): number {
    return this.#all.size;
  }

  /** Set while there are too many; resolves when that is over. */
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

  /** Decides whether too many of the `members`, stragglers and others, are far behind. */
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

  /** How many are far behind, and have taken something within `milliseconds`. */
  #farBehind(milliseconds: number): number {
    if (this.#all.size === 0) return 0;
    const since = performance.now() - milliseconds;
    const far = this.limits.maxLogBytes * FAR_SHARE;
    let count = 0;
    for (const { sharedLog, position, movedAt } of this.#all) {
      if (sharedLog.end - position > far && movedAt > since) count++;
    }
    return count;
  }
}
