import { createServer, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { ServerAddress } from '../../application/chat-request.js';
import type { Logger } from '../../application/server/service-ports.js';
import type { Transport } from '../../application/server/transport-ports.js';
import { endpoint, plainAddress } from '../wire/endpoint.js';
import type { Channel } from '../wire/listen/channel.js';
import type { From, LineOver, OpenPort, Port } from '../wire/listen/sockets.js';
import { StreamChannel } from '../wire/listen/stream-channel.js';
import type { WireConnections } from '../wire/listen/wire-connections.js';
import { Answers, type AnswersOptions } from './answers.js';
import { forwardedFor } from './forwarded.js';
import { type Asked, HttpChannel } from './http-channel.js';
import type { Page } from './page-file.js';

/** Bytes of a request without its body, of which none is read. */
const MAX_HEADER_BYTES = 8 * 1024;

/** How long a proxy may take to say whose request it passes on, in milliseconds. */
const PROXY_TIMEOUT_MS = 5000;

/** Lets people into the room by a page, which talks over a WebSocket. */
export class WebServer implements Transport {
  readonly #port: Port;
  /** Listens nowhere: it reads the streams that it is handed, encrypted or not. */
  readonly #http = createServer({ maxHeaderSize: MAX_HEADER_BYTES });
  readonly #channels = new WeakMap<Socket, HttpChannel>();
  /** Connections of which no proxy has said yet whose they are. */
  readonly #unknown = new Set<Channel>();
  readonly #answers: Answers;

  /** @param port 0 lets the system choose */
  constructor(
    port: number,
    options: AnswersOptions,
    page: Page,
    private readonly connections: Pick<WireConnections, 'accept'>,
    private readonly logger: Pick<Logger, 'warn'>,
    openPort: OpenPort,
    private readonly lineOver: LineOver = (_, plain) => plain,
  ) {
    this.#port = openPort(port, 'http', (...accepted) => this.#accept(...accepted));
    this.#answers = new Answers(options, page, channel => {
      this.#channels.set(channel.stream, channel);
      this.#http.emit('connection', channel.stream);
    });
    this.#http.on('request', (request, response) => this.#hear({ request, response }));
    this.#http.on('upgrade', (request, _, head: Buffer) => this.#hear({ request, head }));
  }

  start(): Promise<readonly ServerAddress[]> {
    return this.#port.start();
  }

  async stop(): Promise<void> {
    await this.#port.stop();
    for (const channel of this.#unknown) channel.destroy();
  }

  #accept(socket: Socket, { address, isProxy }: From): void {
    const { localAddress, localPort, remoteAddress: peer } = socket;
    const isProxied = peer !== undefined && this.#port.isProxy(peer);
    let cut: NodeJS.Timeout | undefined;
    const introduce = (http: HttpChannel, request: IncomingMessage) => {
      clearTimeout(cut);
      this.#unknown.delete(channel);
      this.#introduce(http, request);
    };
    const over = (stream: Socket, line: Channel, isEncrypted: boolean) => {
      const visit = { isEncrypted, isProxied, peer };
      return new HttpChannel(stream, line, visit, this.#answers, isProxy ? introduce : undefined);
    };
    const channel = this.lineOver(
      socket,
      over(socket, new StreamChannel(socket, address, endpoint(localAddress, localPort)), false),
      (stream, line) => over(stream, line, true),
    );
    if (!isProxy) this.connections.accept(channel);
    else {
      cut = setTimeout(() => channel.destroy(), PROXY_TIMEOUT_MS);
      this.#await(channel);
    }
  }

  /** Reads from a proxy until its request says whose connection it is. */
  #await(channel: Channel): void {
    this.#unknown.add(channel);
    void channel.closed().then(() => this.#unknown.delete(channel));
    channel.listen({
      onData: () => {},
      onRefused: reason => channel.end(undefined, PROXY_TIMEOUT_MS, reason),
      onError: () => {},
      onEnd: () => {},
    });
  }

  #introduce(channel: HttpChannel, request: IncomingMessage): void {
    const { peer } = channel.visit;
    const address = forwardedFor(request, one => this.#port.isProxy(one));
    channel.address = address ?? peer;
    if (address === undefined)
      this.logger.warn({ proxy: plainAddress(peer ?? '') }, 'a proxy did not say whose connection it is');
    this.connections.accept(channel);
  }

  #hear(asked: Asked): void {
    this.#channels.get(asked.request.socket)?.hear(asked);
  }
}
