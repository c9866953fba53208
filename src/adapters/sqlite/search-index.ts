import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { MessageSent, Recorded, Seq } from '../../domain/events.js';
import { isOfSigns, matcherOf, type SearchQuery, termsOf } from '../../domain/message-search.js';
import { matchOf } from './full-text-query.js';
import { type Reader, turn } from './reader.js';
import type { RoomState } from './room-state.js';
import { MESSAGE_COLUMNS, toMessage } from './rows.js';
import { SearchShards, type Shard } from './search-shards.js';
import { TimeRanges } from './time-ranges.js';

/** Milliseconds for which a slice adds rows; its COMMIT takes half as long again. */
const SLICE_MS = 1.2;
const SLICE_ROWS = 32;
/** UTF-16 units of messages after which the time is looked at in any case: some take a µs each. */
const SLICE_UNITS = 2048;
/** Milliseconds after which a search lets the event loop turn; a query of one shard is not interrupted. */
const SEARCH_SLICE_MS = 4;
const SEARCH_PAGE = 1000;

/**
 * Finds messages by their words, in full-text tables that each index a stretch of the messages without their text. It
 * lags behind, since indexing a message costs more than recording it; how far it has come is kept in the file.
 */
export class SearchIndex {
  readonly #next: StatementSync;
  readonly #times: TimeRanges;
  #searching: Promise<unknown> = Promise.resolve();
  readonly #shards: SearchShards;

  constructor(
    private readonly db: DatabaseSync,
    private readonly state: RoomState,
    private readonly reader: Reader,
    shardMessages?: number,
  ) {
    this.#next = db.prepare(`SELECT ${MESSAGE_COLUMNS} FROM messages WHERE seq > ? ORDER BY seq LIMIT ?`);
    this.#times = new TimeRanges(db);
    this.#shards = new SearchShards(db, shardMessages);
  }

  /** Whether there are messages that are not indexed yet. */
  get isBehind(): boolean {
    return this.state.now.indexedTo < this.state.now.head;
  }

  /** Whether it has tables with more messages that were removed than others. */
  get isOutdated(): boolean {
    return (
      this.#shards.outdated(this.state.now.messagesFrom) !== undefined || this.#shards.sparse !== undefined
    );
  }

  /** These messages are removed; called in the transaction that does it. If that fails, `reload` is to follow. */
  forget(seqs: readonly Seq[]): void {
    this.#shards.forget(seqs);
  }

  /** Takes what is in the file, after a change that was not made. */
  reload(): void {
    if (this.db.isOpen) this.#shards.load();
  }

  /** Takes a message out that is to be removed, in the transaction that removes it. */
  erase(message: Recorded<MessageSent>): void {
    this.#shards.erase(message);
    this.#shards.forget([message.seq]);
  }

  /** Indexes the next messages, for about 2 ms. @throws what SQLite throws; nothing is changed then */
  catchUp(): void {
    const deadline = performance.now() + SLICE_MS;
    this.#change(next => {
      do {
        const rows = this.#next.all(next.indexedTo, SLICE_ROWS);
        let size = 0;
        for (const row of rows) {
          const message = toMessage(row);
          this.#shards.add(message);
          next.indexedTo = message.seq;
          size += message.content.length;
          if (size > SLICE_UNITS) break;
        }
        if (rows.length < SLICE_ROWS && size <= SLICE_UNITS) next.indexedTo = next.head;
      } while (next.indexedTo < next.head && performance.now() < deadline);
      if (this.#shards.last !== undefined) this.#shards.settle(this.#shards.last);
    });
  }

  /**
   * Gives back what removed messages take: drops a table that has no other ones, or moves on, for about 2 ms, those
   * that are kept to the table before. @throws what SQLite throws; nothing is changed then
   */
  tidy(): void {
    this.#change(() => {
      const outdated = this.#shards.outdated(this.state.now.messagesFrom);
      const { sparse } = this.#shards;
      if (outdated !== undefined) this.#shards.drop(outdated);
      else if (sparse !== undefined) this.#shards.moveOn(sparse, SLICE_MS);
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
    await this.#lookUp(matchOf(terms, query.from), before, first, limit, found);
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

  /** Tables may be dropped, and messages moved from one to another, whenever the event loop turns. */
  async #lookUp(
    match: string,
    before: Seq,
    first: Seq,
    limit: number,
    found: Recorded<MessageSent>[],
  ): Promise<void> {
    let turnedAt = performance.now();
    for (let end = before; end > first && found.length < limit; ) {
      const shard = this.#shards.all.findLast(({ firstSeq }) => firstSeq < end);
      if (shard === undefined) return;
      const size = Math.min(SEARCH_PAGE, limit - found.length);
      const page = this.#matching(shard)
        .all(match, end, Math.max(first, shard.firstSeq), size)
        .map(toMessage);
      found.push(...page);
      end = page.length < size ? shard.firstSeq : (page.at(-1)?.seq ?? first);
      if (performance.now() - turnedAt < SEARCH_SLICE_MS) continue;
      await turn();
      turnedAt = performance.now();
    }
  }

  #matching({ id }: Shard): StatementSync {
    const table = `search_${id}`;
    return this.db.prepare(
      `SELECT ${MESSAGE_COLUMNS} FROM ${table} JOIN messages ON seq = ${table}.rowid
       WHERE ${table} MATCH ? AND ${table}.rowid < ? AND ${table}.rowid >= ? ORDER BY ${table}.rowid DESC LIMIT ?`,
    );
  }

  #change(work: Parameters<RoomState['update']>[0]): void {
    try {
      this.state.update(work);
    } catch (error) {
      this.reload();
      throw error;
    }
  }
}
