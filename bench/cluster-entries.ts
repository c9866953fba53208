// What a room of many costs a node that has only few of them: memory for each, work for each event. A process of its own, so that
// its heap is nobody else's. It is told how many by an IPC message.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeAnswer, extendedFormat } from '../src/adapters/wire/extended-form.js';
import { AnswerRequest } from '../src/application/server/answer-request.js';
import type { KnownSession } from '../src/application/server/ports.js';
import { Roster } from '../src/application/server/roster.js';
import { ChatRoom } from '../src/domain/chat-room.js';
import type { MessageSent, Recorded } from '../src/domain/events.js';
import { historyOf, sayingOf } from './fill-history.js';

export interface EntriesOrder {
  readonly members: number;
  readonly events: number;
}

/** Bytes, and microseconds of the processor for each, unless a name says otherwise. */
export interface EntriesResult {
  readonly members: number;
  readonly entryBytes: number;
  /** Of an item of an entry: to read its JSON and look its names up, and to keep and index it; where entries come singly, and by 100. */
  readonly fold: number;
  readonly keep: number;
  readonly keepOf100: number;
  /** Of a join or a leave: both maps, with its look-alikes. */
  readonly coming: number;
  /** The longest that the garbage collector stops the node while people come and go, in milliseconds. */
  readonly gcPauseMs: number;
  readonly checkpointBytes: number;
  readonly checkpointWrite: number;
  readonly checkpointRead: number;
  readonly who: number;
  readonly messageLine: number;
  readonly presenceLine: number;
}

/** A room as a node has it: what everybody sees, and what the log goes by. */
class Replica {
  readonly room = new ChatRoom();
  readonly roster = new Roster();

  restore(known: KnownSession): void {
    this.room.restore(known.session, known.username, known.resumeKey, known.key);
    this.roster.restore(known);
  }

  leave(session: number): void {
    this.room.leave(session);
    this.roster.leave(session);
    this.roster.keep();
  }
}

/** What a token is known by has 43 characters. */
const knownOf = (n: number): KnownSession => ({
  session: n,
  username: `member${n}`,
  resumeKey: `${n}`.padStart(43, 'k'),
});

const cpuOf = async (work: () => unknown): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
};

const heap = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

async function measure({ members, events }: EntriesOrder): Promise<EntriesResult> {
  const empty = heap();
  const replica = new Replica();
  for (let n = 1; n <= members; n++) replica.restore(knownOf(n));
  const entryBytes = (heap() - empty) / members;
  return {
    members,
    entryBytes,
    ...(await ofLog(replica, members, events)),
    ...(await ofComings(replica, members, events)),
    ...(await ofCheckpoint(replica, members)),
    ...(await ofWho(replica, members)),
    ...linesOf(members),
  };
}

async function ofLog(replica: Replica, members: number, events: number) {
  const message = (n: number): Recorded<MessageSent> => {
    const session = 1 + ((n * 7919) % members);
    const owner = `o${session}`;
    return {
      ...{
        type: 'MessageSent',
        session,
        username: `member${session}`,
        content: sayingOf(n),
        ref: `${n}`,
        owner,
      },
      ...{ seq: n, at: 1_795_000_000_000 + n },
    };
  };
  const batches = (size: number, from: number) =>
    Array.from({ length: events / size }, (_, k) =>
      Array.from({ length: size }, (_, n) => message(from + k * size + n)),
    );
  const texts = batches(1, 1).map(items => JSON.stringify({ by: 'abcdefghijkl', n: 7, items }));
  const fold = await cpuOf(() => {
    for (const text of texts)
      for (const item of (JSON.parse(text) as { items: MessageSent[] }).items)
        replica.room.send(item.session, item.username, item.content);
  });
  const keepOf = async (size: number) => {
    const folder = mkdtempSync(join(tmpdir(), 'chatty-model-'));
    const store = historyOf(folder);
    await store.open();
    const all = batches(size, 1);
    const cpu = await cpuOf(async () => {
      for (const [n, batch] of all.entries()) {
        store.write(batch);
        if (n % 50 === 49) await delay(0); // the index works in slices meanwhile
      }
      await store.search({ words: 'nowhere', limit: 1 }); // a search waits for it
    });
    await store.close();
    rmSync(folder, { recursive: true });
    return cpu / events;
  };
  return { fold: fold / events, keep: await keepOf(1), keepOf100: await keepOf(Math.min(100, events)) };
}

/** People go and others come, until the whole heap was looked through at least once. */
async function ofComings(replica: Replica, members: number, events: number) {
  let longest = 0;
  const observer = new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  });
  observer.observe({ entryTypes: ['gc'] });
  const rounds = Math.max(events, members / 2);
  const cpu = await cpuOf(async () => {
    for (let n = 0; n < rounds; n++) {
      const known = knownOf(1 + (n % members));
      replica.leave(known.session);
      replica.restore(known);
      if (n % 100 === 0) await delay(0);
    }
  });
  await delay(10);
  observer.disconnect();
  return { coming: cpu / rounds / 2, gcPauseMs: longest };
}

async function ofCheckpoint(replica: Replica, members: number) {
  let parts: string[] = [];
  const write = await cpuOf(() => {
    const state: unknown[] = [];
    for (const { session, username } of replica.room.users)
      state.push([session.id, username, session.resumeKey, 3, session.key]);
    // A part has at most half a megabyte: a broker takes one of them in a message.
    const PART = 4000;
    parts = Array.from({ length: Math.ceil(state.length / PART) }, (_, n) =>
      JSON.stringify(state.slice(n * PART, (n + 1) * PART)),
    );
  });
  const read = await cpuOf(() => {
    const copy = new Replica();
    for (const part of parts)
      for (const [session, username, resumeKey] of JSON.parse(part) as [number, string, string][])
        copy.restore({ session, username, resumeKey });
  });
  return {
    checkpointBytes: parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0) / members,
    checkpointWrite: write / members,
    checkpointRead: read / members,
  };
}

async function ofWho(replica: Replica, members: number) {
  const log = { settled: async () => {}, messagesBefore: async () => [], search: async () => [] };
  const unused = {} as never;
  const answers = new AnswerRequest(replica.room, log, unused, unused);
  const connection = { end() {} };
  for (const { session } of replica.room.users) session.connect(connection, 1);
  let length = 0;
  const cpu = await cpuOf(async () => {
    length = encodeAnswer('1', await answers.execute(1, { type: 'who' })).length;
  });
  if (length < members) throw new Error('not everybody is in the answer');
  return { who: cpu / members };
}

function linesOf(members: number) {
  const of = { session: members, username: `member${members}`, seq: 9 * members, at: 1_795_000_000_000 };
  return {
    messageLine: extendedFormat.encode({ ...of, type: 'MessageSent', content: 'x'.repeat(50) }).length,
    presenceLine: extendedFormat.encode({ ...of, type: 'UserJoined' }).length,
  };
}

process.once('message', (order: EntriesOrder) => {
  measure(order).then(
    result => process.send?.({ result }, () => process.exit(0)),
    error => process.send?.({ reason: String(error?.stack ?? error) }, () => process.exit(1)),
  );
});
