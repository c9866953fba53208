import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Program, ROOT } from '../test/support/cli.js';
import { fillHistory, historyOf, sayingOf } from './fill-history.js';
import { median } from './verdict.js';

const ROUNDS = 5;
/** Said while something else reads the history for so long that nothing can be put into the file. */
const UNSETTLED = 100_000;

/** Medians of the milliseconds from the command to the line that it listens. */
export interface HistoryStart {
  readonly emptyMs: number;
  readonly fullMs: number;
  readonly fileMiB: number;
  /** After `kill -9`, with all of `UNSETTLED` in a file of changes that has so many MiB. */
  readonly killedMs: number;
  readonly killedMost: number;
  readonly walMiB: number;
}

/** How long a server takes to start with a long history, and with one that it has to put in order first. */
export async function measureHistoryStart(messages: number): Promise<HistoryStart> {
  const base = mkdtempSync(join(tmpdir(), 'chatty-bench-start-'));
  const [full, killed] = [join(base, 'full'), join(base, 'killed')];
  try {
    await fillHistory(full, messages);
    await leaveUnsettled(full, killed);
    const size = (path: string) => statSync(path).size / 2 ** 20;
    const figures = { fileMiB: size(join(full, 'room.db')), walMiB: size(join(killed, 'room.db-wal')) };
    const times = { empty: [] as number[], full: [] as number[], killed: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      times.empty.push(await start(join(base, `empty-${round}`)));
      times.full.push(await start(full));
      const copy = join(base, `killed-${round}`);
      cpSync(killed, copy, { recursive: true });
      times.killed.push(await start(copy));
      rmSync(copy, { recursive: true });
    }
    return {
      ...figures,
      emptyMs: median(times.empty),
      fullMs: median(times.full),
      killedMs: median(times.killed),
      killedMost: Math.max(...times.killed),
    };
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

/** Says much while a reader keeps it out of the file, and copies both files as they are then: what `kill -9` leaves. */
async function leaveUnsettled(folder: string, copy: string): Promise<void> {
  cpSync(folder, `${copy}-from`, { recursive: true });
  const store = historyOf(`${copy}-from`);
  const { head } = await store.open();
  const reader = new DatabaseSync(join(`${copy}-from`, 'room.db'), { readOnly: true });
  reader.exec('BEGIN; SELECT count(*) FROM state');
  for (let n = 0; n < UNSETTLED; n += 10) {
    const said = Array.from(
      { length: 10 },
      (_, k) => ({ type: 'MessageSent', content: sayingOf(n + k) }) as const,
    );
    const by = { session: 1, username: 'user1', at: Date.now() };
    store.write(said.map((event, k) => ({ ...event, ...by, seq: head + 1 + n + k })));
  }
  cpSync(`${copy}-from`, copy, { recursive: true });
  reader.close();
  await store.close();
}

async function start(folder: string): Promise<number> {
  const flags = [
    '--port',
    '0',
    '--data-dir',
    folder,
    '--keep-messages',
    '10000000',
    '--keep-bytes',
    '10737418240',
  ];
  const began = performance.now();
  const server = Program.start(process.execPath, [join(ROOT, 'bin/run.js'), 'server:start', ...flags]);
  await server.says('chatty listens on');
  const took = performance.now() - began;
  await server.kill();
  return took;
}
