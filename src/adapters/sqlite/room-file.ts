import { accessSync, closeSync, constants, mkdirSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  ArchiveFailure,
  RoomLogFailure,
  type RoomLogFailureCode,
} from '../../application/server/failures.js';
import { Refusal } from '../../domain/refusal.js';
import { giveToOwner } from './files.js';
import { type FoundFiles, findFiles, isUnfinished } from './found-files.js';
import { APPLICATION_ID, MIGRATIONS, type Migration, migrate, pragma, schemaVersion } from './schema.js';

/** How a database file is opened; tests make it fail through this. */
export type OpenDatabase = (path: string) => DatabaseSync;

/** How long another program's lock is waited for, in milliseconds: it blocks the whole process. */
const BUSY_MS = 100;
/**
 * After so many pages of 4 KiB, a COMMIT moves changes from the write-ahead log to the file: half of SQLite's default,
 * which took 10 ms; a quarter took 5, but each checkpoint costs a slow disk two more waits.
 */
const CHECKPOINT_PAGES = 500;
/** Bytes of its write-ahead log that SQLite keeps to use again. */
const JOURNAL_BYTES = 64 * 1024 * 1024;
/**
 * A file of up to so many bytes is checked completely when it is opened, which takes about 20 ms, and so is one that
 * seems to be a copy. Of another one only the header, the schema and what is read at the start are: other damage shows
 * when it is read.
 */
const CHECKED_BYTES = 8 * 1024 * 1024;

/** SQLite's result codes, https://www.sqlite.org/rescode.html */
const SQLITE = { BUSY: 5, LOCKED: 6, CORRUPT: 11, FULL: 13, NOTADB: 26 };

/**
 * A room's database in a folder, and the lock that keeps other servers out. The lock is a file of its own, so that
 * other programs can read the database; the system releases it however this process ends.
 */
export class RoomFile {
  private constructor(
    readonly db: DatabaseSync,
    private readonly lock: DatabaseSync,
    readonly path: string,
    /** What the operator should know of the files as they were found. */
    readonly found: FoundFiles,
  ) {}

