import { setTimeout as later } from 'node:timers/promises';
import type { StreamInfo } from '@nats-io/jetstream';
import {
  type Checkpoint,
  type Journal,
  JournalFailure,
  type JournalReader,
  type OpenedJournal,
  type Position,
} from '../../application/server/cluster/journal.js';
import { Appender } from './appender.js';
import { Checkpoints } from './checkpoints.js';
import type { Look } from './delivery.js';
import { entriesBetween } from './entries-between.js';
import { EntryFlow } from './entry-flow.js';
import { KeptRecords } from './kept-records.js';
import { hasMajority } from './majority.js';
import type { NatsConnection } from './nats-connection.js';
import { startFailure } from './nats-options.js';
import { ReplacedEntries } from './replaced-entries.js';
import { idOf, lookOf, namesOf, openLog, type StreamsOptions } from './room-streams.js';
import { ServerCalls } from './server-calls.js';
import { StreamReader } from './stream-reader.js';

/** Most bytes of an entry, wherever a broker takes more. */
const MAX_BYTES = 256 * 1024;
/** What belongs to a message besides its text, in bytes. */
const MARGIN = 1024;
/** How long a close waits for what was appended, in milliseconds. */
const CLOSE_MS = 1000;
/** How far from a time an entry may be that is meant by it, in milliseconds. */
const ABOUT_MS = 2000;
/** A log that seems shorter than it was is looked at so often, over a second: a new leader may not know all of it yet. */
const LOOKS = 5;
const LOOK_MS = 250;

/** A journal in a stream of JetStream's, and what belongs to it in another one. */
export class NatsJournal implements Journal {
  readonly #names: ReturnType<typeof namesOf>;
  readonly #records: KeptRecords;
  readonly #calls: ServerCalls;
  #maxBytes = MAX_BYTES;
  #id = '';
  #isOpen = false;
  /** Where the log ended when it was looked at last. */
  #last: Position = 0;
  #reader: StreamReader | undefined;
  #appender: Appender | undefined;
  #replaced: ReplacedEntries | undefined;
  #flow: EntryFlow | undefined;
  #unwatch = () => {};

  constructor(
    private readonly connection: NatsConnection,
    private readonly options: StreamsOptions,
  ) {
    this.#names = namesOf(options.room);
    this.#records = new KeptRecords(connection, options);
    this.#calls = new ServerCalls(connection, this.#names);
  }

