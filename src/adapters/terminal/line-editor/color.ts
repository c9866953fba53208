/**
 * How much styling a terminal gets: nothing at all; bold, dim and the like without color; the 16 colors of its
 * theme; the 256 of xterm.
 */
export type Tier = 'none' | 'mono' | '16' | '256';

export type ColorMode = 'always' | 'auto' | 'never';

/** A color of xterm's 256; the first 16 are the theme's. */
export type Color = number;

export interface Style {
  readonly color?: Color | undefined;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly inverse?: boolean;
}

/**
 * Colours of the 6x6x6 cube, whose values are fixed, with a contrast of at least 3:1 against black and against
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
  for (const byte of Buffer.from(name.normalize('NFKC').toLowerCase())) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  // The low bits of FNV-1a alone spread short names badly.
  return palette[((hash ^ (hash >>> 15)) >>> 0) % palette.length];
}

/**
 * What a terminal is to be sent. `always` and `never` are the user's own word and beat the environment;
 * FORCE_COLOR beats NO_COLOR, as in Node itself.
 */
export function tierOf(mode: ColorMode, env: NodeJS.ProcessEnv, isTerminal: boolean): Tier {
  const forced = mode === 'always' || (env.FORCE_COLOR !== undefined && !/^(0|false)$/.test(env.FORCE_COLOR));
  if (mode === 'never') return 'none';
  if (forced) return env.FORCE_COLOR === '1' || deepest(env) === 'none' ? '16' : deepest(env);
  if (!isTerminal || deepest(env) === 'none') return 'none';
  return env.FORCE_COLOR !== undefined || (env.NO_COLOR ?? '') !== '' ? 'mono' : deepest(env);
}

function deepest({ TERM = '', COLORTERM = '' }: NodeJS.ProcessEnv): Tier {
  if (TERM === 'dumb' || (TERM === '' && process.platform !== 'win32')) return 'none';
  if (/^vt\d/.test(TERM)) return 'mono';
  return /256|direct|kitty|ghostty|alacritty|foot/.test(TERM) ||
    /truecolor|24bit/i.test(COLORTERM) ||
    process.platform === 'win32'
    ? '256'
    : '16';
}
