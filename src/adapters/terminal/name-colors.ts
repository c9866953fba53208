import { NamePlaces } from '../view/name-places.js';
import type { Color, Tier } from './line-editor/color.js';

/**
 * Colors of the 6x6x6 cube, whose values are fixed, with a contrast of at least 3:1 against black and against
 * white (WCAG 2.2, 1.4.11), and far enough from each other to be told apart. A test checks both.
 */
export const PALETTE: readonly Color[] = [27, 28, 31, 92, 94, 105, 126, 131, 133, 136, 160, 198, 201, 202];

/** Of the theme's own colors those that themes keep readable: blue drowns in black, yellow and cyan in white. */
const THEME_PALETTE: readonly Color[] = [1, 2, 5, 6];

/** The colors of names in a terminal. */
export class NameColors {
  readonly #palette: readonly Color[];
  readonly #places: NamePlaces;

  constructor(tier: Tier) {
    this.#palette = tier === 'none' || tier === 'mono' ? [] : tier === '16' ? THEME_PALETTE : PALETTE;
    this.#places = new NamePlaces(this.#palette.length);
  }

  of(name: string): Color | undefined {
    return this.#palette.length === 0 ? undefined : this.#palette[this.#places.of(name)];
  }

  /** Somebody has gone: another one may have their color. */
  left(name: string): void {
    this.#places.left(name);
  }
}
