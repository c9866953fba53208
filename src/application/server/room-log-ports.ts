import type { MessageSent, Recorded, RoomEvent, Seq } from '../../domain/events.js';
import type { KeptMessages } from '../../domain/gap.js';
import type { SearchQuery } from '../../domain/message-search.js';
import type { Elsewhere, Origin, SessionId, Waiting } from '../../domain/session.js';
import type { ClusterLoad, HistorySize } from '../server-status.js';
import type { RoomLogFailure } from './failures.js';

// The ports of the server that keep the room: the log, which is the order of its events, and where those are stored.

/** A session as the room log keeps it. */
export interface KnownSession {
  readonly session: SessionId;
  readonly username: string;
  readonly resumeKey?: string;
  /** The key with which the name was proven. */
  readonly key?: string;
  /** Given where its client is connected to another server of the room. */
  readonly elsewhere?: Elsewhere;
}

/** A session that another server speaks for from now on, or did until now. */
export type MovedUser = KnownSession & Required<Pick<KnownSession, 'elsewhere'>>;

/** What a room log holds when it is opened. */
export interface OpenedRoomLog {
  /** The sequence number of the last event; 0 when there is none. */
  readonly head: Seq;
  /** Names the stretch of the log that begins after `head`; a new one each time it is opened. */
  readonly epoch: string;
  /** New sessions are counted from here: neither this one nor a later one was given to anybody else. 0 at first. */
  readonly lastSession: SessionId;
  /** The sessions in the room: joined and not left. */
  readonly present: readonly KnownSession[];
}

/** How far back a log goes. */
export interface Kept extends KeptMessages {
  /** Every event from this sequence number on is kept; at least `allMessages`, since messages are kept longer. */
  readonly events: Seq;
}

/**
 * What an append resolves to. `repeated` when the message of this session and `ref` had been recorded before: it is
 * that event then, and nobody is told of it again.
 */
export type Appended<E extends RoomEvent> = Recorded<E> & { readonly repeated?: true };

/** The reading half of a log. Contract: test/contracts/room-log.test.ts */
export interface EventHistory {
  /** The oldest events of a range, oldest first; fewer only when there are no more. No event has its resumeKey or key. */
  read(after: Seq, upTo: Seq, limit: number): Promise<readonly Recorded[]>;
  /** The same of messages only. */
  messages(after: Seq, upTo: Seq, limit: number): Promise<readonly Recorded<MessageSent>[]>;
  /** The newest messages before a sequence number, oldest first. */
  messagesBefore(before: Seq, limit: number): Promise<readonly Recorded<MessageSent>[]>;
  /** The newest messages that match, newest first. */
  search(query: SearchQuery): Promise<readonly Recorded<MessageSent>[]>;
  /**
   * The sequence number in this log of a reader that has read up to `seq` of an epoch: the same, or an earlier one
   * when this log was rolled back, or none when the epoch is of another log.
   */
  locate(epoch: string, seq: Seq): Promise<Seq | undefined>;
  /** The session with this resume key, in the room or not; nothing when it is unknown or was removed. */
  sessionOf(resumeKey: string): Promise<KnownSession | undefined>;
  readonly kept: Kept;
  readonly size: HistorySize;
}

/** What a log that several servers share tells beside the events, in its order among them. */
export type LogChange =
  /** Another server speaks for the session from now on, or this one does, because its client went there, or its server is down. */
  | {
      readonly type: 'moved';
      readonly user: MovedUser;
      readonly to: 'here' | 'elsewhere';
      readonly because: 'TAKEN' | 'DOWN';
    }
  /** The connection of a session that another server speaks for is gone, or is there again. */
  | {
      readonly type: 'absence';
      readonly session: SessionId;
      readonly isAway: boolean;
      /** By `performance.now()`, as in a user who has moved. */
      readonly waiting?: Waiting;
    }
  /** This server has not reached the others for so long that its clients are better off elsewhere. */
  | { readonly type: 'cut off' }
  /** New sessions of this server are counted from here. */
  | { readonly type: 'numbered'; readonly lastSession: SessionId }
  /** Another stretch of the log begins. */
  | { readonly type: 'epoch'; readonly epoch: string };

/**
 * The one order of events in the room: an event has happened when it is in the log. A log that records in this
 * process is a RecordingRoomLog over an EventStore; a remote one implements all of this itself.
 * Contract: test/contracts/room-log.test.ts
 */
