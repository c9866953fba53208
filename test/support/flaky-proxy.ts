import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What goes wrong with a connection, and how long each connection is well before, at most; milliseconds. */
export interface Faults {
  readonly calmMs: number;
  readonly kinds: readonly ('reset' | 'half-close' | 'delay' | 'drop')[];
}

/** How long a delay lasts, and how long a connection is deaf before it is reset, at most; milliseconds. */
const DELAY_MS = 300;
const DEAF_MS = 2000;

/** A line between clients and a server that does to connections what networks do. */
export class FlakyProxy {
  /** Where the server is at present; nowhere while it is down. */
  target: number | undefined;
  faults: Faults | undefined;
  /** How often each fault has struck. */
  readonly struck: Record<string, number> = {};
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** @param random from 0 to below 1 */
  private constructor(private readonly random: () => number) {
    this.#server = createServer(socket => this.#serve(socket));
  }

  static async start(random: () => number): Promise<[FlakyProxy, port: number]> {
    const proxy = new FlakyProxy(random);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    const address = proxy.#server.address();
    return [proxy, typeof address === 'object' && address !== null ? address.port : 0];
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Breaks every connection that there is. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  #serve(near: Socket): void {
    if (this.target === undefined) {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port: this.target, host: '127.0.0.1', noDelay: true });
    const ends = [near, far] as const;
    for (const [from, to] of [ends, ends.toReversed() as [Socket, Socket]]) {
      this.#sockets.add(from);
      from.on('error', () => {});
      from.on('data', (chunk: Buffer) => to.write(chunk));
      from.on('end', () => to.end());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
    near.setNoDelay(true);
    void this.#plague(near, far);
  }

  async #plague(near: Socket, far: Socket): Promise<void> {
    while (!near.destroyed) {
      const { faults } = this;
      if (faults === undefined) {
        await delay(50, undefined, { ref: false });
        continue;
      }
      await delay(this.random() * faults.calmMs, undefined, { ref: false });
      if (this.faults === undefined || near.destroyed) continue;
      const kind = faults.kinds[Math.floor(this.random() * faults.kinds.length)] ?? 'reset';
      this.struck[kind] = (this.struck[kind] ?? 0) + 1;
      await this.#strike(kind, near, far);
    }
  }

  async #strike(kind: Faults['kinds'][number], near: Socket, far: Socket): Promise<void> {
    if (kind === 'half-close') {
      (this.random() < 0.5 ? near : far).end();
      return;
    }
    if (kind === 'reset') {
      near.resetAndDestroy();
      far.resetAndDestroy();
      return;
    }
    const deaf = this.random() < 0.5 ? [near] : [near, far];
    for (const socket of deaf) socket.pause();
    await delay(this.random() * (kind === 'delay' ? DELAY_MS : DEAF_MS), undefined, { ref: false });
    // What was dropped is never delivered: the connection is deaf, and then it is gone.
    if (kind === 'drop') for (const socket of [near, far]) socket.resetAndDestroy();
    else for (const socket of deaf) socket.resume();
  }
}
