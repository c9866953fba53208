import type { DatabaseSync } from 'node:sqlite';
import { pragma } from './schema.js';

/** A file with less than this to give back is left as it is; pages that are free are used again anyway. */
const WORTH_BYTES = 32 * 1024 * 1024;

/**
 * Gives the system back what a file has held and does not any more, as after a smaller quota was set: if that is most of
 * it, since what is left is written anew. Only at a start, before anybody waits; a second for 100 MiB.
 */
export function giveBack(db: DatabaseSync, worthBytes = WORTH_BYTES): void {
  const [free, pages] = [pragma(db, 'freelist_count'), pragma(db, 'page_count')];
  if (free * 2 < pages || free * pragma(db, 'page_size') < worthBytes) return;
  try {
    db.exec('VACUUM');
  } catch {
    // There may be no room for a copy: then it stays as large as it is.
  }
}
