import { setTimeout as delay } from 'node:timers/promises';
import { dialTcp } from '../../src/adapters/tcp/connect/dial-tcp.js';
import { LineLink } from '../../src/adapters/wire/connect/line-link.js';
import type { ChatMemo } from '../../src/application/chat-response.js';
import { hasOwnNetwork, strike } from './cluster-faults.js';
import { Member, race, visit } from './cluster-guests.js';
import { ClusterNode } from './cluster-nodes.js';
import { problemsOf, type Race, type Told, type Visitor } from './cluster-verdict.js';
import { NatsServer } from './nats-server.js';
import { seeded } from './random.js';
import { Guest } from './rooms.js';
import { until } from './until.js';

export interface ClusterChaosOptions {
  readonly seed: number;
  /** For how long faults strike; what comes before and after is not counted. */
  readonly seconds: number;
  /** How many talk, and how many only hear. */
  readonly talkers: number;
  readonly listeners: number;
  /** Told how it goes on. */
  readonly log?: (line: string) => void;
}

export interface ClusterChaosReport {
  readonly faults: Readonly<Record<string, number>>;
  readonly accepted: number;
  /** How often messages were refused for good, by the reason. */
  readonly refused: Readonly<Record<string, number>>;
  readonly recorded: number;
  readonly reconnects: number;
  readonly visits: number;
  /** How many names were wanted by several at once, and got by somebody. */
  readonly races: number;
  /** The longest from the kill of a node until another one said that it was gone, in milliseconds, while it was the only fault. */
  readonly goneAfterMs: number;
  /** Everything that is wrong: nothing, if it was one room. */
  readonly problems: readonly string[];
}

const NODES = 3;
/** Longest time between two faults, in milliseconds. */
const CALM_MS = 1500;
const PATIENCE_MS = 60_000;

/** One room on three servers, of which one after the other is killed, frozen and cut off, and their broker as well. */
export async function clusterChaos(options: ClusterChaosOptions): Promise<ClusterChaosReport> {
  const { seed, log = () => {} } = options;
  const random = seeded(seed);
  const broker = await NatsServer.start({ host: '0.0.0.0' });
  const nodes = Array.from(
    { length: NODES },
    (_, n) =>
      new ClusterNode(`node ${n + 1}`, {
        host: `127.0.1.${n + 1}`,
        history: `nats://${brokerHostOf(n)}:${broker.port}`,
        flags: ['--room', 'chaos', '--silence-timeout', '5'],
      }),
  );
  try {
    for (const node of nodes) await node.start();
    return await play(options, random, broker, nodes, log);
  } finally {
    for (const node of nodes) await node.end();
    await broker.close();
  }
}

/** Each node knows the broker under an address of its own. */
const brokerHostOf = (n: number) => (hasOwnNetwork() ? `127.0.2.${n + 1}` : '127.0.0.1');

