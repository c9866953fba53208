import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { ArchiveFailure, RoomLogFailure } from '../../application/server/failures.js';
import type { HistoryArchive, HistorySummary } from '../../application/server/service-ports.js';
import type { Recorded } from '../../domain/events.js';
import { hasForeignChanges, setForeignChangesAside } from './changes-file.js';
import {
  discard,
  discardChanges,
  draftOf,
  freeName,
  giveToOwner,
  isTaken,
  move,
  nameAlso,
  sync,
} from './files.js';
import { Reader } from './reader.js';
import { attempt, checkEnds, checkOwner, opened, openLock, toFailure } from './room-file.js';
import { RoomState } from './room-state.js';
import { MIGRATIONS, schemaVersion } from './schema.js';

/** All pages in one step: a copy in several begins anew whenever the server writes between two of them. */
const ALL_PAGES = 2 ** 31 - 1;
/** How long another program's lock is waited for, in milliseconds. */
const BUSY_MS = 5000;
/** The names of a history's files, in its folder. */
const OWN_FILES = ['room.db', 'claims.db']
  .flatMap(file => ['', '-wal', '-shm', '-journal'].map(part => file + part))
  .concat('room.lock');
/** Events read at a time. */
const PAGE = 1000;

/** The history in the SQLite file of a folder. */
export class SqliteHistoryArchive implements HistoryArchive {
  readonly #room: string;

  constructor(private readonly folder: string) {
    this.#room = join(folder, 'room.db');
  }

