// The tables of `just cluster-model`, in Markdown.

import {
  type Figures,
  largest,
  loadOf,
  type Plan,
  planOf,
  shortages,
  TAIL_ITEMS,
  turnoverOf,
} from './cluster-arithmetic.js';
import { type Calibration, STEADY } from './cluster-calibration.js';
import { simulate } from './cluster-latency.js';

const SIZES = [1000, 10_000, 100_000, 1_000_000];
const NODES = [1, 3, 10, 30, 100, 300];

/** What comes when the design ends: each of these, and some together. */
export const DESIGNS: Readonly<Record<string, (nodes: number) => { more: Partial<Plan>; rooms?: number }>> = {
  'as it is': () => ({ more: {} }),
  'presence counted': () => ({ more: { presence: 'counted' } }),
  relays: nodes => ({ more: { folding: foldingOf(nodes) } }),
  'presence counted, relays': nodes => ({ more: { presence: 'counted', folding: foldingOf(nodes) } }),
  'ten rooms': () => ({ more: {}, rooms: 10 }),
};

/** A folding node hands its bytes to thirty relays. */
const foldingOf = (nodes: number) => Math.max(3, Math.ceil(nodes / 30));

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
  [row(head), row(head.map((_, n) => (n === 0 ? '---' : '---:'))), ...rows.map(row)].join('\n');

const whole = (n: number) => Math.round(n).toLocaleString('en');
const short = (n: number) =>
  n >= 100 ? whole(n) : n >= 10 ? n.toFixed(0) : n >= 1 ? n.toFixed(1) : n.toFixed(2);
const percent = (part: number) => `${part < 0.1 ? (part * 100).toFixed(1) : whole(part * 100)} %`;
const mib = (bytes: number) => whole(bytes / 2 ** 20);
const ms = (n: number) => (n === Number.POSITIVE_INFINITY ? 'ever more' : short(n));
const seconds = (s: number) =>
  s < 60 ? `${short(s)} s` : s < 7200 ? `${short(s / 60)} min` : `${short(s / 3600)} h`;

/** The rooms by the number of nodes; those that are no use are left out: a tenth of what is needed, or ten times as many. */
export function sizesTable(figures: Figures, simulatedSeconds = 30): string {
  const rows = SIZES.flatMap(members =>
    NODES.filter(nodes => members / nodes >= 300 && members / nodes <= 100_000).map(nodes => {
      const plan = planOf(members, nodes);
      const load = loadOf(plan, figures);
      const { p50, p99, busy } = simulate(plan, figures, simulatedSeconds);
      const out = shortages(load);
      return [
        ...[whole(members), nodes, whole(load.here), short(load.told), short(load.items)],
        ...[percent(load.cores), percent(busy), ms(p50), ms(p99)],
        ...[short(load.out / 1e6), short(load.client / 1e3), mib(load.memory), short(load.broker)],
        out.length === 0 ? 'yes' : `no: ${out.join(', ')}`,
      ];
    }),
  );
  const head = [
    ...[
      'members',
      'nodes',
      'at each',
      'told/s',
      'log items/s',
      'core, least',
      'core, busy',
      'p50 ms',
      'p99 ms',
    ],
    ...['MB/s out of a node', 'kB/s to a client', 'MiB of a node', 'brokers, cores', 'holds'],
  ];
  return table(head, rows);
}

/** A million, by what was changed. */
export function millionTable(figures: Figures, simulatedSeconds = 30): string {
  const rows = Object.entries(DESIGNS).flatMap(([name, design]) =>
    [100, 300].map(nodes => {
      const { more, rooms = 1 } = design(nodes);
      const plan = planOf(1_000_000 / rooms, nodes / rooms, more);
      const load = loadOf(plan, figures);
      const { p50, p99 } = simulate(plan, figures, simulatedSeconds);
      const out = shortages(load);
      return [
        ...[name, nodes, whole(load.deliveries * rooms), percent(load.cores), ms(p50), ms(p99)],
        ...[mib(load.memory), short(load.broker * rooms), out.length === 0 ? 'yes' : `no: ${out.join(', ')}`],
      ];
    }),
  );
  const head = ['a million', 'nodes', 'deliveries/s, all', 'core, least', 'p50 ms', 'p99 ms'];
  return table([...head, 'MiB of a node', 'brokers, cores', 'holds'], rows);
}

/** What the cores of a node are busy with. */
export function partsTable(figures: Figures): string {
  const plans = [planOf(10_000, 3), planOf(100_000, 10), planOf(1_000_000, 100)];
  const loads = plans.map(plan => loadOf(plan, figures));
  const parts = ['messages', 'presence', 'writes', 'log', 'handshakes', 'beats'] as const;
  const names = plans.map(({ members, nodes }) => `${whole(members)} on ${nodes}`);
  return table(
    ['of a core', ...names],
    [
      ...parts.map(part => [part, ...loads.map(({ cpu }) => percent(cpu[part]))]),
      ['deliveries a second, all nodes', ...loads.map(({ deliveries }) => whole(deliveries))],
    ],
  );
}

