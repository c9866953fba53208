/** Longer than this no server can make a client wait, in milliseconds. */
const LONGEST_TOLD_MS = 600_000;

interface Place {
  /** As a `NewLink` knows it. */
  readonly index: number;
  /** What the person calls it. */
  readonly name: string;
  /** The server there has said that it is of no use to come earlier; by `performance.now()`. */
  notBefore: number;
}

/**
 * The addresses of one room, and which of them is tried next: each once a round, in an order of this program's own, so that those who
 * lose one server spread over the others.
 */
export class Route {
  readonly #places: readonly Place[];
  readonly #tried = new Set<Place>();
  #place: Place;

  /** @param names of the addresses, where there are several @param random gives numbers from 0 to below 1 */
  constructor(names: readonly string[] = [], random: () => number = Math.random) {
    const [first = { index: 0, name: '', notBefore: 0 }, ...others] = names
      .map((name, index) => ({ index, name, notBefore: 0, order: random() }))
      .sort((a, b) => a.order - b.order);
    this.#places = [first, ...others];
    this.#place = first;
  }

  /** Where the next attempt goes, or the last one went. */
  get index(): number {
    return this.#place.index;
  }

  /** What the person calls that; nothing where there is only one. */
  get address(): string | undefined {
    return this.#places.length > 1 ? this.#place.name : undefined;
  }

  /** Whether there is another address that was not tried in this round, and may be. */
  get hasOther(): boolean {
    return this.#next !== undefined;
  }

  /** How long the server of the next attempt wants to be left alone, in milliseconds. */
  get waitMs(): number {
    return Math.max(0, this.#place.notBefore - performance.now());
  }

  /**
   * The address at hand is of no use now: on to another one.
   * @param retryAfterMs what its server says of when it will be
   * @returns whether that was not tried in this round; else the round is over, and the next begins
   */
  moveOn(retryAfterMs = 0): boolean {
    const next = this.#next;
    this.#place.notBefore = performance.now() + Math.min(retryAfterMs, LONGEST_TOLD_MS);
    if (next === undefined) this.#tried.clear();
    else this.#tried.add(this.#place);
    this.#place = next ?? this.#soonest;
    return next !== undefined;
  }

  /** The last connection was a good one: what was tried before it is forgotten. */
  reset(): void {
    this.#tried.clear();
  }

  get #next(): Place | undefined {
    const now = performance.now();
    return this.#others.find(place => !this.#tried.has(place) && place.notBefore <= now);
  }

  /** In their order, from the one at hand on. */
  get #others(): Place[] {
    const at = this.#places.indexOf(this.#place);
    return [...this.#places.slice(at + 1), ...this.#places.slice(0, at)];
  }

  /** That may be tried first; of several, the next. */
  get #soonest(): Place {
    return [...this.#others, this.#place].reduce((a, b) => (b.notBefore < a.notBefore ? b : a));
  }
}
