/** How many are remembered before those are forgotten that are idle. */
const SWEEP_AT = 1000;

/** Keeps something for each key, and forgets what is idle, as if it had never been there, when there is much of it. */
export class IdleMap<K, V extends { readonly isIdle: boolean }> {
  readonly #all = new Map<K, V>();
  #sweepAt = SWEEP_AT;

  get size(): number {
    return this.#all.size;
  }

  get(key: K): V | undefined {
    return this.#all.get(key);
  }

  set(key: K, value: V): V {
    if (this.#all.size >= this.#sweepAt) this.#sweep();
    this.#all.set(key, value);
    return value;
  }

  #sweep(): void {
    for (const [key, value] of this.#all) if (value.isIdle) this.#all.delete(key);
    this.#sweepAt = Math.max(SWEEP_AT, this.#all.size * 2);
  }
}