export interface RoomLog extends EventHistory {
  /** Called once, before everything else. @throws {RoomLogFailure} */
  open(): Promise<OpenedRoomLog>;
  /**
   * From now on `listener` is told of what is recorded, in order, one batch at a time, and `onChange` of the rest. Called
   * once, when it is open; nothing is decided before.
   */
  follow(listener: (batch: readonly Recorded[]) => void, onChange?: (change: LogChange) => void): void;
  /**
   * Records an event after all those of earlier calls, together with others of the same turn of the event loop: all
   * of them or none. Resolves after the follower was told. Events by one session keep their order.
   * A UserLeft is never refused, but by a log that is closed: it is recorded as soon as that is possible.
   * A repetition of a message that is no longer kept is answered with what was appended now, under its old `seq`.
   * A log that several servers share tells of nobody's leave twice, and answers later while it is out of reach.
   * @param origin of somebody who joins
   * @param attempt the number of their connection
   * @throws {Refusal} NAME_TAKEN when somebody in the room has this name; ALREADY_JOINED when the session is in the
   *   room under another; DISK_FULL or NOT_RECORDED when nothing can be recorded at present
   */
  append<E extends RoomEvent>(event: E, origin?: Origin, attempt?: number): Promise<Appended<E>>;
  /**
   * This server speaks for a session in the room from now on, for the connection of its client with this number. Resolves
   * to false when a newer one has it. Does nothing where there is no other server.
   * @param origin of the connection
   * @throws {Refusal} NOT_JOINED, NOT_RECORDED
   */
  take(session: SessionId, attempt: number, origin?: Origin): Promise<boolean>;
  /** The other servers of the room are to know that a session's connection is gone, or is there again. */
  tellAbsence(session: SessionId, isAway: boolean): void;
  /** Whether others may be in the room of whom this server knows nothing at present, so that nobody should come in here. */
  readonly isCutOff: boolean;
  /**
   * Resolves when this log has what another server has told already, where that is ahead; nothing when it is not.
   * @throws {Refusal} NOT_RECORDED when that takes too long
   */
  reach(epoch: string, seq: Seq): Promise<void> | undefined;
  /**
   * Takes a message out of the history for good, and resolves to what it was; to nothing when it is not there.
   * @throws {Refusal} DISK_FULL or NOT_RECORDED
   */
  erase(seq: Seq): Promise<Recorded<MessageSent> | undefined>;
  /** The time by the clock that its events have, in milliseconds since 1970: on all servers that share it the same. */
  now(): number;
  /** Whether a message of this session with this ref was appended already: to append it again changes nothing. */
  knows(session: SessionId, ref: string): boolean;
  /** Why nothing can be recorded at present; nothing when something can. Found out if it is not known; never throws. */
  readonly objection: 'DISK_FULL' | 'NOT_RECORDED' | undefined;
  /** How the servers are that share it; nothing where it is shared with nobody. */
  readonly cluster: ClusterLoad | undefined;
  /** Resolves when the log cannot go on, and why: the server has to stop. */
  readonly failed: Promise<RoomLogFailure>;
  /** Resolves when every earlier append is decided, but for a UserLeft that has to wait. */
  settled(): Promise<void>;
  /** Records what is still to be recorded, if it can, and closes everything. Idempotent. */
  close(): Promise<void>;
}

/** What an event store held when it was opened. */
export interface StoredRoom extends OpenedRoomLog {
  /** Time of the last event, in milliseconds since 1970. */
  readonly at: number;
  /** The newest messages with a ref, oldest first. */
  readonly refs: Iterable<{ readonly session: SessionId; readonly ref: string; readonly seq: Seq }>;
}

/**
 * Where a RecordingRoomLog keeps events that it has decided on: it gives them their order, this keeps them.
 * Contract: test/contracts/event-store.test.ts
 */
export interface EventStore extends EventHistory {
  /** Called once, before everything else. @throws {RoomLogFailure} */
  open(): Promise<StoredRoom>;
  /**
   * Keeps all of the batch or nothing, before it returns. An empty one is written as well, so that it fails as others do.
   * @throws {StoreBusy} when another program has to finish first
   * @throws {Refusal} DISK_FULL; anything else is NOT_RECORDED
   */
  write(batch: readonly Recorded[]): void;
  /** Removes a message, before it returns, and says what it was. @throws as `write`, and nothing is changed then */
  erase(seq: Seq): Recorded<MessageSent> | undefined;
  /**
   * Goes on from a room whose events so far are not kept: its last sequence number, the time of that event, and who is in it.
   * Called on a store that holds nothing. @throws as `write`
   */
  begin(room: Pick<StoredRoom, 'head' | 'at' | 'present'>): void;
  /** The message of this sequence number, if it is still kept. */
  messageAt(seq: Seq): Recorded<MessageSent> | undefined;
  /** Idempotent. */
  close(): Promise<void>;
}
