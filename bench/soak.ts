// `just soak`: a day of a room of 500, played in ten minutes, or in so many seconds as are asked for. Does anything grow?

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fillHistory } from './fill-history.js';
import { lineChart, type Panel } from './line-chart.js';
import { SoakDay } from './soak-day.js';
import { faultsOf, type Heap } from './soak-faults.js';
import { type Bound, type Judged, judge, median } from './verdict.js';
import { type Watched, WatchedServer } from './watched-server.js';

const RESULTS = fileURLToPath(new URL('../../bench/results', import.meta.url));
const CROWD = { members: 500, listeners: 20 };
/** So little that it is full from the start, and something has to go with all that is said. */
const KEPT = { messages: 4000, bytes: 2 * 1024 * 1024 };
const FLAGS = [
  ...['--keep-messages', `${KEPT.messages}`, '--keep-bytes', `${KEPT.bytes}`],
  ...['--stall-timeout', '10', '--grace', '30'],
];
/** As many joins and leaves as a history keeps. */
const PRESENCE = 50_000;
const SAMPLES = 300;
const QUARTERS = 4;

interface Sample extends Watched {
  readonly p50: number;
  readonly p99: number;
  readonly cpuPart: number;
  /** How many processes of the machine had something to do, these two included. */
  readonly load: number;
  readonly members: number;
  readonly messages: number;
}

/** Other programs make some turns of a machine slow, growth makes all of them so: of times, the quarter that is fastest counts. */
const TIME = { unit: 'ms', part: 0.5, at: 0.25 };

const BOUNDS: Record<string, Bound & { of: (sample: Sample) => number }> = {
  resident: { name: 'memory, resident', unit: 'MiB', part: 0.05, plus: 4, of: s => s.residentMiB },
  heap: { name: 'heap', unit: 'MiB', part: 0.1, plus: 4, of: s => s.heapMiB },
  fds: { name: 'open files', unit: '', part: 0.02, plus: 8, of: s => s.fds },
  handles: { name: 'handles of Node', unit: '', part: 0.02, plus: 8, of: s => s.handles },
  // Free pages stay in it; a table of the index more or less has 1.3 MiB.
  file: { name: 'room.db', unit: 'MiB', part: 0.05, plus: 2, of: s => s.fileMiB },
  wal: { name: 'room.db-wal', unit: 'MiB', part: 0.1, plus: 1, of: s => s.walMiB },
  cpu: { name: 'processor', unit: '% of a core', part: 0.3, plus: 3, of: s => s.cpuPart * 100 },
  p50: { ...TIME, name: 'said to heard, p50', plus: 2, of: s => s.p50 },
  p99: { ...TIME, name: 'said to heard, p99', plus: 10, of: s => s.p99 },
  loop: { ...TIME, name: 'longest turn of the event loop', plus: 5, of: s => s.loopMaxMs },
};

const say = (text: string) => process.stdout.write(`${text}\n`);

