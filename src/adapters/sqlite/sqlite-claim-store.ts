import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { RoomLogFailure } from '../../application/server/failures.js';
import { type ChangedName, changesIn } from '../../application/server/kept-claims.js';
import type { Claim, ClaimChanges, ClaimStore } from '../../application/server/name-ports.js';
import { usernameKey } from '../../domain/name-key.js';
import { bytesOfChanges } from './changes-file.js';
import { FileGuard } from './file-guard.js';
import { giveToOwner } from './files.js';
import { attempt, opened, toRefusal } from './room-file.js';
import { pragma, schemaVersion } from './schema.js';

/** In the header of the file, to tell it from another program's: "chtn". */
const APPLICATION_ID = 0x6368746e;
const VERSION = 1;

/** How long another program's lock is waited for, in milliseconds: it blocks the whole process. */
const BUSY_MS = 100;

/** Milliseconds from a change until it is in the database itself. */
const SETTLE_MS = 1000;

/** The keys of a name stand in one column, with a space between; those that are not Ed25519 have one in them, behind their type. */
const KEYS = /(?:(?:ssh-rsa|ecdsa-\S+) )?\S+/g;
const SCHEMA = `
  CREATE TABLE claims (
    name TEXT PRIMARY KEY, -- what all its spellings have in common
    username TEXT NOT NULL,
    keys TEXT NOT NULL,
    claimed_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${VERSION};
`;

/** Nobody has changed the claim: its values, in the order of the columns. */
const IS_STILL = 'name = ? AND username = ? AND keys = ? AND claimed_at = ? AND used_at = ?';

/**
 * Keeps claims in a SQLite file of their own, beside the history: whoever restores a backup of what was said does not give
 * names back to those who had them then. Several programs may have it open, a server and its operator's commands.
 */
export class SqliteClaimStore implements ClaimStore {
  readonly #path: string;
  #db: DatabaseSync | undefined;
  #guard: FileGuard | undefined;
  #version = 0;
  /** What was changed here since the last look: SQLite tells of the changes of others only. */
  #own = new Map<string, ChangedName>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly folder: string,
    private readonly synchronous: 'normal' | 'full' = 'normal',
  ) {
    this.#path = join(folder, 'claims.db');
  }

  async open(): Promise<readonly Claim[]> {
    const path = this.#path;
    return attempt(path, () => {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      createFile(path);
      this.#db = opened(new DatabaseSync(path, { timeout: BUSY_MS }), db => {
        checkOwner(db, path);
        db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${this.synchronous}`);
        if (schemaVersion(db) === 0) db.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
      });
      const db = this.#db;
      const claims = this.#read(db);
      this.#guard = new FileGuard(path, {
        database: () => pragma(db, 'page_count') * pragma(db, 'page_size'),
        changes: () => bytesOfChanges(db),
      });
      return claims;
    });
  }

  changed(): ClaimChanges | undefined {
    const db = this.#db;
    this.#requireFiles();
    if (db === undefined) return undefined;
    if (pragma(db, 'data_version') !== this.#version) return { all: this.#read(db) };
    const own = this.#own;
    if (own.size === 0) return undefined;
    this.#own = new Map();
    return changesIn(own.values());
  }

  async put(claim: Claim, before: Claim | undefined): Promise<boolean> {
    const columns = 'name, username, keys, claimed_at, used_at';
    const insert = `INSERT INTO claims (${columns}) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
    const update = `UPDATE claims SET (${columns}) = (?, ?, ?, ?, ?) WHERE ${IS_STILL}`;
    const isKept =
      before === undefined
        ? this.#write(insert, valuesOf(claim))
        : this.#write(update, [...valuesOf(claim), ...valuesOf(before)]);
    if (isKept) this.#note(claim.username, claim);
    return isKept;
  }

  async remove(claim: Claim): Promise<boolean> {
    const isGone = this.#write(`DELETE FROM claims WHERE ${IS_STILL}`, valuesOf(claim));
    if (isGone) this.#note(claim.username, undefined);
    return isGone;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#guard?.close();
    this.#guard = undefined;
    if (this.#db?.isOpen) this.#db.close();
    this.#db = undefined;
  }

  /** SQLite goes on writing into files that have no name any more, and what is there would be gone with the process. */
  #requireFiles(): void {
    if (this.#guard?.look() === undefined) return;
    throw new Error(
      'claims.db was deleted, replaced or cut while the server runs: put it back, and start the server again',
    );
  }

  #read(db: DatabaseSync): Claim[] {
    const version = pragma(db, 'data_version');
    const claims = db.prepare('SELECT * FROM claims').all().map(toClaim);
    this.#version = version;
    this.#own = new Map();
    return claims;
  }

  /** Whoever copies the database without its changes has all but the last second. */
  #settle(): void {
    this.#timer = undefined;
    try {
      this.#db?.exec('PRAGMA wal_checkpoint(PASSIVE)');
    } catch {} // they stay where they are
  }

  #note(username: string, claim: Claim | undefined): void {
    this.#own.set(usernameKey(username), { username, claim });
  }

  /** Compares and writes in one step. Whether a claim was changed. */
  #write(sql: string, values: (string | number)[]): boolean {
    try {
      if (this.#db === undefined) throw new Error('the claims are not open');
      this.#requireFiles();
      const { changes } = this.#db.prepare(sql).run(...values);
      this.#timer ??= setTimeout(() => this.#settle(), SETTLE_MS).unref();
      return changes === 1;
    } catch (error) {
      throw toRefusal(error);
    }
  }
}

/** In the order of the columns. */
function valuesOf({ username, keys, claimedAt, usedAt }: Claim): (string | number)[] {
  return [usernameKey(username), username, keys.join(' '), claimedAt, usedAt];
}

function toClaim({ username, keys, claimed_at, used_at }: Record<string, SQLOutputValue>): Claim {
  return {
    username: String(username),
    keys: String(keys).match(KEYS) ?? [],
    claimedAt: Number(claimed_at),
    usedAt: Number(used_at),
  };
}

/** Accepts claims of a known version, and an empty file. @throws {RoomLogFailure} */
function checkOwner(db: DatabaseSync, path: string): void {
  const isEmpty = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.tables === 0;
  if (!isEmpty && pragma(db, 'application_id') !== APPLICATION_ID) throw new RoomLogFailure('UNUSABLE', path);
  if (schemaVersion(db) > VERSION) throw new RoomLogFailure('TOO_NEW', path);
  if (db.prepare('PRAGMA quick_check(1)').get()?.quick_check !== 'ok')
    throw new RoomLogFailure('DAMAGED', path);
}

/** Only if it is missing, and so that nobody else can read it. */
function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
    giveToOwner(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
