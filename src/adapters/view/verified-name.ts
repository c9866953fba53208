import { visible } from './visible.js';

/**
 * Stands behind a name that is proven with a key: one column wide, in every font that has arrows, and read as "check mark". No name
 * has it, nor an emoji that looks like it: see CHECK_MARKS in name-characters.ts.
 */
export const VERIFIED_MARK = '✓';

/** Somebody, as far as a view has to know. */
export interface Named {
  readonly username: string;
  readonly verified?: true;
}

/** What stands behind the name: nothing where it is not proven. */
export function markOf({ verified }: Pick<Named, 'verified'>): string {
  return verified === true ? VERIFIED_MARK : '';
}

/** A name, safe for any terminal, with its mark. */
export function nameText(somebody: Named): string {
  return visible(somebody.username) + markOf(somebody);
}