/** A node starts; a node with ten thousand or a hundred thousand members dies. */
export function turnoverTable(figures: Figures): string {
  const plans = [
    planOf(10_000, 3),
    planOf(100_000, 10),
    planOf(1_000_000, 100),
    planOf(300_000, 3),
    planOf(1_000_000, 10),
  ];
  const head = [
    ...[
      'members',
      'nodes',
      'on the one that dies',
      'all resumed after',
      'log items',
      'if all left and came anew',
    ],
    ...[
      'checkpoint MiB',
      'start: it is read',
      `${whole(TAIL_ITEMS)} items after it`,
      'its members come back',
    ],
  ];
  const rows = plans.map(plan => {
    const { resumed, takes, anew, checkpointMiB, load, tail, refill } = turnoverOf(plan, figures);
    return [
      ...[whole(plan.members), plan.nodes, whole(takes), seconds(resumed), whole(takes), seconds(anew)],
      ...[short(checkpointMiB), seconds(load), seconds(tail), seconds(refill)],
    ];
  });
  return table(head, rows);
}

/** How far each design goes, and at what it ends. */
export function endsTable(figures: Figures): string {
  const nodes = [1, 3, 10, 30, 100, 300, 1000];
  const rows = Object.entries(DESIGNS).map(([name, design]) => [
    name,
    ...nodes.map(count => {
      const { more, rooms = 1 } = design(count);
      if (count < rooms) return '';
      const { members, end } = largest(Math.floor(count / rooms), figures, more);
      return `${whole(members * rooms)}: ${end}`;
    }),
  ]);
  return table(['nodes', ...nodes.map(String)], rows);
}

/** What was measured for all this, and how near the simulation is to a real server. */
export function figuresTables(calibration: Calibration): string {
  const { figures, log, flood, encrypted, steady, steadyEncrypted, idle, idleEncrypted, entries } =
    calibration;
  const us = (n: number) => `${short(n)} µs`;
  const [small, large] = flood;
  const deliveries = table(
    [
      'CPU per delivery',
      `${small?.workload} members`,
      `${large?.workload} members`,
      `${large?.workload}, TLS`,
    ],
    [
      ['as many as it can', ...[small, large, encrypted].map(each => us(each?.cpuPerDelivery ?? Number.NaN))],
      [`${STEADY} messages a second`, '', us(steady.cpuPerDelivery), us(steadyEncrypted.cpuPerDelivery)],
    ],
  );
  const connections = table(
    ['one who says nothing', 'plain', 'TLS'],
    [
      ['CPU to come in', us(idle.cpu), us(idleEncrypted.cpu)],
      ['KiB', short(idle.bytes / 1024), short(idleEncrypted.bytes / 1024)],
    ],
  );
  const rooms = table(
    ['a room, wherever its members are connected', ...entries.map(({ members }) => whole(members))],
    [
      ['bytes a member', ...entries.map(each => whole(each.entryBytes))],
      ['a message: JSON and rules', ...entries.map(each => us(each.fold))],
      ['a join or leave: rules and look-alikes', ...entries.map(each => us(each.coming))],
      [
        'a message: SQLite and index, singly; by 100',
        ...entries.map(each => `${us(each.keep)}; ${us(each.keepOf100)}`),
      ],
      ['longest stop by the garbage collector', ...entries.map(each => `${short(each.gcPauseMs)} ms`)],
      [
        'checkpoint: size',
        ...entries.map(each => `${short((each.checkpointBytes * each.members) / 2 ** 20)} MiB`),
      ],
      [
        'checkpoint: written; read',
        ...entries.map(
          each =>
            `${seconds((each.checkpointWrite * each.members) / 1e6)}; ${seconds((each.checkpointRead * each.members) / 1e6)}`,
        ),
      ],
      ['one answer to Who, in one turn', ...entries.map(each => seconds((each.who * each.members) / 1e6))],
    ],
  );
  const broker = table(
    ['the log, with one broker', ''],
    [
      ['a message, at a node at which nobody is', us(log.event)],
      [
        'a message, at the broker; for each node that reads it',
        `${us(log.brokerEntry)}; ${us(log.brokerReader)}`,
      ],
      ['from sent at one node to read at another, p50; p99', `${short(log.p50)} ms; ${short(log.p99)} ms`],
    ],
  );
  const like = {
    members: steady.deliveries / steady.sent + 1,
    nodes: 1,
    messages: STEADY,
    stay: 1e9,
    line: 1e9,
  };
  const local = {
    ...figures,
    write: steady.cpuPerDelivery,
    delivery: large?.cpuPerDelivery ?? 0,
    logP50: 0.1,
    logP99: 0.2,
  };
  const { p50, p99 } = simulate({ ...like, presence: 'told' }, local);
  const check = table(
    [`${STEADY} messages a second to ${whole(like.members)}`, 'p50 ms', 'p99 ms'],
    [
      ['simulated', ms(p50), ms(p99)],
      ['measured, as clients see it', short(steady.p50 / 1000), short(steady.p99 / 1000)],
    ],
  );
  return [deliveries, connections, rooms, broker, check].join('\n\n');
}
