/**
 * How much styling a terminal gets: nothing at all; bold, dim and the like without color; the 16 colors of its
 * theme; the 256 of xterm.
 */
export type Tier = 'none' | 'mono' | '16' | '256';

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
