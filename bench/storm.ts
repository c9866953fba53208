// Workload F: everybody joins at once, and everybody leaves at once. Measured until everybody knows.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const NEWLINE = 0x0a;
const PATIENCE_MS = 60_000;

export interface StormOrder {
  readonly port: number;
  readonly clients: number;
}

/** Seconds until each had its answer and had heard of all who came after it; and until the last one knew it is alone. */
export interface StormResult {
  readonly joinSeconds: number;
  readonly leaveSeconds: number;
}

async function storm({ port, clients }: StormOrder): Promise<StormResult> {
  const buffer = Buffer.allocUnsafe(256 * 1024);
  let lines = 0;
  const sockets: Socket[] = [];
  for (let index = 0; index < clients; index++) {
    const onRead = (bytes: number) => {
      const chunk = buffer.subarray(0, bytes);
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) lines++;
      return true;
    };
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback: onRead } });
    socket.on('error', () => {});
    sockets.push(socket);
    if (index % 100 === 99) await once(socket, 'connect');
  }
  await Promise.all(sockets.map(socket => (socket.connecting ? once(socket, 'connect') : undefined)));

  process.send?.({ type: 'begin' });
  const joinBegan = performance.now();
  for (const [index, socket] of sockets.entries()) socket.write(`{"Join":"u${index}"}\n`);
  // One answer each, and of each two who are there, the one who came first hears of the other.
  await until(() => lines === clients + (clients * (clients - 1)) / 2);
  const joinSeconds = (performance.now() - joinBegan) / 1000;

  lines = 0;
  const leaveBegan = performance.now();
  for (const socket of sockets.slice(1)) socket.pause(); // what the leaving hear of each other counts for nobody
  for (const socket of sockets.slice(1)) socket.resetAndDestroy();
  await until(() => lines >= clients - 1);
  const leaveSeconds = (performance.now() - leaveBegan) / 1000;
  process.send?.({ type: 'end' });
  return { joinSeconds, leaveSeconds };

  async function until(condition: () => boolean): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`heard ${lines} lines only`);
      await new Promise(resolve => setImmediate(resolve));
    }
  }
}

process.once('message', (order: StormOrder) => {
  storm(order).then(
    result => process.send?.({ type: 'result', result }, () => process.exit(0)),
    error => process.send?.({ type: 'failed', reason: String(error) }, () => process.exit(1)),
  );
});