async function main(seconds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'chatty-soak-'));
  await fillHistory(folder, KEPT.messages, 40, PRESENCE);
  const server = await WatchedServer.start(folder, FLAGS);
  const isFirst = hurry(server);
  try {
    const empty = await server.watch(true);
    const day = new SoakDay(server.port, CROWD, seconds);
    await day.fill();
    say(
      `… ${day.members.filter(member => member.isThere).length} are there; ${seconds} s${isFirst ? '' : ', without priority over others'}`,
    );
    const { samples, heaps } = await watch(server, day, seconds);
    await until(() => day.members.every(member => member.isThere), 60_000);
    await delay(2000);
    const { lost } = day;
    const there = day.members.filter(member => member.isThere).length;
    for (const member of day.members) member.leave();
    await delay(3000);
    const after = await server.watch(true);
    const code = await server.stop();
    report(samples, heaps, day, { lost, there, empty, after, code, seconds });
  } finally {
    server.child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Lets both go before what else the machine does: it is the server whose turns are measured. @returns whether it may */
function hurry({ child }: WatchedServer): boolean {
  try {
    for (const pid of [process.pid, child.pid ?? 0]) setPriority(pid, -10);
    return true;
  } catch {
    return false;
  }
}

/** Looks at the server while the day is played. Garbage is collected at the end of each quarter, between two samples. */
async function watch(server: WatchedServer, day: SoakDay, seconds: number) {
  const samples: Sample[] = [];
  const heaps: Heap[] = [];
  const collect = async () =>
    heaps.push({ mib: (await server.watch(true)).heapMiB, recorded: day.findings.recorded.size });
  const began = performance.now();
  let isOver = false;
  const playing = day.play().then(() => {
    isOver = true;
  });
  let [at, cpu, said] = [performance.now(), (await server.watch()).cpuSeconds, day.said];
  while (!isOver) {
    await delay((seconds * 1000) / SAMPLES);
    const watched = await server.watch();
    const sorted = day.findings.latencies.toSorted((a, b) => a - b);
    day.findings.latencies = [];
    const took = (performance.now() - at) / 1000;
    samples.push({
      ...watched,
      p50: sorted[Math.floor(sorted.length * 0.5)] ?? 0,
      p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
      cpuPart: (watched.cpuSeconds - cpu) / took,
      load: loadavg()[0] ?? 0,
      members: day.members.filter(member => member.isThere).length,
      messages: (day.said - said) / took,
    });
    [at, cpu, said] = [performance.now(), watched.cpuSeconds, day.said];
    const isAtEnd = (performance.now() - began) / 1000 >= (seconds * (heaps.length + 1)) / QUARTERS;
    if (!isAtEnd || heaps.length === QUARTERS - 1) continue;
    await collect();
    await server.watch(); // what collecting has held up is nothing that people would feel
  }
  await playing;
  await collect();
  return { samples, heaps };
}

interface End {
  readonly lost: number;
  readonly there: number;
  readonly empty: Watched;
  readonly after: Watched;
  readonly code: number | null;
  readonly seconds: number;
}

function report(samples: readonly Sample[], heaps: readonly Heap[], day: SoakDay, end: End): void {
  const { lost, there, empty, after, code, seconds } = end;
  const isBusy = median(samples.map(({ load }) => load)) > cpus().length;
  const judged = Object.values(BOUNDS)
    .map(bound => judge(bound, samples.map(bound.of), seconds))
    .map(one => ({ ...one, grows: one.grows && !(isBusy && one.unit === TIME.unit) }));
  if (isBusy) say('the machine has other things to do: times are shown, and not judged');
  say('\n| | 1st quarter | 2nd | 3rd | 4th | most | an hour more | |');
  say('|---|---|---|---|---|---|---|---|');
  for (const [at, one] of judged.entries()) {
    const most = Math.max(...samples.map(Object.values(BOUNDS)[at]?.of ?? (() => 0)));
    const cells = [...one.quarters, most, one.perHour].map(value => value.toFixed(1));
    say(
      `| ${one.name}${one.unit && `, ${one.unit}`} | ${cells.join(' | ')} | ${one.grows ? 'GROWS' : 'stays'} |`,
    );
  }
  const { findings } = day;
  say(
    `\nheap when all garbage is collected, at the end of each quarter: ${heaps.map(({ mib }) => mib.toFixed(1)).join(', ')} MiB`,
  );
  say(
    `empty, before and after: heap ${empty.heapMiB.toFixed(1)} and ${after.heapMiB.toFixed(1)} MiB, open files ${empty.fds} and ${after.fds}`,
  );
  say(`said ${day.said}, recorded ${findings.recorded.size}; ${JSON.stringify(day.counts)}`);
  say(
    `resumed ${findings.resumed}, joined anew ${findings.anew}, gaps ${findings.gaps}, answers ${findings.answers}; codes ${JSON.stringify(Object.fromEntries(findings.codes))}`,
  );
  say(
    `lost ${lost}, told to be missing ${day.missing}, twice ${findings.twice}, out of order ${findings.disordered}; processor at the median ${(median(samples.map(s => s.cpuPart)) * 100).toFixed(0)} %`,
  );
  write(samples, judged, seconds);
  const { resumed, answers, twice, disordered } = findings;
  const faults = faultsOf({
    ...{ judged, heaps, there, lost, code, resumed, answers, twice, disordered, ...CROWD },
    ...{ said: day.said, recorded: findings.recorded.size, missing: day.missing },
    ...{ fdsBefore: empty.fds, fdsAfter: after.fds },
  });
  for (const fault of faults) say(`FAULT: ${fault}`);
  say(faults.length === 0 ? 'nothing grows' : `${faults.length} faults`);
  if (code !== 0 || faults.length > 0) process.exitCode = 1;
}

function write(samples: readonly Sample[], judged: readonly Judged[], seconds: number): void {
  const series = (name: string, of: (sample: Sample) => number) => ({ name, values: samples.map(of) });
  const panels: Panel[] = [
    { title: 'MiB', series: [series('resident', s => s.residentMiB), series('heap', s => s.heapMiB)] },
    { title: 'open files', series: [series('', s => s.fds)] },
    { title: 'ms', series: [series('said to heard, p99', s => s.p99), series('p50', s => s.p50)] },
    { title: 'ms', series: [series('longest turn of the event loop', s => s.loopMaxMs)] },
    { title: 'MiB', series: [series('room.db', s => s.fileMiB), series('room.db-wal', s => s.walMiB)] },
    { title: 'messages a second', series: [series('', s => s.messages)] },
    { title: 'part of a core', series: [series('', s => s.cpuPart)] },
  ];
  mkdirSync(RESULTS, { recursive: true });
  const title = `A day of a room of ${CROWD.members} in ${seconds} s`;
  writeFileSync(`${RESULTS}/soak.svg`, lineChart(title, Math.round(seconds / 6) / 10, panels));
  writeFileSync(`${RESULTS}/soak.json`, `${JSON.stringify({ seconds, judged, samples }, null, 1)}\n`);
  say('written: bench/results/soak.json and .svg');
}

async function until(condition: () => boolean, milliseconds: number): Promise<void> {
  const deadline = performance.now() + milliseconds;
  while (!condition() && performance.now() < deadline) await delay(50);
}

await main(Number(process.argv[2] ?? 600));
