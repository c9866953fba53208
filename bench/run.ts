// `just bench`: chatty alone, a minute or two. `just bench-peers`: the same work, in turn, against what else there is.

import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { chart } from './chart.js';
import { type HistoryMeasurement, measureHistory } from './history.js';
import { type Measurement, measure, measureStorm, type StormMeasurement } from './measure.js';
import {
  CHATTY,
  COALESCING,
  DURABLE,
  ENCRYPTED,
  ENCRYPTED_WEB,
  FORGETFUL,
  isThere,
  NAIVE,
  PEERS,
  type ServerKind,
  WEB,
  WEB_PEERS,
} from './servers.js';
import { SIZES, WORKLOADS, type Workload } from './workloads.js';

const RESULTS = fileURLToPath(new URL('../../bench/results', import.meta.url));
/** What the peers can do as well; E and F are about promises that they do not make. */
const COMPARABLE = WORKLOADS.filter(({ name }) => 'ABCD'.includes(name));
/** In which what a WebSocket costs shows most. */
const BIG_ROOM = WORKLOADS.filter(({ name }) => name === 'C');
const ROUNDS = 3;

const withPeers = process.argv.includes('--peers');
const say = (text: string) => process.stdout.write(`${text}\n`);
const progress = (text: string) => process.stderr.write(`… ${text}\n`);

const measurements: Measurement[] = [];
const storms: StormMeasurement[] = [];
const histories: HistoryMeasurement[] = [];
if (withPeers) await comparePeers();
else await chattyAlone();
report();

async function chattyAlone(): Promise<void> {
  for (const workload of WORKLOADS.filter(({ name }) => 'ABC'.includes(name))) {
    for (let round = 1; round <= ROUNDS; round++) {
      for (const kind of [CHATTY, ENCRYPTED, FORGETFUL])
        await record(kind, workload, ` (${round} of ${ROUNDS})`);
    }
    await record(DURABLE, workload);
  }
  for (const workload of BIG_ROOM)
    for (let round = 1; round <= ROUNDS; round++)
      for (const kind of [WEB, ENCRYPTED_WEB]) await record(kind, workload, ` (${round} of ${ROUNDS})`);
  for (const workload of WORKLOADS.filter(({ name }) => !'ABC'.includes(name)))
    await record(CHATTY, workload);
  for (const workload of WORKLOADS.filter(({ name }) => name === 'D')) await record(COALESCING, workload);
  for (const workload of SIZES) await record(CHATTY, workload);
  progress('F, storm: chatty');
  storms.push(await measureStorm(CHATTY));
  for (const messages of [100_000, 1_000_000]) {
    progress(`history of ${messages.toLocaleString('en')} messages`);
    histories.push(await measureHistory(messages));
  }
}

/** One after the other, several times over: a machine that is busy for a while is busy for all of them. */
async function comparePeers(): Promise<void> {
  const there = PEERS.filter(isThere);
  const webPeers = WEB_PEERS.filter(isThere);
  for (const { name, needs } of [...PEERS, ...WEB_PEERS].filter(kind => !isThere(kind))) {
    say(`not measured: ${name} is not installed (${needs?.from})`);
  }
  for (const workload of COMPARABLE) {
    for (let round = 1; round <= ROUNDS; round++) {
      for (const kind of [CHATTY, ...there]) await record(kind, workload, ` (${round} of ${ROUNDS})`);
    }
  }
  for (const workload of BIG_ROOM) {
    for (let round = 1; round <= ROUNDS; round++) {
      for (const kind of [WEB, ...webPeers]) await record(kind, workload, ` (${round} of ${ROUNDS})`);
    }
  }
}

async function record(kind: ServerKind, workload: Workload, round = ''): Promise<void> {
  if (workload.clients > (kind.maxClients ?? Number.POSITIVE_INFINITY)) {
    say(
      `not measured: ${kind.name} at ${workload.name} takes more than a minute to let ${workload.clients} clients in`,
    );
    return;
  }
  progress(`${workload.name}, ${workload.title}: ${kind.name}${round}`);
  try {
    measurements.push(await measure(kind, workload));
  } catch (error) {
    say(`not measured: ${kind.name} at ${workload.name}: ${error instanceof Error ? error.message : error}`);
  }
}

