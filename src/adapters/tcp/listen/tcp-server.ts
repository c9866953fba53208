import type { Socket } from 'node:net';
import type { ServerAddress } from '../../../application/chat-request.js';
import type { Logger } from '../../../application/server/service-ports.js';
import type { Transport } from '../../../application/server/transport-ports.js';
import { endpoint } from '../../wire/endpoint.js';
import type { From, LineOver } from '../../wire/listen/sockets.js';
import { StreamChannel } from '../../wire/listen/stream-channel.js';
import type { WireConnections } from '../../wire/listen/wire-connections.js';
import { ListeningPort, type ListeningPortOptions } from './listening-port.js';

export type TcpServerOptions = Omit<ListeningPortOptions, 'scheme'>;

/** Lets clients into the room over TCP. */
export class TcpServer implements Transport {
  readonly #port: ListeningPort;

  constructor(
    options: TcpServerOptions,
    private readonly connections: Pick<WireConnections, 'accept'>,
    logger: Logger,
    private readonly lineOver: LineOver = (_, plain) => plain,
  ) {
    this.#port = new ListeningPort(options, (...accepted) => this.#accept(...accepted), logger);
  }

  start(): Promise<readonly ServerAddress[]> {
    return this.#port.start();
  }

  stop(): Promise<void> {
    return this.#port.stop();
  }

  #accept(socket: Socket, { address }: From): void {
    const { localAddress, localPort } = socket;
    const plain = new StreamChannel(socket, address, endpoint(localAddress, localPort));
    this.connections.accept(this.lineOver(socket, plain));
  }
}
