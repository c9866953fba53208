import type { ChatRoom } from '../../domain/chat-room.js';
import type { MessageSent, Recorded, Seq } from '../../domain/events.js';
import type { Gap } from '../../domain/gap.js';
import { DEFAULT_ANSWER, type JoinRequest } from '../chat-request.js';
import type { Welcome } from '../chat-response.js';
import type { Challenge } from '../join-proof.js';
import type { Outlet } from './broadcast-ports.js';
import type { RoomFeed } from './room-feed.js';

/** A client that joins or resumes a session: what it asks for, and how it is answered. */
export interface Handshake {
  readonly request: JoinRequest;
  readonly outlet: Outlet;
  /** Where the client comes from, one household or one machine; nothing where that makes no difference. */
  readonly origin?: string;
  /** The key that the transport has proven to be the client's. */
  readonly provenKey?: string;
  /** Whether the session is over with its connection, in the extended form as well. */
  readonly endsSession?: true;
  /** The answer to the challenge, if the client was challenged. */
  readonly proof?: Challenge & { readonly signature: string };
  /** Called before a user comes in, not when a session is resumed. @throws {Refusal} which the user is told */
  entering?(): void;
  /**
   * Called after `entering` for a name that somebody may have. Resolves when the user may come in; nothing when that is at once.
   * @throws {Refusal} which the user is told
   */
  turn?(): Promise<void> | undefined;
  /** Called once, before the outlet is told anything of the room; with a welcome in the extended form. */
  joined(username: string, welcome?: Welcome): void;
  /** Earlier messages; called at most once, after `joined`. */
  history(messages: readonly Recorded<MessageSent>[]): void;
}

/** The limits of every session. */
export interface SessionPolicy {
  /** How long a session outlives its connection, in milliseconds. */
  readonly graceMs: number;
  /** Most sessions that are kept without a connection; with one more, one of whoever has most leaves at once. */
  readonly maxAway: number;
  /** Most of them of one owner, where that is known. */
  readonly maxAwayOfOne: number;
  /** How long a connection may be silent, in milliseconds. */
  readonly silenceMs: number;
  /** Most earlier messages that a newcomer is told. */
  readonly maxJoinHistory: number;
}

/** Most names in a welcome; the others can be asked for. */
const MAX_USERS = 50;

/** How many earlier messages a newcomer is told. */
export function historyLimit(wanted: number | undefined, { maxJoinHistory }: SessionPolicy): number {
  return Math.min(wanted ?? DEFAULT_ANSWER, maxJoinHistory);
}

/** What an extended session is told first. */
export function welcome(
  room: ChatRoom,
  { epoch, head, count }: RoomFeed,
  { graceMs, silenceMs }: SessionPolicy,
  session: { resume: string; seq: Seq; resumed: boolean; gap?: Gap | undefined; key: string | undefined },
): Welcome {
  const { gap, key, ...rest } = session;
  const users: string[] = [];
  for (const user of room.users) {
    if (users.length === MAX_USERS) break;
    // Who is coming in is told of later, or is refused.
    if (!user.session.isEntering) users.push(user.username);
  }
  return {
    ...rest,
    ...(gap !== undefined && { gap }),
    epoch,
    head,
    users,
    count,
    graceMs,
    silenceMs,
    maxMessageBytes: room.limits.maxMessageBytes,
    ...(key !== undefined && { verified: true }),
    ...(room.topic !== '' && { topic: room.topic }),
  };
}
