// What a room on several nodes asks of each of them, by arithmetic. All assumptions are in here, and their reasons beside them.

/** What was measured. Microseconds of the processor, bytes, unless a name says otherwise. */
export interface Figures {
  /** One event to one member, where many go in one write. */
  readonly delivery: number;
  /** One write to one member, however much is in it. */
  readonly write: number;
  /** One item of the log, at every node: parsed, folded, kept in SQLite and indexed; and where it is a join or a leave. */
  readonly event: number;
  readonly coming: number;
  /** One item where a hundred are read together. */
  readonly catchUp: number;
  /** Somebody comes in, or comes back: connection, encryption, handshake. */
  readonly handshake: number;
  /** A member who is connected to this node; anybody in the room, wherever they are; a node without anybody. */
  readonly memberBytes: number;
  readonly entryBytes: number;
  readonly emptyBytes: number;
  /** A message of 50 bytes, and a join or leave, as a client reads it. */
  readonly messageLine: number;
  readonly presenceLine: number;
  /** One member's part in a checkpoint: its bytes, to write it, to read it and put it into the room. */
  readonly checkpointBytes: number;
  readonly checkpointWrite: number;
  readonly checkpointRead: number;
  /** One member's part in an answer to Who, all in one turn. */
  readonly who: number;
  /** The broker: one entry, and handing it to one reader; one beat handed to one node, and a node's work with it. */
  readonly brokerEntry: number;
  readonly brokerReader: number;
  readonly brokerBeat: number;
  readonly beat: number;
  /** From append to read on another node, in milliseconds. */
  readonly logP50: number;
  readonly logP99: number;
}

/** A room, and how it is spread. Times in seconds, rates a second. */
export interface Plan {
  readonly members: number;
  readonly nodes: number;
  readonly messages: number;
  /** How long a member stays, and after how long a line is lost, on average. */
  readonly stay: number;
  readonly line: number;
  /** Everybody is told each join and leave; or how many are here, once a second. */
  readonly presence: 'told' | 'counted';
  /** So many nodes fold the log; the others, if any, are relays, which get bytes of them and know only their own members. */
  readonly folding?: number;
}

/** Messages: one a second for each hundred members, but more than a hundred nobody reads. Half an hour's stay; a line lost an hour. */
export function planOf(members: number, nodes: number, more: Partial<Plan> = {}): Plan {
  const messages = Math.min(100, Math.max(1, members / 100));
  return { members, nodes, messages, stay: 1800, line: 3600, presence: 'told', ...more };
}

/** Beats over core NATS, each to every other node, a second. */
const BEATS = 4;
/** What a relay, which only passes bytes on, has to do for each event: a guess, in microseconds. */
const PASSED_ON = 1;
/** The slowest flush that people put up with: two a second. */
const LEAST_FLUSHES = 2;

export interface Load {
  /** Members at one node. */
  readonly here: number;
  /** Joins and leaves, a second; lines that are lost or come back; all items of the log. */
  readonly comings: number;
  readonly lines: number;
  readonly items: number;
  /** Events that each member is told, a second; deliveries of all nodes together. */
  readonly told: number;
  readonly deliveries: number;
  /** Cores that one node needs, for each of its works; flushes as seldom as bearable. */
  readonly cpu: Readonly<Record<'messages' | 'presence' | 'log' | 'handshakes' | 'writes' | 'beats', number>>;
  readonly cores: number;
  /** Cores of the broker, all its servers together. */
  readonly broker: number;
  /** Bytes a second out of one node; to one client. */
  readonly out: number;
  readonly client: number;
  /** Memory of one node, in bytes. */
  readonly memory: number;
  /** How long one flush takes when it carries one event, in seconds. */
  readonly flush: number;
}