  async open(): Promise<OpenedJournal> {
    await this.#records.open();
    try {
      const info = await openLog(this.connection, this.options);
      const { max_msg_size = -1 } = info.config;
      const most = max_msg_size > 0 ? max_msg_size : this.connection.maxPayload - MARGIN;
      this.#maxBytes = Math.min(MAX_BYTES, most);
      this.#id = idOf(info);
      const { log } = this.#names;
      this.#replaced = new ReplacedEntries(this.connection, this.#records, log, this.#id);
      const first = await this.#replaced.open(firstOf(info));
      this.#isOpen = true;
      return { id: this.#id, first, last: info.state.last_seq };
    } catch (failure) {
      await this.#records.close();
      throw startFailure(failure, this.place);
    }
  }

  get place(): string {
    return this.connection.place;
  }

  get maxBytes(): number {
    return this.#maxBytes;
  }

  get connectedSince(): number | undefined {
    return this.connection.since;
  }

  get outOfTouchSince(): number | undefined {
    return this.#appender?.outOfTouchSince;
  }

  get trouble(): string | undefined {
    return this.connection.trouble;
  }

  follow(after: Position, reader: JournalReader): void {
    const { log, logSubject } = this.#names;
    const replaced = this.#replaced;
    if (!this.#isOpen || replaced === undefined) throw new Error('the journal is not open');
    this.#stop();
    const appender = new Appender(this.connection, logSubject, reader, () => this.#probe());
    const lost = (reason: string) => {
      this.#stop();
      reader.lost(reason);
    };
    const beginning = async (wanted: Position) => replaced.beginning(firstOf(await this.#info()), wanted);
    const flow = new EntryFlow(after, replaced, beginning, entries => reader.entries(entries), lost);
    const messages = new StreamReader(this.connection, {
      stream: log,
      filter: logSubject,
      after,
      check: last => this.#check(last, flow, replaced),
      take: arrived => flow.take(arrived),
      onReady: () => appender.connected(),
      onCaughtUp: () => flow.reached(this.#last),
      onLost: lost,
    });
    this.#appender = appender;
    this.#flow = flow;
    this.#reader = messages;
    this.#unwatch = this.connection.watch(isConnected => isConnected || appender.disconnected());
    appender.start();
    messages.start();
  }

  append(text: string): void {
    this.#appender?.append(text);
  }

  async *checkpoints(): AsyncIterable<Checkpoint> {
    if (this.#replaced === undefined) throw new Error('the journal is not open');
    try {
      const info = await this.#info();
      const first = await this.#replaced.beginning(firstOf(info), firstOf(info));
      yield* this.#checkpoints.usable(first, info.state.last_seq);
    } catch (error) {
      throw startFailure(error, this.place);
    }
  }

  keep(checkpoint: Checkpoint): Promise<void> {
    return this.#checkpoints.keep(checkpoint);
  }

  async replace(at: number, change: (text: string) => string | undefined): Promise<boolean> {
    if (this.#replaced === undefined) throw new Error('the journal is not open');
    const window = [at - ABOUT_MS, at + ABOUT_MS] as const;
    const { log, logSubject } = this.#names;
    const about = await entriesBetween(this.connection, log, logSubject, window);
    return this.#replaced.replace(about, window, change);
  }

  call(text: string): void {
    this.#calls.call(text);
  }

  listen(listener: (text: string) => void): void {
    this.#calls.listen(listener);
  }

  answerAs(name: string): void {
    this.#calls.answerAs(name);
  }

  find(name: string, withinMs: number): Promise<'HERE' | 'SILENT' | 'GONE' | 'UNKNOWN'> {
    return this.#calls.find(name, withinMs);
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#appender !== undefined && this.outOfTouchSince === undefined)
      await Promise.race([this.#appender.settled(), later(CLOSE_MS, undefined, { ref: false })]);
    this.#stop();
    this.#calls.close();
    this.#replaced?.close();
    await this.#records.close();
  }

  #stop(): void {
    this.#unwatch();
    this.#flow?.close();
    this.#reader?.close();
    this.#appender?.close();
  }

  get #checkpoints(): Checkpoints {
    return new Checkpoints(this.#records, this.#id, this.#maxBytes);
  }

  #info(): Promise<StreamInfo> {
    return this.connection.api.streams.info(this.#names.log);
  }

  /** Rejects when the stream takes no entries, as far as can be known without one. */
  async #probe(): Promise<void> {
    if (!hasMajority(await this.#info())) throw new JournalFailure('UNREACHABLE', this.place);
  }

  /** Whether what was read is in the log as it was. */
  async #check(last: Position, flow: EntryFlow, replaced: ReplacedEntries): Promise<Look> {
    for (let look = 1; ; look++) {
      const info = await this.#info();
      if (idOf(info) !== this.#id) return lookOf(info, 'it was deleted, and made anew');
      if ((await replaced.beginning(firstOf(info), last + 1)) > last + 1)
        return lookOf(info, 'entries were removed before this server had read them');
      this.#last = info.state.last_seq;
      if (this.#last >= last) return lookOf(info, await this.#otherThan(flow.textOf(last), last));
      if (look === LOOKS)
        return lookOf(info, `it was rolled back: it ends at ${this.#last}, and ${last} was read`);
      await later(LOOK_MS);
    }
  }

  async #otherThan(text: string | undefined, position: Position): Promise<string | undefined> {
    if (text === undefined) return undefined;
    const found = await this.connection.api.streams.getMessage(this.#names.log, { seq: position });
    const isOther = found !== null && found.string() !== text;
    return isOther ? `it was rolled back: entry ${position} is another one` : undefined;
  }
}

/** Of its entries; the last one plus one when there are none. */
function firstOf({ state: { first_seq } }: StreamInfo): Position {
  return Math.max(first_seq, 1);
}
