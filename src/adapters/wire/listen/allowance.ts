/** So much a second, and as much at once: a token bucket that gives credit, which has to be paid back first. */
export class Allowance {
  #left: number;
  #at = performance.now();

  constructor(private readonly perSecond: number) {
    this.#left = perSecond;
  }

  /** Takes some, and answers for how long nothing more may be taken, in milliseconds. */
  take(count: number): number {
    const now = performance.now();
    const refill = ((now - this.#at) / 1000) * this.perSecond;
    this.#left = Math.min(this.perSecond, this.#left + refill) - count;
    this.#at = now;
    return this.#left >= 0 ? 0 : (-this.#left / this.perSecond) * 1000;
  }
}
