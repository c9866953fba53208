import type { ChatRoom } from '../../domain/chat-room.js';
import type { MessageSent, Recorded, Seq } from '../../domain/events.js';
import type { JoinRequest } from '../chat-request.js';
import type { Gap, Welcome } from '../chat-response.js';
import type { Outlet } from './ports.js';
import type { RoomFeed } from './room-feed.js';

/** Somebody who wants to come in, or to come back: what they ask for, and how they are answered. */
export interface Handshake {
  readonly request: JoinRequest;
  readonly outlet: Outlet;
  /** Told once, before the outlet is told anything of the room; with a welcome when the form has one. */
  joined(username: string, welcome?: Welcome): void;
  /** What was said before; at most once, after `joined`. */
  history(messages: readonly Recorded<MessageSent>[]): void;
}

/** What a server grants to those who come. */
export interface SessionPolicy {
  /** How long a session outlives its connection, in milliseconds. */
  readonly graceMs: number;
  /** Most sessions that wait for their connection to come back; who is lost beyond them has left. */
  readonly maxAway: number;
  /** How long a connection may be silent, in milliseconds. */
  readonly silenceMs: number;
  /** Most messages of before that somebody who comes is told. */
  readonly maxJoinHistory: number;
}

/** How many messages of before somebody is told who does not say. */
const JOIN_HISTORY = 20;

/** Names that go with the welcome; the others can be asked for. */
const MAX_USERS = 50;

export function joinHistory(wanted: number | undefined, { maxJoinHistory }: SessionPolicy): number {
  return Math.min(wanted ?? JOIN_HISTORY, maxJoinHistory);
}

/** Puts together what an extended session is told first. */
export function welcome(
  room: ChatRoom,
  { epoch, head }: RoomFeed,
  { graceMs, silenceMs }: SessionPolicy,
  session: { resume: string; seq: Seq; resumed: boolean; gap?: Gap | undefined },
): Welcome {
  const { gap, ...rest } = session;
  const users: string[] = [];
  for (const user of room.users) {
    if (users.length === MAX_USERS) break;
    users.push(user.username.value);
  }
  return {
    ...rest,
    ...(gap !== undefined && { gap }),
    epoch,
    head,
    users,
    count: room.size,
    graceMs,
    silenceMs,
    maxMessageBytes: room.limits.maxMessageBytes,
  };
}
