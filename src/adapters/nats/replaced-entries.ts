import { JetStreamApiError } from '@nats-io/jetstream';
import type { JournalEntry, Position } from '../../application/server/cluster/journal.js';
import type { KeptChange, KeptRecords } from './kept-records.js';
import type { NatsConnection } from './nats-connection.js';

/** Most holes at one place for which each is asked by itself. */
const FEW = 32;
const decoder = new TextDecoder();

/**
 * What stands in a journal in the place of entries that were taken out of it. The text is kept first, then the entry is
 * overwritten and removed: whoever finds no entry at a position finds what stands there.
 */
export class ReplacedEntries {
  readonly #entries = new Map<Position, JournalEntry>();
  #stop: (() => void) | undefined;

  constructor(
    private readonly connection: NatsConnection,
    private readonly records: KeptRecords,
    private readonly stream: string,
    /** Of the journal: what was replaced in another one of the same name says nothing. */
    private readonly id: string,
  ) {}

  /**
   * Resolves when all that were replaced until now are known; those before the journal are forgotten.
   * @param first of the entries that are in it @returns where it begins
   */
  async open(first: Position): Promise<Position> {
    const { records, revision } = await this.records.load('replaced.*');
    for (const record of records) this.#take(record);
    const beginning = await this.beginning(first, first);
    for (const { key } of records) if (positionOf(key) < beginning) await this.records.forget(key);
    for (const position of this.#entries.keys()) if (position < beginning) this.#entries.delete(position);
    this.#stop = this.records.watch('replaced.*', { changed: change => this.#take(change) }, revision);
    return beginning;
  }

  /**
   * Where the journal begins: what stands in the place of its first entries belongs to it.
   * @param wanted is looked for, if it may be before that
   */
  async beginning(first: Position, wanted: Position): Promise<Position> {
    if (wanted < first) await this.within(wanted, first - 1);
    let position = first;
    while (this.#entries.has(position - 1)) position--;
    return position;
  }

  close(): void {
    this.#stop?.();
  }

  /** What is read in the place of an entry that is in the journal. */
  insteadOf(found: JournalEntry): JournalEntry {
    const entry = this.#entries.get(found.position);
    if (entry === undefined) return found;
    // Whoever has replaced it did not live to remove it, or the broker has lost that.
    this.#erase(found.position).catch(() => {});
    return entry;
  }

  /** What stands in these places of the journal, which are empty. Rejects when that cannot be known now. */
  async within(from: Position, to: Position): Promise<JournalEntry[]> {
    if (to - from < FEW)
      for (let position = from; position <= to; position++) {
        const record = this.#entries.has(position) ? undefined : await this.records.get(keyOf(position));
        if (record !== undefined) this.#take(record);
      }
    else for (const record of (await this.records.load('replaced.*')).records) this.#take(record);
    return [...this.#entries.values()]
      .filter(({ position }) => position >= from && position <= to)
      .sort((one, other) => one.position - other.position);
  }

  /**
   * @param about entries of which one may be meant, as they are in the journal, in their order
   * @returns whether `change` had another text for one of them
   */
  async replace(
    about: readonly JournalEntry[],
    [from, to]: readonly [from: number, to: number],
    change: (text: string) => string | undefined,
  ): Promise<boolean> {
    for (const record of (await this.records.load('replaced.*')).records) this.#take(record);
    const replaced = [...this.#entries.values()].filter(({ at }) => at >= from && at <= to);
    const kept = about.filter(({ position }) => !this.#entries.has(position));
    const all = [...replaced, ...kept].sort((one, other) => one.position - other.position);
    for (const entry of all) if (await this.#replace(entry, change)) return true;
    return false;
  }

  /** Two servers may take something out of one entry at the same time: none takes back what the other one did. */
  async #replace(found: JournalEntry, change: (text: string) => string | undefined): Promise<boolean> {
    let entry = found;
    for (;;) {
      if (change(entry.text) === undefined) return false;
      const record = await this.records.get(keyOf(entry.position));
      if (record !== undefined) this.#take(record);
      entry = this.#entries.get(entry.position) ?? entry;
      const { position, at } = entry;
      const text = change(entry.text);
      if (text === undefined) return false;
      const bytes = new TextEncoder().encode(`${this.id}\n${at}\n${text}`);
      if ((await this.records.put(keyOf(position), bytes, record?.revision ?? 0)) === 'CHANGED') continue;
      this.#entries.set(position, { position, at, text });
      await this.#erase(position);
      return true;
    }
  }

  async #erase(position: Position): Promise<void> {
    const { streams } = this.connection.api;
    try {
      await streams.deleteMessage(this.stream, position, true);
    } catch (error) {
      // There may be none any more.
      if (!(error instanceof JetStreamApiError)) throw error;
      if ((await streams.getMessage(this.stream, { seq: position })) !== null) throw error;
    }
  }

  #take({ key, bytes }: KeptChange): void {
    const [, id, at, text] = /^(.*)\n(\d+)\n([\s\S]*)$/.exec(decoder.decode(bytes)) ?? [];
    const position = positionOf(key);
    if (id === this.id && text !== undefined) this.#entries.set(position, { position, at: Number(at), text });
  }
}

function keyOf(position: Position): string {
  return `replaced.${position}`;
}

function positionOf(key: string): Position {
  return Number(key.slice(key.lastIndexOf('.') + 1));
}
