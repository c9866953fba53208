import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryEventStore } from '../../src/adapters/memory/memory-event-store.js';
import type { OpenDatabase } from '../../src/adapters/sqlite/room-file.js';
import { SqliteEventStore, type SqliteOptions } from '../../src/adapters/sqlite/sqlite-event-store.js';
import { SqliteRoomCopies } from '../../src/adapters/sqlite/sqlite-room-copies.js';
import type { Journal } from '../../src/application/server/cluster/journal.js';
import {
  type ReplicaOptions,
  ReplicatedRoomLog,
} from '../../src/application/server/cluster/replicated-room-log.js';
import { RecordingRoomLog } from '../../src/application/server/recording-room-log.js';
import type { EventStore, RoomLog } from '../../src/application/server/room-log-ports.js';
import type { MessageSent, UserJoined, UserLeft } from '../../src/domain/events.js';
import type { SessionId } from '../../src/domain/session.js';
import { MemoryBroker, MemoryJournal } from '../doubles/memory-journal.js';
import { Brokers } from './brokers.js';
import { natsJournal } from './journals.js';
import type { NatsServer } from './nats-server.js';

export interface LogLimits {
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly maxPresence: number;
  readonly maxAgeMs: number;
}

export const PLENTY: LogLimits = {
  maxMessages: 100_000,
  maxBytes: 1e12,
  maxPresence: 100_000,
  maxAgeMs: 1e12,
};

/** One log, and what a test may do to it from outside. */
export interface LogUnderTest {
  readonly log: RoomLog;
  /** Another log on what this one has recorded, once it is closed; absent when nothing outlives it. */
  reopen?(limits?: LogLimits): RoomLog;
  /** A log on what a machine would find that lost its power now. */
  afterPowerCut?(): RoomLog;
  dispose(): void;
}

interface LogKind {
  /** Whether what it records outlives the process. */
  readonly persists: boolean;
  /** Whether several servers can share it: then the epoch is that of what they share, and lasts until something is lost. */
  readonly isShared?: true;
  /** Whether its times are those of this process. */
  readonly hasOwnClock?: false;
  /** Called within a suite, before its tests. */
  suite?(): void;
  create(limits?: LogLimits): LogUnderTest | Promise<LogUnderTest>;
}

export const ROOM_LOGS: Record<string, LogKind> = {
  'a RecordingRoomLog over a MemoryEventStore': {
    persists: false,
    create: (limits = PLENTY) => ({
      log: new RecordingRoomLog(new MemoryEventStore(limits)),
      dispose: () => {},
    }),
  },
  'a RecordingRoomLog over a SqliteEventStore': { persists: true, create: createSqlite },
  'a ReplicatedRoomLog over a MemoryJournal': {
    persists: true,
    isShared: true,
    create: limits => {
      const broker = new MemoryBroker();
      return createReplicated(() => new MemoryJournal(broker), limits);
    },
  },
  'a ReplicatedRoomLog over a NatsJournal': overNats(),
};

/** All tests share a broker, and have a room each. */
function overNats(): LogKind {
  let broker: NatsServer | undefined;
  let rooms = 0;
  return {
    persists: true,
    isShared: true,
    hasOwnClock: false,
    suite: () => {
      const brokers = Brokers.forAll();
      before(async () => {
        broker = await brokers.start();
      });
    },
    create: limits => {
      if (broker === undefined) throw new Error('the broker has not started');
      const used = broker;
      const room = `room${++rooms}`;
      return createReplicated(() => natsJournal([used], { room }), limits);
    },
  };
}

/** One event store, and what a test may do to it from outside. */
export interface StoreUnderTest {
  readonly store: EventStore;
  /** Another store on what this one has kept, once it is closed; absent when nothing outlives it. */
  reopen?(): EventStore;
  dispose(): void;
}

interface StoreKind {
  /** Whether what it keeps outlives the process. */
  readonly persists: boolean;
  create(limits?: LogLimits): StoreUnderTest;
}

/** One entry for every EventStore. */
export const EVENT_STORES: Record<string, StoreKind> = {
  MemoryEventStore: {
    persists: false,
    create: (limits = PLENTY) => ({ store: new MemoryEventStore(limits), dispose: () => {} }),
  },
  SqliteEventStore: {
    persists: true,
    create: (limits = PLENTY) => {
      const folder = temporaryFolder();
      const reopen = () => new SqliteEventStore({ folder, synchronous: 'normal', ...limits });
      return { store: reopen(), reopen, dispose: () => rmSync(folder, { recursive: true }) };
    },
  },
};

export function sqliteRoomLog(
  options: SqliteOptions,
  openDatabase?: OpenDatabase,
  busyPatienceMs?: number,
): RoomLog {
  return new RecordingRoomLog(new SqliteEventStore(options, openDatabase), undefined, busyPatienceMs);
}

function createSqlite(first = PLENTY): LogUnderTest {
  const folder = temporaryFolder();
  const open = (at: string, limits: LogLimits) =>
    sqliteRoomLog({ folder: at, synchronous: 'normal', ...limits });
  return {
    log: open(folder, first),
    reopen: (limits = first) => open(folder, limits),
    afterPowerCut: () => {
      const copy = join(folder, 'copy');
      for (const file of ['room.db', 'room.db-wal']) cpSync(join(folder, file), join(copy, file));
      return open(copy, first);
    },
    dispose: () => rmSync(folder, { recursive: true }),
  };
}

/** What a ReplicatedRoomLog is told of itself. */
export const REPLICA: ReplicaOptions = {
  rules: 'of tests',
  name: 'test',
  newIncarnation: () => randomUUID(),
  acceptsLoss: false,
  waitMs: () => 5000,
};

/** Its copy is in a file, and is made anew or gone on with like that of a server. */
function createReplicated(newJournal: () => Journal, first = PLENTY): LogUnderTest {
  const folder = temporaryFolder();
  let journal = newJournal();
  const open = (at: string, limits: LogLimits) => {
    journal = newJournal();
    const copies = new SqliteRoomCopies({ folder: at, synchronous: 'normal', ...limits });
    return new ReplicatedRoomLog(journal, copies, REPLICA);
  };
  return {
    log: open(folder, first),
    reopen: (limits = first) => open(folder, limits),
    afterPowerCut: () => {
      journal.append = () => {};
      return open(join(folder, 'another'), first);
    },
    dispose: () => rmSync(folder, { recursive: true }),
  };
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'chatty-log-'));
}

export function joined(session: SessionId, username: string, resumeKey?: string): UserJoined {
  return { type: 'UserJoined', session, username, ...(resumeKey !== undefined && { resumeKey }) };
}

export function left(session: SessionId, username: string): UserLeft {
  return { type: 'UserLeft', session, username };
}

export function sent(session: SessionId, username: string, content: string, ref?: string): MessageSent {
  return { type: 'MessageSent', session, username, content, ...(ref !== undefined && { ref }) };
}

/** The code that a promise was refused with. */
export async function refusalOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
  return undefined;
}
