// What a room of many costs a node that has only few of them: memory for each, work for each event. A process of its own, so that
// its heap is nobody else's. It is told how many by an IPC message.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import { encodeAnswer, extendedFormat } from '../src/adapters/wire/extended-form.js';
import { AnswerRequest } from '../src/application/server/answer-request.js';
import { encodeEntry, type Item } from '../src/application/server/cluster/entry.js';
import { type KeptFold, RoomFold } from '../src/application/server/cluster/room-fold.js';
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
  /** Deflated; without the refs of messages, which are 250,000 at most. */
  readonly checkpointBytes: number;
  readonly checkpointWrite: number;
  readonly checkpointRead: number;
  readonly who: number;
  readonly messageLine: number;
  readonly presenceLine: number;
}

const NODE = 'a-node';
const OTHER = 'other-node';
/** What a token is known by has 43 characters. */
const knownOf = (n: number) => {
  const resumeKey = createHash('sha256').update(`${n}`).digest('base64url');
  return { session: n, username: `member${n}`, resumeKey };
};
const ORIGIN = { address: '192.0.2.77' };
const AT = 1_795_000_000_000;

/** A room as a node has it whose members are all at another one: what the log goes by, and what everybody sees. */
class Copy {
  readonly room = new ChatRoom();
  readonly fold: RoomFold;
  #entries = 0;

  constructor(kept: KeptFold) {
    this.fold = new RoomFold('epoch', 0, kept);
    for (const { session, username, resumeKey, key, origin } of kept.sessions)
      this.room.restore(session, username, resumeKey, key, origin);
  }

  static of(members: number): Copy {
    const sessions = Array.from({ length: members }, (_, n) => {
      return { ...knownOf(n + 1), by: OTHER, client: OTHER, attempt: 0, origin: ORIGIN, isAway: false };
    });
    const up = { name: 'other', rules: '1', isUp: true, next: 0 };
    const servers: KeptFold['servers'] = [
      [NODE, { ...up, number: 1 }],
      [OTHER, { ...up, number: 2 }],
    ];
    return new Copy({ ...new RoomFold('epoch').kept, at: AT, servers, sessions });
  }

  /** An entry of the other node is read. */
  read(items: readonly Item[]): void {
    const texts = items.map(item => JSON.stringify(item));
    const text = encodeEntry(OTHER, this.#entries++, texts);
    this.take(text);
  }

  take(text: string): void {
    const { answers, news } = this.fold.apply({ position: this.#entries, at: AT, text });
    if (answers?.every(answer => typeof answer === 'object' && 'seq' in answer) !== true)
      throw new Error(`an entry does not count: ${text}`);
    for (const one of news) {
      if (one.type !== 'recorded') continue;
      const { event } = one;
      if (event.type === 'UserJoined')
        this.room.restore(event.session, event.username, event.resumeKey, event.key, ORIGIN);
      else if (event.type === 'UserLeft') this.room.leave(event.session);
    }
  }
}

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
  const copy = Copy.of(members);
  const entryBytes = (heap() - empty) / members;
  return {
    members,
    entryBytes,
    ...(await ofLog(copy, members, events)),
    ...(await ofComings(copy, members, events)),
    ...(await ofCheckpoint(copy, members)),
    ...(await ofWho(copy, members)),
    ...linesOf(members),
  };
}

async function ofLog(copy: Copy, members: number, events: number) {
  const message = (n: number): Recorded<MessageSent> => {
    const session = 1 + ((n * 7919) % members);
    const by = { session, username: `member${session}`, ref: `ref-${n}`, owner: `o${session}` };
    return { type: 'MessageSent', ...by, content: sayingOf(n), seq: n, at: AT + n };
  };
  const batches = (size: number, from: number) =>
    Array.from({ length: events / size }, (_, k) =>
      Array.from({ length: size }, (_, n) => message(from + k * size + n)),
    );
  const items = batches(1, 1).map(batch => batch.map(({ seq: _, at: __, ...item }) => item));
  const fold = await cpuOf(() => {
    for (const batch of items) copy.read(batch);
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
async function ofComings(copy: Copy, members: number, events: number) {
  let longest = 0;
  const observer = new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  });
  observer.observe({ entryTypes: ['gc'] });
  const rounds = Math.max(events, members / 2);
  const cpu = await cpuOf(async () => {
    for (let n = 0; n < rounds; n++) {
      const { session, username, resumeKey } = knownOf(1 + (n % members));
      copy.read([{ type: 'UserLeft', session, username }]);
      copy.read([{ type: 'UserJoined', session, username, resumeKey, origin: ORIGIN }]);
      if (n % 100 === 0) await delay(0);
    }
  });
  await delay(10);
  observer.disconnect();
  return { coming: cpu / rounds / 2, gcPauseMs: longest };
}

async function ofCheckpoint(copy: Copy, members: number) {
  let text = '';
  const write = await cpuOf(() => {
    const { refs: _, ...kept } = copy.fold.kept;
    text = JSON.stringify({ ...kept, refs: { of: [], left: [] } });
  });
  const bytes = await promisify(deflateRaw)(text);
  const read = await cpuOf(() => new Copy(JSON.parse(text)));
  return {
    checkpointBytes: bytes.length / members,
    checkpointWrite: write / members,
    checkpointRead: read / members,
  };
}

async function ofWho(copy: Copy, members: number) {
  const log = { settled: async () => {}, messagesBefore: async () => [], search: async () => [] };
  const unused = {} as never;
  const answers = new AnswerRequest(copy.room, log, unused, unused);
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
