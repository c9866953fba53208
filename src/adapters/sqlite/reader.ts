import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { MAX_REFS } from '../../application/server/recent-refs.js';
import type { KnownSession } from '../../application/server/room-log-ports.js';
import type { MessageSent, Recorded, Seq } from '../../domain/events.js';
import type { SessionId } from '../../domain/session.js';
import { MESSAGE_COLUMNS, PRESENCE_AS_MESSAGE, toEvent, toMessage, toSession } from './rows.js';

/** Rows read between two turns of the event loop: about 2 ms for messages of usual length. */
const PAGE = 1000;
/** Rows with a ref that are read at once when the store is opened: twice as fast as one by one. */
const REFS_PAGE = 5000;

/** Reads the tables, one page in each turn of the event loop. */
export class Reader {
  readonly #events: StatementSync;
  readonly #messages: StatementSync;
  readonly #newest: StatementSync;
  readonly #message: StatementSync;
  readonly #session: StatementSync;

  constructor(private readonly db: DatabaseSync) {
    this.#events = db.prepare(
      `SELECT ${MESSAGE_COLUMNS}, NULL AS presence FROM messages WHERE seq > ?1 AND seq <= ?2 UNION ALL
       SELECT ${PRESENCE_AS_MESSAGE}, kind FROM presence WHERE seq > ?1 AND seq <= ?2
       ORDER BY seq LIMIT ?3`,
    );
    this.#messages = db.prepare(
      `SELECT ${MESSAGE_COLUMNS} FROM messages WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?`,
    );
    this.#newest = db.prepare(
      `SELECT ${MESSAGE_COLUMNS} FROM messages WHERE seq < ? AND seq >= ? ORDER BY seq DESC LIMIT ?`,
    );
    this.#message = db.prepare(`SELECT ${MESSAGE_COLUMNS} FROM messages WHERE seq = ?`);
    this.#session = db.prepare('SELECT * FROM sessions WHERE resume_key = ? ORDER BY session DESC LIMIT 1');
  }

  read(after: Seq, upTo: Seq, limit: number): Promise<Recorded[]> {
    return pages(limit, after, (from, size) => this.#events.all(from, upTo, size).map(toEvent));
  }

  messages(after: Seq, upTo: Seq, limit: number): Promise<Recorded<MessageSent>[]> {
    return pages(limit, after, (from, size) => this.#messages.all(from, upTo, size).map(toMessage));
  }

  /** The newest messages with `notBefore` <= seq < `before`, newest first. */
  newest(before: Seq, notBefore: Seq, limit: number): Promise<Recorded<MessageSent>[]> {
    return pages(limit, before, (from, size) => this.#newest.all(from, notBefore, size).map(toMessage));
  }

  messageAt(seq: Seq): Recorded<MessageSent> | undefined {
    const row = this.#message.get(seq);
    return row === undefined ? undefined : toMessage(row);
  }

  /** Where in the log of today a place of an earlier epoch is; `head` is the last of today. */
  locate(epoch: string, seq: Seq, head: Seq): Seq | undefined {
    const known = this.db.prepare('SELECT id FROM epochs WHERE epoch = ?').get(epoch);
    if (known === undefined) return undefined;
    const next = this.db
      .prepare('SELECT first_seq FROM epochs WHERE id > ? ORDER BY id LIMIT 1')
      .get(Number(known.id));
    return Math.min(seq, next === undefined ? head : Number(next.first_seq) - 1);
  }

  sessionOf(resumeKey: string): KnownSession | undefined {
    const row = this.#session.get(resumeKey);
    return row === undefined ? undefined : toSession(row);
  }

  /** The first row of a table that is not older, whatever the times after it; the one after the last if none. */
  firstYoung(table: 'messages' | 'presence', since: number): Seq {
    const row = this.db
      .prepare(
        `SELECT coalesce((SELECT seq FROM ${table} WHERE at >= ? ORDER BY seq LIMIT 1), max(seq) + 1, 0) AS first
         FROM ${table}`,
      )
      .get(since);
    return Number(row?.first);
  }

  /** The messages with a ref among the newest `MAX_REFS` messages, oldest first. */
  *refs(): Generator<{ session: SessionId; ref: string; seq: Seq }> {
    const nth = this.db
      .prepare('SELECT seq FROM messages ORDER BY seq DESC LIMIT 1 OFFSET ?')
      .get(MAX_REFS - 1);
    const next = this.db.prepare(
      'SELECT seq, session, ref FROM messages WHERE seq >= ? AND ref IS NOT NULL ORDER BY seq LIMIT ?',
    );
    let from = Number(nth?.seq ?? 0);
    for (;;) {
      const rows = next.all(from, REFS_PAGE);
      for (const { session, ref, seq } of rows) {
        yield { session: Number(session), ref: String(ref), seq: Number(seq) };
      }
      if (rows.length < REFS_PAGE) return;
      from = Number(rows.at(-1)?.seq) + 1;
    }
  }

  present(): KnownSession[] {
    return this.db.prepare('SELECT * FROM sessions WHERE left_seq IS NULL').all().map(toSession);
  }

  lastSession(): SessionId {
    return Number(this.db.prepare('SELECT max(session) AS last FROM sessions').get()?.last ?? 0);
  }
}

/** Lets the event loop turn. */
export function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

/** Reads page after page, each from the end of the last one, until there are no more rows or `limit` is reached. */
async function pages<E extends Recorded>(
  limit: number,
  start: Seq,
  page: (from: Seq, size: number) => E[],
): Promise<E[]> {
  const all: E[] = [];
  let from = start;
  while (all.length < limit) {
    const size = Math.min(PAGE, limit - all.length);
    const events = page(from, size);
    for (const event of events) all.push(event);
    if (events.length < size || all.length === limit) break;
    from = events.at(-1)?.seq ?? from;
    await turn();
  }
  return all;
}
