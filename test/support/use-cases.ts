import { MemoryEventStore } from '../../src/adapters/memory/memory-event-store.js';
import type { SessionRequest } from '../../src/application/chat-request.js';
import type { Welcome } from '../../src/application/chat-response.js';
import { DisconnectUser } from '../../src/application/server/disconnect-user.js';
import type { Handshake, SessionPolicy } from '../../src/application/server/handshake.js';
import { JoinUser } from '../../src/application/server/join-user.js';
import { LeaveUser } from '../../src/application/server/leave-user.js';
import { OpenRoom } from '../../src/application/server/open-room.js';
import { RecordingRoomLog } from '../../src/application/server/recording-room-log.js';
import { Replay } from '../../src/application/server/replay.js';
import { ResumeSession } from '../../src/application/server/resume-session.js';
import { RoomFeed } from '../../src/application/server/room-feed.js';
import type { RoomLog } from '../../src/application/server/room-log-ports.js';
import type { ResumeTokens } from '../../src/application/server/transport-ports.js';
import { ChatRoom } from '../../src/domain/chat-room.js';
import { MemoryBroadcaster } from '../doubles/memory-broadcaster.js';
import { MemoryOutlet } from '../doubles/memory-outlet.js';
import { type LogLimits, PLENTY, sent } from './room-logs.js';

/** A client at the edge of the use cases. */
export class Visitor {
  readonly heard: string[] = [];
  readonly ends: string[] = [];
  welcome: Welcome | undefined;
  history: string[] | undefined;
  session = 0;
  readonly outlet = new MemoryOutlet(
    bytes => this.heard.push(...Buffer.from(bytes).toString().trimEnd().split('\n')),
    reason => this.ends.push(reason),
  );

  /** What it has heard in the extended form: messages, joins and leaves. */
  get contents(): string[] {
    return this.heard.map(line => JSON.parse(line).Broadcast?.content).filter(Boolean);
  }

  /** What its client comes back with. */
  get token(): { resume: string; epoch: string } {
    const { resume = '', epoch = '' } = this.welcome ?? {};
    return { resume, epoch };
  }

  /** It asks to join, in the basic form without `extended`. */
  handshake(username: string, extended?: SessionRequest): Handshake {
    this.outlet.form = extended === undefined ? 'basic' : 'extended';
    return {
      request: { username, ...(extended !== undefined && { extended }) },
      outlet: this.outlet,
      joined: (_, welcome) => {
        this.welcome = welcome;
      },
      history: messages => {
        this.history = messages.map(({ content }) => content);
      },
    };
  }
}

/** Tokens that a test can predict. */
export class CountedTokens implements ResumeTokens {
  #count = 0;

  constructor(private readonly prefix = 'token') {}

  create(): string {
    return `${this.prefix} ${++this.#count}`;
  }

  keyOf(token: string): string {
    return `key of ${token}`;
  }
}

const POLICY: SessionPolicy = {
  graceMs: 5000,
  maxAway: 100,
  maxAwayOfOne: 100,
  silenceMs: 45_000,
  maxJoinHistory: 100,
};

/** What the use cases of one server share, and a way to fill the room; each test makes the use case it is about. */
export class OpenedRoom {
  readonly room = new ChatRoom();
  readonly broadcaster = new MemoryBroadcaster(1e6);
  readonly tokens: CountedTokens;
  readonly replay = new Replay({ stallMs: 1000 });
  readonly feed: RoomFeed;
  readonly disconnectUser: DisconnectUser;

  private constructor(
    readonly roomLog: RoomLog,
    readonly policy: SessionPolicy,
    tokenPrefix = 'token',
  ) {
    this.tokens = new CountedTokens(tokenPrefix);
    this.feed = new RoomFeed(this.room, roomLog, this.broadcaster);
    const leaveUser = new LeaveUser(this.room, roomLog);
    this.disconnectUser = new DisconnectUser(this.room, leaveUser, this.feed, policy);
  }

  static async open(
    limits: Partial<LogLimits> = {},
    policy: Partial<SessionPolicy> = {},
  ): Promise<OpenedRoom> {
    return OpenedRoom.over(new RecordingRoomLog(new MemoryEventStore({ ...PLENTY, ...limits })), policy);
  }

  static async over(
    roomLog: RoomLog,
    policy: Partial<SessionPolicy> = {},
    tokenPrefix?: string,
  ): Promise<OpenedRoom> {
    const opened = new OpenedRoom(roomLog, { ...POLICY, ...policy }, tokenPrefix);
    await new OpenRoom(opened.room, roomLog, opened.feed, opened.disconnectUser).execute();
    return opened;
  }

  resumeSession(): ResumeSession {
    return new ResumeSession(this.room, this.roomLog, this.feed, this.replay, this.policy);
  }

  joinUser(resumeSession = this.resumeSession()): JoinUser {
    const { room, roomLog, feed, tokens, replay, policy } = this;
    return new JoinUser(room, roomLog, feed, tokens, resumeSession, replay, policy, this.disconnectUser);
  }

  /** A user joins, or comes back; in the basic form without `extended`. */
  async join(username: string, extended?: SessionRequest, visitor = new Visitor()): Promise<Visitor> {
    visitor.session = await this.joinUser().execute(visitor.handshake(username, extended));
    return visitor;
  }

  /** Resolves when it is recorded and told. */
  async say({ session }: Visitor, ...contents: string[]): Promise<void> {
    const { username } = this.room.userOf(session) ?? { username: 'gone' };
    await Promise.all(contents.map(content => this.roomLog.append(sent(session, username, content))));
  }

  /** The user's session has left the room. */
  async leave({ session }: Visitor): Promise<void> {
    await this.roomLog.append(this.room.leave(session));
  }

  /** The connection is gone, and its session waits for another one. */
  lose({ session, outlet }: Visitor): void {
    this.room.userOf(session)?.session.disconnect(outlet);
    this.feed.detach(session);
  }

  close(): Promise<void> {
    return this.roomLog.close();
  }
}

/** Lets the event loop turn: a replay reads one page in each turn. */
export async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await new Promise(resolve => setImmediate(resolve));
}

/** Until what a server is asked next goes to the others at once, whatever it was asked before. */
export async function silence(): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, 5));
}
