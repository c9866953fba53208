/** So much a second, and so much at once: a token bucket that gives credit, which has to be paid back first. */
export class Allowance {
  #left: number;
  #at = performance.now();

  /** @param burst how much at once; that of a second when absent */
  constructor(
    private readonly perSecond: number,
    private readonly burst = perSecond,
  ) {
    this.#left = burst;
  }

  /** Whether all of it is there. */
  get isFull(): boolean {
    this.#refill();
    return this.#left === this.burst;
  }

  /** Takes some, and answers for how long nothing more may be taken, in milliseconds. */
  take(count: number): number {
    this.#refill();
    this.#left -= count;
    return this.#left >= 0 ? 0 : (-this.#left / this.perSecond) * 1000;
  }

  #refill(): void {
    const now = performance.now();
    const more = ((now - this.#at) / 1000) * this.perSecond;
    this.#left = Math.min(this.burst, this.#left + more);
    this.#at = now;
  }
}
