import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { MessageSent, Recorded, Seq } from '../../domain/events.js';
import { wordsOfMessage } from '../../domain/message-search.js';
import { AuthorTokens } from './full-text-query.js';
import { MESSAGE_COLUMNS, toMessage } from './rows.js';

/** Messages in one full-text table. A query of one is not interrupted: with 16,384 of usual length it takes 2 ms. */
const SHARD_MESSAGES = 16_384;
/**
 * Bytes of messages after which another table begins as well. What is removed is given back by tables; and FTS5 collects
 * every occurrence of a longer prefix before it returns the first: 15 ms where all words begin alike.
 */
const SHARD_BYTES = 1024 * 1024;

/** A list of its own for all words that begin with the same letter: where all do, a query takes 0.2 ms instead of 12. */
const PREFIXES = '1';
/**
 * FTS5 merges its segments while something is added, as many at once as it thinks fit: 7 to 19 ms. So it does not by
 * itself, but this many pages after each slice, which is more than a slice brings.
 */
const MERGED_PAGES = 16;
/** Segments that are merged at once, however many pages they have: never so many come together. */
const CRISIS_SEGMENTS = 1999;

/** One full-text table, and which messages it holds. */
export interface Shard {
  readonly id: number;
  firstSeq: Seq;
  lastSeq: Seq;
  messages: number;
  /** How many of them were removed. */
  removed: number;
}

/** The full-text tables of a room file, in the order of their messages. */
export class SearchShards {
  readonly #authors = new AuthorTokens();
  readonly #next: StatementSync;
  #shards: Shard[];
  #insert: Insert | undefined;

  constructor(
    private readonly db: DatabaseSync,
    private readonly shardMessages = SHARD_MESSAGES,
  ) {
    this.#next = db.prepare(`SELECT ${MESSAGE_COLUMNS} FROM messages WHERE seq >= ? AND seq <= ? LIMIT 1`);
    this.#shards = this.#read();
  }

  get all(): readonly Shard[] {
    return this.#shards;
  }

  get last(): Shard | undefined {
    return this.#shards.at(-1);
  }