function report(): void {
  const best = medians(measurements);
  const header = [
    'workload',
    'server',
    'deliveries/s',
    'µs CPU each',
    'p50 ms',
    'p99 ms',
    'p99.9 ms',
    'MiB',
    'lost',
  ];
  const rows = best.map(row => [
    row.workload,
    row.server,
    Math.round(row.deliveriesPerSecond).toLocaleString('en'),
    row.cpuPerDelivery.toFixed(2),
    ...[row.p50, row.p99, row.p999].map(microseconds => (microseconds / 1000).toFixed(1)),
    `${Math.round(row.emptyMiB)}→${Math.round(row.residentMiB)}`,
    flaws(row),
  ]);
  table([header, ...rows]);
  for (const { joinSeconds, leaveSeconds, cpuSeconds } of storms) {
    say(
      `\nF, storm: all joined and told after ${joinSeconds.toFixed(2)} s, all gone and told after ${leaveSeconds.toFixed(2)} s, ${cpuSeconds.toFixed(2)} s of server CPU`,
    );
  }
  for (const history of histories) {
    const { messages, fileMiB, startMs, emptyStartMs, joinMs, searchMs, pongMs } = history;
    say(
      `\nhistory of ${messages.toLocaleString('en')} messages, ${Math.round(fileMiB)} MiB: start ${Math.round(startMs)} ms (empty ${Math.round(emptyStartMs)}), join and last 20 in ${Math.round(joinMs)} ms, others waited ${Math.round(pongMs)} ms at most`,
    );
    for (const [name, ms] of Object.entries(searchMs)) say(`  search for ${name}: ${Math.round(ms)} ms`);
  }
  if (withPeers) ratios(best);
  else recordingCost(best);
  mkdirSync(RESULTS, { recursive: true });
  const name = withPeers ? 'peers' : 'chatty';
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    date: new Date().toISOString(),
  };
  writeFileSync(
    `${RESULTS}/${name}.json`,
    `${JSON.stringify({ machine, measurements, storms, histories }, null, 1)}\n`,
  );
  writeFileSync(`${RESULTS}/${name}.svg`, chart(best, withPeers));
  say(`\nwritten: bench/results/${name}.json and .svg`);
}

/** What went wrong in any round of a server at a workload, not only in the one that is shown. */
function flaws({ server, workload }: Measurement): string {
  const rounds = measurements.filter(row => row.server === server && row.workload === workload);
  const sum = (of: (row: Measurement) => number) => rounds.reduce((total, row) => total + of(row), 0);
  const [lost, twice, disordered] = [
    sum(row => row.lost),
    sum(row => row.duplicates),
    sum(row => row.disordered),
  ];
  const dropped = sum(row => row.closed);
  if (lost === 0 && twice === 0 && disordered === 0 && dropped === 0) return '0';
  process.exitCode = 1;
  return `${lost} (${twice} twice, ${disordered} out of order, ${dropped} clients dropped)`;
}

/** Of the runs of one server at one workload, the one whose CPU per delivery is the median. */
function medians(all: readonly Measurement[]): Measurement[] {
  const groups = Map.groupBy(all, ({ workload, server }) => `${workload} ${server}`);
  return Array.from(groups.values(), group => {
    const sorted = group.toSorted((a, b) => a.cpuPerDelivery - b.cpuPerDelivery);
    return sorted[Math.floor(sorted.length / 2)] as Measurement;
  });
}

/** What recording costs: throughput and CPU with the history in a file, against the same in memory. */
function recordingCost(best: readonly Measurement[]): void {
  say('\nhistory in a file against history in memory: deliveries a second / deliveries per second of CPU');
  for (const name of ['A', 'B', 'C']) {
    const of = ({ name: server }: ServerKind) =>
      best.find(row => row.workload === name && row.server === server);
    const [file, memory] = [of(CHATTY), of(FORGETFUL)];
    if (file === undefined || memory === undefined) continue;
    const share = (of: number) => `${Math.round(of * 100)} %`;
    say(
      `  ${name}: ${share(file.deliveriesPerSecond / memory.deliveriesPerSecond)} / ${share(memory.cpuPerDelivery / file.cpuPerDelivery)}`,
    );
  }
}

function ratios(best: readonly Measurement[]): void {
  const rows = COMPARABLE.map(({ name }) => {
    const of = (server: string) => best.find(row => row.workload === name && row.server === server);
    const ours = of(CHATTY.name);
    const others = PEERS.map(peer => of(peer.name));
    return [
      name,
      ...others.map(peer =>
        peer === undefined || ours === undefined
          ? '—'
          : `${(ours.deliveriesPerSecond / peer.deliveriesPerSecond).toFixed(1)}× / ${(peer.cpuPerDelivery / ours.cpuPerDelivery).toFixed(1)}×`,
      ),
    ];
  });
  say(
    `\nchatty against each: deliveries a second / deliveries per second of CPU (${NAIVE.name} is the simplest server)`,
  );
  table([['', ...PEERS.map(({ name }) => name)], ...rows]);
}

function table(rows: string[][]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => (row[column] ?? '').length)));
  for (const row of rows)
    say(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