async function play(
  { seconds, talkers, listeners }: ClusterChaosOptions,
  random: () => number,
  broker: NatsServer,
  nodes: readonly ClusterNode[],
  log: (line: string) => void,
): Promise<ClusterChaosReport> {
  const any = () => pick(nodes, random);
  const members = Array.from({ length: talkers + listeners }, (_, n) => {
    const home = nodes[n % NODES] ?? any();
    // Every other one is always at the same node; some are in browsers, and some names are somebody's own.
    const manner = { where: n % 2 === 0 ? any : () => home, inBrowser: n % 4 === 1, hasKey: n % 3 === 0 };
    return new Member(`${n < talkers ? 'talker' : 'listener'}${n}`, manner, random);
  });
  await until(() => members.every(({ isIn }) => isIn), PATIENCE_MS);

  let isOver = false;
  const talks = members.slice(0, talkers).map(member => member.talk(() => !isOver));
  const visitors: Visitor[] = [];
  const races: Race[] = [];
  const others = [
    again(async n => {
      const visitor = await visit(`visitor${n}`, any(), random);
      if (visitor !== undefined) visitors.push(visitor);
    }),
    again(async n => {
      races.push(await race(`racer${n}`, nodes));
      await delay(random() * CALM_MS);
    }),
  ];
  async function again(work: (n: number) => Promise<void>): Promise<void> {
    for (let n = 1; !isOver; n++) {
      await work(n);
      await delay(20);
    }
  }

  const faults: Record<string, number> = {};
  let goneAfterMs = 0;
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    const index = Math.floor(random() * NODES);
    const node = nodes[index] ?? any();
    const began = Date.now();
    const name = await strike({ node, broker, brokerHost: brokerHostOf(index), random });
    faults[name] = (faults[name] ?? 0) + 1;
    const took = Date.now() - began;
    if (name === 'node killed') goneAfterMs = Math.max(goneAfterMs, firstGone(nodes, began) ?? 0);
    log(`${name}: ${/^broker/.test(name) ? '' : `${node.name}, `}all well after ${took} ms`);
    await delay(random() * CALM_MS);
  }
  isOver = true;
  await Promise.all([...talks, ...others]);

  log('quiet: waiting until everybody has heard everything');
  const said = () => members.reduce((sum, { accepted }) => sum + accepted.length, 0);
  const isHeard = (member: Member) => {
    const heard = member.told.filter(({ kind }) => kind === 'message').length;
    return member.unsent === 0 && heard >= said() - member.accepted.length;
  };
  await until(() => members.every(isHeard), PATIENCE_MS).catch(() => {}); // what is missing is told below
  await delay(500); // what comes too often comes late
  const ends = await Promise.all(nodes.map(node => look(node).catch(error => `${node.name}: ${error}`)));
  const seen = ends.filter(end => typeof end !== 'string');
  const histories = seen.map(({ history }) => history);
  const present = seen.map(({ names }) => names);
  const unseen = ends.filter(end => typeof end === 'string');
  const problems = [
    ...unseen,
    ...nodes.flatMap(({ complaints, faults: found }) => [...complaints, ...found]),
    ...(unseen.length > 0 ? [] : problemsOf({ witnesses: members, visitors, races, histories, present })),
    ...(await left(members)),
  ];
  const reasons = new Map<string, number>();
  for (const reason of members.flatMap(member => member.reasons))
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return {
    faults,
    accepted: said(),
    refused: Object.fromEntries(reasons),
    recorded: histories[0]?.length ?? 0,
    reconnects: members.reduce((sum, { reconnects }) => sum + reconnects, 0),
    visits: visitors.length,
    races: races.filter(({ joined }) => joined.length > 0).length,
    goneAfterMs,
    problems,
  };
}

/** How long after `began` the first node said that another one was gone. */
function firstGone(nodes: readonly ClusterNode[], began: number): number | undefined {
  const times = nodes.flatMap(node => node.timesOf('another server has gone')).filter(time => time >= began);
  return times.length === 0 ? undefined : Math.min(...times) - began;
}

/** All messages, and who is in the room, as one server has it. */
async function look({ name, host, port }: ClusterNode): Promise<{ history: Told[]; names: string[] }> {
  const link = () => new LineLink(() => dialTcp({ host, port }));
  const reader = await Guest.joined({ connect: link }, `reader-${name.replace(' ', '')}`, {
    attempt: 1,
    history: 0,
  });
  const history: ChatMemo[] = [];
  for (let page = 0; ; page++) {
    const ref = `page ${page}`;
    const [oldest] = history;
    const before = oldest?.seq !== undefined && { before: oldest.seq };
    reader.link.request(ref, { type: 'history', limit: 200, ...before });
    await reader.answer('History', answer => answer.ref === ref && answer.done);
    const memos = reader.responses.flatMap(answer =>
      answer.type === 'History' && answer.ref === ref ? answer.memos : [],
    );
    if (memos.length === 0) break;
    history.unshift(...memos);
  }
  reader.link.request('who', { type: 'who' });
  await reader.answer('Users', answer => answer.ref === 'who' && answer.done);
  const names = reader.responses.flatMap(answer => (answer.type === 'Users' ? answer.users : []));
  reader.link.leave();
  await reader.ended();
  const told = history.map(({ seq = 0, kind = 'message', username, content }) => {
    return { seq, kind, username, content };
  });
  // Others look as well, and those who raced may be kept for a while.
  return { history: told, names: names.filter(each => !/^(reader|racer|visitor)/.test(each)) };
}

/** Everybody can leave. */
async function left(members: readonly Member[]): Promise<string[]> {
  for (const member of members) member.leave();
  await until(() => members.every(({ end }) => end !== undefined), PATIENCE_MS).catch(() => {});
  return members
    .filter(({ end }) => end?.type !== 'LEFT')
    .map(({ name, end }) => `${name} ended with ${JSON.stringify(end)}`);
}

function pick<T>(all: readonly T[], random: () => number): T {
  return all[Math.floor(random() * all.length)] as T;
}
