import type { Origin } from './origins.js';

/**
 * How long everybody may take to join whoever else comes, in milliseconds: a client does it at once. Without it a storm of
 * connections would cost more for each that is let in, only to give way to the next.
 */
const LEAST_MS = 500;

interface Arrival {
  readonly origin: Origin | undefined;
  readonly at: number;
}

/** Those who have not joined yet, in the order in which they came. */
export class Newcomers<C> {
  readonly #all = new Map<C, Arrival>();
  readonly #byOrigin = new Map<Origin, Set<C>>();

  get size(): number {
    return this.#all.size;
  }

  sizeOf(origin: Origin): number {
    return this.#byOrigin.get(origin)?.size ?? 0;
  }

  add(newcomer: C, origin: Origin | undefined): void {
    this.#all.set(newcomer, { origin, at: performance.now() });
    if (origin === undefined) return;
    const same = this.#byOrigin.get(origin) ?? new Set();
    this.#byOrigin.set(origin, same.add(newcomer));
  }

  delete(newcomer: C): void {
    const origin = this.#all.get(newcomer)?.origin;
    this.#all.delete(newcomer);
    if (origin === undefined) return;
    const same = this.#byOrigin.get(origin);
    same?.delete(newcomer);
    if (same?.size === 0) this.#byOrigin.delete(origin);
  }

  /** Takes out who has waited longest, of those from one origin or of all; nothing when nobody has for long. */
  takeOldest(origin?: Origin): C | undefined {
    const [oldest] = (origin === undefined ? this.#all.keys() : this.#byOrigin.get(origin)) ?? [];
    const arrival = oldest && this.#all.get(oldest);
    if (oldest === undefined || arrival === undefined || performance.now() - arrival.at < LEAST_MS)
      return undefined;
    this.delete(oldest);
    return oldest;
  }
}
