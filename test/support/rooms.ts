import { MemoryBroadcaster } from '../../src/adapters/memory/memory-broadcaster.js';
import { MemoryServer } from '../../src/adapters/memory/memory-server.js';
import { TcpLink } from '../../src/adapters/tcp/connect/tcp-link.js';
import { JoinUser } from '../../src/application/join-user.js';
import { LeaveUser } from '../../src/application/leave-user.js';
import type { ChatResponse, LinkEnd, RoomLink, RoomServer } from '../../src/application/ports.js';
import { SendMessage } from '../../src/application/send-message.js';
import { ChatRoom } from '../../src/domain/chat-room.js';
import { startServer } from './server.js';
import { memoryLine } from './streams.js';
import { until } from './until.js';

/** A started server and lines to it: what every adapter of RoomServer and RoomLink is tested through. */
export interface Room {
  readonly server: RoomServer;
  /** A line to the server, not yet open. */
  connect(): RoomLink;
}

/** One entry for every technology that has both ends. */
export const ROOMS: Record<string, () => Promise<Room>> = {
  memory: async () => {
    const server = memoryServer();
    await server.start();
    return { server, connect: () => server.connect() };
  },
  'TCP sockets': async () => {
    const { server, port } = await startServer();
    return { server, connect: () => new TcpLink({ host: '127.0.0.1', port }) };
  },
  'TCP over pairs of streams': async () => {
    const { server } = await startServer();
    const dial = async () => {
      const [near, far] = await memoryLine();
      server.handle(near);
      return far;
    };
    return { server, connect: () => new TcpLink({ host: 'memory', port: 0 }, dial) };
  },
};

export function memoryServer(): MemoryServer {
  const room = new ChatRoom();
  const broadcaster = new MemoryBroadcaster(1024 * 1024);
  let sessions = 0;
  return new MemoryServer(
    new JoinUser(room, broadcaster),
    new SendMessage(room, broadcaster),
    new LeaveUser(room, broadcaster),
    () => ++sessions,
  );
}

/** Somebody at a link: keeps what comes, and tells when it has come. */
export class Guest {
  readonly responses: ChatResponse[] = [];
  end: LinkEnd | undefined;
  ends = 0;

  constructor(readonly link: RoomLink) {}

  static async open(room: Room): Promise<Guest> {
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

  static async joined(room: Room, name: string): Promise<Guest> {
    const guest = await Guest.open(room);
    guest.link.join(name);
    await until(() => guest.responses.some(({ type }) => type === 'Joined'));
    return guest;
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
