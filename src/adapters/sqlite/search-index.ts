import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { MessageSent, Recorded, Seq } from '../../domain/events.js';
import { isOfSigns, matcherOf, type SearchQuery, termsOf, wordsOf } from '../../domain/message-search.js';
import { AuthorTokens, matchOf } from './full-text-query.js';
import { type Reader, turn } from './reader.js';
import type { RoomState } from './room-state.js';
import { MESSAGE_COLUMNS, toMessage } from './rows.js';
import { TimeRanges } from './time-ranges.js';

/**
 * Messages in one full-text table. FTS5 collects every occurrence of a prefix before it returns the first, and merges
 * its segments at once: a query of a table of 1,000,000 messages took 64 ms and a COMMIT 52; with 32,768 they take 3
 * and 10, with 16,384 they take 2 and 7.
 */
const SHARD_MESSAGES = 16_384;
/** Milliseconds for which a slice adds rows; its COMMIT takes half as long again. */
const SLICE_MS = 1.2;
const SLICE_ROWS = 32;
/** Milliseconds after which a search lets the event loop turn; a query of one shard is not interrupted. */
const SEARCH_SLICE_MS = 4;
const SEARCH_PAGE = 1000;

/** One full-text table, and which messages it holds. */
interface Shard {
  readonly id: number;
  readonly firstSeq: Seq;
  lastSeq: Seq;
  messages: number;
}

/**
 * Finds messages by their words, in full-text tables that each index a stretch of the messages without their text. It
 * lags behind, since indexing a message costs more than recording it; how far it has come is kept in the file.
 */
export class SearchIndex {
  readonly #next: StatementSync;
  readonly #times: TimeRanges;
  readonly #authors = new AuthorTokens();
  #searching: Promise<unknown> = Promise.resolve();
  #shards: Shard[];
  #insert: { readonly shard: Shard; readonly statement: StatementSync } | undefined;

  constructor(
    private readonly db: DatabaseSync,
    private readonly state: RoomState,
    private readonly reader: Reader,
    private readonly shardMessages = SHARD_MESSAGES,
  ) {
    this.#next = db.prepare(`SELECT ${MESSAGE_COLUMNS} FROM messages WHERE seq > ? ORDER BY seq LIMIT ?`);
    this.#times = new TimeRanges(db);
    this.#shards = this.#load();
  }

  /** Whether there are messages that are not indexed yet. */
  get isBehind(): boolean {
    return this.state.now.indexedTo < this.state.now.head;
  }

  /** Whether its oldest table has only messages that were removed. */
  get isOutdated(): boolean {
    const [oldest] = this.#shards;
    return oldest !== undefined && oldest.lastSeq < this.state.now.messagesFrom;
  }

