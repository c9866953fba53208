import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { NatsServer } from '../test/support/nats-server.js';
import { latency } from './cluster-people.js';
import { CHATTY, RunningServer, type ServerKind } from './servers.js';

/** What the log of a room costs, with a broker, everything on this machine. Microseconds of the processor, and milliseconds. */
export interface LogFigures {
  /** A message at a node at which nobody is: read, folded, kept and indexed. */
  readonly event: number;
  /** An entry at the broker, and handing it to one more node. */
  readonly brokerEntry: number;
  readonly brokerReader: number;
  /** From sent at one node to read at another. */
  readonly p50: number;
  readonly p99: number;
}

/** Messages a second: each is an entry of its own. */
const RATE = 400;
const SENDERS = 20;
/** With how many nodes it is measured. */
const [FEW, MANY] = [2, 5];

export async function measureLog(seconds: number): Promise<LogFigures> {
  const broker = await NatsServer.start();
  try {
    const few = await measureNodes(broker, FEW, seconds);
    const many = await measureNodes(broker, MANY, seconds);
    const brokerReader = Math.max(0, (many.broker - few.broker) / (MANY - FEW));
    return {
      event: (few.event + many.event) / 2,
      brokerReader,
      brokerEntry: Math.max(0, few.broker - FEW * brokerReader),
      p50: few.p50,
      p99: few.p99,
    };
  } finally {
    await broker.close();
  }
}

async function measureNodes(broker: NatsServer, count: number, seconds: number) {
  const kind: ServerKind = {
    ...CHATTY,
    name: 'chatty, NATS',
    command: (port, folder) => [
      ...CHATTY.command(port, folder),
      ...['--history', broker.url, '--room', `nodes${count}`],
    ],
  };
  const nodes: RunningServer[] = [];
  try {
    for (let n = 0; n < count; n++) nodes.push(await RunningServer.start(kind));
    const [author, ...others] = nodes as [RunningServer, RunningServer, ...RunningServer[]];
    const { p50, p99 } = await latency(author.port, others[0].port, 100, seconds / 2);
    const used = () => [cpuSeconds(broker.pid), ...others.map(node => node.cpuSeconds)];
    const silent = await during(used, () => delay(seconds * 500).then(() => 0));
    const said = await during(used, () => talk(author.port, seconds));
    // What they do anyway is not the messages'.
    const perMessage = said.used.map((cpu, n) => ((cpu - 2 * (silent.used[n] ?? 0)) * 1e6) / said.result);
    const [atBroker = 0, ...atNodes] = perMessage;
    return { p50, p99, broker: atBroker, event: atNodes.reduce((sum, cpu) => sum + cpu, 0) / atNodes.length };
  } finally {
    for (const node of nodes) await node.stop();
  }
}

async function during(
  used: () => number[],
  work: () => Promise<number>,
): Promise<{ result: number; used: number[] }> {
  const before = used();
  const result = await work();
  return { result, used: used().map((cpu, n) => cpu - (before[n] ?? 0)) };
}

/** People in one room say something, in turn. @returns how many messages that were */
async function talk(port: number, seconds: number): Promise<number> {
  const sockets: Socket[] = [];
  for (let n = 0; n < SENDERS; n++) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }).on('error', () => {});
    socket.write(`{"Join":"talker${n}"}\n`);
    await new Promise(joined => socket.once('data', joined));
    sockets.push(socket.resume());
  }
  let sent = 0;
  const began = performance.now();
  while (performance.now() < began + seconds * 1000) {
    const content = `${sent} `.padEnd(50, 'x');
    sockets[sent++ % SENDERS]?.write(
      `${JSON.stringify({ Send: { username: nameOf(sent - 1), content } })}\n`,
    );
    await delay(Math.max(0, began + (sent * 1000) / RATE - performance.now()));
  }
  await delay(200); // the index follows
  for (const socket of sockets) socket.destroy();
  return sent;
}

const nameOf = (n: number) => `talker${n % SENDERS}`;

function cpuSeconds(pid = 0): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
