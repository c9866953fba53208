// The load generator: a process of its own, so that it does not share the server's core. It is told its work by an
// IPC message, tells its parent when the measured part begins and ends, and then what it has found.
//
// Every delivery to every client is counted. Order and duplicates are checked, line by line, at every tenth client:
// at millions of lines a second the generator, not the server, would be measured otherwise.

import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { DIALECTS, type Dialect } from './dialects.js';
import { clientFrame, FrameStream, upgradeRequest } from './web-client.js';
import { BODY_BYTES, type LoadResult, type Workload } from './workloads.js';

/** What every message begins with, and nothing else on any of the wires holds: `=`. */
const MARK = 0x3d;
const CHECKED_EVERY = 10;
/** After so long without a delivery a run is over, whatever is missing; milliseconds. */
const QUIET_MS = 3000;

export interface LoadOrder {
  readonly port: number;
  readonly dialect: string;
  /** Whether clients speak TLS. */
  readonly isEncrypted?: boolean;
  readonly workload: Workload;
}

class Client {
  readonly socket: Socket;
  joined = false;
  closed = false;
  /** Messages heard. */
  heard = 0;
  said = 0;
  /** The last number heard of each sender, where order is checked. */
  readonly last: Int32Array | undefined;
  #rest = '';
  #frames: FrameStream | undefined;

  constructor(
    readonly load: Load,
    readonly index: number,
    stalled: boolean,
  ) {
    if (index % CHECKED_EVERY === 0) this.last = new Int32Array(load.work.senders);
    const address = { port: load.port, host: '127.0.0.1', noDelay: true };
    if (load.isEncrypted) {
      this.socket = connectTls({ ...address, rejectUnauthorized: false });
      this.socket.on('data', chunk => {
        if (!this.#onRead(chunk.length, chunk, stalled)) this.socket.pause();
      });
    } else {
      const callback = (bytes: number, buffer: Uint8Array) => this.#onRead(bytes, buffer, stalled);
      this.socket = connect({ ...address, onread: { buffer: load.buffer, callback } });
    }
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.closed = true;
    });
    const { path, isLinePerFrame = false } = load.dialect;
    if (path === undefined) this.write(load.dialect.join(this.name));
    else {
      this.#frames = new FrameStream(
        isLinePerFrame,
        () => this.write(load.dialect.join(this.name)),
        content => this.#hear(content),
      );
      this.socket.write(upgradeRequest(path));
    }
  }

  get name(): string {
    return `u${this.index}`;
  }

  #onRead(bytes: number, buffer: Uint8Array, stalled: boolean): boolean {
    const chunk = (buffer as Buffer).subarray(0, bytes);
    if (this.#frames === undefined) this.#hear(chunk);
    else this.#frames.read(chunk);
    return !(stalled && this.joined);
  }

  write(text: string): void {
    this.socket.write(this.#frames === undefined ? text : clientFrame(text));
  }

  #hear(chunk: Buffer): void {
    if (!this.joined) this.#beforeJoined(chunk.toString('latin1'));
    else if (this.load.measuring) this.#count(chunk);
    else if (chunk.includes('PING')) this.#beforeJoined(chunk.toString('latin1'));
  }

  #beforeJoined(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const { answer, joined } = this.load.dialect.hear(line);
      if (answer !== undefined) this.write(answer);
      if (joined === true && !this.joined) {
        this.joined = true;
        this.load.joined++;
      }
    }
    if (this.joined) this.#rest = '';
  }

  /** Counts messages by their mark, of which each has one; everything else that is said has none. */
  #count(chunk: Buffer): void {
    if (this.last !== undefined) {
      this.#check(chunk, this.last);
      return;
    }
    let count = 0;
    for (let at = chunk.indexOf(MARK); at !== -1; at = chunk.indexOf(MARK, at + BODY_BYTES)) count++;
    this.heard += count;
    this.load.deliveries += count;
  }

  #check(chunk: Buffer, last: Int32Array): void {
    const text = this.#rest + chunk.toString('latin1');
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      const at = text.indexOf('=', start);
      if (at !== -1 && at < end) {
        const [sender = 0, number = 0, sentAt = 0] = text
          .slice(at + 1, end)
          .split(' ', 3)
          .map(Number);
        const before = last[sender] ?? 0;
        if (number <= before) this.load.duplicates++;
        else if (number !== before + 1) this.load.disordered++;
        last[sender] = Math.max(number, before);
        this.heard++;
        this.load.deliveries++;
        this.load.latencies.push(performance.now() * 1000 - sentAt);
      }
      start = end + 1;
    }
    this.#rest = text.slice(start);
  }
}

