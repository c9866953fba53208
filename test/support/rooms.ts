import type { ServerSettings } from '../../src/adapters/config/server-config.js';
import { dialTcp } from '../../src/adapters/tcp/connect/dial-tcp.js';
import { ListeningPort } from '../../src/adapters/tcp/listen/listening-port.js';
import { TcpServer } from '../../src/adapters/tcp/listen/tcp-server.js';
import { dialTls } from '../../src/adapters/tls/connect/dial-tls.js';
import { TlsLines } from '../../src/adapters/tls/listen/tls-lines.js';
import { pageOf } from '../../src/adapters/web/page-file.js';
import { WebServer } from '../../src/adapters/web/web-server.js';
import { type Dialed, LineLink } from '../../src/adapters/wire/connect/line-link.js';
import { InsideLines } from '../../src/adapters/wire/inside-line.js';
import type { LineOver } from '../../src/adapters/wire/listen/sockets.js';
import type { WireConnections } from '../../src/adapters/wire/listen/wire-connections.js';
import type { ServerAddress, SessionRequest } from '../../src/application/chat-request.js';
import type { ChatResponse, Welcome } from '../../src/application/chat-response.js';
import type { LinkEnd, RoomLink } from '../../src/application/client/ports.js';
import type { Transport } from '../../src/application/server/transport-ports.js';
import { MemoryKnownServers } from '../doubles/memory-known-servers.js';
import { MemoryLogger } from '../doubles/memory-logger.js';
import { StreamPairTransport } from '../doubles/stream-pair-transport.js';
import { type StartedServer, startServer } from './server.js';
import { testKey } from './test-key.js';
import { until } from './until.js';
import { dialWeb } from './web-line.js';

const HOST = '127.0.0.1';

/** A started server and lines to it: what every adapter of Transport and RoomLink is tested through. */
export interface Room extends StartedServer {
  /** A line to the server, not yet open. */
  connect(): RoomLink;
}

/** How a transport is made by itself, and how its clients reach it. */
export interface TransportKind {
  create(connections: Pick<WireConnections, 'accept'>, port?: number): Transport;
  /** A client's end of a new line. */
  dial(transport: Transport, address: ServerAddress): Promise<Dialed>;
  /** Whether it is this transport of a server's. */
  isOne(transport: Transport): boolean;
  /** Whether two of them cannot listen at one address. */
  readonly hasPorts: boolean;
  /** What a server needs to have it. */
  readonly settings?: ServerSettings;
}

const tls = () => new TlsLines(testKey(), { allowPlaintext: false });

/** A web server with a page that says little. */
function webServer(connections: Pick<WireConnections, 'accept'>, port: number, over?: LineOver): WebServer {
  const logger = new MemoryLogger();
  const options = { origins: '', maxLineBytes: 8192 };
  return new WebServer(
    port,
    options,
    pageOf('<!doctype html><title>chatty</title>'),
    connections,
    logger,
    (port, scheme, receive) =>
      new ListeningPort(
        { host: HOST, port, keepAliveMs: 15_000, ...(scheme && { scheme }) },
        receive,
        logger,
      ),
    over,
  );
}

/** One entry for every transport. */
export const TRANSPORTS: Record<string, TransportKind> = {
  'TCP sockets': {
    create: (connections, port = 0) =>
      new TcpServer({ host: HOST, port, keepAliveMs: 15_000 }, connections, new MemoryLogger()),
    dial: (_, address) => dialTcp(address),
    isOne: transport => transport instanceof TcpServer,
    hasPorts: true,
  },
  'TLS over TCP sockets': {
    create: (connections, port = 0) =>
      new TcpServer({ host: HOST, port, keepAliveMs: 15_000 }, connections, new MemoryLogger(), (...socket) =>
        tls().over(...socket),
      ),
    dial: (_, address) => dialTls(() => dialTcp(address), { address }, new MemoryKnownServers()),
    isOne: transport => transport instanceof TcpServer,
    hasPorts: true,
  },
  WebSockets: {
    create: (connections, port = 0) => webServer(connections, port),
    dial: (_, address) => dialWeb(address),
    isOne: transport => transport instanceof WebServer,
    hasPorts: true,
    settings: { web: 0 },
  },
  'WebSockets over TLS': {
    create: (connections, port = 0) => webServer(connections, port, (...socket) => tls().over(...socket)),
    dial: (_, address) => dialWeb(address, true),
    isOne: transport => transport instanceof WebServer,
    hasPorts: true,
    settings: { web: 0 },
  },
  'pairs of streams': {
    create: connections => new StreamPairTransport(connections),
    dial: transport => (transport as StreamPairTransport).dial(),
    isOne: transport => transport instanceof StreamPairTransport,
    hasPorts: false,
  },
};

