// `just stalls`: for how long the work on a full history, and searches in it, hold up the event loop. In one process with
// the store, so that each piece of work can be timed by its name.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { OwnerShares } from '../src/adapters/sqlite/owner-shares.js';
import { Retention } from '../src/adapters/sqlite/retention.js';
import { SearchIndex } from '../src/adapters/sqlite/search-index.js';
import { Writer } from '../src/adapters/sqlite/writer.js';
import { RecordingRoomLog } from '../src/application/server/recording-room-log.js';
import type { SearchQuery } from '../src/domain/message-search.js';
import { fillHistory, historyOf, sayingOf, VOCABULARY } from './fill-history.js';

/** The default quota. */
const QUOTA = { maxMessages: 250_000, maxBytes: 256 * 1024 * 1024 };
const SECONDS = Number(process.argv[2] ?? 20);
/** Messages a second, while the room is as busy as the history can bear, and on a usual evening. */
const RATES = [50, 1000, 5000];
const LIMIT = 200;

const short = Array.from({ length: 10 }, (_, n) => String.fromCharCode(0x61 + n)).join(' ');
const SEARCHES: Record<string, SearchQuery> = {
  'a word of every message': { words: 'everyone', limit: LIMIT },
  'a word that is not there': { words: 'nowhere', limit: LIMIT },
  'a rare word': { words: VOCABULARY.at(-1) ?? '', limit: LIMIT },
  'two frequent words that never meet': { words: 'even odd', limit: LIMIT },
  'a frequent word of somebody who is not there': { words: 'everyone', from: 'nobody', limit: LIMIT },
  'all of one author': { words: '', from: 'user7', limit: LIMIT },
  'a letter that begins most words': { words: 'w', limit: LIMIT },
  'ten letters': { words: short, limit: LIMIT },
  'ten frequent words that never meet': {
    words: `${VOCABULARY.slice(0, 8).join(' ')} even odd`,
    limit: LIMIT,
  },
  'a phrase of words that all have': { words: '"everyone everyone"', limit: LIMIT },
  'a frequent word, in a time that is over': { words: 'everyone', until: 1, limit: LIMIT },
  'ten times the same beginning, and one that is not there': {
    words: 'w w1 w2 w3 w4 w5 w6 w7 nowhere e',
    limit: LIMIT,
  },
};

/** Milliseconds of each call, by what was called; and the most that any took of the processor, which others cannot lengthen. */
const calls = new Map<string, number[]>();
const cpu = new Map<string, number>();

function timed<T extends object>(
  type: { prototype: T },
  method: keyof T & string,
  name = method as string,
): void {
  const original = type.prototype[method] as (...args: unknown[]) => unknown;
  type.prototype[method] = function (this: T, ...args: unknown[]) {
    const began = performance.now();
    const used = usedCpu();
    try {
      return original.apply(this, args);
    } finally {
      const sql = method === 'exec' ? String(args[0]) : '';
      if (
        method !== 'exec' ||
        sql.startsWith('COMMIT') ||
        sql.includes('wal_checkpoint') ||
        sql.startsWith('DROP')
      ) {
        const key = method === 'exec' ? sql.replace(/_\d+/, '').slice(0, 40) : name;
        const all = calls.get(key) ?? [];
        all.push(performance.now() - began);
        calls.set(key, all);
        cpu.set(key, Math.max(cpu.get(key) ?? 0, usedCpu() - used));
      }
    }
  } as T[keyof T & string];
}

function usedCpu(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

timed(Retention, 'slice', 'retention');
timed(SearchIndex, 'catchUp', 'index');
timed(SearchIndex, 'tidy', 'tidy');
timed(OwnerShares, 'count', 'shares');
timed(Writer, 'write', 'write');
timed(DatabaseSync, 'exec');

const say = (text: string) => process.stdout.write(`${text}\n`);
const ms = (value: number) => value.toFixed(1);

function report(title: string, most: number): void {
  say(`\n${title}: the event loop was held up for ${ms(most)} ms at most`);
  for (const [name, all] of calls) {
    const sorted = all.toSorted((a, b) => a - b);
    const at = (part: number) => sorted[Math.floor(sorted.length * part)] ?? 0;
    say(
      `  ${name}: ${all.length} calls, median ${ms(at(0.5))}, p99 ${ms(at(0.99))}, p99.9 ${ms(at(0.999))}, most ${ms(sorted.at(-1) ?? 0)}, most CPU ${ms(cpu.get(name) ?? 0)}`,
    );
  }
  calls.clear();
  cpu.clear();
}

/** How many messages there are, of which some may be due to go. */
function kept(folder: string): number {
  const db = new DatabaseSync(join(folder, 'room.db'), { readOnly: true });
  try {
    return Number(db.prepare('SELECT messages FROM state').get()?.messages);
  } finally {
    db.close();
  }
}

async function measure(name: string, words: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'chatty-bench-stalls-'));
  try {
    await fillHistory(folder, QUOTA.maxMessages, words);
    say(`\n# ${name}: ${(statSync(join(folder, 'room.db')).size / 2 ** 20).toFixed(0)} MiB`);
    calls.clear();
    const log = new RecordingRoomLog(historyOf(folder, { ...QUOTA, maxAgeMs: 365 * 86_400_000 }));
    await log.open();
    await delay(1000);
    const loop = monitorEventLoopDelay({ resolution: 1 });
    loop.enable();
    report('start', loop.max / 1e6);
    let n = QUOTA.maxMessages;
    for (const rate of RATES) {
      loop.reset();
      const began = performance.now();
      let said = 0;
      while (performance.now() - began < SECONDS * 1000) {
        const due = ((performance.now() - began) / 1000) * rate;
        for (let turn = 0; said < due && turn < 200; said++, turn++, n++) {
          const by = { session: n % 100, username: `user${n % 100}` };
          void log.append({ type: 'MessageSent', ...by, content: sayingOf(n, words) });
        }
        await delay(1);
      }
      const beyond = kept(folder) / QUOTA.maxMessages - 1;
      report(`${rate} messages a second, ${(beyond * 100).toFixed(1)} % beyond the quota`, loop.max / 1e6);
    }
    loop.reset();
    await delay(12_000);
    report('12 s of silence', loop.max / 1e6);
    for (const [title, query] of Object.entries(SEARCHES)) {
      loop.reset();
      await delay(20);
      let most = 0;
      let found = 0;
      for (let times = 0; times < 3; times++) {
        const began = performance.now();
        found = (await log.search(query)).length;
        most = Math.max(most, performance.now() - began);
      }
      await delay(20);
      say(`search, ${title}: ${ms(most)} ms, held up for ${ms(loop.max / 1e6)} ms at most, ${found} found`);
    }
    await log.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await measure('short messages', 8);
await measure('long messages', 190);
