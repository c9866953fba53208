import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Seq } from '../../domain/events.js';
import { transaction } from './schema.js';

/** Totals of a room file, so that nothing has to be counted. */
export interface State {
  head: Seq;
  /** Time of the last event, in milliseconds since 1970. */
  at: number;
  /** How many rows there are. */
  messages: number;
  presence: number;
  /** Every row from this sequence number on is kept. */
  messagesFrom: Seq;
  presenceFrom: Seq;
  /** Every message up to this sequence number is indexed, or was removed. */
  indexedTo: Seq;
}

/** The state of a room file, in memory, and saved with each transaction. */
export class RoomState {
  readonly #save: StatementSync;
  #now: Readonly<State>;

  constructor(private readonly db: DatabaseSync) {
    const row = db.prepare('SELECT * FROM state').get() ?? {};
    this.#now = {
      head: Number(row.head),
      at: Number(row.at),
      messages: Number(row.messages),
      presence: Number(row.presence),
      messagesFrom: Number(row.messages_from),
      presenceFrom: Number(row.presence_from),
      indexedTo: Number(row.indexed_to),
    };
    this.#save = db.prepare(
      `UPDATE state SET head = ?, at = ?, messages = ?, presence = ?, messages_from = ?, presence_from = ?,
       indexed_to = ?`,
    );
  }

  get now(): Readonly<State> {
    return this.#now;
  }

  /** Does the work and changes the state in one transaction, or nothing at all. @throws what SQLite throws */
  update(work: (next: State) => void): void {
    const next = { ...this.#now };
    transaction(this.db, () => {
      work(next);
      this.#save.run(
        next.head,
        next.at,
        next.messages,
        next.presence,
        next.messagesFrom,
        next.presenceFrom,
        next.indexedTo,
      );
    });
    this.#now = next;
  }
}