  /** Creates what is missing and migrates the schema. Never changes another program's file. @throws {RoomLogFailure} */
  static open(
    folder: string,
    synchronous: 'normal' | 'full',
    openDatabase: OpenDatabase = openFile,
    migrations: readonly Migration[] = MIGRATIONS,
  ): RoomFile {
    attempt(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
    const lock = openLock(join(folder, 'room.lock'));
    try {
      const path = join(folder, 'room.db');
      const found = attempt(path, () => {
        createFile(path);
        return findFiles(path);
      });
      const db = openRoom(path, found, synchronous, openDatabase, migrations);
      return new RoomFile(db, lock, path, found);
    } catch (error) {
      lock.close();
      throw error;
    }
  }

  /** Whether another program's lock is waited for. */
  set patient(isPatient: boolean) {
    this.db.exec(`PRAGMA busy_timeout = ${isPatient ? BUSY_MS : 0}`);
  }

  close(): void {
    this.db.close();
    this.lock.close();
  }
}

/** Why something could not be recorded, as a user is told. */
export function toRefusal(error: unknown): Refusal {
  return new Refusal(resultOf(error) === SQLITE.FULL ? 'DISK_FULL' : 'NOT_RECORDED');
}

/** Whether another program's lock is in the way. */
export function isBusy(error: unknown): boolean {
  const result = resultOf(error);
  return result === SQLITE.BUSY || result === SQLITE.LOCKED;
}

/** What went wrong with a file while it was opened. */
export function toFailure(error: unknown, path: string): RoomLogFailure | ArchiveFailure {
  if (error instanceof RoomLogFailure || error instanceof ArchiveFailure) return error;
  return new RoomLogFailure(failureCode(error, path), path, { cause: error });
}

function openFile(path: string): DatabaseSync {
  return new DatabaseSync(path, { timeout: BUSY_MS });
}

/** Held by who may change the history in a folder, until it is closed. @throws {RoomLogFailure} */
export function openLock(path: string): DatabaseSync {
  return attempt(path, () => {
    createFile(path);
    return opened(openFile(path), db => db.exec('BEGIN EXCLUSIVE'));
  });
}

function openRoom(
  path: string,
  found: FoundFiles,
  synchronous: 'normal' | 'full',
  openDatabase: OpenDatabase,
  migrations: readonly Migration[],
): DatabaseSync {
  return attempt(path, () => {
    return opened(openDatabase(path), db => {
      checkOwner(db, path, migrations.length);
      found.isCopy &&= isUnfinished(db);
      db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous};
        PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
        PRAGMA journal_size_limit = ${JOURNAL_BYTES}`);
      if (found.stale !== undefined || found.isCopy || statSync(path).size <= CHECKED_BYTES)
        checkHealth(db, path);
      migrate(db, migrations);
      checkEnds(db, path);
    });
  });
}

/** Accepts a room of a known version, and an empty file. @throws {RoomLogFailure} */
export function checkOwner(db: DatabaseSync, path: string, version = MIGRATIONS.length): void {
  const isEmpty = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.tables === 0;
  const id = pragma(db, 'application_id');
  if (id !== APPLICATION_ID && !(isEmpty && id === 0)) throw new RoomLogFailure('UNUSABLE', path);
  if (schemaVersion(db) > version) throw new RoomLogFailure('TOO_NEW', path);
}

function checkHealth(db: DatabaseSync, path: string): void {
  if (db.prepare('PRAGMA quick_check(1)').get()?.quick_check !== 'ok')
    throw new RoomLogFailure('DAMAGED', path);
}

/** Checks that the state agrees with the tables: otherwise nothing more could be recorded. */
export function checkEnds(db: DatabaseSync, path: string): void {
  const state = db
    .prepare(
      `SELECT head, (SELECT max(seq) FROM messages) AS message, (SELECT max(seq) FROM presence) AS presence
       FROM state`,
    )
    .get();
  const last = Math.max(Number(state?.message ?? 0), Number(state?.presence ?? 0));
  if (state === undefined || Number(state.head) < last) throw new RoomLogFailure('DAMAGED', path);
}

/** Only if it is missing: closing a file that this process has open elsewhere would release SQLite's locks on it. */
function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
    giveToOwner(path);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
}

/** Prepares a database, or closes it. */
export function opened(db: DatabaseSync, prepare: (db: DatabaseSync) => void): DatabaseSync {
  try {
    prepare(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Does the work on a file. @throws {RoomLogFailure} */
export function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toFailure(error, path);
  }
}

function failureCode(error: unknown, path: string): RoomLogFailureCode {
  switch (resultOf(error)) {
    case SQLITE.BUSY:
    case SQLITE.LOCKED:
      return 'IN_USE';
    case SQLITE.CORRUPT:
    case SQLITE.NOTADB:
      return 'DAMAGED';
    case SQLITE.FULL:
      return 'DISK_FULL';
    case undefined:
      return codeOfErrno(errnoOf(error));
    default:
      return codeOfErrno(accessErrno(path));
  }
}

function codeOfErrno(errno: string | undefined): RoomLogFailureCode {
  switch (errno) {
    case 'EACCES':
    case 'EPERM':
      return 'NO_PERMISSION';
    case 'EROFS':
      return 'READ_ONLY';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'DISK_FULL';
    default:
      return 'UNUSABLE';
  }
}

/** SQLite only reports that it cannot open or write a file; the system says why. */
function accessErrno(path: string): string | undefined {
  try {
    accessSync(join(path, '..'), constants.W_OK | constants.X_OK);
    accessSync(path, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    return errnoOf(error);
  }
}

/** The primary result code of an error by SQLite. */
function resultOf(error: unknown): number | undefined {
  if (!(error instanceof Error && 'errcode' in error)) return undefined;
  return Number(error.errcode) & 0xff;
}

function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
