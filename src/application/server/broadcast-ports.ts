import type { Recorded, Seq } from '../../domain/events.js';
import type { RefusalDetails } from '../../domain/refusal.js';
import type { SessionId } from '../../domain/session.js';
import type { BroadcastLoad } from '../server-status.js';

// The ports of the server by which members are told what happens: each one's way out, and who hands everybody what is new.

/** Writes events in one form of a wire. Stateless, and compared by identity: same format, same bytes. */
export interface WireFormat {
  /** One event as one line, its end included, for everybody but its author. Never throws. */
  encode(event: Recorded): string;
  /** What the author is told instead: a line, or nothing (`''`). Never throws. */
  encodeForAuthor(event: Recorded): string;
}

/** Why this side ended a connection. */
export type EndReason =
  | 'LEFT'
  | 'STOPPING'
  | 'TOO_SLOW'
  | 'SILENT'
  | 'REPLACED'
  | 'KICKED'
  | 'BANNED'
  | 'NOT_JOINED_IN_TIME'
  | 'ENCRYPTION_NEEDED'
  | 'TOO_MANY_CONNECTIONS'
  | 'TOO_MANY_FROM_ADDRESS'
  | 'CUT_OFF'
  | 'FAULT';

/** A member's way out of the server. Contract: test/contracts/outlet.test.ts */
export interface Outlet {
  readonly format: WireFormat;
  /** Who is behind it, if that is known, and where it comes from: see SessionConnection. */
  readonly owner?: string | undefined;
  readonly address?: string | undefined;
  /** Bytes taken by `write` that are still held in this process; 0 when the operating system has all of them. */
  readonly backlog: number;
  /** Whether it takes nothing more: `end` was called, or the other end is gone. */
  readonly ended: boolean;
  /** The last event that it was handed. Set by the code that hands it events; `end` tells the client. */
  lastSeq: Seq;
  /** Takes whole lines, keeps their order, never throws, and does not change the bytes, which others share. */
  write(bytes: Uint8Array): void;
  /** Takes pieces that together are whole lines, as one `write` of all of them. */
  writeAll(pieces: readonly Uint8Array[]): void;
  /** Calls `listener` once, after this call, when the backlog is 0 again or the outlet is gone. */
  whenTaken(listener: () => void): void;
  /** Tells the reason after all that was written, then hangs up within a bounded time. The first reason stands. */
  end(reason: EndReason, about?: RefusalDetails): void;
}

/** Tells the members what happens in the room. Contract: test/contracts/broadcaster.test.ts */
export interface Broadcaster {
  /**
   * From now on the session's outlet is told of every event published later, in order, once: at once, or from when
   * `ready` resolves. A session that is a member already is removed first.
   */
  add(session: SessionId, outlet: Outlet, ready?: Promise<void>): void;
  /** The session is told all that was published, and nothing later. Does nothing when it is not a member. */
  remove(session: SessionId): void;
  /**
   * Tells every member but the event's author, all of them in the same order, soon: a message as soon as the caller's
   * own work is done unless it is told to wait for more, joins and leaves somewhat later. The author is told what its
   * format has for it instead. Never throws and never waits: a member whose outlet is full is told later, and one that
   * is too far behind is removed and its outlet ended with TOO_SLOW, exactly where its gap begins.
   */
  publish(event: Recorded): void;
  /** Hands every member now all that was published, however full its outlet; called before connections are ended. */
  flush(): void;
  /** Set while most members cannot keep up: who says much should wait until it resolves. */
  readonly congestion: Promise<void> | undefined;
  readonly load: BroadcastLoad;
}
