import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ServerAddress } from '../../../application/chat-request.js';
import {
  ListenFailure,
  type ListenFailureCode,
  type Logger,
  type Transport,
} from '../../../application/server/ports.js';
import type { RoomFeed } from '../../../application/server/room-feed.js';
import type { UseCases } from '../../../application/server/use-cases.js';
import { Connection, type ConnectionLimits, TICK_MS } from './connection.js';

/** What one server takes on. */
export interface TcpServerOptions extends ConnectionLimits {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly maxConnections: number;
  /** Milliseconds of silence before the system asks a peer whether it is still there. */
  readonly keepAliveMs: number;
}

/** Connections beyond the limit that are told so before they are hung up on; more of them are just cut. */
const POLITE_REFUSALS = 64;

/** How long a stop waits for last words to be read, in milliseconds. */
const STOP_TIMEOUT_MS = 2000;

/** `localhost` is both loopbacks, wherever a machine has both. */
const LOOPBACKS = ['127.0.0.1', '::1'];

/** Node's codes for a loopback that this machine does not have. */
const NO_SUCH_FAMILY = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

const FAILURE_CODES: Record<string, ListenFailureCode> = {
  EADDRINUSE: 'PORT_IN_USE',
  EACCES: 'NO_PERMISSION',
  EPERM: 'NO_PERMISSION',
  EADDRNOTAVAIL: 'BAD_ADDRESS',
  EAFNOSUPPORT: 'BAD_ADDRESS',
  EAI_AGAIN: 'BAD_ADDRESS',
  EINVAL: 'BAD_ADDRESS',
  ENOTFOUND: 'BAD_ADDRESS',
};

/** Lets clients into the room over TCP. */
export class TcpServer implements Transport {
  readonly #servers: Server[] = [];
  readonly #connections = new Set<Connection>();
  #count = 0;
  #stopping: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: TcpServerOptions,
    private readonly useCases: UseCases,
    private readonly feed: RoomFeed,
    private readonly log: Logger,
  ) {}

  async start(): Promise<readonly ServerAddress[]> {
    const { host, port } = this.options;
    try {
      if (host === 'localhost') await this.#listenOnLoopbacks(port);
      else await this.#listen(host, port);
    } catch (cause) {
      await this.stop();
      const code = FAILURE_CODES[errorCode(cause)] ?? 'CANNOT_LISTEN';
      throw new ListenFailure(code, { host, port }, { cause });
    }
    const addresses = this.#servers.map(addressOf);
    this.log.info({ addresses }, 'listening');
    return addresses;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Serves one client over any stream of bytes, as long as it lasts. */
  handle(duplex: Duplex): void {
    const taken = this.#connections.size;
    const connection = new Connection(
      ++this.#count,
      duplex,
      this.useCases,
      this.feed,
      this.options,
      this.log,
    );
    this.#connections.add(connection);
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
    duplex.once('close', () => this.#connections.delete(connection));
    if (this.#stopping !== undefined) connection.end('STOPPING');
    else if (taken >= this.options.maxConnections + POLITE_REFUSALS) connection.destroy();
    else if (taken >= this.options.maxConnections) connection.end('TOO_MANY_CONNECTIONS');
  }

  /** At port 0 the first loopback chooses, and the second must have the same. */
  async #listenOnLoopbacks(port: number): Promise<void> {
    let missing: unknown;
    for (const host of LOOPBACKS) {
      const [first] = this.#servers;
      try {
        await this.#listen(host, first === undefined ? port : addressOf(first).port);
      } catch (error) {
        if (!NO_SUCH_FAMILY.has(errorCode(error))) throw error;
        missing = error;
      }
    }
    if (this.#servers.length === 0) throw missing;
  }

  async #listen(host: string, port: number): Promise<void> {
    const server = createServer({
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: this.options.keepAliveMs,
    });
    server.on('connection', (socket: Socket) => this.handle(socket));
    server.listen({ host, port, backlog: 4096 });
    await once(server, 'listening');
    server.on('error', error => this.log.error({ err: error }, 'cannot accept a connection'));
    this.#servers.push(server);
  }

  #tick(): void {
    for (const connection of this.#connections) connection.tick();
    if (this.#connections.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #stop(): Promise<void> {
    for (const server of this.#servers) server.close();
    // What was said until now belongs before the last word.
    await this.feed.settled();
    const connections = [...this.#connections];
    for (const connection of connections) connection.end('STOPPING');
    const cut = setTimeout(() => {
      for (const connection of connections) connection.destroy();
    }, STOP_TIMEOUT_MS);
    await Promise.all(connections.map(connection => connection.closed()));
    clearTimeout(cut);
  }
}

function addressOf(server: Server): ServerAddress {
  const { address, port } = server.address() as AddressInfo;
  return { host: address, port };
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
