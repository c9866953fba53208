import { usernameKey } from '../../domain/name-key.js';
import type { Color, Tier } from './line-editor/color.js';

/**
 * Colors of the 6x6x6 cube, whose values are fixed, with a contrast of at least 3:1 against black and against
 * white (WCAG 2.2, 1.4.11), and far enough from each other to be told apart. A test checks both.
 */
export const PALETTE: readonly Color[] = [27, 28, 31, 92, 94, 105, 126, 131, 133, 136, 160, 198, 201, 202];

/** Of the theme's own colors those that themes keep readable: blue drowns in black, yellow and cyan in white. */
const THEME_PALETTE: readonly Color[] = [1, 2, 5, 6];

/** The color of a name, the same in every session and for every spelling that is the same name. */
export function colorOf(name: string, tier: Tier): Color | undefined {
  if (tier === 'none' || tier === 'mono') return undefined;
  const palette = tier === '16' ? THEME_PALETTE : PALETTE;
  let hash = 0x811c9dc5; // FNV-1a
  for (const byte of Buffer.from(usernameKey(name))) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  // The low bits of FNV-1a alone spread short names badly.
  return palette[((hash ^ (hash >>> 15)) >>> 0) % palette.length];
}
