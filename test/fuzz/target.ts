import type fc from 'fast-check';

/** Something that bytes from outside reach, and what has to hold whatever they are. */
export interface FuzzTarget {
  readonly property: fc.IAsyncProperty<unknown> | fc.IProperty<unknown>;
  /** How many inputs are tried in `npm test`: what takes a few seconds. */
  readonly runs: number;
}

/** @param property of any inputs */
export function target<T>(property: fc.IAsyncProperty<T> | fc.IProperty<T>, runs: number): FuzzTarget {
  return { property: property as FuzzTarget['property'], runs };
}