class Load {
  readonly buffer = Buffer.allocUnsafe(256 * 1024);
  readonly dialect: Dialect;
  readonly work: Workload;
  readonly port: number;
  readonly isEncrypted: boolean;
  readonly clients: Client[] = [];
  readonly latencies: number[] = [];
  joined = 0;
  deliveries = 0;
  duplicates = 0;
  disordered = 0;
  measuring = false;
  #sent = 0;
  #next = 0;

  constructor(order: LoadOrder) {
    const dialect = DIALECTS[order.dialect];
    if (dialect === undefined) throw new Error(`no dialect ${order.dialect}`);
    this.dialect = dialect;
    this.work = order.workload;
    this.port = order.port;
    this.isEncrypted = order.isEncrypted === true;
  }

  async run(): Promise<LoadResult> {
    const { clients, stalled = 0, seconds } = this.work;
    const joinBegan = performance.now();
    for (let index = 0; index < clients + stalled; index++) {
      this.clients.push(new Client(this, index, index >= clients));
      if (index % 100 === 99) await turns(1);
    }
    await until(() => this.joined === clients + stalled, 60_000);
    const joinSeconds = (performance.now() - joinBegan) / 1000;
    await new Promise(resolve => setTimeout(resolve, 500 + clients / 2)); // the joins are heard out
    this.measuring = true;
    process.send?.({ type: 'begin' });
    const began = performance.now();
    await this.#talk(began, seconds * 1000);
    const expected = this.#sent * (clients - 1);
    await this.#hearOut(expected);
    const took = (performance.now() - began) / 1000;
    process.send?.({ type: 'end' });
    const latencies = Float64Array.from(this.latencies).sort();
    const percentile = (p: number) => Math.round(latencies[Math.floor(latencies.length * p)] ?? 0);
    return {
      joinSeconds,
      seconds: took,
      sent: this.#sent,
      deliveries: this.deliveries,
      lost: expected - this.deliveries,
      duplicates: this.duplicates,
      disordered: this.disordered,
      closed: this.clients.slice(0, clients).filter(client => client.closed).length,
      p50: percentile(0.5),
      p99: percentile(0.99),
      p999: percentile(0.999),
    };
  }

  async #talk(began: number, milliseconds: number): Promise<void> {
    const { window = Number.POSITIVE_INFINITY, rate = Number.POSITIVE_INFINITY, clients } = this.work;
    for (let now = began; now < began + milliseconds; now = performance.now()) {
      const due = rate === Number.POSITIVE_INFINITY ? rate : ((now - began) / 1000) * rate;
      const room = Math.floor(this.deliveries / (clients - 1)) + window;
      while (this.#sent < due && this.#sent < room) this.#say();
      await turns(1);
    }
  }

  #say(): void {
    const client = this.clients[this.#next] as Client;
    this.#next = (this.#next + 1) % this.work.senders;
    this.#sent++;
    const head = `=${client.index} ${++client.said} ${Math.round(performance.now() * 1000)} `;
    client.write(this.dialect.say(client.name, head.padEnd(BODY_BYTES, 'x')));
  }

  async #hearOut(expected: number): Promise<void> {
    let [deliveries, since] = [this.deliveries, performance.now()];
    while (this.deliveries < expected && performance.now() - since < QUIET_MS) {
      await turns(1);
      if (this.deliveries !== deliveries) [deliveries, since] = [this.deliveries, performance.now()];
    }
  }
}

const turns = (count: number): Promise<void> =>
  new Promise(resolve => setImmediate(() => (count > 1 ? resolve(turns(count - 1)) : resolve())));

async function until(condition: () => boolean, milliseconds: number): Promise<void> {
  const deadline = performance.now() + milliseconds;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('not all clients could join in time');
    await turns(1);
  }
}

process.once('message', (order: LoadOrder) => {
  new Load(order).run().then(
    result => process.send?.({ type: 'result', result }, () => process.exit(0)),
    error => process.send?.({ type: 'failed', reason: String(error) }, () => process.exit(1)),
  );
});
