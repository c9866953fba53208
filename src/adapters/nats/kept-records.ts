import { randomUUID } from 'node:crypto';
import { setTimeout as later } from 'node:timers/promises';
import type { StreamInfo } from '@nats-io/jetstream';
import { headers, type MsgHdrs, RequestError } from '@nats-io/transport-node';
import { type PubAck, parsed } from './appender.js';
import type { Look, StoredMessage } from './delivery.js';
import { inTime, OutcomeUnknown } from './in-time.js';
import type { NatsConnection } from './nats-connection.js';
import { lookOf, namesOf, openKept, type StreamsOptions } from './room-streams.js';
import { StreamReader } from './stream-reader.js';

/** Longest time that a change is tried for of which nothing could be sent, in milliseconds. */
const DEADLINE_MS = 6000;
/** Longest wait for one answer, in milliseconds. */
const ANSWER_MS = 1500;
const AGAIN_MS = 150;
/** The same when it takes long. */
const LATER_MS = 1000;

/** JetStream's numbers for a message that another one came before. */
const OTHER_REVISION = [10071, 10164];
const MESSAGE_ID = 'Nats-Msg-Id';
const EXPECTED = 'Nats-Expected-Last-Subject-Sequence';

export interface KeptRecord {
  /** Words with dots between: letters, digits, - and _. */
  readonly key: string;
  readonly bytes: Uint8Array;
  /** Higher than that of every change before, of any key. */
  readonly revision: number;
}

/** A change that somebody made, this server included: without bytes it is a removal. */
export interface KeptChange extends Omit<KeptRecord, 'bytes'> {
  readonly bytes: Uint8Array | undefined;
}

export interface KeptListener {
  /** The next change; of several of one key, those between may be left out. In the order of their revisions, each once. */
  changed(change: KeptChange): void;
  /** Everything that had been changed when it began is told. Called once. */
  caughtUp?(): void;
  /** What is kept is gone, or was rolled back. Nothing follows. */
  lost?(reason: string): void;
}

/**
 * What a room keeps beside its entries: bytes under a key, which all of its servers see, and of which one at a time can be
 * changed safely by several of them.
 */
export class KeptRecords {
  readonly #names: ReturnType<typeof namesOf>;
  readonly #readers = new Set<StreamReader>();
  #id = '';
  #users = 0;

  constructor(
    private readonly connection: NatsConnection,
    private readonly options: StreamsOptions,
  ) {
    this.#names = namesOf(options.room);
  }

  /** Makes what is missing. Each call wants a `close`. @throws {JournalFailure} */
  async open(): Promise<void> {
    await this.connection.open();
    try {
      const { config } = await openKept(this.connection, this.options);
      this.#id = config.description ?? '';
      this.#users++;
    } catch (failure) {
      await this.connection.close();
      throw failure;
    }
  }

