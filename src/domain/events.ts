import type { SessionId } from './user.js';

/** A place in the room's one order of events: 1, 2, 3, …; 0 is before all of them. */
export type Seq = number;

export interface UserJoined {
  readonly type: 'UserJoined';
  readonly session: SessionId;
  readonly username: string;
  /** A hash of what a client has to know to take up this session again; absent when nobody can. */
  readonly resumeKey?: string;
}

export interface MessageSent {
  readonly type: 'MessageSent';
  readonly session: SessionId;
  readonly username: string;
  readonly content: string;
  /** Something that the user does rather than says: `carl waves`. */
  readonly kind?: 'action';
  /** The sender's own name for this message: said twice in one session, it is the same message. */
  readonly ref?: string;
}

export interface UserLeft {
  readonly type: 'UserLeft';
  readonly session: SessionId;
  readonly username: string;
}

/** What happened in the room. Every event is by a session, and told to every member but that one. */
export type RoomEvent = UserJoined | MessageSent | UserLeft;

/** An event that has its place, and its time in milliseconds since 1970 (never less than that of the event before). */
export type Recorded<E extends RoomEvent = RoomEvent> = E & { readonly seq: Seq; readonly at: number };
