import { decodeResponse, encodeJoined, WELCOME } from '../../src/adapters/wire/basic-form.js';
import {
  encodeAccepted,
  encodeMemos,
  encodePong,
  encodeUsers,
  encodeWelcome,
} from '../../src/adapters/wire/extended-form.js';
import { basicContent } from '../../src/adapters/wire/memo.js';
import type { ChatRequest, JoinRequest, OutgoingMessage } from '../../src/application/chat-request.js';
import type { LinkEnd, RoomLink, RoomLinkListener } from '../../src/application/client/ports.js';
import type { Handshake } from '../../src/application/server/handshake.js';
import type { EndReason, Transport } from '../../src/application/server/ports.js';
import type { RoomFeed } from '../../src/application/server/room-feed.js';
import type { UseCases } from '../../src/application/server/use-cases.js';
import { Refusal } from '../../src/domain/refusal.js';
import type { SessionId } from '../../src/domain/user.js';
import { MemoryOutlet } from './memory-outlet.js';

/** Lets clients of the same process into the room: no network, the same rules. */
export class MemoryServer implements Transport {
  readonly #links = new Set<MemoryLink>();
  #stopped = false;

  constructor(
    readonly useCases: UseCases,
    private readonly feed: RoomFeed,
  ) {}

  async start() {
    return [{ host: 'memory', port: 0 }];
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.feed.settled();
    await Promise.all(Array.from(this.#links, link => link.hangUp('STOPPING')));
  }

  /** A client's line to this room, not yet open. */
  connect(): MemoryLink {
    const link = new MemoryLink(this.useCases, () => this.#links.delete(link));
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
  #session: SessionId | undefined;
  #username = '';
  #closed = false;
  /** Each command waits for the one before. */
  #work: Promise<void> = Promise.resolve();

  constructor(
    private readonly useCases: UseCases,
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

  join(request: JoinRequest): void {
    this.#username = request.username;
    const arrival: Handshake = {
      request,
      outlet: this.#outlet,
      joined: (username, welcome) => {
        this.#username = username;
        this.#answer(
          welcome === undefined ? encodeJoined(username) : encodeWelcome(username, WELCOME, welcome),
        );
      },
      history: messages => this.#answer(encodeMemos('History', undefined, messages)),
    };
    this.#command(async () => {
      if (this.#session !== undefined) throw new Refusal('ALREADY_JOINED');
      this.#outlet.form = request.extended === undefined ? 'basic' : 'extended';
      this.#session = await this.useCases.joinUser.execute(arrival);
      if (this.#outlet.ended) this.useCases.disconnectUser.execute(this.#session, this.#outlet);
    });
  }

  async send({ content, kind }: OutgoingMessage, ref?: string): Promise<void> {
    this.#command(async session => {
      const isExtended = this.#outlet.form === 'extended';
      const recorded = await this.useCases.sendMessage.execute(session, {
        username: this.#username,
        content: isExtended ? content : basicContent(content, kind),
        ...(ref !== undefined && { ref }),
        ...(isExtended && kind !== undefined && { kind }),
      });
      if (recorded.repeated && ref !== undefined)
        this.#answer(encodeAccepted(ref, recorded.seq, recorded.at));
    }, ref);
  }

  leave(): void {
    this.#command(async session => {
      await this.useCases.leaveUser.execute(session, this.#username);
      this.#session = undefined;
      this.#outlet.end('LEFT');
    });
  }

  ping(id: number): void {
    this.#answer(encodePong(id));
  }

  request(ref: string, request: ChatRequest): void {
    this.#command(async () => {
      if (request.type === 'who') {
        const { users, away } = await this.useCases.listUsers.execute();
        this.#answer(encodeUsers(ref, users, away));
      } else if (request.type === 'history')
        this.#answer(
          encodeMemos('History', ref, await this.useCases.readHistory.execute(request.limit, request.before)),
        );
      else this.#answer(encodeMemos('Found', ref, await this.useCases.searchHistory.execute(request)));
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

  /** Runs when all commands before it are done; a session of 0 has not joined. */
  #command(run: (session: SessionId) => Promise<void>, ref?: string): void {
    this.#work = this.#work
      .then(() => (this.#outlet.ended ? undefined : run(this.#session ?? 0)))
      .catch(error => {
        if (!(error instanceof Refusal)) throw error;
        const to = { username: this.#username, ...(ref !== undefined && { ref }) };
        this.#answer(this.#outlet.notices.refusal(error, to));
      });
  }

  #answer(line: string): void {
    this.#outlet.write(Buffer.from(line));
  }

  #onBytes(bytes: Uint8Array): void {
    for (const line of Buffer.from(bytes).toString().trimEnd().split('\n')) {
      if (!this.#closed) this.#listener?.onResponse(decodeResponse(Buffer.from(line)));
    }
  }

  #onEnd(reason: EndReason): void {
    if (this.#session !== undefined) this.useCases.disconnectUser.execute(this.#session, this.#outlet);
    const ends: Partial<Record<EndReason, LinkEnd>> = {
      LEFT: 'CLOSED',
      STOPPING: 'SERVER_STOPPING',
      REPLACED: 'REPLACED',
    };
    this.#listener?.onEnd(ends[reason] ?? 'LOST');
    this.#ended.resolve();
    this.onGone();
  }
}
