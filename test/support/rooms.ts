import { parseConfig } from '../../src/adapters/config/config.js';
import { ServerConfig } from '../../src/adapters/config/server-config.js';
import { dialTcp } from '../../src/adapters/tcp/connect/dial-tcp.js';
import { LineLink } from '../../src/adapters/wire/connect/line-link.js';
import type { SessionRequest } from '../../src/application/chat-request.js';
import type { ChatResponse, Welcome } from '../../src/application/chat-response.js';
import type { LinkEnd, RoomLink } from '../../src/application/client/ports.js';
import type { Transport } from '../../src/application/server/ports.js';
import { serverContainer, TOKENS } from '../../src/container/container.js';
import { MemoryBroadcaster } from '../doubles/memory-broadcaster.js';
import { MemoryServer } from '../doubles/memory-server.js';
import { startServer } from './server.js';
import { memoryLine } from './streams.js';
import { until } from './until.js';

/** A started server and lines to it: what every adapter of Transport and RoomLink is tested through. */
export interface Room {
  readonly server: Transport;
  /** A line to the server, not yet open. */
  connect(): RoomLink;
}

/** One entry for every technology that has both ends. */
export const ROOMS: Record<string, () => Promise<Room>> = {
  memory: async () => {
    const server = await memoryServer();
    await server.start();
    return { server, connect: () => server.connect() };
  },
  'TCP sockets': async () => {
    const { server, port } = await startServer();
    return { server, connect: () => new LineLink(() => dialTcp({ host: '127.0.0.1', port })) };
  },
  'TCP over pairs of streams': async () => {
    const { server } = await startServer();
    const dial = async () => {
      const [near, far] = await memoryLine();
      server.handle(near);
      return far;
    };
    return { server, connect: () => new LineLink(dial) };
  },
};

/** A server for clients of this process, everything about it in memory. */
export async function memoryServer(): Promise<MemoryServer> {
  const container = await serverContainer(parseConfig(ServerConfig, { history: 'memory' }));
  container.rebind(TOKENS.Broadcaster).toConstantValue(new MemoryBroadcaster(1024 * 1024));
  container
    .rebind(TOKENS.Transport)
    .toResolvedValue((cases, feed) => new MemoryServer(cases, feed), [TOKENS.UseCases, TOKENS.RoomFeed]);
  await container.get(TOKENS.OpenRoom).execute();
  return container.get(TOKENS.Transport) as MemoryServer;
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
    await until(() => this.end !== undefined, 5000);
    return this.end;
  }
}