  /** Indexes the next messages, for about 2 ms. @throws what SQLite throws; nothing is changed then */
  catchUp(): void {
    const deadline = performance.now() + SLICE_MS;
    this.#change(next => {
      do {
        const rows = this.#next.all(next.indexedTo, SLICE_ROWS);
        for (const row of rows) this.#add(toMessage(row));
        next.indexedTo = rows.length < SLICE_ROWS ? next.head : Number(rows.at(-1)?.seq);
      } while (next.indexedTo < next.head && performance.now() < deadline);
      const shard = this.#shards.at(-1);
      if (shard === undefined) return;
      this.db
        .prepare('UPDATE shards SET last_seq = ?, messages = ? WHERE id = ?')
        .run(shard.lastSeq, shard.messages, shard.id);
    });
  }

  /** Drops the oldest table. @throws what SQLite throws; nothing is changed then */
  dropOldest(): void {
    this.#change(() => {
      const oldest = this.#shards.shift();
      if (oldest === undefined) return;
      this.#insert = undefined;
      this.db.exec(`DROP TABLE search_${oldest.id}`);
      this.db.prepare('DELETE FROM shards WHERE id = ?').run(oldest.id);
    });
  }

  /** The newest messages that match, newest first. Searches run one after the other and let the event loop turn. */
  search(query: SearchQuery): Promise<Recorded<MessageSent>[]> {
    const found = this.#searching.then(() => this.#search(query));
    this.#searching = found.catch(() => {});
    return found;
  }

  async #search(query: SearchQuery): Promise<Recorded<MessageSent>[]> {
    if (isOfSigns(query)) return [];
    const found: Recorded<MessageSent>[] = [];
    for (const { first, end } of this.#times.of(query.since, query.until, this.state.now.head).reverse()) {
      const before = Math.min(end, query.before ?? end);
      if (before > first)
        found.push(...(await this.#searchRange(first, before, query, query.limit - found.length)));
      if (found.length >= query.limit) break;
    }
    return found;
  }

  /** The newest that match with `first` <= seq < `before`. */
  async #searchRange(
    first: Seq,
    before: Seq,
    query: SearchQuery,
    limit: number,
  ): Promise<Recorded<MessageSent>[]> {
    const terms = termsOf(query.words);
    if (terms.length === 0 && query.from === undefined) return this.reader.newest(before, first, limit);
    await this.#catchUpTo(before - 1);
    const found = await this.#lookThrough(before, first, query, limit);
    const match = matchOf(terms, query.from);
    let turnedAt = performance.now();
    for (const shard of [...this.#shards].reverse()) {
      if (found.length >= limit) break;
      if (shard.firstSeq >= before || shard.lastSeq < first || !this.#shards.includes(shard)) continue;
      await this.#lookUp(shard, match, before, first, limit, found);
      if (performance.now() - turnedAt < SEARCH_SLICE_MS) continue;
      await turn();
      turnedAt = performance.now();
    }
    return found;
  }

  /** When it cannot, as on a full disk, the messages that are not indexed are scanned instead. */
  async #catchUpTo(seq: Seq): Promise<void> {
    try {
      while (this.state.now.indexedTo < seq) {
        this.catchUp();
        await turn();
      }
    } catch (error) {
      if (!this.db.isOpen) throw error;
    }
  }

  /** The messages that match among those that are not indexed. */
  async #lookThrough(
    before: Seq,
    first: Seq,
    query: SearchQuery,
    limit: number,
  ): Promise<Recorded<MessageSent>[]> {
    const found: Recorded<MessageSent>[] = [];
    const matches = matcherOf(query);
    const notBefore = Math.max(first, this.state.now.indexedTo + 1);
    let end = before;
    while (end > notBefore && found.length < limit) {
      const page = await this.reader.newest(end, notBefore, SEARCH_PAGE);
      found.push(...page.filter(matches));
      end = page.at(-1)?.seq ?? notBefore;
      await turn();
    }
    return found.slice(0, limit);
  }

  async #lookUp(
    shard: Shard,
    match: string,
    before: Seq,
    first: Seq,
    limit: number,
    found: Recorded<MessageSent>[],
  ): Promise<void> {
    const table = `search_${shard.id}`;
    const newest = this.db.prepare(
      `SELECT ${MESSAGE_COLUMNS} FROM ${table} JOIN messages ON seq = ${table}.rowid
       WHERE ${table} MATCH ? AND ${table}.rowid < ? AND ${table}.rowid >= ? ORDER BY ${table}.rowid DESC LIMIT ?`,
    );
    let end = before;
    for (;;) {
      const size = Math.min(SEARCH_PAGE, limit - found.length);
      const page = newest.all(match, end, first, size).map(toMessage);
      found.push(...page);
      if (page.length < size || found.length >= limit) return;
      end = page.at(-1)?.seq ?? first;
      await turn();
      if (!this.#shards.includes(shard)) return;
    }
  }

  #add({ seq, username, content }: Recorded<MessageSent>): void {
    const insert = this.#inserting(seq);
    insert.statement.run(seq, wordsOf(content).join(' '), this.#authors.of(username));
    insert.shard.lastSeq = seq;
    insert.shard.messages++;
  }

  #inserting(seq: Seq): { readonly shard: Shard; readonly statement: StatementSync } {
    if (this.#insert !== undefined && this.#insert.shard.messages < this.shardMessages) return this.#insert;
    let shard = this.#shards.at(-1);
    if (shard === undefined || shard.messages >= this.shardMessages) shard = this.#begin(seq, shard);
    const statement = this.db.prepare(
      `INSERT INTO search_${shard.id} (rowid, words, author) VALUES (?, ?, ?)`,
    );
    this.#insert = { shard, statement };
    return this.#insert;
  }

  /** A new table. Its words are normalised and separated already, so the simplest tokenizer serves every script. */
  #begin(firstSeq: Seq, last: Shard | undefined): Shard {
    const save = this.db.prepare('INSERT OR REPLACE INTO shards VALUES (?, ?, ?, ?)');
    if (last !== undefined) save.run(last.id, last.firstSeq, last.lastSeq, last.messages);
    const shard = { id: (last?.id ?? 0) + 1, firstSeq, lastSeq: firstSeq, messages: 0 };
    save.run(shard.id, firstSeq, firstSeq, 0);
    this.db.exec(
      `CREATE VIRTUAL TABLE search_${shard.id} USING fts5(words, author, content = '', tokenize = 'ascii')`,
    );
    this.#shards.push(shard);
    return shard;
  }

  #change(work: Parameters<RoomState['update']>[0]): void {
    try {
      this.state.update(work);
    } catch (error) {
      this.#insert = undefined;
      if (this.db.isOpen) this.#shards = this.#load();
      throw error;
    }
  }

  #load(): Shard[] {
    return this.db
      .prepare('SELECT * FROM shards ORDER BY id')
      .all()
      .map(row => ({
        id: Number(row.id),
        firstSeq: Number(row.first_seq),
        lastSeq: Number(row.last_seq),
        messages: Number(row.messages),
      }));
  }
}
