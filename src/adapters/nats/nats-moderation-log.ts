import { isModerationEntry } from '../../application/server/entry-form.js';
import type { ModerationLog } from '../../application/server/moderation-ports.js';
import type { ModerationEntry } from '../../domain/moderation.js';
import { Refusal } from '../../domain/refusal.js';
import { follow, refusalOf } from './kept-follower.js';
import { KeptRecords } from './kept-records.js';
import type { NatsConnection } from './nats-connection.js';
import type { StreamsOptions } from './room-streams.js';

/** How often an entry is decided anew because others are faster: those of many seconds. */
const MAX_ATTEMPTS = 1000;

/**
 * Keeps what operators do beside a room's journal, for all of its servers: each entry a record with a number, which is one
 * higher than that of the last. Of several that take one number, one has it.
 */
export class NatsModerationLog implements ModerationLog {
  readonly #records: KeptRecords;
  /** The number of the last entry that was told. */
  #last = 0;
  /** One entry at a time is appended. */
  #turn: Promise<unknown> = Promise.resolve();
  #listener: (entry: ModerationEntry) => void = () => {};
  #isLost = false;
  #stop: (() => void) | undefined;

  /** @param isNetwork whether a text is an address, or several in CIDR notation */
  constructor(
    private readonly connection: NatsConnection,
    options: StreamsOptions,
    private readonly isNetwork: (text: string) => boolean,
  ) {
    this.#records = new KeptRecords(connection, options);
  }

  async open(listener: (entry: ModerationEntry) => void): Promise<void> {
    this.#listener = listener;
    this.#stop = await follow(this.#records, 'order.*', this.connection.place, {
      changed: ({ key, bytes }) => {
        if (bytes !== undefined) this.#take(numberIn(key), bytes);
      },
      lost: () => {
        this.#isLost = true;
      },
    });
  }

  append(decide: () => ModerationEntry | undefined): Promise<ModerationEntry | undefined> {
    const appending = this.#turn.then(() => this.#append(decide));
    this.#turn = appending.catch(() => {});
    return appending;
  }

  async close(): Promise<void> {
    if (this.#stop === undefined) return;
    this.#stop();
    this.#stop = undefined;
    await this.#records.close();
  }

  async #append(decide: () => ModerationEntry | undefined): Promise<ModerationEntry | undefined> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const number = this.#last + 1;
      const entry = decide();
      if (entry === undefined) return undefined;
      if (await this.#put(number, entry)) return entry;
    }
    throw new Refusal('NOT_RECORDED');
  }

  /** Whether it has the number; what has it is told in any case. */
  async #put(number: number, entry: ModerationEntry): Promise<boolean> {
    try {
      if (this.#stop === undefined || this.#isLost) throw new Error('nothing is read any more');
      const bytes = Buffer.from(JSON.stringify(entry));
      const isKept = (await this.#records.put(keyOf(number), bytes, 0)) !== 'CHANGED';
      // When it cannot be looked at now, it is tried again, and is taken still.
      const found = isKept ? { bytes } : await this.#records.get(keyOf(number)).catch(() => undefined);
      if (found !== undefined) this.#take(number, found.bytes);
      return isKept;
    } catch (error) {
      throw refusalOf(error);
    }
  }

  /** Those that were told already are read once more. @throws {Error} when it is no entry */
  #take(number: number, bytes: Uint8Array): void {
    if (number <= this.#last) return;
    const entry: unknown = JSON.parse(Buffer.from(bytes).toString());
    if (!isModerationEntry(entry, this.isNetwork)) throw new TypeError('not an entry');
    this.#last = number;
    this.#listener(entry);
  }
}

function keyOf(number: number): string {
  return `order.${number}`;
}

function numberIn(key: string): number {
  return Number(key.slice(key.indexOf('.') + 1));
}
