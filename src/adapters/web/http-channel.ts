import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { EndReason } from '../../application/server/broadcast-ports.js';
import type { Channel, ChannelListener } from '../wire/listen/channel.js';
import type { NoticeCode } from '../wire/notice.js';

/** How somebody has come. */
export interface Visit {
  readonly isEncrypted: boolean;
  /** Whether by a proxy, which may have taken the encryption off. */
  readonly isProxied: boolean;
  /** The other end of the socket. */
  readonly peer: string | undefined;
}

/** What has been asked on a connection. */
export interface Asked {
  readonly request: IncomingMessage;
  /** Of a request that wants to go on as something else there is none yet. */
  readonly response?: ServerResponse;
  /** What has come behind such a request. */
  readonly head?: Buffer;
}

/** Answers requests. */
export interface Answerer {
  /** Lets HTTP be read from the channel's stream; the channel hears what is asked. */
  read(channel: HttpChannel): void;
  /** What a connection goes on as, if it may; else it is answered as any other. */
  upgrade(channel: HttpChannel, request: IncomingMessage): Channel | undefined;
  /** @param refusal why nothing is served on it any more */
  answer(request: IncomingMessage, response: ServerResponse, visit: Visit, refusal?: NoticeCode): void;
}

/** How a connection was ended before anything was asked on it. */
interface End {
  readonly lastLines: string | undefined;
  readonly timeoutMs: number;
  readonly reason: EndReason | NoticeCode | undefined;
}

/** For how long a page may be on its way when its connection is ended, in milliseconds: some networks are slow. */
const SENDING_TIMEOUT_MS = 30_000;

const NOTHING: Buffer = Buffer.alloc(0);

/**
 * A connection that speaks HTTP, until its one request is answered or makes it a WebSocket. It is its server's from the first
 * byte, with all limits: one that asks for nothing has not joined in time, as one that says nothing.
 */
export class HttpChannel implements Channel {
  readonly transport = 'web';
  /** Of what a proxy passes on, as soon as it says so. */
  address: string | undefined;
  #listener: ChannelListener | undefined;
  #isRead = false;
  #asked: Asked | undefined;
  #isAnswered = false;
  /** What it has become. */
  #next: Channel | undefined;
  #end: End | undefined;

  /**
   * @param stream whose bytes are HTTP
   * @param line the same stream as a line
   * @param introduce called with the request, where only that says whose connection it is; it is listened to again then
   */
  constructor(
    readonly stream: Socket,
    readonly line: Channel,
    readonly visit: Visit,
    private readonly answerer: Answerer,
    private readonly introduce?: (channel: HttpChannel, request: IncomingMessage) => void,
  ) {
    this.address = line.address;
  }

  get isEncrypted(): boolean {
    return this.visit.isEncrypted;
  }

  get server(): string {
    return (this.#next ?? this.line).server;
  }

  get backlog(): number {
    return (this.#next ?? this.line).backlog;
  }

  get isDown(): boolean {
    return this.line.isDown;
  }

  /** How it was ended already. */
  get refusal(): NoticeCode | undefined {
    const { reason } = this.#end ?? {};
    return reason === 'LEFT' ? undefined : reason;
  }

  /** Called again when it is known whose it is, by who serves it from then on. */
  listen(listener: ChannelListener): void {
    this.#listener = listener;
    if (this.#isRead) {
      queueMicrotask(() => this.#answer()); // who listens may be about to end it
      return;
    }
    this.#isRead = true;
    this.stream.on('close', () => this.#listener?.onEnd());
    this.answerer.read(this);
    this.stream.resume();
  }

  /** A request has come. Those behind it are not answered. */
  hear(asked: Asked): void {
    if (this.#asked !== undefined || this.#isAnswered) return;
    this.#asked = asked;
    if (this.introduce === undefined) this.#answer();
    else this.introduce(this, asked.request);
  }

  write(lines: Uint8Array | string): void {
    this.#next?.write(lines);
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    this.#next?.writeAll(pieces);
  }

  whenTaken(listener: () => void): void {
    if (this.#next !== undefined) this.#next.whenTaken(listener);
    else setImmediate(listener);
  }

  pause(): void {
    this.#next?.pause();
  }

  resume(): void {
    this.#next?.resume();
  }

  /** Whoever is about to ask is told why they are not served. */
  end(lastLines: string | undefined, timeoutMs: number, reason?: EndReason | NoticeCode): void {
    if (this.#next !== undefined) {
      this.#next.end(lastLines, timeoutMs, reason);
      return;
    }
    if (this.isDown || this.#end !== undefined) return;
    this.#end = { lastLines, timeoutMs, reason };
    const patience = this.#isAnswered ? Math.max(timeoutMs, SENDING_TIMEOUT_MS) : timeoutMs;
    const cut = setTimeout(() => this.destroy(), patience);
    this.stream.once('close', () => clearTimeout(cut));
  }

  destroy(): void {
    this.line.destroy();
  }

  closed(): Promise<void> {
    return this.line.closed();
  }

  #answer(): void {
    if (this.#asked === undefined || this.#isAnswered || this.isDown) return;
    this.#isAnswered = true;
    const { request, response, head } = this.#asked;
    this.#asked = undefined; // a line may last for weeks
    this.#next = head === undefined ? undefined : this.answerer.upgrade(this, request);
    if (this.#next !== undefined) this.#goOn(this.#next, head);
    else this.answerer.answer(request, response ?? this.#responseTo(request), this.visit, this.refusal);
  }

  #goOn(next: Channel, head = NOTHING): void {
    if (head.length > 0) this.stream.unshift(head);
    if (this.#listener !== undefined) next.listen(this.#listener);
    if (this.#end !== undefined) next.end(this.#end.lastLines, this.#end.timeoutMs, this.#end.reason);
  }

  /** Node makes none for a request that wants to go on as something else. */
  #responseTo(request: IncomingMessage): ServerResponse {
    const response = new ServerResponse(request);
    response.assignSocket(this.stream);
    response.once('finish', () => this.stream.destroySoon());
    return response;
  }
}
