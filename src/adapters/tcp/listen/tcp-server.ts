import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { ServerAddress } from '../../../application/chat-request.js';
import { ListenFailure, type ListenFailureCode } from '../../../application/server/failures.js';
import type { Logger, Transport } from '../../../application/server/ports.js';
import { endpoint } from '../../wire/endpoint.js';
import type { Channel } from '../../wire/listen/channel.js';
import { StreamChannel } from '../../wire/listen/stream-channel.js';
import type { WireConnections } from '../../wire/listen/wire-connections.js';
import { Proxies } from './proxies.js';

export interface TcpServerOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Milliseconds of silence before the system asks a peer whether it is still there. */
  readonly keepAliveMs: number;
  /** Sockets that listen already, and were handed over: in place of host and port. */
  readonly fds?: readonly number[];
  /** Addresses and networks of proxies, with commas between them. */
  readonly proxies?: string;
}

/** What speaks over a socket that was accepted: the socket itself as it is in `plain`, or something on top of it. */
export type LineOver = (socket: Socket, plain: Channel) => Channel;

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
  readonly #proxies: Proxies;

  constructor(
    private readonly options: TcpServerOptions,
    private readonly connections: Pick<WireConnections, 'accept'>,
    private readonly logger: Logger,
    private readonly lineOver: LineOver = (_, plain) => plain,
  ) {
    this.#proxies = new Proxies(options);
  }

  async start(): Promise<readonly ServerAddress[]> {
    const { host, port, fds = [] } = this.options;
    try {
      for (const fd of fds) await this.#listen({ fd });
      if (fds.length > 0) return this.#servers.map(addressOf);
      if (host === 'localhost') await this.#listenOnLoopbacks(port);
      else await this.#listen({ host, port });
    } catch (cause) {
      await this.stop();
      const code = FAILURE_CODES[errorCode(cause)] ?? 'CANNOT_LISTEN';
      throw new ListenFailure(code, { host, port }, { cause });
    }
    return this.#servers.map(addressOf);
  }

  async stop(): Promise<void> {
    for (const server of this.#servers.splice(0)) server.close();
    this.#proxies.stop();
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
    server.on('connection', (socket: Socket) => this.#receive(socket));
    server.listen({ ...at, backlog: 4096 });
    await once(server, 'listening');
    server.on('error', error => this.logger.error({ err: error }, 'cannot accept a connection'));
    this.#servers.push(server);
  }

  /** Behind a proxy it has to say first whose connection it is. */
  #receive(socket: Socket): void {
    const { remoteAddress } = socket;
    socket.setKeepAlive(true, this.options.keepAliveMs);
    const onKnown = (address: string | undefined) => this.#accept(socket, address);
    if (!this.#proxies.has(remoteAddress)) onKnown(remoteAddress);
    else
      this.#proxies.introduce(socket, onKnown, () =>
        this.logger.warn({ proxy: remoteAddress ?? '' }, 'a proxy did not say whose connection it is'),
      );
  }

  #accept(socket: Socket, address: string | undefined): void {
    const { localAddress, localPort } = socket;
    const plain = new StreamChannel(socket, address, endpoint(localAddress, localPort));
    this.connections.accept(this.lineOver(socket, plain));
  }
}

function addressOf(server: Server): ServerAddress {
  const { address, port } = server.address() as AddressInfo;
  return { host: address, port };
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
