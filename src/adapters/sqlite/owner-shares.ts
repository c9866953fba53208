import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { FairShares, type Share } from '../../application/server/fair-shares.js';
import type { MessageSent, Recorded, Seq } from '../../domain/events.js';
import type { RoomState, State } from './room-state.js';
import type { Row } from './rows.js';

/** Sequence numbers that are counted together: what somebody has of them is one row, and is found by looking through them. */
const BLOCK = 1024;

/** Bytes of a message besides its texts: 51 in the file with those of its index, measured with one-letter messages. */
const MESSAGE_BYTES = 64;

const OWNER = 'coalesce(owner, username)';
const BYTES = `octet_length(content) + octet_length(username) + ifnull(octet_length(ref), 0) + ${MESSAGE_BYTES}`;

/** A message as far as quotas go. */
export interface OwnedRow {
  readonly seq: Seq;
  readonly owner: string;
  readonly bytes: number;
}

/**
 * Whose messages are in the file. The counts of whole blocks are in the table `shares`, those of the last block and of
 * all together in memory: so a message costs no row more, and a start counts few. An index on the owner would cost more
 * than the message.
 */
export class OwnerShares {
  readonly all = new FairShares();
  readonly #oldest: StatementSync;
  readonly #oldestOf: StatementSync;
  readonly #firstBlock: StatementSync;
  readonly #less: StatementSync;
  readonly #none: StatementSync;
  readonly #insert: StatementSync;
  /** What is not in the table yet, by block and owner. */
  readonly #pending = new Map<number, Map<string, Share>>();

  constructor(
    private readonly db: DatabaseSync,
    private readonly state: RoomState,
  ) {
    const row = `SELECT seq, ${OWNER} AS owner, ${BYTES} AS bytes FROM messages`;
    this.#oldest = db.prepare(`${row} WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT ?`);
    this.#oldestOf = db.prepare(`${row} WHERE seq >= ? AND seq < ? AND ${OWNER} = ? ORDER BY seq LIMIT ?`);
    this.#firstBlock = db.prepare('SELECT block FROM shares WHERE owner = ? ORDER BY block LIMIT 1');
    this.#less = db.prepare(
      'UPDATE shares SET messages = messages - ?, bytes = bytes - ? WHERE owner = ? AND block = ?',
    );
    this.#none = db.prepare('DELETE FROM shares WHERE owner = ? AND block = ? AND messages <= 0');
    this.#insert = db.prepare('INSERT INTO shares (owner, block, messages, bytes) VALUES (?, ?, ?, ?)');
    if (this.isBehind) this.#countFile();
    this.load();
  }

  /** Whether there is a whole block whose counts are not in the table. */
  get isBehind(): boolean {
    return this.state.now.head + 1 >= this.state.now.counted + BLOCK;
  }

  /** Keeps the counts of the next block. @throws what SQLite throws; nothing is changed then */
  count(): void {
    const block = blockOf(this.state.now.counted);
    this.state.update(next => {
      next.counted += BLOCK;
      for (const [owner, { messages, bytes }] of this.#pending.get(block) ?? [])
        this.#insert.run(owner, block, messages, bytes);
    });
    this.#pending.delete(block);
  }

  /** Called when a message was written. */
  add({ seq, username, owner = username, content, ref = '' }: Recorded<MessageSent>): void {
    const texts = Buffer.byteLength(content) + Buffer.byteLength(username) + Buffer.byteLength(ref);
    this.#add(seq, owner, texts + MESSAGE_BYTES);
  }

  /** The oldest messages of all before a sequence number. */
  oldest(before: Seq, limit: number): OwnedRow[] {
    return this.#oldest.all(this.state.now.messagesFrom, before, limit).map(toOwned);
  }

  /** The message of this sequence number, if it is there. */
  at(seq: Seq): OwnedRow[] {
    return this.#oldest.all(seq, seq + 1, 1).map(toOwned);
  }

  /** Some of the oldest messages of one owner: of one block, at most. */
  oldestOf(owner: string, limit: number): OwnedRow[] {
    const { counted, head } = this.state.now;
    const block = this.#firstBlock.get(owner)?.block;
    const [first, end] =
      block === undefined ? [counted, head + 1] : [Number(block) * BLOCK, (Number(block) + 1) * BLOCK];
    return this.#oldestOf.all(first, end, owner, limit).map(toOwned);
  }

  /** Counts these no more; called in the transaction that removes them. If that fails, `load` is to follow. */
  remove(rows: readonly OwnedRow[], next: State): void {
    const less = new Map<string, { owner: string; block: number; messages: number; bytes: number }>();
    for (const { seq, owner, bytes } of rows) {
      if (seq >= next.counted) {
        this.#add(seq, owner, -bytes, -1);
        continue;
      }
      this.all.add(owner, -1, -bytes);
      const block = blockOf(seq);
      const key = `${block} ${owner}`;
      const share = less.get(key) ?? { owner, block, messages: 0, bytes: 0 };
      share.messages++;
      share.bytes += bytes;
      less.set(key, share);
    }
    for (const { owner, block, messages, bytes } of less.values()) {
      this.#less.run(messages, bytes, owner, block);
      this.#none.run(owner, block);
    }
  }

  /** Counts what is in the file. */
  load(): void {
    this.all.clear();
    this.#pending.clear();
    const counted = this.db.prepare(
      'SELECT owner, sum(messages) AS messages, sum(bytes) AS bytes FROM shares GROUP BY owner',
    );
    for (const { owner, messages, bytes } of counted.all())
      this.all.add(String(owner), Number(messages), Number(bytes));
    const { counted: first, head } = this.state.now;
    for (const { seq, owner, bytes } of this.#oldest.all(first, head + 1, head).map(toOwned))
      this.#add(seq, owner, bytes);
  }

  #add(seq: Seq, owner: string, bytes: number, messages = 1): void {
    this.all.add(owner, messages, bytes);
    const block = blockOf(seq);
    let shares = this.#pending.get(block);
    if (shares === undefined) {
      shares = new Map();
      this.#pending.set(block, shares);
    }
    const share = shares.get(owner);
    if (share === undefined) shares.set(owner, { messages, bytes });
    else {
      share.messages += messages;
      share.bytes += bytes;
      if (share.messages === 0) shares.delete(owner);
    }
  }

  /** What an earlier version, or a server that was killed, has not counted. */
  #countFile(): void {
    this.state.update(next => {
      const first = next.counted;
      next.counted = firstOfBlock(next.head + 1);
      this.db
        .prepare(
          `INSERT INTO shares SELECT ${OWNER}, seq / ${BLOCK}, count(*), sum(${BYTES}) FROM messages
           WHERE seq >= ? AND seq < ? GROUP BY 1, 2`,
        )
        .run(first, next.counted);
    });
  }
}

/** The first sequence number of those that are counted together with this one. */
export function firstOfBlock(seq: Seq): Seq {
  return blockOf(seq) * BLOCK;
}

function blockOf(seq: Seq): number {
  return Math.floor(seq / BLOCK);
}

function toOwned({ seq, owner, bytes }: Row): OwnedRow {
  return { seq: Number(seq), owner: String(owner), bytes: Number(bytes) };
}
