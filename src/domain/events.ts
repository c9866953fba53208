import type { MessageBody } from './chat-message.js';
import type { RefusalDetails } from './refusal.js';
import type { Origin, SessionId } from './session.js';

/** Sequence number of an event in its room: 1, 2, 3, …; 0 is before the first. */
export type Seq = number;

export interface UserJoined {
  readonly type: 'UserJoined';
  readonly session: SessionId;
  readonly username: string;
  /** A hash of the token that resumes this session; absent when it cannot be resumed. */
  readonly resumeKey?: string;
  /** The key with which the name was proven; absent when it was not. */
  readonly key?: string;
  /** Whether the name was proven with a key. */
  readonly verified?: true;
  /** Given where the user's client is connected to another server of the room. Kept by nobody. */
  readonly elsewhere?: Origin;
}

/** A `notice` is what the server says: see `RoomChange`. */
export interface MessageSent extends Omit<MessageBody, 'kind'> {
  readonly kind?: MessageBody['kind'] | 'notice';
  readonly type: 'MessageSent';
  readonly session: SessionId;
  readonly username: string;
  /** The sender's own id for this message: sent twice in one session, it is the same message. */
  readonly ref?: string;
  /** For whom it is kept, if that is known better than by the name; told to nobody. */
  readonly owner?: string;
  /** Whether the name was proven with a key. */
  readonly verified?: true;
}

export interface UserLeft {
  readonly type: 'UserLeft';
  readonly session: SessionId;
  readonly username: string;
  /** Who leaves proves nothing. */
  readonly verified?: never;
  /** Why somebody was put out; absent when they left, or were not resumed. Kept by nobody, and not told. */
  readonly ended?: Ending;
}

/** What somebody is told who is put out. */
export interface Ending {
  readonly reason: 'REPLACED' | 'KICKED' | 'BANNED';
  readonly about?: RefusalDetails;
}

/** What happened in the room. Every event has an author: the session that caused it. */
export type RoomEvent = UserJoined | MessageSent | UserLeft;

/** An event with its sequence number, and its time in milliseconds since 1970. */
export type Recorded<E extends RoomEvent = RoomEvent> = E & { readonly seq: Seq; readonly at: number };

/** The room's first rule: everyone is told of an event except its author, who is answered instead. */
export function isToldTo(event: RoomEvent, session: SessionId): boolean {
  return authorOf(event) !== session;
}

export function authorOf(event: RoomEvent): SessionId {
  return event.session;
}