  /** The first one without a message that is kept. */
  outdated(messagesFrom: Seq): Shard | undefined {
    return this.#shards.find(({ lastSeq, messages, removed }) => {
      return lastSeq < messagesFrom || messages <= removed;
    });
  }

  /** The first one, but for the last, with fewer messages that are kept than others. */
  get sparse(): Shard | undefined {
    return this.#shards.find((shard, at) => {
      return shard.removed * 2 > shard.messages && at < this.#shards.length - 1;
    });
  }

  /** Adds the newest message. The last table is to be settled afterwards. */
  add(message: Recorded<MessageSent>): void {
    let { shard = this.last, bytes } = this.#insert ?? { bytes: 0 };
    if (shard === undefined || bytes >= SHARD_BYTES || shard.messages >= this.shardMessages) {
      if (shard !== undefined) this.save(shard);
      shard = this.begin(message.seq);
      this.#insert = undefined;
    }
    this.#insert ??= this.#into(shard);
    this.#add(message, this.#insert);
  }

  /**
   * Moves messages that are kept to the table before, if it has room for all, or to a new one, and drops the one that has
   * none left. Until then the two share a stretch: one has its beginning, up to where it has come, the other one the rest.
   */
  moveOn(from: Shard, forMs: number): void {
    const deadline = performance.now() + forMs;
    const before = this.#shards[this.#shards.indexOf(from) - 1];
    const hasRoom =
      before !== undefined && before.messages + from.messages - from.removed <= this.shardMessages;
    const to = this.#into(hasRoom ? before : this.begin(from.firstSeq, from.firstSeq - 1));
    do {
      const row = this.#next.get(from.firstSeq, from.lastSeq);
      if (row === undefined) {
        this.settle(to.shard);
        this.drop(from);
        return;
      }
      this.#add(toMessage(row), to);
      from.firstSeq = to.shard.lastSeq + 1;
      from.messages--;
    } while (performance.now() < deadline);
    this.settle(to.shard);
    this.save(from);
  }

  /** After a slice of additions: merges some of the segments that they have left. */
  settle(shard: Shard): void {
    this.#configure(shard, 'merge', MERGED_PAGES);
    this.save(shard);
  }

  #add(message: Recorded<MessageSent>, insert: Insert): void {
    const { seq, username, content } = message;
    const { shard, statement } = insert;
    statement.run(seq, wordsOfMessage(message).join(' '), this.#authors.of(username));
    insert.bytes += content.length;
    shard.lastSeq = seq;
    shard.messages++;
  }

  #into(shard: Shard): Insert {
    const into = `INSERT INTO search_${shard.id} (rowid, words, author) VALUES (?, ?, ?)`;
    return { shard, statement: this.db.prepare(into), bytes: 0 };
  }

  /**
   * A new table for messages from `firstSeq` on. Its words are normalised and separated already, so the simplest
   * tokenizer serves every script.
   */
  begin(firstSeq: Seq, lastSeq = firstSeq): Shard {
    const id = Math.max(0, ...this.#shards.map(shard => shard.id)) + 1;
    const shard = { id, firstSeq, lastSeq, messages: 0, removed: 0 };
    this.save(shard);
    this.db.exec(
      `CREATE VIRTUAL TABLE search_${id} USING fts5(words, author, content = '', prefix = '${PREFIXES}', tokenize = 'ascii')`,
    );
    this.#configure(shard, 'automerge', 0);
    this.#configure(shard, 'crisismerge', CRISIS_SEGMENTS);
    const at = this.#shards.findIndex(other => other.firstSeq >= firstSeq);
    this.#shards.splice(at === -1 ? this.#shards.length : at, 0, shard);
    return shard;
  }

  /** What FTS5 calls its special commands: https://www.sqlite.org/fts5.html, 6. */
  #configure({ id }: Shard, command: string, value: number): void {
    this.db.exec(`INSERT INTO search_${id} (search_${id}, rank) VALUES ('${command}', ${value})`);
  }

  save({ id, firstSeq, lastSeq, messages, removed }: Shard): void {
    this.db
      .prepare(
        'INSERT OR REPLACE INTO shards (id, first_seq, last_seq, messages, removed) VALUES (?, ?, ?, ?, ?)',
      )
      .run(id, firstSeq, lastSeq, messages, removed);
  }

  drop(shard: Shard): void {
    this.#insert = undefined;
    this.#shards = this.#shards.filter(other => other !== shard);
    this.db.exec(`DROP TABLE search_${shard.id}`);
    this.db.prepare('DELETE FROM shards WHERE id = ?').run(shard.id);
  }

  /** Takes the words of a message out of its table; `forget` is to follow. */
  erase(message: Recorded<MessageSent>): void {
    const { seq, username } = message;
    const shard = this.#shards.find(({ firstSeq, lastSeq }) => firstSeq <= seq && seq <= lastSeq);
    if (shard === undefined) return;
    const table = `search_${shard.id}`;
    // Otherwise the words stay in their segment until it is merged: https://www.sqlite.org/fts5.html, 4.2.9.
    this.#configure(shard, 'secure-delete', 1);
    this.db
      .prepare(`INSERT INTO ${table} (${table}, rowid, words, author) VALUES ('delete', ?, ?, ?)`)
      .run(seq, wordsOfMessage(message).join(' '), this.#authors.of(username));
    this.#configure(shard, 'secure-delete', 0);
  }

  /** @param seqs of messages that were removed, in order */
  forget(seqs: readonly Seq[]): void {
    const [first = 0, last = 0] = [seqs[0], seqs.at(-1)];
    for (const shard of this.#shards) {
      if (shard.lastSeq < first || shard.firstSeq > last) continue;
      const gone = seqs.filter(seq => seq >= shard.firstSeq && seq <= shard.lastSeq).length;
      if (gone === 0) continue;
      shard.removed += gone;
      this.save(shard);
    }
  }

  /** Reads them again, after a change that was not made. */
  load(): void {
    this.#insert = undefined;
    this.#shards = this.#read();
  }

  #read(): Shard[] {
    return this.db
      .prepare('SELECT * FROM shards ORDER BY first_seq, last_seq')
      .all()
      .map(row => ({
        id: Number(row.id),
        firstSeq: Number(row.first_seq),
        lastSeq: Number(row.last_seq),
        messages: Number(row.messages),
        removed: Number(row.removed),
      }));
  }
}

/** A table, and the statement that adds to it. */
interface Insert {
  readonly shard: Shard;
  readonly statement: StatementSync;
  /** Added through this, in UTF-16 units. */
  bytes: number;
}
