import type { DatabaseSync } from 'node:sqlite';
import type { Reader } from './reader.js';
import type { RoomState, State } from './room-state.js';

/** How much is kept; beyond any of these, the oldest is removed. */
export interface RetentionLimits {
  readonly maxMessages: number;
  readonly maxAgeMs: number;
  /** Most joins and leaves. */
  readonly maxPresence: number;
}

/** Milliseconds for which a slice removes rows before its COMMIT. */
const SLICE_MS = 1.5;
const SLICE_ROWS = 256;
/** How many sessions that have left are kept: the last to leave. */
const MAX_LEFT_SESSIONS = 10_000;
/** After so many joins and leaves were removed, sessions are checked too. */
const SESSIONS_DUE = 1000;
/** How many epochs are kept at least. */
const MAX_EPOCHS = 1000;

type Table = 'messages' | 'presence';

/** Removes what exceeds the limits, a slice at a time, so that no message waits for it. */
export class Retention {
  /** Everything before these sequence numbers is too old. */
  readonly #expired: Record<Table, number> = { messages: 0, presence: 0 };
  #sessionsAreDue = true;
  #removedPresence = 0;
  readonly #remove: (table: Table, through: number) => number;
  readonly #nth: (table: Table, n: number) => number | undefined;

  constructor(
    private readonly db: DatabaseSync,
    private readonly state: RoomState,
    private readonly reader: Reader,
    private readonly limits: RetentionLimits,
  ) {
    const removes = { messages: removal(db, 'messages'), presence: removal(db, 'presence') };
    const nths = { messages: nth(db, 'messages'), presence: nth(db, 'presence') };
    this.#remove = (table, through) => Number(removes[table].run(through).changes);
    this.#nth = (table, n) => {
      const seq = nths[table].get(n - 1)?.seq;
      return seq === undefined ? undefined : Number(seq);
    };
  }

  /** Finds what has become too old; sessions that cannot be resumed are removed later. */
  review(now: number): void {
    const since = now - this.limits.maxAgeMs;
    for (const table of ['messages', 'presence'] as const) {
      this.#expired[table] = this.reader.firstYoung(table, since);
    }
    this.#sessionsAreDue = true;
  }

  get isDue(): boolean {
    return this.#isDue('messages') || this.#isDue('presence') || this.#sessionsAreDue;
  }

  /** Takes about 2 ms. @throws what SQLite throws; nothing is changed then */
  slice(): void {
    if (this.#isDue('messages')) this.state.update(next => this.#removeFrom('messages', next));
    else if (this.#isDue('presence')) this.#removePresence();
    else if (this.#sessionsAreDue) this.state.update(() => this.#removeSessions());
  }

  #removePresence(): void {
    const before = this.state.now.presence;
    this.state.update(next => this.#removeFrom('presence', next));
    this.#removedPresence += before - this.state.now.presence;
    if (this.#removedPresence < SESSIONS_DUE) return;
    this.#removedPresence = 0;
    this.#sessionsAreDue = true;
  }

  #isDue(table: Table, state: Readonly<State> = this.state.now): boolean {
    return this.#excess(table, state) > 0 || from(table, state) < this.#expired[table];
  }

  #excess(table: Table, state: Readonly<State>): number {
    return table === 'messages'
      ? state.messages - this.limits.maxMessages
      : state.presence - this.limits.maxPresence;
  }

  #removeFrom(table: Table, next: State): void {
    const deadline = performance.now() + SLICE_MS;
    while (this.#isDue(table, next) && performance.now() < deadline) {
      const excess = this.#excess(table, next);
      const beyond = excess > 0 ? (this.#nth(table, Math.min(excess, SLICE_ROWS)) ?? next.head) : 0;
      const aged = Math.min(this.#expired[table] - 1, this.#nth(table, SLICE_ROWS) ?? next.head);
      const through = Math.max(beyond, aged);
      next[table] -= this.#remove(table, through);
      if (table === 'messages') next.messagesFrom = Math.max(next.messagesFrom, through + 1);
      else next.presenceFrom = Math.max(next.presenceFrom, through + 1);
      next.indexedTo = Math.max(next.indexedTo, next.messagesFrom - 1);
    }
  }

  /** Keeps the session with the highest number: the next one is counted from it. */
  #removeSessions(): void {
    const beyond = this.db
      .prepare(
        'SELECT left_seq FROM sessions WHERE left_seq IS NOT NULL AND resume_key IS NOT NULL ORDER BY left_seq DESC LIMIT 1 OFFSET ?',
      )
      .get(MAX_LEFT_SESSIONS)?.left_seq;
    const through = Math.max(this.state.now.messagesFrom - 1, Number(beyond ?? 0));
    const { changes } = this.db
      .prepare(
        `DELETE FROM sessions WHERE session IN (SELECT session FROM sessions WHERE left_seq <= ? LIMIT ?)
         AND session < (SELECT max(session) FROM sessions)`,
      )
      .run(through, SLICE_ROWS);
    this.#removeEpochs();
    this.db.prepare('DELETE FROM clock_jumps WHERE seq <= ?').run(this.state.now.messagesFrom);
    this.#sessionsAreDue = Number(changes) === SLICE_ROWS;
  }

  /** An epoch is removed when the next one begins before everything that is kept, and many followed it. */
  #removeEpochs(): void {
    this.db
      .prepare(
        `DELETE FROM epochs WHERE id <= (SELECT max(id) FROM epochs) - ? AND
         (SELECT first_seq FROM epochs AS later WHERE later.id > epochs.id ORDER BY id LIMIT 1) <= ?`,
      )
      .run(MAX_EPOCHS, this.state.now.messagesFrom);
  }
}

function from(table: Table, state: Readonly<State>): number {
  return table === 'messages' ? state.messagesFrom : state.presenceFrom;
}

function removal(db: DatabaseSync, table: Table) {
  return db.prepare(`DELETE FROM ${table} WHERE seq <= ?`);
}

function nth(db: DatabaseSync, table: Table) {
  return db.prepare(`SELECT seq FROM ${table} ORDER BY seq LIMIT 1 OFFSET ?`);
}
