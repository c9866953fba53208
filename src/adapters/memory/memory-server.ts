import type { JoinUser } from '../../application/join-user.js';
import type { LeaveUser } from '../../application/leave-user.js';
import type { EndReason, LinkEnd, RoomLink, RoomLinkListener, RoomServer } from '../../application/ports.js';
import type { SendMessage } from '../../application/send-message.js';
import { Refusal } from '../../domain/refusal.js';
import type { SessionId, User } from '../../domain/user.js';
import { encodeRefusal } from '../wire/notice.js';
import { decodeResponse, encodeJoined } from '../wire/response.js';
import { MemoryOutlet } from './memory-outlet.js';

/** Lets clients of the same process into the room: no network, the same rules. */
export class MemoryServer implements RoomServer {
  readonly #links = new Set<MemoryLink>();
  #stopped = false;

  constructor(
    readonly joinUser: JoinUser,
    readonly sendMessage: SendMessage,
    readonly leaveUser: LeaveUser,
    private readonly nextSession: () => SessionId,
  ) {}

  async start() {
    return [{ host: 'memory', port: 0 }];
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(Array.from(this.#links, link => link.hangUp('STOPPING')));
  }

  /** A client's line to this room, not yet open. */
  connect(): MemoryLink {
    const link = new MemoryLink(this, this.nextSession(), () => this.#links.delete(link));
    this.#links.add(link);
    if (this.#stopped) void link.hangUp('STOPPING');
    return link;
  }
}

/** A client's line to a room of the same process. */
export class MemoryLink implements RoomLink {
  readonly #outlet: MemoryOutlet;
  readonly #ended = Promise.withResolvers<void>();
  #listener: RoomLinkListener | undefined;
  #user: User | undefined;
  #closed = false;

  constructor(
    private readonly server: MemoryServer,
    private readonly session: SessionId,
    private readonly onGone: () => void,
  ) {
    this.#outlet = new MemoryOutlet(
      bytes => this.#onBytes(bytes),
      reason => this.#onEnd(reason),
    );
  }

  async open(listener: RoomLinkListener): Promise<void> {
    this.#listener = listener;
  }

  join(username: string): void {
    this.#command(username, () => {
      this.#user = this.server.joinUser.execute(this.session, username, this.#outlet);
      this.#outlet.write(Buffer.from(encodeJoined(this.#user.username.value)));
    });
  }

  async send(username: string, content: string): Promise<void> {
    this.#command(username, () => this.server.sendMessage.execute(this.session, username, content));
  }

  leave(username: string): void {
    this.#command(username, () => {
      this.server.leaveUser.execute(this.session, username);
      this.#user = undefined;
      this.#outlet.end('LEFT');
    });
  }

  pauseUntil(ready: Promise<void>): void {
    this.#outlet.reading = false;
    void ready.then(() => {
      this.#outlet.reading = true;
    });
  }

  close(): void {
    this.#closed = true;
    this.#outlet.end('LEFT');
  }

  /** The server's end of it; resolves when the client has been told. */
  hangUp(reason: EndReason): Promise<void> {
    this.#outlet.end(reason);
    return this.#ended.promise;
  }

  #command(username: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#outlet.write(Buffer.from(encodeRefusal(error, username)));
    }
  }

  #onBytes(bytes: Uint8Array): void {
    for (const line of Buffer.from(bytes).toString().trimEnd().split('\n')) {
      if (!this.#closed) this.#listener?.onResponse(decodeResponse(Buffer.from(line)));
    }
  }

  #onEnd(reason: EndReason): void {
    if (this.#user !== undefined) this.server.leaveUser.execute(this.session);
    const ends: Partial<Record<EndReason, LinkEnd>> = { LEFT: 'CLOSED', STOPPING: 'SERVER_STOPPING' };
    this.#listener?.onEnd(ends[reason] ?? 'LOST');
    this.#ended.resolve();
    this.onGone();
  }
}
