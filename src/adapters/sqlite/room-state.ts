import { randomBytes } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Kept } from '../../application/server/room-log-ports.js';
import type { Seq } from '../../domain/events.js';
import { nextLink } from './changes-file.js';
import { transaction } from './schema.js';

/** Totals of a room file, so that nothing has to be counted. */
export interface State {
  head: Seq;
  /** Time of the last event, in milliseconds since 1970. */
  at: number;
  /** How many rows there are. */
  messages: number;
  presence: number;
  /** No message before this sequence number is kept. */
  messagesFrom: Seq;
  /** Every message from this one on is kept. */
  allFrom: Seq;
  /** Every join and leave from this one on is kept. */
  presenceFrom: Seq;
  /** Every message up to this sequence number is indexed, or was removed. */
  indexedTo: Seq;
  /** Every message before this sequence number is counted in `shares`. */
  counted: Seq;
}

/** The state of a room file, in memory, and saved with each transaction. */
export class RoomState {
  readonly #save: StatementSync;
  readonly #saveKept: StatementSync;
  readonly #run = randomBytes(6).toString('hex');
  #now: Readonly<State>;
  #link: string;
  #transactions = 0;

  constructor(private readonly db: DatabaseSync) {
    const row = db.prepare('SELECT * FROM state, kept').get() ?? {};
    this.#now = {
      head: Number(row.head),
      at: Number(row.at),
      messages: Number(row.messages),
      presence: Number(row.presence),
      messagesFrom: Number(row.messages_from),
      allFrom: Number(row.all_from),
      presenceFrom: Number(row.presence_from),
      indexedTo: Number(row.indexed_to),
      counted: Number(row.counted),
    };
    this.#link = String(row.link);
    this.#save = db.prepare(
      `UPDATE state SET head = ?, at = ?, messages = ?, presence = ?, messages_from = ?, presence_from = ?,
       indexed_to = ?, is_open = ?, link = ?`,
    );
    this.#saveKept = db.prepare('UPDATE kept SET counted = ?, all_from = ?');
  }

  get now(): Readonly<State> {
    return this.#now;
  }

  get kept(): Kept {
    const { messagesFrom, allFrom, presenceFrom } = this.#now;
    return { events: Math.max(allFrom, presenceFrom), messages: messagesFrom, allMessages: allFrom };
  }

  /** Does the work and changes the state in one transaction, or nothing at all. @throws what SQLite throws */
  update(work: (next: State) => void): void {
    this.#update(work, true);
  }

  /** The last transaction: says that nothing of the file is missing any more. @throws what SQLite throws */
  close(): void {
    this.#update(() => {}, false);
  }

  #update(work: (next: State) => void, isOpen: boolean): void {
    const next = { ...this.#now };
    const link = nextLink(this.#link, this.#run, ++this.#transactions);
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
        isOpen ? 1 : 0,
        link,
      );
      const { counted, allFrom } = this.#now;
      if (next.counted !== counted || next.allFrom !== allFrom)
        this.#saveKept.run(next.counted, next.allFrom);
    });
    this.#now = next;
    this.#link = link;
  }
}
