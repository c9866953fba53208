/** So much a second, and so much at once: a token bucket that gives credit, which has to be paid back first. */
export class Allowance {
  #left: number;
  #at = performance.now();

  /**
   * @param burst how much at once; that of a second when absent
   * @param maxDebt most that has to be paid back, whatever was taken
   */
  constructor(
    private readonly perSecond: number,
    private readonly burst = perSecond,
    private readonly maxDebt = Number.POSITIVE_INFINITY,
  ) {
    this.#left = burst;
  }

  /** How much may still be taken at once; less than nothing is owed. */
  get left(): number {
    this.#refill();
    return this.#left;
  }

  /** Whether all of it is there. */
  get isFull(): boolean {
    this.#refill();
    return this.#left === this.burst;
  }

  /** For how long nothing may be taken, in milliseconds. */
  get waitMs(): number {
    this.#refill();
    return this.#debtMs();
  }

  /** Takes some, and answers for how long nothing more may be taken, in milliseconds. */
  take(count: number): number {
    this.#refill();
    this.#left = Math.max(this.#left - count, -this.maxDebt);
    return this.#debtMs();
  }

  /** Takes some if it is all there, without credit; answers in how many milliseconds it will be, 0 when it was taken. */
  takeIfThere(count: number): number {
    this.#refill();
    if (this.#left < count) return ((count - this.#left) / this.perSecond) * 1000;
    this.#left -= count;
    return 0;
  }

  #debtMs(): number {
    return this.#left >= 0 ? 0 : (-this.#left / this.perSecond) * 1000;
  }

  #refill(): void {
    const now = performance.now();
    const more = ((now - this.#at) / 1000) * this.perSecond;
    this.#left = Math.min(this.burst, this.#left + more);
    this.#at = now;
  }
}
