// `just bench-cluster`: one room on several servers, measured from outside. Everything is on this machine, the broker as well.
// Four minutes.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NatsServer } from '../test/support/nats-server.js';
import { flood } from './cluster-flood.js';
import { deaths, latency, races } from './cluster-people.js';
import { type Measurement, measure } from './measure.js';
import { CHATTY, RunningServer, type ServerKind } from './servers.js';
import { WORKLOADS } from './workloads.js';

const SECONDS = Number(process.argv[2] ?? 10);
/** How often a workload is measured at each kind of server, in turn. */
const ROUNDS = 3;

const say = (...cells: readonly (string | number)[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`);
const median = (values: readonly number[]) =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;

/** The medians of one thing at both kinds of server. */
function compare(
  what: string,
  alone: readonly Measurement[],
  shared: readonly Measurement[],
  of: (found: Measurement) => number,
  wanted: string,
): void {
  const [one, other] = [median(alone.map(of)), median(shared.map(of))];
  say(
    `${what}: SQLite; NATS; ratio`,
    `${one.toFixed(2)}; ${other.toFixed(2)}; ${(other / one).toFixed(2)}`,
    wanted,
  );
}

let rooms = 0;

/** Servers that know this broker. */
function sharing(broker: NatsServer, room: string, name = 'chatty, NATS'): ServerKind {
  return {
    ...CHATTY,
    name,
    command: (port, folder) => [...CHATTY.command(port, folder), '--history', broker.url, '--room', room],
  };
}

const broker = await NatsServer.start();
const folder = mkdtempSync(join(tmpdir(), 'chatty-bench-cluster-'));
try {
  say('what', 'found', 'wanted');
  say('---', '---:', '---:');
  const room = `people${++rooms}`;
  const nodes = await Promise.all([1, 2, 3].map(() => RunningServer.start(sharing(broker, room))));
  const [a, b, c] = nodes as [RunningServer, RunningServer, RunningServer];
  const { p50, p99, count } = await latency(a.port, b.port, 100, SECONDS);
  say(
    `${count} messages at 100 a second, from sent at one node to read at another, median; p99`,
    `${p50.toFixed(2)} ms; ${p99.toFixed(2)} ms`,
    '≤ 2 ms',
  );
  const raced = await races(a.port, b.port, 100, 200);
  say('races of 200 joins of one name from two nodes, with exactly one winner', `${raced} of 100`, '100');
  const death = await deaths(() => RunningServer.start(sharing(broker, room)), [a.port, b.port], 5, 50);
  say(
    'a node killed with 50 people of the basic form: until all others know, worst of 5; told wrongly',
    `${(death.worstMs / 1000).toFixed(2)} s; ${death.wrong}`,
    '≤ 2 s; 0',
  );
  for (const node of [a, b, c]) await node.stop();
  const flooded = await flood(broker.url, `flood${++rooms}`, join(folder, 'flood'), SECONDS);
  say(
    'events a second through the log, from two processes that keep a copy each',
    Math.round(flooded),
    '≥ 50,000',
  );
  for (const name of ['E0', 'D', 'A', 'B']) {
    const workload = WORKLOADS.find(each => each.name === name);
    if (workload === undefined) continue;
    const alone: Measurement[] = [];
    const shared: Measurement[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      alone.push(await measure(CHATTY, workload));
      shared.push(await measure(sharing(broker, `load${++rooms}`), workload));
    }
    compare(
      `µs of CPU for a delivery, ${workload.title}`,
      alone,
      shared,
      ({ cpuPerDelivery }) => cpuPerDelivery,
      '≤ 1.15',
    );
    compare(
      'µs of CPU for a write',
      alone,
      shared,
      ({ cpuSeconds, writes }) => (cpuSeconds * 1e6) / writes,
      '',
    );
    compare('deliveries in a write', alone, shared, ({ deliveries, writes }) => deliveries / writes, '');
  }
} finally {
  await broker.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
