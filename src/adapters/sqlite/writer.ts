import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { MessageSent, Recorded, UserJoined, UserLeft } from '../../domain/events.js';
import type { RoomState } from './room-state.js';

/** How many messages one statement inserts: 0.95 µs a row, against 1.27 µs one by one and 1.15 µs for 64. */
const ROWS = 16;

/** The column `kind` of messages, and of presence. */
export const SAID = 0;
export const ACTION = 1;
export const JOINED = 1;
export const LEFT = 2;

/** Puts batches of events into the tables. */
export class Writer {
  readonly #messages: StatementSync;
  readonly #message: StatementSync;
  readonly #presence: StatementSync;
  readonly #joined: StatementSync;
  readonly #left: StatementSync;
  readonly #gone: StatementSync;

  constructor(
    db: DatabaseSync,
    private readonly state: RoomState,
  ) {
    const insert = 'INSERT INTO messages (seq, at, kind, session, username, content, ref) VALUES ';
    const row = '(?, ?, ?, ?, ?, ?, ?)';
    this.#message = db.prepare(insert + row);
    this.#messages = db.prepare(insert + Array(ROWS).fill(row).join(', '));
    this.#presence = db.prepare(
      'INSERT INTO presence (seq, at, kind, session, username) VALUES (?, ?, ?, ?, ?)',
    );
    this.#joined = db.prepare(
      `INSERT INTO sessions (session, username, resume_key) VALUES (?, ?, ?) ON CONFLICT (session) DO UPDATE
       SET username = excluded.username, resume_key = excluded.resume_key, left_seq = NULL`,
    );
    this.#left = db.prepare('UPDATE sessions SET left_seq = ? WHERE session = ?');
    // Nobody takes it up again; but the session with the highest number stays, for new ones are counted on from it.
    this.#gone = db.prepare(
      `DELETE FROM sessions WHERE session = ? AND resume_key IS NULL
       AND session < (SELECT max(session) FROM sessions)`,
    );
  }

  /** Records all of them or none. @throws what SQLite throws */
  write(batch: readonly Recorded[]): void {
    this.state.update(next => {
      const messages = batch.filter(event => event.type === 'MessageSent');
      this.#insert(messages);
      for (const event of batch) {
        if (event.type !== 'MessageSent') this.#insertPresence(event);
        next.head = event.seq;
        next.at = event.at;
      }
      next.messages += messages.length;
      next.presence += batch.length - messages.length;
    });
  }

  #insert(messages: readonly Recorded<MessageSent>[]): void {
    const together = messages.length - (messages.length % ROWS);
    for (let at = 0; at < together; at += ROWS) {
      const values: SQLInputValue[] = [];
      for (let index = at; index < at + ROWS; index++) {
        const message = messages[index];
        if (message === undefined) continue;
        const { seq, kind, session, username, content, ref = null } = message;
        values.push(seq, message.at, kindOf(kind), session, username, content, ref);
      }
      this.#messages.run(...values);
    }
    for (const { seq, at, kind, session, username, content, ref = null } of messages.slice(together)) {
      this.#message.run(seq, at, kindOf(kind), session, username, content, ref);
    }
  }

  #insertPresence(event: Recorded<UserJoined | UserLeft>): void {
    const { seq, at, session, username } = event;
    if (event.type === 'UserJoined') {
      this.#presence.run(seq, at, JOINED, session, username);
      this.#joined.run(session, username, event.resumeKey ?? null);
    } else {
      this.#presence.run(seq, at, LEFT, session, username);
      this.#left.run(seq, session);
      this.#gone.run(session);
    }
  }
}

function kindOf(kind: MessageSent['kind']): number {
  return kind === 'action' ? ACTION : SAID;
}
