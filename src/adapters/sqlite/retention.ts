import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Quantity } from '../../application/server/fair-shares.js';
import type { MessageSent, Recorded, Seq } from '../../domain/events.js';
import { removeLeftSessions } from './left-sessions.js';
import type { OwnedRow, OwnerShares } from './owner-shares.js';
import type { Reader } from './reader.js';
import type { RoomState, State } from './room-state.js';
import type { SearchIndex } from './search-index.js';

/** How much is kept; beyond any of these, something is removed. */
export interface RetentionLimits {
  readonly maxMessages: number;
  /** Bytes of messages, with what they need besides their content. */
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** Most joins and leaves. */
  readonly maxPresence: number;
}

/** Milliseconds for which a slice removes rows before its COMMIT. */
const SLICE_MS = 1.5;
const SLICE_ROWS = 256;
/** After so many joins and leaves were removed, sessions are checked too. */
const SESSIONS_DUE = 1000;
/** A part of a quota; who is further beyond it has to hurry. */
const FAR = 1 / 32;

/** Removes what exceeds the limits, a slice at a time, so that no message waits for it. */
export class Retention {
  /** Everything before these sequence numbers is too old. */
  readonly #expired = { messages: 0, presence: 0 };
  #sessionsAreDue = true;
  #removedPresence = 0;
  readonly #removePresent: StatementSync;
  readonly #nthPresent: StatementSync;
  readonly #removeAll: StatementSync;
  readonly #removeOf: StatementSync;
  readonly #first: StatementSync;

