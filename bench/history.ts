import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dialTcp } from '../src/adapters/tcp/connect/dial-tcp.js';
import { LineLink } from '../src/adapters/wire/connect/line-link.js';
import type { ChatResponse } from '../src/application/chat-response.js';
import type { RoomLink } from '../src/application/client/ports.js';
import type { SearchQuery } from '../src/domain/message-search.js';
import { fillHistory, VOCABULARY } from './fill-history.js';
import { CHATTY, RunningServer } from './servers.js';

/** What a history of some length costs; times in milliseconds. */
export interface HistoryMeasurement {
  readonly messages: number;
  readonly fileMiB: number;
  /** From the command to the first answer of the server; the same with an empty history. */
  readonly startMs: number;
  readonly emptyStartMs: number;
  /** From dialling to the last 20 messages. */
  readonly joinMs: number;
  /** For each kind of search, the slowest of several. */
  readonly searchMs: Record<string, number>;
  /** The longest that another client waited for a Pong meanwhile. */
  readonly pongMs: number;
}

const TRIES = 5;
const LIMIT = 20;

const SEARCHES: Record<string, SearchQuery> = {
  'a rare word': { words: VOCABULARY.at(-1) ?? '', limit: LIMIT },
  'a word of every message': { words: 'everyone', limit: LIMIT },
  'two frequent words that never meet': { words: 'even odd', limit: LIMIT },
  'a word that is not there': { words: 'nowhere', limit: LIMIT },
  'all of one author': { words: '', from: 'user7', limit: LIMIT },
};

/** Fills a history, starts a server on it, and does what people do. */
export async function measureHistory(messages: number): Promise<HistoryMeasurement> {
  const folder = mkdtempSync(join(tmpdir(), 'chatty-bench-history-'));
  try {
    const emptyStartMs = await startTime(`${folder}-empty`);
    await fillHistory(folder, messages);
    const fileMiB = statSync(join(folder, 'room.db')).size / 2 ** 20;
    const startMs = await startTime(folder);
    const server = await RunningServer.start(CHATTY, folder, ['--keep-messages', String(messages)]);
    try {
      const [visitor, joinMs] = await Visitor.join(server.port, 'visitor');
      const [other] = await Visitor.join(server.port, 'other');
      const pongs = other.keepPinging();
      const searchMs: Record<string, number> = {};
      for (const [name, query] of Object.entries(SEARCHES)) {
        searchMs[name] = Math.max(...(await repeat(TRIES, () => visitor.search(query))));
      }
      const pongMs = await pongs.stop();
      for (const { link } of [visitor, other]) link.close();
      return { messages, fileMiB, startMs, emptyStartMs, joinMs, searchMs, pongMs };
    } finally {
      await server.stop();
    }
  } finally {
    for (const each of [folder, `${folder}-empty`]) rmSync(each, { recursive: true, force: true });
  }
}

async function startTime(folder: string): Promise<number> {
  const times = await repeat(3, async () => {
    const began = performance.now();
    const server = await RunningServer.start(CHATTY, folder, []);
    const took = performance.now() - began;
    await server.stop();
    return took;
  });
  return Math.min(...times);
}

class Visitor {
  #refs = 0;
  #changed = Promise.withResolvers<void>();
  readonly #responses: ChatResponse[] = [];

  private constructor(readonly link: RoomLink) {}

  static async join(port: number, username: string): Promise<[Visitor, milliseconds: number]> {
    const visitor = new Visitor(new LineLink(() => dialTcp({ host: '127.0.0.1', port })));
    const began = performance.now();
    await visitor.link.open({ onResponse: response => visitor.#hear(response), onEnd: () => {} });
    visitor.link.join({ username, extended: { attempt: 1, history: LIMIT } });
    await visitor.#answer(response => response.type === 'History' && response.done);
    return [visitor, performance.now() - began];
  }

  async search(query: SearchQuery): Promise<number> {
    const ref = String(++this.#refs);
    const began = performance.now();
    this.link.request(ref, { type: 'search', ...query });
    await this.#answer(response => response.type === 'Found' && response.ref === ref && response.done);
    return performance.now() - began;
  }

  /** Pings, one after the other; `stop` resolves to the longest that a Pong took. */
  keepPinging(): { stop(): Promise<number> } {
    let [running, longest] = [true, 0];
    const pinging = (async () => {
      for (let id = 1; running; id++) {
        const began = performance.now();
        this.link.ping(id);
        await this.#answer(response => response.type === 'Pong' && response.id === id);
        longest = Math.max(longest, performance.now() - began);
      }
    })();
    return {
      async stop() {
        running = false;
        await pinging;
        return longest;
      },
    };
  }

  #hear(response: ChatResponse): void {
    this.#responses.push(response);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async #answer(matches: (response: ChatResponse) => boolean): Promise<void> {
    while (!this.#responses.splice(0).some(matches)) await this.#changed.promise;
  }
}

async function repeat(times: number, work: () => Promise<number>): Promise<number[]> {
  const results: number[] = [];
  for (let n = 0; n < times; n++) results.push(await work());
  return results;
}
