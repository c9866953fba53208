/** The longest wait before the first new attempt, in milliseconds; it doubles with each one, up to the highest. */
export const FIRST_WAIT_MS = 250;
export const HIGHEST_WAIT_MS = 30_000;

/** How long to wait before each attempt to come back: longer each time, and by chance, so that not all come at once. */
export class Backoff {
  #ceilingMs = FIRST_WAIT_MS;

  /** `random` gives numbers from 0 to below 1. */
  constructor(private readonly random: () => number = Math.random) {}

  /** The next wait, in milliseconds: anything up to a bound that doubles ("full jitter"), and is no higher than this. */
  next(highestMs: number = HIGHEST_WAIT_MS): number {
    const waitMs = this.random() * Math.min(this.#ceilingMs, highestMs);
    if (this.#ceilingMs > highestMs) return waitMs;
    this.#ceilingMs = Math.min(this.#ceilingMs * 2, HIGHEST_WAIT_MS);
    return waitMs;
  }

  /** The last connection has held: begin anew. */
  reset(): void {
    this.#ceilingMs = FIRST_WAIT_MS;
  }
}
