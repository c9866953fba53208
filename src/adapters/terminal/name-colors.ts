import { usernameKey } from '../../domain/name-key.js';
import type { Color, Tier } from './line-editor/color.js';

/**
 * Colors of the 6x6x6 cube, whose values are fixed, with a contrast of at least 3:1 against black and against
 * white (WCAG 2.2, 1.4.11), and far enough from each other to be told apart. A test checks both.
 */
export const PALETTE: readonly Color[] = [27, 28, 31, 92, 94, 105, 126, 131, 133, 136, 160, 198, 201, 202];

/** Of the theme's own colors those that themes keep readable: blue drowns in black, yellow and cyan in white. */
const THEME_PALETTE: readonly Color[] = [1, 2, 5, 6];

/** Most names whose colors are kept. */
const MAX_NAMES = 5000;

/**
 * The colors of names: the same for every spelling that is the same name, in every session where nobody else has it, and
 * different for those who are here as long as there are colors.
 */
export class NameColors {
  readonly #palette: readonly Color[];
  /** By the key of a name, where in the palette its color is. */
  readonly #places = new Map<string, number>();
  readonly #uses: number[];

  constructor(tier: Tier) {
    this.#palette = tier === 'none' || tier === 'mono' ? [] : tier === '16' ? THEME_PALETTE : PALETTE;
    this.#uses = this.#palette.map(() => 0);
  }

  of(name: string): Color | undefined {
    if (this.#palette.length === 0) return undefined;
    const key = usernameKey(name);
    const place = this.#places.get(key) ?? this.#choose(key);
    return this.#palette[place];
  }

  /** Somebody has gone: another one may have their color. */
  left(name: string): void {
    this.#forget(usernameKey(name));
  }

  /** The one that the name has by itself, or the first after it that fewest have. */
  #choose(key: string): number {
    const [oldest] = this.#places.keys();
    if (this.#places.size >= MAX_NAMES && oldest !== undefined) this.#forget(oldest);
    const { length } = this.#palette;
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
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  // The low bits of FNV-1a alone spread short names badly.
  return (hash ^ (hash >>> 15)) >>> 0;
}
