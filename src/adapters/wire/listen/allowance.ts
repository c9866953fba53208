/** So much a second, and so much at once. Both may change: each use goes by what they are then. */
export interface Rate {
  /** No limit when 0. */
  readonly perSecond: number;
  readonly burst: number;
}

/** All rates are made here: objects that are alike are looked at in a few nanoseconds, with each message. */
export function rate(perSecond: number, burst: number): Rate {
  return { perSecond, burst };
}

/** What may be taken at a rate: a token bucket that gives credit, which has to be paid back first. */
export class Allowance {
  #left: number;
  #at = performance.now();

  /** @param maxDebt most that has to be paid back, whatever was taken */
  constructor(
    private readonly rate: Rate,
    private readonly maxDebt = Number.POSITIVE_INFINITY,
  ) {
    this.#left = rate.burst;
  }

  /** How much may still be taken at once; less than nothing is owed. */
  get left(): number {
    this.#refill();
    return this.#left;
  }

  /** Whether all of it is there. */
  get isFull(): boolean {
    this.#refill();
    return this.#left === this.rate.burst;
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
    const { perSecond } = this.rate;
    if (perSecond === 0) return 0;
    if (this.#left < count) return ((count - this.#left) / perSecond) * 1000;
    this.#left -= count;
    return 0;
  }

  #debtMs(): number {
    const { perSecond } = this.rate;
    return this.#left >= 0 || perSecond === 0 ? 0 : (-this.#left / perSecond) * 1000;
  }

  #refill(): void {
    const { perSecond, burst } = this.rate;
    const now = performance.now();
    const more = ((now - this.#at) / 1000) * perSecond;
    this.#left = perSecond === 0 ? burst : Math.min(burst, this.#left + more);
    this.#at = now;
  }
}