export function loadOf(plan: Plan, figures: Figures): Load {
  const { members, nodes, messages, stay, line, presence } = plan;
  const folding = plan.folding ?? nodes;
  const isRelayed = folding < nodes;
  const here = Math.ceil(members / nodes);
  const comings = (2 * members) / stay;
  const lines = (2 * members) / line;
  const items = messages + comings + lines;
  const toldPresence = presence === 'told' ? comings : 1;
  const told = messages + toldPresence;
  const us = 1e-6;
  const cpu = {
    messages: messages * here * figures.delivery * us,
    presence: toldPresence * here * figures.delivery * us,
    log: isRelayed
      ? told * PASSED_ON * us
      : ((messages + lines) * figures.event + comings * figures.coming) * us,
    handshakes: (here / stay + here / line) * figures.handshake * us,
    writes: LEAST_FLUSHES * here * figures.write * us,
    beats: BEATS * (folding - 1) * figures.beat * us,
  };
  const client = messages * figures.messageLine + toldPresence * figures.presenceLine;
  const entries = isRelayed ? here : members;
  return {
    here,
    comings,
    lines,
    items,
    told,
    deliveries: told * members,
    cpu,
    cores: Object.values(cpu).reduce((sum, part) => sum + part, 0),
    // Each item is an entry of its own: at these rates hardly two of one node come in one turn.
    broker:
      (items * (figures.brokerEntry + folding * figures.brokerReader) +
        BEATS * folding * (folding - 1) * figures.brokerBeat) *
      us,
    out: client * here,
    client,
    memory: figures.emptyBytes + here * figures.memberBytes + entries * figures.entryBytes,
    flush: here * (figures.write + figures.delivery) * us,
  };
}

/** How much there is of each thing that can run out: cores, seconds, bytes a second, bytes. */
export const LIMITS: readonly { of: (load: Load) => number; most: number; name: string }[] = [
  { of: load => load.cores, most: 0.7, name: 'the core' },
  { of: load => load.flush, most: 0.25, name: 'a round of writes' },
  { of: load => load.out, most: 875e6, name: 'the network' },
  { of: load => load.memory, most: 3e9, name: 'the memory' },
  { of: load => load.client, most: 100e3, name: "a client's line" },
  { of: load => load.broker, most: 6, name: 'the brokers' },
];

/** What runs out, the worst first; nothing where the plan holds. */
export function shortages(load: Load): string[] {
  return LIMITS.map(({ of, most, name }) => ({ name, share: of(load) / most }))
    .filter(({ share }) => share > 1)
    .toSorted((a, b) => b.share - a.share)
    .map(({ name }) => name);
}

/** The largest room that so many nodes hold, and what runs out in a larger one. */
export function largest(
  nodes: number,
  figures: Figures,
  more: Partial<Plan> = {},
): { members: number; end: string } {
  const endOf = (members: number) => shortages(loadOf(planOf(members, nodes, more), figures))[0];
  let [holds, fails] = [0, 1e9];
  while (fails - holds > Math.max(1, holds / 1000)) {
    const middle = Math.floor((holds + fails) / 2);
    if (endOf(middle) === undefined) holds = middle;
    else fails = middle;
  }
  return { members: holds, end: endOf(fails) ?? 'nothing' };
}

/** A node dies, or comes back. Seconds, unless a name says otherwise. */
export interface Turnover {
  /** What the others do for those who come back under their sessions: the busiest core's work, and their items in the log. */
  readonly resumed: number;
  readonly takes: number;
  /** The same if all of them had left and come anew, told to everybody. */
  readonly anew: number;
  /** A node that starts: reads the checkpoint, folds what came since, lets its share of the members in. */
  readonly checkpointMiB: number;
  readonly load: number;
  readonly tail: number;
  readonly refill: number;
}

/** How many entries there are after the newest checkpoint, at most: see Checkpointer. */
export const TAIL_ITEMS = 20_000;

export function turnoverOf(plan: Plan, figures: Figures): Turnover {
  const { here } = loadOf(plan, figures);
  const others = Math.max(1, plan.nodes - 1);
  const us = 1e-6;
  const arriving = (here / others) * figures.handshake * us;
  const told = 2 * here * (plan.members / others) * figures.delivery * us;
  return {
    resumed: arriving + here * figures.event * us,
    takes: here,
    anew: arriving + 2 * here * figures.coming * us + told,
    checkpointMiB: (plan.members * figures.checkpointBytes) / 2 ** 20,
    load: plan.members * figures.checkpointRead * us,
    tail: TAIL_ITEMS * figures.catchUp * us,
    refill: here * figures.handshake * us,
  };
}
