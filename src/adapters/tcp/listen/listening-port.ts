import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { ServerAddress } from '../../../application/chat-request.js';
import { ListenFailure } from '../../../application/server/failures.js';
import type { Logger } from '../../../application/server/service-ports.js';
import { plainAddress } from '../../wire/endpoint.js';
import { listenCode } from '../../wire/listen/listen-code.js';
import type { Port, Receive } from '../../wire/listen/sockets.js';
import { Proxies } from './proxies.js';

export interface ListeningPortOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Milliseconds of silence before the system asks a peer whether it is still there. */
  readonly keepAliveMs: number;
  /** Sockets that listen already, and were handed over: in place of host and port. */
  readonly fds?: readonly number[];
  /** Whether other processes of the same user may listen there as well: the system chooses for each connection whose it is. */
  readonly sharesPort?: boolean;
  /** Addresses and networks of proxies, with commas between them. */
  readonly proxies?: string;
  /** What is spoken there, if it is not the wire itself: proxies have a way of their own then to say whose connection it is. */
  readonly scheme?: ServerAddress['scheme'];
}

/** `localhost` is both loopbacks, wherever a machine has both. */
const LOOPBACKS = ['127.0.0.1', '::1'];

/** Node's codes for a loopback that this machine does not have. */
const NO_SUCH_FAMILY = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** Sockets that are accepted at one port, and whose they are. */
export class ListeningPort implements Port {
  readonly #servers: Server[] = [];
  readonly #proxies: Proxies;

  constructor(
    private readonly options: ListeningPortOptions,
    private readonly receive: Receive,
    private readonly logger: Pick<Logger, 'warn' | 'error'>,
  ) {
    this.#proxies = new Proxies(options);
  }

  async start(): Promise<readonly ServerAddress[]> {
    const { host, port, fds = [], scheme } = this.options;
    try {
      for (const fd of fds) await this.#listen({ fd });
      if (fds.length === 0 && host === 'localhost') await this.#listenOnLoopbacks(port);
      else if (fds.length === 0) await this.#listen({ host, port });
    } catch (cause) {
      await this.stop();
      // Of a socket that was handed over, host and port are not those of the settings.
      const code = fds.length > 0 ? 'BAD_SOCKET' : listenCode(cause);
      throw new ListenFailure(code, { host, port, ...(scheme && { scheme }) }, { cause });
    }
    return this.#servers.map(server => ({ ...addressOf(server), ...(scheme && { scheme }) }));
  }

  async stop(): Promise<void> {
    for (const server of this.#servers.splice(0)) server.close();
    this.#proxies.stop();
  }

  isProxy(address: string): boolean {
    return this.#proxies.has(address);
  }

  /** At port 0 the first loopback chooses, and the second must have the same. */
  async #listenOnLoopbacks(port: number): Promise<void> {
    let missing: unknown;
    for (const host of LOOPBACKS) {
      const [first] = this.#servers;
      try {
        await this.#listen({ host, port: first === undefined ? port : addressOf(first).port });
      } catch (error) {
        if (!NO_SUCH_FAMILY.has(errorCode(error))) throw error;
        missing = error;
      }
    }
    if (this.#servers.length === 0) throw missing;
  }

  async #listen(at: ServerAddress | { readonly fd: number }): Promise<void> {
    const server = createServer({ noDelay: true });
    server.on('connection', (socket: Socket) => this.#introduce(socket));
    server.listen({ ...at, backlog: 4096, reusePort: this.options.sharesPort === true && 'port' in at });
    await once(server, 'listening');
    server.on('error', error => this.logger.error({ err: error }, 'cannot accept a connection'));
    this.#servers.push(server);
  }

  /** Behind a proxy it has to say first whose connection it is. */
  #introduce(socket: Socket): void {
    const { remoteAddress: peer } = socket;
    socket.setKeepAlive(true, this.options.keepAliveMs);
    const onKnown = (address: string | undefined) => this.receive(socket, { address, isProxy: false });
    const onInvalid = () =>
      this.logger.warn({ proxy: plainAddress(peer ?? '') }, 'a proxy did not say whose connection it is');
    const onOther = () => this.receive(socket, { address: peer, isProxy: true });
    const mayBeOther = this.options.scheme === 'http';
    if (!this.#proxies.has(peer)) onKnown(peer);
    else this.#proxies.introduce(socket, onKnown, onInvalid, mayBeOther ? onOther : undefined);
  }
}

function addressOf(server: Server): ServerAddress {
  const { address, port } = server.address() as AddressInfo;
  return { host: address, port };
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