  constructor(
    private readonly db: DatabaseSync,
    private readonly state: RoomState,
    private readonly reader: Reader,
    private readonly shares: OwnerShares,
    private readonly limits: RetentionLimits,
    private readonly index: Pick<SearchIndex, 'forget' | 'erase' | 'reload'>,
  ) {
    this.#removePresent = db.prepare('DELETE FROM presence WHERE seq <= ?');
    this.#nthPresent = db.prepare('SELECT seq FROM presence ORDER BY seq LIMIT 1 OFFSET ?');
    this.#removeAll = db.prepare('DELETE FROM messages WHERE seq >= ? AND seq <= ?');
    this.#removeOf = db.prepare(
      'DELETE FROM messages WHERE seq >= ? AND seq <= ? AND coalesce(owner, username) = ?',
    );
    this.#first = db.prepare('SELECT min(seq) AS seq FROM messages');
  }

  /** Finds what has become too old; sessions that cannot be resumed are removed later. */
  review(now: number): void {
    const since = now - this.limits.maxAgeMs;
    for (const table of ['messages', 'presence'] as const) {
      this.#expired[table] = this.reader.firstYoung(table, since);
    }
    this.#sessionsAreDue = true;
  }

  /** What there is of messages. */
  get total() {
    return { messages: this.state.now.messages, bytes: this.shares.all.total.bytes };
  }

  get isDue(): boolean {
    return this.#messagesAreDue() || this.#presenceIsDue() || this.#sessionsAreDue;
  }

  /** Whether what is recorded comes faster than it is removed. */
  get isFarBehind(): boolean {
    const { maxMessages, maxBytes } = this.limits;
    return this.#excess('messages') > maxMessages * FAR || this.#excess('bytes') > maxBytes * FAR;
  }

  /** Takes about 2 ms. @throws what SQLite throws; nothing is changed then */
  slice(): void {
    if (this.#messagesAreDue()) this.#removeMessages();
    else if (this.#presenceIsDue()) this.#removePresence();
    else if (this.#sessionsAreDue)
      this.state.update(() => {
        this.#sessionsAreDue = removeLeftSessions(this.db, this.state.now.messagesFrom, SLICE_ROWS);
      });
  }

  /** Removes one message, at the word of an operator: nobody is told of a gap. @throws what SQLite throws */
  erase(message: Recorded<MessageSent>): void {
    const { seq } = message;
    // Otherwise what was written stays in the file until something else is written there.
    this.db.exec('PRAGMA secure_delete = ON');
    try {
      this.state.update(next => {
        const [row] = this.shares.at(seq);
        if (row === undefined) return;
        this.#removeAll.run(seq, seq);
        this.shares.remove([row], next);
        if (seq <= next.indexedTo) this.index.erase(message);
        next.messages--;
      });
    } catch (error) {
      this.index.reload();
      if (this.db.isOpen) this.shares.load();
      throw error;
    } finally {
      if (this.db.isOpen) this.db.exec('PRAGMA secure_delete = OFF');
    }
  }

  #excess(quantity: Quantity): number {
    const { messages, bytes } = this.shares.all.total;
    return quantity === 'messages' ? messages - this.limits.maxMessages : bytes - this.limits.maxBytes;
  }

  #messagesAreDue(): boolean {
    return this.#excess('messages') > 0 || this.#excess('bytes') > 0 || this.#expired.messages > 0;
  }

  #removeMessages(): void {
    const deadline = performance.now() + SLICE_MS;
    try {
      this.state.update(next => {
        while (this.#messagesAreDue() && performance.now() < deadline) this.#remove(this.#next(next), next);
      });
    } catch (error) {
      this.index.reload();
      if (this.db.isOpen) this.shares.load();
      throw error;
    }
  }

  /** Those that go next: too old, or of whoever has most. */
  #next(next: State): Removal {
    if (this.#expired.messages > 0) {
      const rows = this.shares.oldest(this.#expired.messages, SLICE_ROWS);
      if (rows.length < SLICE_ROWS) this.#expired.messages = 0;
      return { rows };
    }
    const quantity = this.#excess('messages') > 0 ? 'messages' : 'bytes';
    const largest = this.shares.all.largest(quantity);
    const oldest = this.shares.oldest(next.head + 1, SLICE_ROWS);
    const rows = takeWhile(oldest, quantity, this.#excess(quantity), (row, ofOwner) => {
      return this.shares.all.isAmongLargest(row.owner, quantity, largest, ofOwner);
    });
    if (rows.length > 0) return { rows };
    const { owner, spare } = largest;
    const limit = Math.min(spare, this.#excess(quantity));
    return { rows: takeWhile(this.shares.oldestOf(owner, SLICE_ROWS), quantity, limit, () => true), owner };
  }

  #remove({ rows, owner }: Removal, next: State): void {
    const [first, last] = [rows[0], rows.at(-1)];
    if (first === undefined || last === undefined) return;
    if (owner === undefined) this.#removeAll.run(first.seq, last.seq);
    else this.#removeOf.run(first.seq, last.seq, owner);
    this.shares.remove(rows, next);
    this.index.forget(rows.map(({ seq }) => seq));
    next.messages -= rows.length;
    next.allFrom = Math.max(next.allFrom, last.seq + 1);
    const kept = this.#first.get()?.seq ?? next.allFrom;
    next.messagesFrom = Math.max(next.messagesFrom, Math.min(Number(kept), next.allFrom));
    next.indexedTo = Math.max(next.indexedTo, next.messagesFrom - 1);
  }

  #presenceIsDue({ presence, presenceFrom }: Readonly<State> = this.state.now): boolean {
    return presence > this.limits.maxPresence || presenceFrom < this.#expired.presence;
  }

  #removePresence(): void {
    const before = this.state.now.presence;
    this.state.update(next => {
      const deadline = performance.now() + SLICE_MS;
      while (this.#presenceIsDue(next) && performance.now() < deadline) {
        const excess = next.presence - this.limits.maxPresence;
        const beyond = excess > 0 ? this.#nth(Math.min(excess, SLICE_ROWS), next) : 0;
        const aged = Math.min(this.#expired.presence - 1, this.#nth(SLICE_ROWS, next));
        const through = Math.max(beyond, aged);
        next.presence -= Number(this.#removePresent.run(through).changes);
        next.presenceFrom = Math.max(next.presenceFrom, through + 1);
      }
    });
    this.#removedPresence += before - this.state.now.presence;
    if (this.#removedPresence < SESSIONS_DUE) return;
    this.#removedPresence = 0;
    this.#sessionsAreDue = true;
  }

  /** The sequence number of the nth join or leave. */
  #nth(n: number, { head }: State): Seq {
    return Number(this.#nthPresent.get(n - 1)?.seq ?? head);
  }
}

/** Messages one after the other, of all or of one owner. */
interface Removal {
  readonly rows: readonly OwnedRow[];
  readonly owner?: string;
}

/** The first rows that together have `enough`, as long as they may go. */
function takeWhile(
  rows: readonly OwnedRow[],
  quantity: Quantity,
  enough: number,
  mayGo: (row: OwnedRow, takenOfOwner: number) => boolean,
): OwnedRow[] {
  const taken: OwnedRow[] = [];
  const byOwner = new Map<string, number>();
  let total = 0;
  for (const row of rows) {
    const ofOwner = byOwner.get(row.owner) ?? 0;
    if ((total >= enough && taken.length > 0) || !mayGo(row, ofOwner)) break;
    const size = quantity === 'messages' ? 1 : row.bytes;
    taken.push(row);
    total += size;
    byOwner.set(row.owner, ofOwner + size);
  }
  return taken;
}
