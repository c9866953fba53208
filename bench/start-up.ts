// `just bench-start-up`: how long the server and the client take to be ready, and how much memory they hold. The
// bundle that people run, beside the modules that it is made of, in turn: a busy machine is busy for both.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Program, ROOT } from '../test/support/cli.js';
import { until } from '../test/support/until.js';
import { WireClient } from '../test/support/wire-client.js';
import { measureHistoryStart } from './start-history.js';
import { median } from './verdict.js';

const PROGRAMS = {
  bundle: join(ROOT, 'bin/run.js'),
  modules: join(ROOT, 'dist/src/cli/main.js'),
};
const ROUNDS = Number(process.argv[2] ?? 7);
/** Messages that the client has shown when its memory is read a second time. */
const MESSAGES = 10_000;
const PATIENCE_MS = 30_000;
/** After the start, in milliseconds, a process is at rest. */
const REST_MS = 700;

/** Milliseconds and MiB, by what was measured. */
type Figures = Record<string, number>;

const found = new Map<string, Figures[]>(Object.keys(PROGRAMS).map(name => [name, []]));
for (let round = 1; round <= ROUNDS; round++) {
  for (const [name, path] of Object.entries(PROGRAMS)) {
    process.stderr.write(`… ${name} (${round} of ${ROUNDS})\n`);
    found.get(name)?.push({ ...(await measureServer(path)), ...(await measureClient(path)) });
  }
}
report();
await reportHistory(1_000_000);

async function measureServer(path: string): Promise<Figures> {
  const since = performance.now();
  const server = Program.start(process.execPath, [path, 'server:start', '--port', '0']);
  await server.says('chatty listens on');
  const listens = performance.now() - since;
  await delay(REST_MS);
  const { resident, anonymous } = memoryOf(server.child.pid);
  await server.kill();
  return { 'server listens, ms': listens, 'server, MiB': resident, 'of that anonymous': anonymous };
}

/** In a pseudo-terminal, in front of a server that is always the same. */
async function measureClient(path: string): Promise<Figures> {
  const [server, port] = await Program.server(['--log-level', 'silent', '--history', 'memory']);
  const command = `stty cols 80 rows 24; exec ${process.execPath} ${path} client:join carl --port ${port}`;
  const since = performance.now();
  const client = Program.start('script', ['-qefc', command, '/dev/null'], { TERM: 'xterm-256color' });
  await until(() => client.stdout.includes('> '), PATIENCE_MS);
  const prompt = performance.now() - since;
  await until(() => client.stdout.includes('connected'), PATIENCE_MS);
  const joined = performance.now() - since;
  const pid = childOf(client.child.pid);
  await delay(REST_MS);
  const atPrompt = memoryOf(pid);
  const david = await WireClient.joined(port, 'david');
  for (let sent = 0; sent < MESSAGES; sent++) {
    david.send('david', `message ${sent} of somebody who talks a lot`);
    if (sent % 100 === 99) await delay(5);
  }
  await until(() => client.stdout.includes(`message ${MESSAGES - 1} of`), PATIENCE_MS);
  await delay(REST_MS);
  const later = memoryOf(pid);
  await Promise.all([client.kill(), server.kill(), david.end()]);
  return {
    'prompt, ms': prompt,
    'joined, ms': joined,
    'client, MiB': atPrompt.resident,
    [`client after ${MESSAGES} messages`]: later.resident,
    'of that, anonymous': later.anonymous,
  };
}

/** What the system says of a process, in MiB. */
function memoryOf(pid: number | undefined): { resident: number; anonymous: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mib = (field: string) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { resident: mib('VmRSS'), anonymous: mib('RssAnon') };
}

/** The program that `script` has started. */
function childOf(pid: number | undefined): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

function report(): void {
  const [first = {}] = found.values().next().value ?? [];
  const row = (cells: string[]) => `| ${cells.join(' | ')} |\n`;
  process.stdout.write(row([`median of ${ROUNDS}`, ...found.keys()]));
  process.stdout.write(row(['---', ...Array.from(found, () => '---:')]));
  for (const figure of Object.keys(first)) {
    const medians = Array.from(found.values(), all =>
      median(all.map(({ [figure]: one = Number.NaN }) => one)),
    );
    process.stdout.write(row([figure, ...medians.map(value => value.toFixed(0))]));
  }
}

async function reportHistory(messages: number): Promise<void> {
  process.stderr.write(`… a history of ${messages.toLocaleString('en')} messages\n`);
  const { emptyMs, fullMs, fileMiB, killedMs, killedMost, walMiB } = await measureHistoryStart(messages);
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  process.stdout.write(
    `\nserver listens with ${messages.toLocaleString('en')} messages, ${fileMiB.toFixed(0)} MiB, after ${ms(fullMs)}; ` +
      `empty after ${ms(emptyMs)}; killed with ${walMiB.toFixed(0)} MiB that are not in the file yet after ${ms(killedMs)} ` +
      `(at most ${ms(killedMost)})\n`,
  );
}
