import { randomUUID } from 'node:crypto';
import { linkSync, lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What is to be done about a file of that name which is there already. */
type Place = 'replace' | 'keep';

/**
 * Writes a file that its owner alone can read, in a folder of the same kind if there is none. Whoever reads it finds all
 * of the old or all of the new, also after a crash.
 * @param flush whether it has to outlive a power cut, which costs a wait for the disk
 * @throws {Error} of node:fs; with `keep` EEXIST when it is there. Nothing is changed then
 */
export function writeWhole(path: string, text: string, flush = true, place: Place = 'replace'): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx', flush });
    if (place === 'keep') linkSync(draft, path);
    else renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Whether there is anything of that name: a link too whose file is not there now, and which nothing may take the place of. */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
