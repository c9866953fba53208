import type { Origin } from './origins.js';

/** Those who have not joined yet, in the order in which they came. */
export class Newcomers<C> {
  readonly #all = new Map<C, Origin | undefined>();
  readonly #byOrigin = new Map<Origin, Set<C>>();

  add(newcomer: C, origin: Origin | undefined): void {
    this.#all.set(newcomer, origin);
    if (origin === undefined) return;
    const same = this.#byOrigin.get(origin) ?? new Set();
    this.#byOrigin.set(origin, same.add(newcomer));
  }

  delete(newcomer: C): void {
    const origin = this.#all.get(newcomer);
    this.#all.delete(newcomer);
    if (origin === undefined) return;
    const same = this.#byOrigin.get(origin);
    same?.delete(newcomer);
    if (same?.size === 0) this.#byOrigin.delete(origin);
  }

  /** Takes out who has waited longest, of those from one origin or of all; nothing when nobody waits. */
  takeOldest(origin?: Origin): C | undefined {
    const [oldest] = (origin === undefined ? this.#all.keys() : this.#byOrigin.get(origin)) ?? [];
    if (oldest !== undefined) this.delete(oldest);
    return oldest;
  }
}
