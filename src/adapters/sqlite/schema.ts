import type { DatabaseSync } from 'node:sqlite';

/** In the header of every room file, to tell it from another program's database: "chty". */
export const APPLICATION_ID = 0x63687479;

/** One step from a version of the schema to the next one. */
export type Migration = string | ((db: DatabaseSync) => void);

/**
 * From an empty file to the current version; the version of a file is the number of steps that it has taken. A released
 * step is never changed.
 *
 * Neither messages nor presence has a second index: it would cost more than the row. What a `search_<id>` table is
 * for is said in search-index.ts.
 */
export const MIGRATIONS: readonly Migration[] = [
  `
  CREATE TABLE messages (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind INTEGER NOT NULL DEFAULT 0, -- 0: said, 1: an action, 2: a notice of the server
    session INTEGER NOT NULL,
    username TEXT NOT NULL,
    content TEXT NOT NULL,
    ref TEXT
  ) STRICT;
  CREATE TABLE presence (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind INTEGER NOT NULL, -- 1: joined, 2: left
    session INTEGER NOT NULL,
    username TEXT NOT NULL
  ) STRICT;
  CREATE TABLE sessions (
    session INTEGER PRIMARY KEY,
    username TEXT NOT NULL,
    resume_key TEXT,
    left_seq INTEGER -- NULL while in the room
  ) STRICT;
  CREATE INDEX sessions_by_resume_key ON sessions (resume_key) WHERE resume_key IS NOT NULL;
  CREATE INDEX sessions_by_left_seq ON sessions (left_seq);
  CREATE TABLE epochs (
    id INTEGER PRIMARY KEY,
    epoch TEXT NOT NULL UNIQUE,
    first_seq INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE shards (
    id INTEGER PRIMARY KEY,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    messages INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    head INTEGER NOT NULL,
    at INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    presence INTEGER NOT NULL,
    messages_from INTEGER NOT NULL,
    presence_from INTEGER NOT NULL,
    indexed_to INTEGER NOT NULL
  ) STRICT;
  INSERT INTO state VALUES (1, 0, 0, 0, 0, 1, 1, 0);
  `,
  `
  CREATE TABLE clock_jumps (
    seq INTEGER PRIMARY KEY -- of an event whose time is before that of the one before it
  ) STRICT;
  INSERT INTO clock_jumps
    SELECT seq FROM (
      SELECT seq, at < lag(at) OVER (ORDER BY seq) AS is_back
      FROM (SELECT seq, at FROM messages UNION ALL SELECT seq, at FROM presence)
    ) WHERE is_back;
  `,
  // The link ends the row: see changes-file.ts. While a server runs, is_open is 1.
  `
  ALTER TABLE state ADD COLUMN is_open INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE state ADD COLUMN link TEXT NOT NULL DEFAULT '';
  `,
  // Whose messages there are: see owner-shares.ts. Nothing can be added to the row of state, whose link is its end.
  `
  ALTER TABLE messages ADD COLUMN owner TEXT; -- NULL: the name stands for it
  ALTER TABLE shards ADD COLUMN removed INTEGER NOT NULL DEFAULT 0; -- of its messages
  CREATE TABLE shares (
    owner TEXT NOT NULL,
    block INTEGER NOT NULL, -- of sequence numbers
    messages INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (owner, block)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE kept (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    counted INTEGER NOT NULL, -- every message before this sequence number is in shares
    all_from INTEGER NOT NULL -- every message from this sequence number on is there
  ) STRICT;
  INSERT INTO kept SELECT 1, 0, messages_from FROM state;
  `,
  // From here on, 4 is added to the `kind` of what somebody did whose name was proven with a key.
  `
  ALTER TABLE sessions ADD COLUMN key TEXT; -- with which the name was proven
  `,
];

/** Brings a file to the last version, each step in a transaction of its own. */
export function migrate(db: DatabaseSync, migrations: readonly Migration[] = MIGRATIONS): void {
  for (const [version, step] of migrations.entries()) {
    if (version < schemaVersion(db)) continue;
    transaction(db, () => {
      if (typeof step === 'string') db.exec(step);
      else step(db);
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version + 1}`);
    });
  }
}

export function schemaVersion(db: DatabaseSync): number {
  return pragma(db, 'user_version');
}

/** The value of a PRAGMA that is a number; 0 when it has none. */
export function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
}

/** Does all of the work or none of it, even if SQLite has rolled back by itself. */
export function transaction(db: DatabaseSync, work: () => void): void {
  // A transaction that could not be rolled back would block every later one.
  if (db.isTransaction) db.exec('ROLLBACK');
  db.exec('BEGIN IMMEDIATE');
  try {
    work();
    db.exec('COMMIT');
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** Never throws: the first error tells more than that of a ROLLBACK, which the next transaction tries again. */
function rollBack(db: DatabaseSync): void {
  try {
    if (db.isTransaction) db.exec('ROLLBACK');
  } catch {}
}
