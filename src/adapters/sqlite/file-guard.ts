import { closeSync, openSync, readSync, type Stats, statSync } from 'node:fs';

/** Which of the files is not what it was: the database itself, or the changes that are not in it yet. */
export type Tampering = 'DATABASE' | 'CHANGES';

/** The first bytes of a file of changes, https://www.sqlite.org/walformat.html; their last bit says the byte order. */
const WAL_MAGIC = 0x377f0682;

/**
 * Notices when somebody deletes, replaces or cuts the files of a database that is open, as a clean-up job or a restore
 * by hand does. SQLite would not: it goes on writing into files that have no name any more.
 */
export class FileGuard {
  readonly #changesPath: string;
  readonly #changes: Stats | undefined;
  readonly #changesFile: number;
  readonly #magic = Buffer.alloc(4);
  #database: Stats | undefined;

  /**
   * @param path of a database whose changes have a file, as they have after the first of them
   * @param bytes how long SQLite believes the database to be
   */
  constructor(
    private readonly path: string,
    private readonly bytes: () => number,
  ) {
    this.#changesPath = `${path}-wal`;
    // To close it does no harm to SQLite's locks, which are on the other files.
    this.#changesFile = openSync(this.#changesPath, 'r');
    this.#changes = lookAt(this.#changesPath);
    this.#database = lookAt(path);
  }

  /** Which file is not what it was, after a change was made as well as before. */
  look(): Tampering | undefined {
    const database = lookAt(this.path);
    if (!isSame(this.#database, database)) return 'DATABASE';
    // A VACUUM by another program makes it shorter too, and SQLite knows.
    if (isShorter(this.#database, database) && (database?.size ?? 0) < this.bytes()) return 'DATABASE';
    if (!isSame(this.#changes, lookAt(this.#changesPath)) || !this.#hasHeader()) return 'CHANGES';
    this.#database = database;
    return undefined;
  }

  close(): void {
    closeSync(this.#changesFile);
  }

  /** Empty, it can have been emptied by SQLite; the next change brings a header, unless somebody else did it. */
  #hasHeader(): boolean {
    const length = readSync(this.#changesFile, this.#magic, 0, 4, 0);
    return length === 0 || (this.#magic.readUInt32BE() & ~1) === WAL_MAGIC;
  }
}

function lookAt(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function isSame(before: Stats | undefined, now: Stats | undefined): boolean {
  return before?.ino === now?.ino && before?.dev === now?.dev;
}

function isShorter(before: Stats | undefined, now: Stats | undefined): boolean {
  return (now?.size ?? 0) < (before?.size ?? 0);
}
