import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServerAddress } from '../../application/chat-request.js';
import { ListenFailure } from '../../application/server/failures.js';
import type { ReadStatus } from '../../application/server/read-status.js';
import type { Readiness } from '../../application/server/readiness.js';
import type { Logger, Monitor } from '../../application/server/service-ports.js';
import type { NotReady } from '../../application/server-status.js';
import { listenCode } from '../wire/listen/listen-code.js';
import { Exposition, type Form, formOf } from './exposition.js';
import { FewSockets } from './few-sockets.js';

/** Whoever scrapes has one connection at a time; a few look at the health. */
const MAX_CONNECTIONS = 16;
/** How long a request, its headers, and the reading of an answer may take, in milliseconds. */
const REQUEST_MS = 5000;
const IDLE_MS = 10_000;
const MAX_HEADER_BYTES = 8 * 1024;

/** A text is told again for so long, in milliseconds: who asks all the time costs no more than who asks ten times a second. */
const FRESH_MS = 100;

const PATHS = '/metrics, /healthz and /readyz';

const OBJECTIONS: Record<NotReady, string> = {
  STARTING: 'not ready: the server is starting',
  DRAINING: 'not ready: the server sends its clients away, and stops',
  STOPPING: 'not ready: the server is stopping',
  DISK_FULL: 'not ready: the disk is full, and nothing can be recorded',
  NOT_RECORDED: 'not ready: the history cannot be written',
};

interface Answer {
  readonly code: number;
  readonly text: string;
  readonly type?: string;
}

/** Tells how the server is, over HTTP, to whoever can reach it: numbers, and whether it is ready. */
export class MetricsServer implements Monitor {
  #server: Server | undefined;
  readonly #expositions: Record<Form, Exposition>;
  readonly #told = new Map<Form, { readonly text: Promise<string>; readonly at: number }>();

  constructor(
    private readonly at: ServerAddress,
    private readonly readiness: Pick<Readiness, 'objection'>,
    readStatus: Pick<ReadStatus, 'execute'>,
    private readonly logger: Pick<Logger, 'warn' | 'error'>,
    private readonly freshMs = FRESH_MS,
  ) {
    const read = () => readStatus.execute();
    this.#expositions = {
      prometheus: new Exposition('prometheus', read),
      openmetrics: new Exposition('openmetrics', read),
    };
  }

  /** Resolves to where it can be asked. @throws {ListenFailure} */
  async start(): Promise<ServerAddress> {
    const server = createServer(
      {
        requestTimeout: REQUEST_MS,
        headersTimeout: REQUEST_MS,
        connectionsCheckingInterval: 1000,
        maxHeaderSize: MAX_HEADER_BYTES,
        requireHostHeader: false,
      },
      (request, response) => void this.#respond(request, response),
    );
    const sockets = new FewSockets(MAX_CONNECTIONS);
    server.on('connection', socket => sockets.add(socket));
    server.setTimeout(IDLE_MS, socket => socket.destroy());
    try {
      server.listen(this.at);
      await once(server, 'listening');
    } catch (cause) {
      throw new ListenFailure(listenCode(cause), this.at, { cause });
    }
    // Without a listener, one connection that the system has no file for would end the process.
    server.on('error', err => this.logger.error({ err }, 'cannot accept a connection'));
    this.#server = server;
    const { address: host, port } = server.address() as AddressInfo;
    return { host, port };
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    this.#server?.close();
    this.#server?.closeAllConnections();
    this.#server = undefined;
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const {
      code,
      text,
      type = 'text/plain; charset=utf-8',
    } = await this.#answer(request).catch(err => {
      this.logger.warn({ err }, 'the metrics cannot be read');
      return { code: 500, text: 'The metrics cannot be read; the log says why.\n', type: undefined };
    });
    const isHead = request.method === 'HEAD';
    response.writeHead(code, {
      'Content-Type': type,
      'Content-Length': Buffer.byteLength(text),
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      Connection: 'close',
      ...(code === 405 && { Allow: 'GET, HEAD' }),
    });
    response.end(isHead ? undefined : text);
  }

  async #answer({ method, url = '', headers }: IncomingMessage): Promise<Answer> {
    if (method !== 'GET' && method !== 'HEAD')
      return { code: 405, text: 'Only GET and HEAD are answered here.\n' };
    switch (url.split('?')[0]) {
      case '/metrics': {
        const form = formOf(headers.accept);
        return { code: 200, text: await this.#textIn(form), type: this.#expositions[form].contentType };
      }
      case '/healthz':
        return { code: 200, text: 'ok\n' };
      case '/readyz': {
        const { objection } = this.readiness;
        if (objection === undefined) return { code: 200, text: 'ready\n' };
        return { code: 503, text: `${OBJECTIONS[objection]}\n` };
      }
      default:
        return { code: 404, text: `There is nothing here. What can be asked for: ${PATHS}\n` };
    }
  }

  #textIn(form: Form): Promise<string> {
    const now = performance.now();
    const told = this.#told.get(form);
    if (told !== undefined && now - told.at < this.freshMs) return told.text;
    const text = this.#expositions[form].text();
    this.#told.set(form, { text, at: now });
    return text;
  }
}
