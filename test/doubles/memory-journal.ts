import { randomUUID } from 'node:crypto';
import type {
  Checkpoint,
  Journal,
  JournalEntry,
  JournalReader,
  OpenedJournal,
  Position,
} from '../../src/application/server/cluster/journal.js';

/** How far from a time an entry may be that is meant by it, in milliseconds. */
const ABOUT_MS = 2000;

/** What a MemoryJournal is opened on: what brokers keep, and what goes wrong on the way to them. */
export class MemoryBroker {
  readonly id = randomUUID();
  entries: JournalEntry[] = [];
  last: Position = 0;
  checkpoints: { position: Position; json: string }[] = [];
  readonly journals = new Set<MemoryJournal>();
  /** Called for each entry on its way: how many times it gets in, at once. */
  deliveries: (text: string) => number = () => 1;
  isDown = false;

  get first(): Position {
    return this.entries[0]?.position ?? this.last + 1;
  }

  take(text: string): void {
    this.entries.push({ position: ++this.last, at: Date.now(), text });
    for (const journal of this.journals) journal.wake();
  }

  /** All connections are lost. */
  stop(): void {
    this.isDown = true;
    for (const journal of this.journals) journal.connectedSince = undefined;
  }

  start(): void {
    this.isDown = false;
    for (const journal of this.journals) journal.reconnect();
  }

  /** The newest entries are lost, after a position: what comes next has the numbers that they had. */
  rollBack(to: Position): void {
    this.entries = this.entries.filter(({ position }) => position <= to);
    this.last = to;
    for (const journal of this.journals) journal.wake();
  }

  /** Nothing can be appended at present, or it can again. */
  object(code: 'DISK_FULL' | 'NOT_RECORDED' | undefined): void {
    this.deliveries = () => (code === undefined ? 1 : 0);
    for (const journal of this.journals) journal.object(code);
  }

  /** The oldest entries go, up to a position. */
  forget(upTo: Position): void {
    this.entries = this.entries.filter(({ position }) => position > upTo);
  }
}

/** A journal in the memory of this process; its listeners are told in a later turn of the event loop. */
export class MemoryJournal implements Journal {
  readonly maxBytes = 256 * 1024;
  readonly place = 'memory';
  connectedSince: number | undefined;
  #objectedAt: number | undefined;
  #lostAt: number | undefined;
  isFrozen = false;
  trouble: string | undefined;
  #reader: JournalReader | undefined;
  #read: Position = 0;
  readonly #listeners: ((text: string) => void)[] = [];
  #name = '';
  #isAwake = false;

  constructor(private readonly broker: MemoryBroker) {}

  /** As whoever asks again and again sees it. */
  get outOfTouchSince(): number | undefined {
    if (this.connectedSince !== undefined) this.#lostAt = undefined;
    else this.#lostAt ??= performance.now();
    return this.#lostAt ?? this.#objectedAt;
  }

  async open(): Promise<OpenedJournal> {
    this.broker.journals.add(this);
    this.connectedSince = performance.now();
    const { id, first, last } = this.broker;
    return { id, first, last };
  }

  follow(after: Position, reader: JournalReader): void {
    this.#read = after;
    this.#reader = reader;
    this.wake();
  }

  append(text: string): void {
    if (this.connectedSince === undefined || this.isFrozen) return;
    setImmediate(() => {
      for (let left = this.broker.deliveries(text); left > 0; left--) this.broker.take(text);
    });
  }

  async *checkpoints(): AsyncIterable<Checkpoint> {
    for (const { position, json } of this.broker.checkpoints.toReversed())
      if (position + 1 >= this.broker.first) yield { position, state: JSON.parse(json) };
  }

  async keep({ position, state }: Checkpoint): Promise<void> {
    this.broker.checkpoints.push({ position, json: JSON.stringify(state) });
  }

  async replace(about: number, change: (text: string) => string | undefined): Promise<boolean> {
    const index = this.broker.entries.findIndex(
      ({ at, text }) => Math.abs(at - about) <= ABOUT_MS && change(text) !== undefined,
    );
    const entry = this.broker.entries[index];
    const text = entry && change(entry.text);
    if (entry !== undefined && text !== undefined) this.broker.entries[index] = { ...entry, text };
    return text !== undefined;
  }

  call(text: string): void {
    if (this.connectedSince === undefined || this.isFrozen) return;
    setImmediate(() => {
      for (const other of this.broker.journals)
        if (other !== this && !other.isFrozen) for (const listener of other.#listeners) listener(text);
    });
  }

  listen(listener: (text: string) => void): void {
    this.#listeners.push(listener);
  }

  answerAs(name: string): void {
    this.#name = name;
  }

  async find(name: string, withinMs: number): Promise<'HERE' | 'SILENT' | 'GONE' | 'UNKNOWN'> {
    if (this.connectedSince === undefined) return 'UNKNOWN';
    const found = [...this.broker.journals].find(journal => journal.#name === name);
    if (found === undefined || found.connectedSince === undefined) return 'GONE';
    if (!found.isFrozen) return 'HERE';
    await new Promise(resolve => setTimeout(resolve, withinMs));
    return 'SILENT';
  }

  /** Reads what has come, in a later turn. */
  wake(): void {
    if (this.#isAwake || this.isFrozen || this.#reader === undefined) return;
    this.#isAwake = true;
    setImmediate(() => {
      this.#isAwake = false;
      if (this.connectedSince === undefined || this.isFrozen) return;
      if (this.broker.last < this.#read) {
        this.#reader?.lost('it was rolled back');
        return;
      }
      const entries = this.broker.entries.filter(({ position }) => position > this.#read);
      this.#read = entries.at(-1)?.position ?? this.#read;
      if (entries.length > 0) this.#reader?.entries(entries);
    });
  }

  object(code: 'DISK_FULL' | 'NOT_RECORDED' | undefined): void {
    this.#objectedAt = code === 'NOT_RECORDED' ? performance.now() : undefined;
    this.#reader?.objection(code);
    if (code === undefined) this.#reader?.appendAgain();
  }

  reconnect(): void {
    this.connectedSince = performance.now();
    this.#reader?.appendAgain();
    this.wake();
  }

  thaw(): void {
    this.isFrozen = false;
    this.wake();
  }

  /** Nothing more goes out or comes in, as when the process is killed. */
  cut(): void {
    this.broker.journals.delete(this);
    this.connectedSince = undefined;
  }

  async close(): Promise<void> {
    await new Promise(resolve => setImmediate(resolve));
    this.cut();
  }
}
