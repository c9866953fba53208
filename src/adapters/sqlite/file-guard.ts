import { closeSync, ftruncateSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { isHeader } from './changes-file.js';

/**
 * Which of the files is not what it was: the database itself; the changes that are not in it yet, which only have lost
 * their name; or what those changes held.
 */
export type Tampering = 'DATABASE' | 'CHANGES' | 'LOST_CHANGES';

/** What the operator is told of files that are not what they were. */
export const TAMPERED: Record<Tampering, string> = {
  DATABASE:
    'room.db was deleted, replaced or cut while the server runs: put it back, and start the server again',
  CHANGES:
    'room.db-wal was deleted or replaced while the server runs: what it held is in room.db; start the server again',
  LOST_CHANGES:
    'room.db-wal was emptied, cut or overwritten while the server runs: the messages that were only there are lost; start the server again',
};

/** How long SQLite believes the two files to be, in bytes. */
export interface BelievedBytes {
  database(): number;
  changes(): number;
}

/**
 * Notices when somebody deletes, replaces or cuts the files of a database that is open, as a clean-up job or a restore
 * by hand does. SQLite would not: it goes on writing into files that have no name any more, and puts what it reads where
 * its changes were into the database, be it zeros. What is destroyed stays so: SQLite would soon make it look whole.
 */
export class FileGuard {
  readonly #changesPath: string;
  readonly #changesFile: number;
  readonly #magic = Buffer.alloc(4);
  #changes: Stats | undefined;
  #database: Stats | undefined;
  #destroyed: Tampering | undefined;

  /** @param path of a database whose changes have a file, as they have after the first of them */
  constructor(
    private readonly path: string,
    private readonly believed: BelievedBytes,
  ) {
    this.#changesPath = `${path}-wal`;
    // To close it does no harm to SQLite's locks, which are on the other files.
    this.#changesFile = openSync(this.#changesPath, 'r+');
    this.#changes = lookAt(this.#changesPath);
    this.#database = lookAt(path);
  }

  /** Which file is not what it was, after a change was made as well as before. */
  look(): Tampering | undefined {
    if (this.#destroyed !== undefined) return this.#destroyed;
    const database = lookAt(this.path);
    const changes = lookAt(this.#changesPath);
    // Put back, they are what they were.
    if (!isSame(this.#database, database)) return 'DATABASE';
    if (!isSame(this.#changes, changes)) return 'CHANGES';
    this.#destroyed = this.#destruction(database, changes);
    if (this.#destroyed !== undefined) return this.#destroyed;
    this.#database = database;
    this.#changes = changes;
    return undefined;
  }

  close(): void {
    closeSync(this.#changesFile);
  }

  /** Which file has lost something. A VACUUM or a checkpoint by another program makes it shorter too, and SQLite knows. */
  #destruction(database: Stats | undefined, changes: Stats | undefined): Tampering | undefined {
    if (isShorter(this.#database, database) && sizeOf(database) < this.believed.database()) return 'DATABASE';
    // What is left may begin with whole changes: SQLite finds them at the next start.
    if (isShorter(this.#changes, changes) && sizeOf(changes) < this.believed.changes()) return 'LOST_CHANGES';
    if (this.#hasHeader()) return undefined;
    // Whatever is there now is no change: empty, SQLite cannot put it into the database.
    ftruncateSync(this.#changesFile);
    return 'LOST_CHANGES';
  }

  /** Empty, it can have been emptied by SQLite; the next change brings a header, unless somebody else did it. */
  #hasHeader(): boolean {
    const length = readSync(this.#changesFile, this.#magic, 0, 4, 0);
    return length === 0 || isHeader(this.#magic);
  }
}

function lookAt(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function isSame(before: Stats | undefined, now: Stats | undefined): boolean {
  return before?.ino === now?.ino && before?.dev === now?.dev;
}

function isShorter(before: Stats | undefined, now: Stats | undefined): boolean {
  return sizeOf(now) < sizeOf(before);
}

function sizeOf(stats: Stats | undefined): number {
  return stats?.size ?? 0;
}