/** A room for every transport, which is reached through it; and one for clients in the server's own process. */
export const ROOMS: Record<string, () => Promise<Room>> = {
  ...Object.fromEntries(Object.entries(TRANSPORTS).map(([name, kind]) => [name, () => startRoom(kind)])),
  'lines inside the process': async () => {
    const started = await startServer();
    const nobody = { address: undefined, provenKey: undefined, endsSession: false };
    const dial = new InsideLines(started.connections).dialFor(nobody);
    return { ...started, connect: () => new LineLink(dial) };
  },
};

async function startRoom({ isOne, dial, settings }: TransportKind): Promise<Room> {
  const started = await startServer(settings);
  const transport = started.transports.find(isOne);
  if (transport === undefined) throw new Error('the server has no such transport');
  const address = {
    host: HOST,
    port: transport instanceof WebServer ? started.webPort : started.port,
  };
  return { ...started, connect: () => new LineLink(() => dial(transport, address)) };
}

/** Somebody at a link: keeps what comes, and tells when it has come. */
export class Guest {
  readonly responses: ChatResponse[] = [];
  end: LinkEnd | undefined;
  ends = 0;

  constructor(readonly link: RoomLink) {}

  static async open(room: Pick<Room, 'connect'>): Promise<Guest> {
    const guest = new Guest(room.connect());
    await guest.link.open({
      onResponse: response => guest.responses.push(response),
      onEnd: end => {
        guest.end = end;
        guest.ends++;
      },
    });
    return guest;
  }

  static async joined(
    room: Pick<Room, 'connect'>,
    username: string,
    extended?: SessionRequest,
  ): Promise<Guest> {
    const guest = await Guest.open(room);
    guest.link.join({ username, ...(extended !== undefined && { extended }) });
    await until(() => guest.responses.some(({ type }) => type === 'Joined'));
    return guest;
  }

  /** What an extended session was told first. */
  get welcome(): Welcome {
    const joined = this.responses.find(({ type }) => type === 'Joined');
    if (joined?.type !== 'Joined' || joined.welcome === undefined) throw new Error('no welcome');
    return joined.welcome;
  }

  /** The first response of this type that `matches`, as soon as it has come. */
  async answer<T extends ChatResponse['type']>(
    type: T,
    matches: (response: Extract<ChatResponse, { type: T }>) => boolean = () => true,
  ): Promise<Extract<ChatResponse, { type: T }>> {
    const isIt = (response: ChatResponse): response is Extract<ChatResponse, { type: T }> =>
      response.type === type && matches(response as Extract<ChatResponse, { type: T }>);
    await until(() => this.responses.some(isIt));
    return this.responses.find(isIt) as Extract<ChatResponse, { type: T }>;
  }

  /** What was heard from others, as `name: content`. */
  get heard(): string[] {
    return this.responses.flatMap(response =>
      response.type === 'Broadcast' ? [`${response.memo.username}: ${response.memo.content}`] : [],
    );
  }

  async hears(line: string | RegExp): Promise<void> {
    await until(() =>
      this.heard.some(heard => (typeof line === 'string' ? heard === line : line.test(heard))),
    );
  }

  async ended(): Promise<LinkEnd | undefined> {
    await until(() => this.end !== undefined);
    return this.end;
  }
}
