import { NatsConnection } from '../../src/adapters/nats/nats-connection.js';
import { NatsJournal } from '../../src/adapters/nats/nats-journal.js';
import type { NatsOptions } from '../../src/adapters/nats/nats-options.js';
import type { StreamsOptions } from '../../src/adapters/nats/room-streams.js';
import type {
  Journal,
  JournalEntry,
  JournalReader,
  OpenedJournal,
} from '../../src/application/server/cluster/journal.js';
import { MemoryBroker, MemoryJournal } from '../doubles/memory-journal.js';
import { Brokers } from './brokers.js';
import type { NatsServer } from './nats-server.js';
import { until } from './until.js';

/** What keeps journals, and what can happen to it. */
export interface JournalKeeper {
  /** Another server's journal, of the one room that there is. */
  journal(): Journal;
  /** Connections are lost, and come back. */
  outage(): Promise<void>;
}

/** The suites of journals run over each; called within a suite. */
export const JOURNALS: Record<string, () => () => Promise<JournalKeeper>> = {
  'a MemoryJournal': () => async () => {
    const broker = new MemoryBroker();
    return {
      journal: () => new MemoryJournal(broker),
      outage: async () => {
        broker.stop();
        await new Promise(resolve => setImmediate(resolve));
        broker.start();
      },
    };
  },
  'a NatsJournal': () => {
    const brokers = Brokers.forEach();
    return async () => {
      const broker = await brokers.start();
      return {
        journal: () => natsJournal([broker]),
        outage: async () => {
          await broker.stop();
          await broker.start();
        },
      };
    };
  },
};

export const ROOM: StreamsOptions = {
  room: 'main',
  replicas: 1,
  maxAgeMs: 86_400_000,
  maxBytes: 64 * 1024 * 1024,
};

/** Within a suite: a broker that its tests share, and for each of them a room of its own. */
export function roomsOfBroker(): () => Promise<{ broker: NatsServer; options: StreamsOptions }> {
  const brokers = Brokers.forAll();
  let broker: Promise<NatsServer> | undefined;
  let rooms = 0;
  return async () => {
    broker ??= brokers.start();
    return { broker: await broker, options: { ...ROOM, room: `room${++rooms}` } };
  };
}

export function natsConnection(
  brokers: readonly NatsServer[],
  more: Partial<NatsOptions> = {},
): NatsConnection {
  const servers = brokers.map(({ address }) => address);
  return new NatsConnection({ servers, place: servers.join(), isEncrypted: false, name: 'test', ...more });
}

export function natsJournal(
  brokers: readonly NatsServer[],
  options: Partial<StreamsOptions> = {},
): NatsJournal {
  return new NatsJournal(natsConnection(brokers), { ...ROOM, ...options });
}

/** A server as far as its journal is concerned: it appends again what it has not read, in order. */
export class JournalUser implements JournalReader {
  /** Opened, and following from its beginning or behind a position. */
  static async of(journal: Journal, after?: number): Promise<JournalUser> {
    const user = new JournalUser(journal);
    user.opened = await journal.open();
    journal.follow(after ?? user.opened.first - 1, user);
    return user;
  }

  opened: OpenedJournal = { id: '', first: 1, last: 0 };
  readonly read: JournalEntry[] = [];
  readonly batches: number[] = [];
  readonly objections: (string | undefined)[] = [];
  readonly losses: string[] = [];
  again = 0;
  /** What it has appended and not read. */
  readonly #own = new Set<string>();

  constructor(readonly journal: Journal) {}

  get texts(): string[] {
    return this.read.map(({ text }) => text);
  }

  get unread(): number {
    return this.#own.size;
  }

  append(text: string): void {
    this.#own.add(text);
    this.journal.append(text);
  }

  /** Resolves when everything is read that this one has appended. */
  async settled(patienceMs?: number): Promise<void> {
    await until(() => this.#own.size === 0, patienceMs);
  }

  entries(entries: readonly JournalEntry[]): void {
    this.read.push(...entries);
    this.batches.push(entries.length);
    for (const { text } of entries) this.#own.delete(text);
  }

  appendAgain(): void {
    this.again++;
    for (const text of this.#own) this.journal.append(text);
  }

  objection(code: string | undefined): void {
    this.objections.push(code);
  }

  lost(reason: string): void {
    this.losses.push(reason);
  }
}
