import { existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Logger } from '../../application/server/service-ports.js';
import { setForeignChangesAside } from './changes-file.js';

/** What was beside a database, or missing there, before it was opened. */
export interface FoundFiles {
  /** Where changes are now that belong to another file. */
  readonly stale: string | undefined;
  /** Whether it was written by a server that was not stopped, and its changes are gone, as with a copy of it alone. */
  isCopy: boolean;
}

/** Gives changes that are of another file another name, and looks for what is missing. The database must be there. */
export function findFiles(path: string): FoundFiles {
  const stale = setForeignChangesAside(path);
  const isAlone = stale === undefined && statSync(path).size > 0 && !existsSync(`${path}-wal`);
  return { stale, isCopy: isAlone };
}

/** Whether a database was open when it was last written: then there is more in its changes. */
export function isUnfinished(db: DatabaseSync): boolean {
  const { columns } = db.prepare("SELECT count(*) AS columns FROM pragma_table_info('state')").get() ?? {};
  if (columns === 0) return true;
  const { is_open } = db.prepare('SELECT * FROM state').get() ?? {};
  return is_open === 1;
}

/** Tells the operator what was wrong with the files; the history goes on all the same. */
export function reportFound({ stale, isCopy }: FoundFiles, logger: Pick<Logger, 'warn'> | undefined): void {
  if (stale !== undefined)
    logger?.warn(
      { file: basename(stale) },
      'room.db-wal belongs to another room.db, or to another state of it: it has another name now, and room.db is taken as it stands',
    );
  else if (isCopy)
    logger?.warn(
      {},
      'room.db is a copy made while a server ran, or its room.db-wal is gone: the newest messages may be missing; chatty server:backup makes copies that have all',
    );
}