  async backup(file: string, mayReplace = false): Promise<HistorySummary> {
    requireFile(this.#room);
    attempt(file, () => this.#checkTarget(file, mayReplace));
    const draft = attempt(file, () => draftOf(file));
    try {
      attempt(file, () => closeSync(openSync(draft, 'wx', 0o600)));
      const source = this.#openRoom();
      try {
        await backup(source, draft, { rate: ALL_PAGES }).catch((error: unknown) => {
          throw toFailure(error, file);
        });
      } finally {
        source.close();
      }
      const summary = finish(draft, file);
      attempt(file, () => (mayReplace ? renameSync(draft, file) : move(draft, file)));
      return summary;
    } finally {
      discard(draft);
    }
  }

  async restore(file: string): Promise<HistorySummary & { readonly kept?: string }> {
    requireFile(file);
    attempt(this.folder, () => mkdirSync(this.folder, { recursive: true, mode: 0o700 }));
    const lock = openLock(join(this.folder, 'room.lock'));
    const draft = attempt(this.#room, () => draftOf(this.#room));
    try {
      attempt(file, () => copyWithChanges(file, draft));
      const summary = finish(draft, file);
      attempt(this.#room, () => giveToOwner(draft));
      const kept = attempt(this.#room, () => keep(this.#room));
      attempt(this.#room, () => renameSync(draft, this.#room));
      return { ...summary, ...(kept !== undefined && { kept }) };
    } finally {
      discard(draft);
      lock.close();
    }
  }

  async *events(): AsyncGenerator<Recorded> {
    requireFile(this.#room);
    const db = this.#openRoom();
    try {
      const reader = new Reader(db);
      const head = Number(db.prepare('SELECT head FROM state').get()?.head);
      for (let after = 0; after < head; ) {
        const events = await reader.read(after, head, PAGE);
        yield* events;
        after = events.at(-1)?.seq ?? head;
      }
    } catch (error) {
      throw toFailure(error, this.#room);
    } finally {
      db.close();
    }
  }

  /** A backup takes the place of no file of the history, and of nothing that is not a file. */
  #checkTarget(file: string, mayReplace: boolean): void {
    if (statSync(file, { throwIfNoEntry: false })?.isFile() === false)
      throw new ArchiveFailure('NOT_A_FILE', file);
    const isOwn = OWN_FILES.includes(basename(file).toLowerCase());
    if (isOwn && realpathSync(dirname(file)) === realpathSync(this.folder))
      throw new ArchiveFailure('OWN_FILE', file);
    if (isTaken(file) && !mayReplace) throw new ArchiveFailure('EXISTS', file);
  }

  /** As the server does when it starts. While one runs they are its own, but change between two looks. */
  #setForeignChangesAside(): void {
    if (!hasForeignChanges(this.#room)) return;
    try {
      const lock = openLock(join(this.folder, 'room.lock'));
      try {
        setForeignChangesAside(this.#room);
      } finally {
        lock.close();
      }
    } catch (error) {
      if (!(error instanceof RoomLogFailure && error.code === 'IN_USE')) throw error;
    }
  }

  #openRoom(): DatabaseSync {
    this.#setForeignChangesAside();
    return attempt(this.#room, () =>
      opened(new DatabaseSync(this.#room, { readOnly: true, timeout: BUSY_MS }), db => {
        checkOwner(db, this.#room);
        checkRoom(db, this.#room);
      }),
    );
  }
}

function requireFile(path: string): void {
  const there = attempt(path, () => statSync(path, { throwIfNoEntry: false }));
  if (there === undefined) throw new ArchiveFailure('NOT_FOUND', path);
  if (!there.isFile()) throw new ArchiveFailure('NOT_A_FILE', path);
}

/** A copy of a file together with the changes that SQLite has not put into it yet. */
function copyWithChanges(file: string, draft: string): void {
  for (const part of ['', '-wal']) {
    if (part !== '' && !existsSync(file + part)) continue;
    copyFileSync(file + part, draft + part);
    chmodSync(draft + part, 0o600); // not as readable, nor as read-only, as the backup may be
  }
  if (hasForeignChanges(draft)) throw new RoomLogFailure('DAMAGED', file);
}

/** Makes a draft one file, on the disk, and reads it from end to end. @param source what an error is about */
function finish(draft: string, source: string): HistorySummary {
  const summary = attempt(source, () => {
    const db = new DatabaseSync(draft);
    try {
      checkOwner(db, source);
      checkRoom(db, source);
      db.exec('PRAGMA journal_mode = DELETE');
      if (db.prepare('PRAGMA integrity_check(1)').get()?.integrity_check !== 'ok')
        throw new RoomLogFailure('DAMAGED', source);
      checkEnds(db, source);
      seal(db);
      return summaryOf(db);
    } finally {
      db.close();
    }
  });
  attempt(source, () => sync(draft));
  return summary;
}

/** Makes it the end of what it was copied from: no changes but those that are made in it belong to it. */
function seal(db: DatabaseSync): void {
  if (schemaVersion(db) === MIGRATIONS.length) new RoomState(db).close();
}

function checkRoom(db: DatabaseSync, path: string): void {
  const table = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'state'").get();
  if (table === undefined) throw new ArchiveFailure('EMPTY', path);
  // There are none in a history; those of somebody else would act whenever something is recorded.
  const foreign = db.prepare("SELECT 1 FROM sqlite_schema WHERE type IN ('trigger', 'view')").get();
  if (foreign !== undefined) throw new RoomLogFailure('UNUSABLE', path);
}

function summaryOf(db: DatabaseSync): HistorySummary {
  const state = db.prepare('SELECT at, (SELECT count(*) FROM messages) AS messages FROM state').get();
  const lastAt = Number(state?.at);
  return { messages: Number(state?.messages), ...(lastAt > 0 && { lastAt }) };
}

/** Gives the present history a name of its own beside it, whole; its old name stays until it is replaced. */
function keep(room: string): string | undefined {
  if (!existsSync(room)) {
    discardChanges(room); // of a file that is gone: they would be taken for changes of the new one
    return undefined;
  }
  setForeignChangesAside(room);
  settle(room);
  const kept = freeName(`${room}.replaced`);
  nameAlso(room, kept);
  // What SQLite could not put into the file stays with it, and away from the new one.
  if (existsSync(`${room}-wal`)) renameSync(`${room}-wal`, `${kept}-wal`);
  discardChanges(room);
  return kept;
}

/** Has SQLite put all changes into the file, if it can: a damaged history is kept as it is. */
function settle(room: string): void {
  try {
    const db = new DatabaseSync(room);
    try {
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      db.close();
    }
  } catch {}
}
