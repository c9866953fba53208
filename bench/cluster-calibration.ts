import { fork } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import type { Figures } from './cluster-arithmetic.js';
import type { EntriesOrder, EntriesResult } from './cluster-entries.js';
import { type LogFigures, measureLog } from './cluster-log.js';
import { type Measurement, measure } from './measure.js';
import { CHATTY, ENCRYPTED, RunningServer, type ServerKind } from './servers.js';

/** How much is measured. */
export interface Effort {
  /** Members of the rooms in which deliveries are measured. */
  readonly rooms: readonly [number, number];
  readonly seconds: number;
  /** Connections that are counted, and those that are encrypted. */
  readonly idle: number;
  /** Rooms whose memory is measured; the last one counts. */
  readonly entries: readonly number[];
  readonly events: number;
  /** For how long the log is measured, each time. */
  readonly logSeconds: number;
}

export const WHOLE: Effort = {
  ...{ rooms: [100, 1000], seconds: 4, idle: 1000 },
  ...{ entries: [10_000, 100_000, 1_000_000], events: 20_000, logSeconds: 8 },
};

export interface Calibration {
  readonly figures: Figures;
  readonly flood: readonly Measurement[];
  readonly encrypted: Measurement;
  /** Twenty messages a second: each goes alone. */
  readonly steady: Measurement;
  readonly steadyEncrypted: Measurement;
  readonly idle: Idle;
  readonly idleEncrypted: Idle;
  readonly entries: readonly EntriesResult[];
  readonly log: LogFigures;
}

/** One who came in and says nothing. */
interface Idle {
  readonly cpu: number;
  readonly bytes: number;
  readonly emptyBytes: number;
}

/** Messages a second, at which each goes alone. */
export const STEADY = 20;

/** Measured once: 206,000 messages a second to four readers over core NATS, with everything on two cores. */
const BEATS = { brokerBeat: 1.2, beat: 2 };

/** Measures this machine: some two minutes. */
export async function calibrate(effort: Effort, progress: (text: string) => void): Promise<Calibration> {
  const { seconds, rooms } = effort;
  const [small, large] = rooms;
  const work = { title: '', senders: Math.min(10, small), seconds };
  const flood: Measurement[] = [];
  for (const clients of rooms) {
    progress(`as fast as it goes, ${clients} members`);
    flood.push(await measure(CHATTY, { ...work, name: `${clients}`, clients, window: 50 }));
  }
  progress(`as fast as it goes, encrypted, ${large} members`);
  const encrypted = await measure(ENCRYPTED, { ...work, name: 'encrypted', clients: large, window: 50 });
  progress(`${STEADY} messages a second, ${large} members`);
  const slow = { ...work, name: 'steady', clients: large, rate: STEADY };
  const steady = await measure(CHATTY, slow);
  const steadyEncrypted = await measure(ENCRYPTED, slow);
  progress(`${effort.idle} members who say nothing`);
  const idle = await measureIdle(CHATTY, effort.idle);
  const idleEncrypted = await measureIdle(ENCRYPTED, effort.idle);
  const entries: EntriesResult[] = [];
  for (const members of effort.entries) {
    progress(`a room of ${members.toLocaleString('en')} as a node has it in memory`);
    entries.push(await measureEntries({ members, events: effort.events }));
  }
  progress('the log, with a broker');
  const log = await measureLog(effort.logSeconds);
  const all = { log, flood, encrypted, steady, steadyEncrypted, idle, idleEncrypted, entries };
  return { ...all, figures: figuresOf(all) };
}

/** What the model goes by: everybody's line is encrypted. */
export function figuresOf(measured: Omit<Calibration, 'figures'>): Figures {
  const { encrypted, steadyEncrypted, idleEncrypted, log } = measured;
  const entry = measured.entries.at(-1);
  if (entry === undefined) throw new Error('nothing was measured');
  return {
    ...BEATS,
    ...{ brokerEntry: log.brokerEntry, brokerReader: log.brokerReader, logP50: log.p50, logP99: log.p99 },
    delivery: encrypted.cpuPerDelivery,
    // a message that goes alone costs a delivery and a write
    write: Math.max(0, steadyEncrypted.cpuPerDelivery - encrypted.cpuPerDelivery),
    event: log.event,
    // its rules and look-alikes, in place of those of a message
    coming: log.event + Math.max(0, entry.coming - entry.fold),
    catchUp: entry.fold + entry.keepOf100,
    handshake: idleEncrypted.cpu,
    memberBytes: idleEncrypted.bytes,
    entryBytes: entry.entryBytes,
    emptyBytes: idleEncrypted.emptyBytes,
    messageLine: entry.messageLine,
    presenceLine: entry.presenceLine,
    checkpointBytes: entry.checkpointBytes,
    checkpointWrite: entry.checkpointWrite,
    checkpointRead: entry.checkpointRead,
    who: entry.who,
  };
}

/** They come one after the other, at most a hundred on their way. What each is told of the others is in it: a sixth of it all. */
async function measureIdle(kind: ServerKind, count: number): Promise<Idle> {
  const server = await RunningServer.start(kind);
  const sockets: Socket[] = [];
  try {
    const emptyMiB = server.residentMiB;
    const enter = (n: number) =>
      new Promise<void>((resolve, reject) => {
        const address = { port: server.port, host: '127.0.0.1' };
        const socket = kind.isEncrypted
          ? connectTls({ ...address, rejectUnauthorized: false })
          : connect(address);
        sockets.push(socket);
        socket.once('error', reject).once('data', () => {
          resolve();
          socket.resume();
        });
        socket.write(`${JSON.stringify({ Join: { username: `member${n}`, history: 0 } })}\n`);
      });
    const enterAll = async (from: number, to: number) => {
      for (let n = from; n < to; n += 100)
        await Promise.all(Array.from({ length: Math.min(100, to - n) }, (_, k) => enter(n + k)));
      await new Promise(resolve => setTimeout(resolve, 500));
    };
    // The first ones pay for what is loaded, compiled and set aside once.
    const first = Math.ceil(count / 5);
    await enterAll(0, first);
    const [cpu, mib] = [server.cpuSeconds, server.residentMiB];
    await enterAll(first, count);
    const others = count - first;
    return {
      cpu: ((server.cpuSeconds - cpu) * 1e6) / others,
      bytes: Math.max(0, ((server.residentMiB - mib) * 2 ** 20) / others),
      emptyBytes: emptyMiB * 2 ** 20,
    };
  } finally {
    for (const socket of sockets) socket.on('error', () => {}).destroy();
    await server.stop();
  }
}

function measureEntries(order: EntriesOrder): Promise<EntriesResult> {
  const path = fileURLToPath(new URL('./cluster-entries.js', import.meta.url));
  const child = fork(path, { execArgv: ['--expose-gc', '--max-old-space-size=8192'] });
  child.send(order);
  return new Promise((resolve, reject) => {
    child.once('message', (report: { result?: EntriesResult; reason?: string }) => {
      if (report.result === undefined) reject(new Error(report.reason));
      else resolve(report.result);
    });
    child.once('exit', code => reject(new Error(`the process that measures memory ended with ${code}`)));
  });
}
