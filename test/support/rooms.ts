import { dialTcp } from '../../src/adapters/tcp/connect/dial-tcp.js';
import { LineLink } from '../../src/adapters/wire/connect/line-link.js';
import type { SessionRequest } from '../../src/application/chat-request.js';
import type { ChatResponse, Welcome } from '../../src/application/chat-response.js';
import type { LinkEnd, RoomLink } from '../../src/application/client/ports.js';
import { type StartedServer, startServer } from './server.js';
import { until } from './until.js';

/** A started server and lines to it: what every adapter of Transport and RoomLink is tested through. */
export interface Room extends StartedServer {
  /** A line to the server, not yet open. */
  connect(): RoomLink;
}

/** One entry for every transport that has both ends. */
export const ROOMS: Record<string, () => Promise<Room>> = {
  'TCP sockets': async () => {
    const started = await startServer();
    const address = { host: '127.0.0.1', port: started.port };
    return { ...started, connect: () => new LineLink(() => dialTcp(address)) };
  },
  'pairs of streams': async () => {
    const started = await startServer();
    return { ...started, connect: () => new LineLink(() => started.streams.dial()) };
  },
};

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
