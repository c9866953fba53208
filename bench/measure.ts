import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { pinned, RunningServer, type ServerKind } from './servers.js';
import type { StormResult } from './storm.js';
import { type LoadResult, STORM_CLIENTS, type Workload } from './workloads.js';

/** The server's bill: seconds of CPU while it was measured, and MiB resident, empty and at its most. */
export interface Bill {
  readonly server: string;
  readonly workload: string;
  readonly cpuSeconds: number;
  /** Of it, how often the system was asked to write: what several messages cost together. */
  readonly writes: number;
  readonly emptyMiB: number;
  readonly residentMiB: number;
}

export interface Measurement extends LoadResult, Bill {
  readonly deliveriesPerSecond: number;
  /** Server CPU per delivery, in microseconds, joins not counted: the figure to trust on a noisy machine. */
  readonly cpuPerDelivery: number;
}

export type StormMeasurement = StormResult & Bill;

type Report<R> =
  | { readonly type: 'begin' }
  | { readonly type: 'end' }
  | { readonly type: 'result'; readonly result: R }
  | { readonly type: 'failed'; readonly reason: string };

export async function measure(kind: ServerKind, workload: Workload): Promise<Measurement> {
  const order = { dialect: kind.dialect, isEncrypted: kind.isEncrypted === true, workload };
  const [result, bill] = await run<LoadResult>(kind, workload.name, './load.js', order);
  return {
    ...result,
    ...bill,
    deliveriesPerSecond: result.deliveries / result.seconds,
    cpuPerDelivery: (bill.cpuSeconds * 1e6) / result.deliveries,
  };
}

export async function measureStorm(
  kind: ServerKind,
  clients: number = STORM_CLIENTS,
): Promise<StormMeasurement> {
  const [result, bill] = await run<StormResult>(kind, 'F', './storm.js', { clients });
  return { ...result, ...bill };
}

/** Starts a server, lets a process of its own do the work, and reads the server's bill. */
async function run<R>(kind: ServerKind, workload: string, script: string, order: object): Promise<[R, Bill]> {
  const server = await RunningServer.start(kind);
  const emptyMiB = server.residentMiB;
  let residentMiB = emptyMiB;
  const watch = setInterval(() => {
    residentMiB = Math.max(residentMiB, server.residentMiB);
  }, 200);
  try {
    const [result, taken] = await work<R>(script, { ...order, port: server.port }, server);
    return [result, { server: kind.name, workload, ...taken, emptyMiB, residentMiB }];
  } finally {
    clearInterval(watch);
    await server.stop();
  }
}

function work<R>(
  script: string,
  order: object,
  server: RunningServer,
): Promise<[R, Pick<Bill, 'cpuSeconds' | 'writes'>]> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const [program = '', ...args] = pinned(1, [process.execPath, path]);
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send(order);
  const now = () => ({ cpuSeconds: server.cpuSeconds, writes: server.writes });
  let [began, taken] = [now(), now()];
  return new Promise((resolve, reject) => {
    child.on('message', (report: Report<R>) => {
      if (report.type === 'begin') began = now();
      else if (report.type === 'end') {
        const { cpuSeconds, writes } = now();
        taken = { cpuSeconds: cpuSeconds - began.cpuSeconds, writes: writes - began.writes };
      } else if (report.type === 'result') resolve([report.result, taken]);
      else reject(new Error(report.reason));
    });
    child.once('exit', code => reject(new Error(`the load generator ended with ${code}`)));
  });
}
