import { usernameKey } from '../../domain/name-key.js';

/** Most names whose colors are kept. */
const MAX_NAMES = 5000;

const encoder = new TextEncoder();

/**
 * Which color of a palette a name has: the same for every spelling that is the same name, in every session where nobody
 * else has it, and different for those who are here as long as there are colors.
 */
export class NamePlaces {
  /** By the key of a name, where in the palette its color is. */
  readonly #places = new Map<string, number>();
  readonly #uses: number[];

  /** @param length of the palette; at least 1, if it is ever asked for a name */
  constructor(length: number) {
    this.#uses = Array.from({ length }, () => 0);
  }

  /** From 0 to below the length of the palette. */
  of(name: string): number {
    const key = usernameKey(name);
    return this.#places.get(key) ?? this.#choose(key);
  }

  /** Somebody has gone: another one may have their color. */
  left(name: string): void {
    this.#forget(usernameKey(name));
  }

  /** The one that the name has by itself, or the first after it that fewest have. */
  #choose(key: string): number {
    const [oldest] = this.#places.keys();
    if (this.#places.size >= MAX_NAMES && oldest !== undefined) this.#forget(oldest);
    const { length } = this.#uses;
    const first = hashOf(key) % length;
    const fewest = Math.min(...this.#uses);
    let place = first;
    while ((this.#uses[place] ?? 0) > fewest) place = (place + 1) % length;
    this.#places.set(key, place);
    this.#uses[place] = (this.#uses[place] ?? 0) + 1;
    return place;
  }

  #forget(key: string): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#places.delete(key);
    this.#uses[place] = (this.#uses[place] ?? 1) - 1;
  }
}

function hashOf(key: string): number {
  let hash = 0x811c9dc5; // FNV-1a
  for (const byte of encoder.encode(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  // The low bits of FNV-1a alone spread short names badly.
  return (hash ^ (hash >>> 15)) >>> 0;
}
