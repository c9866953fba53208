import type { RoomEvent } from '../domain/events.js';
import type { SessionId, User } from '../domain/user.js';

// The server's side ------------------------------------------------------------------------------------------

/** Writes events in one form of a wire. Stateless, and compared by identity: same format, same bytes. */
export interface WireFormat {
  /** One event as one line, its end included. Never throws. */
  encode(event: RoomEvent): string;
}

/** Why a session was ended by this side. */
export type EndReason = 'LEFT' | 'STOPPING' | 'TOO_SLOW' | 'NOT_JOINED_IN_TIME' | 'TOO_MANY_CONNECTIONS';

/** A member's way out of the server. Contract: test/contracts/outlet.ts */
export interface Outlet {
  readonly format: WireFormat;
  /** Bytes taken by `write` that are still held in this process; 0 when all is with the operating system. */
  readonly backlog: number;
  /** Whether it takes nothing more: `end` was called, or the other end is gone. */
  readonly ended: boolean;
  /** Takes whole lines, keeps their order, never throws, and does not change the bytes, which others share. */
  write(bytes: Uint8Array): void;
  /** Takes pieces that are whole lines together, as one write of them all would. */
  writeAll(pieces: readonly Uint8Array[]): void;
  /** Calls `listener` once, after this call, when the backlog is 0 again or the outlet is gone. */
  whenTaken(listener: () => void): void;
  /** Tells the reason after all that was written, then hangs up within a bounded time. The first reason stands. */
  end(reason: EndReason): void;
}

/** Tells the members what happens in the room. Contract: test/contracts/broadcaster.ts */
export interface Broadcaster {
  /** From now on `user` is told of every event published later, in order, once. */
  add(user: User, outlet: Outlet): void;
  /** `user` is told nothing that is published later. Does nothing when `user` is not a member. */
  remove(user: User): void;
  /**
   * Tells every member but the event's own user, all of them in the same order, soon: a message by the end of this
   * turn of the event loop unless it is told to wait for more, comings and goings somewhat later. Never throws and never waits: a member whose outlet is full is told later, and one that is too
   * far behind is removed and its outlet ended with TOO_SLOW, exactly where its gap begins.
   */
  publish(event: RoomEvent): void;
  /** Hands every member now all that was published, however full its outlet: for before a last word. */
  flush(): void;
  /** While most members cannot keep up with what is said: who says it should wait until this resolves. */
  readonly congestion: Promise<void> | undefined;
}

/** Where a server can be reached. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

export type ListenFailureCode = 'PORT_IN_USE' | 'BAD_ADDRESS' | 'NO_PERMISSION' | 'CANNOT_LISTEN';

/** Why a server could not start. */
export class ListenFailure extends Error {
  override readonly name = 'ListenFailure';

  constructor(
    readonly code: ListenFailureCode,
    readonly address: ServerAddress,
    options?: ErrorOptions,
  ) {
    super(`${code} ${address.host} ${address.port}`, options);
  }
}

/** One technology through which clients reach the room. Contract: test/contracts/room-server.ts */
export interface RoomServer {
  /** Resolves, once clients can come, to every address they can use. @throws {ListenFailure} */
  start(): Promise<readonly ServerAddress[]>;
  /** Accepts nobody more, tells everybody STOPPING, and resolves when all are gone. Idempotent. */
  stop(): Promise<void>;
}

/** What is recorded of the server's life: never the text of a message. Contract: test/contracts/log.ts */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** From most to least talkative: what is below the chosen level is not written. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogFields {
  readonly connection?: SessionId;
  readonly username?: string;
  readonly code?: string;
  readonly addresses?: readonly ServerAddress[];
  readonly users?: number;
  readonly err?: unknown;
}

// The client's side ------------------------------------------------------------------------------------------

/** The memo inside a ChatResponse: who, and what. */
export interface ChatMemo {
  readonly username: string;
  readonly content: string;
}

/** What a client reads from a server; `Unknown` is whatever this version has no name for, as it came. */
export type ChatResponse =
  | { readonly type: 'Joined'; readonly memo: ChatMemo }
  | { readonly type: 'Duplicate'; readonly memo: ChatMemo }
  | { readonly type: 'Broadcast'; readonly memo: ChatMemo }
  | { readonly type: 'Unknown'; readonly text: string };

/** How a link to a server ended: its own doing, or what the other side or the network did. */
export type LinkEnd = 'CLOSED' | 'LOST' | 'SERVER_STOPPING' | 'NOT_CHATTY';

export type ConnectFailureCode = 'REFUSED' | 'UNKNOWN_HOST' | 'TIMED_OUT' | 'UNREACHABLE';

/** Why a client could not reach a server. */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure';

  constructor(
    readonly code: ConnectFailureCode,
    readonly address: ServerAddress,
    options?: ErrorOptions,
  ) {
    super(`${code} ${address.host} ${address.port}`, options);
  }
}

/** A client's line to the room. Contract: test/contracts/room-link.ts */
export interface RoomLink {
  /** Resolves when commands can be sent. Called once. @throws {ConnectFailure} */
  open(listener: RoomLinkListener): Promise<void>;
  /** Sends a Join; the answer comes as a response. */
  join(username: string): void;
  /**
   * Sends a message as `username`; resolves when the next one may follow (back-pressure), not when it arrived.
   * @throws {MessageTooLong} when the line would be more than a server reads; nothing was sent then.
   */
  send(username: string, content: string): Promise<void>;
  /** Sends a Leave after all that was sent before; the link ends when the server has hung up, or soon after. */
  leave(username: string): void;
  /** Until the promise resolves, responses are left to wait with the server; a few may still come. */
  pauseUntil(ready: Promise<void>): void;
  /** Hangs up at once. Idempotent. */
  close(): void;
}

export interface RoomLinkListener {
  /** Every response in order, none after `onEnd`. */
  onResponse(response: ChatResponse): void;
  /** Once, whatever happens, if `open` resolved. */
  onEnd(end: LinkEnd): void;
}

/** A message that does not fit into one line of the wire; bytes of that line. */
export class MessageTooLong extends Error {
  override readonly name = 'MessageTooLong';

  constructor(
    readonly limit: number,
    readonly actual: number,
  ) {
    super(`${actual} of ${limit} bytes`);
  }
}

/** What a person is shown; a view puts it into words. */
export type Sight =
  | { readonly type: 'Welcome'; readonly username: string; readonly content: string }
  | { readonly type: 'Memo'; readonly username: string; readonly content: string }
  | { readonly type: 'UnknownResponse'; readonly text: string }
  | { readonly type: 'UnknownCommand'; readonly line: string }
  | { readonly type: 'NothingToSend' }
  | { readonly type: 'TooLong'; readonly limit: number; readonly actual: number }
  | { readonly type: 'Help' };

/** The person at the client: what they type and what they see. Contract: test/contracts/chat-view.ts */
export interface ChatView {
  /** Resolves when the person wants to go at once (Ctrl-C, or a signal that calls `close`); not at the end of input. */
  readonly interrupted: Promise<void>;
  /** Shows `question` and resolves to the line typed; to nothing at the end of input or an interrupt. */
  ask(question: string): Promise<string | undefined>;
  /** Every line typed, in order; ends at the end of input or an interrupt. Iterated once. */
  lines(): AsyncIterable<string>;
  /**
   * Shows without disturbing what is being typed. Nothing of a message reaches a terminal raw. Answers with a
   * promise when it is full: it resolves when there is room again.
   */
  show(sight: Sight): Promise<void> | undefined;
  /** Gives the terminal back, unblocks `ask` and `lines`; lines typed before are still given out. Idempotent. */
  close(): void;
}