  async close(): Promise<void> {
    if (this.#users === 0) return;
    this.#users--;
    if (this.#users === 0) for (const reader of this.#readers) reader.close();
    await this.connection.close();
  }

  /** Most bytes of one record, with what belongs to it. */
  get maxBytes(): number {
    return this.connection.maxPayload - 1024;
  }

  /**
   * All records whose keys begin with these words, in the order of their revisions, and the revision up to which that is so.
   * @param pattern `claims.*` are the keys of two words of which the first one is claims, `claims.>` those of two or more
   */
  async load(pattern: string): Promise<{ records: KeptRecord[]; revision: number }> {
    const { state } = await this.#info();
    const records = new Map<string, KeptRecord>();
    const changed = ({ bytes, ...record }: KeptChange) => {
      records.delete(record.key);
      if (bytes !== undefined) records.set(record.key, { ...record, bytes });
    };
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stop = this.watch(pattern, {
      changed,
      caughtUp: resolve,
      lost: reason => reject(new Error(reason)),
    });
    await inTime(promise, DEADLINE_MS, 'what the room keeps could not be read in time').finally(stop);
    const all = [...records.values()];
    return { records: all, revision: Math.max(state.last_seq, all.at(-1)?.revision ?? 0) };
  }

  async get(key: string): Promise<KeptRecord | undefined> {
    const found = await this.#last(key);
    return found === undefined || found.data.length === 0
      ? undefined
      : { key, bytes: found.data, revision: found.seq };
  }

  /**
   * @param expected the revision that is replaced, 0 when there must be none; without one it is put in any case
   * @returns its revision, or CHANGED when another one was there. Settled when that is known, however long that takes.
   * Rejects when it is not kept, and with OutcomeUnknown when it was closed before.
   */
  put(key: string, bytes: Uint8Array, expected?: number): Promise<number | 'CHANGED'> {
    if (bytes.length === 0) throw new RangeError('a record without bytes is a removal');
    return this.#change(key, bytes, expected);
  }

  /** Others are told. */
  remove(key: string, expected?: number): Promise<number | 'CHANGED'> {
    return this.#change(key, new Uint8Array(), expected);
  }

  /** Removes records for good, of which nobody is told. @param pattern see `load` */
  async forget(pattern: string): Promise<void> {
    await this.connection.api.streams.purge(this.#names.kept, { filter: this.#subject(pattern) });
  }

  /**
   * Tells what is kept, and from then on each change.
   * @param after a revision: only what was changed after it is told
   * @returns what ends it
   */
  watch(pattern: string, listener: KeptListener, after = 0): () => void {
    let isCaughtUp = false;
    const reader: StreamReader = new StreamReader(this.connection, {
      stream: this.#names.kept,
      filter: this.#subject(pattern),
      after,
      isAwaited: listener.caughtUp !== undefined,
      check: last => this.#check(last),
      take: messages => {
        for (const each of messages) listener.changed(this.#changeOf(each));
      },
      onCaughtUp: () => {
        if (!isCaughtUp) listener.caughtUp?.();
        isCaughtUp = true;
      },
      onLost: reason => listener.lost?.(reason),
    });
    this.#readers.add(reader);
    reader.start();
    return () => {
      reader.close();
      this.#readers.delete(reader);
    };
  }

  #subject(key: string): string {
    return `${this.#names.keptSubjects}.${key}`;
  }

  #info(): Promise<StreamInfo> {
    return this.connection.api.streams.info(this.#names.kept);
  }

  async #check(last: number): Promise<Look> {
    const info = await this.#info();
    if (info.config.description !== this.#id)
      return lookOf(info, 'what the room keeps was deleted and made anew');
    return lookOf(info, info.state.last_seq < last ? 'what the room keeps was rolled back' : undefined);
  }

  #changeOf({ subject, position, message: { data } }: StoredMessage): KeptChange {
    return {
      key: subject.slice(this.#names.keptSubjects.length + 1),
      bytes: data.length === 0 ? undefined : Uint8Array.from(data),
      revision: position,
    };
  }

  #last(key: string) {
    const { streams } = this.connection.api;
    const asked = streams.getMessage(this.#names.kept, { last_by_subj: this.#subject(key) });
    return this.connection.during(asked).then(found => found ?? undefined);
  }

  /**
   * Again and again until it is answered, for as long as it may have arrived: a broker that stood still takes up what it was
   * sent before. It knows a repetition by its id.
   */
  async #change(key: string, bytes: Uint8Array, expected?: number): Promise<number | 'CHANGED'> {
    const id = randomUUID();
    const deadline = performance.now() + DEADLINE_MS;
    let revision = expected;
    let mayHaveArrived = false;
    for (;;) {
      const hadArrived: boolean = mayHaveArrived;
      try {
        if (this.connection.since === undefined) throw new Error('there is no broker');
        mayHaveArrived = true;
        const { seq, error } = await this.#publish(key, bytes, headed(id, revision));
        if (seq !== undefined && error === undefined) return seq;
        if (!OTHER_REVISION.includes(error?.err_code ?? 0)) {
          mayHaveArrived = false; // nor did what was sent before it
          throw new Error(error?.description ?? 'not kept');
        }
        const found = await this.#last(key);
        // Newer brokers look at what is expected before they look whether it is a repetition.
        if (found?.header.get(MESSAGE_ID) === id) return found.seq;
        const now = found?.seq ?? 0;
        // None is also one that was removed, and the broker forgets of which there was none for long.
        const isFree = expected === 0 && (found === undefined || found.data.length === 0);
        if (!isFree || now === revision) return 'CHANGED';
        revision = now;
      } catch (error) {
        if (error instanceof RequestError && error.isNoResponders()) mayHaveArrived = hadArrived;
        const isLate = performance.now() > deadline;
        if (isLate && !mayHaveArrived) throw error;
        if (this.#users === 0) throw new OutcomeUnknown('it was closed meanwhile', { cause: error });
        await later(isLate ? LATER_MS : AGAIN_MS);
      }
    }
  }

  async #publish(key: string, bytes: Uint8Array, header: MsgHdrs): Promise<PubAck> {
    const { connection } = this;
    const options = { headers: header, timeout: ANSWER_MS };
    return parsed(await connection.during(connection.core.request(this.#subject(key), bytes, options)));
  }
}

function headed(id: string, expected: number | undefined): MsgHdrs {
  const header = headers();
  header.set(MESSAGE_ID, id);
  if (expected !== undefined) header.set(EXPECTED, String(expected));
  return header;
}
