import type { MessageBody } from '../domain/chat-message.js';
import type { Seq } from '../domain/events.js';
import type { Gap } from '../domain/gap.js';
import type { Absence } from '../domain/refusal.js';
import type { RoomChange } from '../domain/room-change.js';
import type { Challenge } from './join-proof.js';
import type { MeasureList, ModerationResult } from './moderation-request.js';

// What a client reads from a server.

/** What a ChatMemo tells of; the basic form does not say. */
export type MemoKind = 'message' | 'action' | 'joined' | 'left' | 'notice';

/** The message of a ChatResponse: who, and what; in the extended form also its sequence number, time and kind. */
export interface ChatMemo extends Omit<MessageBody, 'kind'> {
  readonly username: string;
  readonly seq?: Seq;
  /** Milliseconds since 1970, by the server's clock. */
  readonly at?: number;
  readonly kind?: MemoKind;
  /** Whether the server knows by a key that it is the owner of the name. */
  readonly verified?: true;
  /** Of a notice, what has changed in the room, if this version knows it; `content` says it in the server's words. */
  readonly change?: RoomChange;
}

/** What an extended session is told when it begins or is resumed. */
export interface Welcome {
  /** The token that resumes the session. */
  readonly resume: string;
  readonly epoch: string;
  /** Every event after this sequence number is told. */
  readonly seq: Seq;
  /** The sequence number of the last event: what is told up to there was missed. */
  readonly head: Seq;
  /** Whether the session was still in the room: the others have not seen it leave. */
  readonly resumed: boolean;
  readonly gap?: Gap;
  /** Some of the users in the room, and how many there are in all. */
  readonly users: readonly string[];
  readonly count: number;
  /** How long the session outlives its connection, in milliseconds. */
  readonly graceMs: number;
  /** How long a connection may be silent, in milliseconds: a Ping is due well before. */
  readonly silenceMs: number;
  /** Most bytes of a message, in UTF-8. */
  readonly maxMessageBytes: number;
  /** Whether the name was proven with the client's key, and is its own. */
  readonly verified?: true;
  /** What the room is about, if operators say so. */
  readonly topic?: string;
}

/**
 * Why a server hangs up, where a client knows what to do about it. PUT_OUT: by an operator, who says for how long. LOST: the server has heard nothing for too long, so
 * the connection was broken.
 */
export type ToldEnd = 'SERVER_STOPPING' | 'REPLACED' | 'BEHIND' | 'LOST' | 'PUT_OUT';

/** What a client reads from a server; `Unknown` is a line that this version does not know, as it came. */
export type ChatResponse =
  | { readonly type: 'Joined'; readonly memo: ChatMemo; readonly welcome?: Welcome }
  /** `holder`: whoever has the name has lost the connection, and is waited for. */
  | { readonly type: 'Duplicate'; readonly memo: ChatMemo; readonly holder?: Absence }
  | { readonly type: 'Broadcast'; readonly memo: ChatMemo }
  /** The key of the Join is to be proven before it is answered. */
  | ({ readonly type: 'Challenge' } & Challenge)
  | { readonly type: 'Accepted'; readonly ref: string; readonly seq: Seq; readonly at: number }
  | {
      readonly type: 'Refused';
      readonly ref?: string;
      readonly code: string;
      readonly content: string;
      /** After how many milliseconds it works again, where that is known. */
      readonly retryAfterMs?: number;
    }
  /** The server hangs up. `end` is absent where only `content`, in the server's words, says why. */
  | {
      readonly type: 'Closing';
      readonly end?: ToldEnd;
      readonly content: string;
      readonly seq: Seq;
      /** After how many milliseconds to come back, where the server says so. */
      readonly retryAfterMs?: number;
    }
  | { readonly type: 'Pong'; readonly id: number }
  /** Commands came too fast and are read later; nothing is lost. */
  | { readonly type: 'Delayed'; readonly ms: number }
  | ChatAnswer
  | { readonly type: 'Unknown'; readonly text: string };

/** Answers to a ChatRequest. One that comes in several parts has `done`, which is true in the last. */
export type ChatAnswer =
  | {
      readonly type: 'Users';
      readonly ref?: string;
      readonly users: readonly string[];
      /** Those whose connection is down and whose session can be resumed. */
      readonly away: readonly string[];
      /** Those who have proven their names with a key. */
      readonly verified?: readonly string[];
      readonly done: boolean;
    }
  | ({ readonly type: 'Keys'; readonly ref?: string; readonly done: boolean } & NameKeys)
  | ({ readonly type: 'Moderated'; readonly ref?: string; readonly done: boolean } & ModerationResult)
  | ({ readonly type: 'Bans'; readonly ref?: string; readonly done: boolean } & MeasureList)
  | ({ readonly type: 'History' } & MemoPage)
  | ({ readonly type: 'Found' } & MemoPage);

/** The keys of a name, as fingerprints; `own` is the one with which the asker has joined. */
export interface NameKeys {
  readonly username: string;
  readonly keys: readonly string[];
  readonly own: string;
}

/** One part of an answer that may come in several; `done` in the last one. */
export interface MemoPage {
  /** Of the request that it answers; absent for the history that follows a Joined. */
  readonly ref?: string;
  readonly memos: readonly ChatMemo[];
  readonly done: boolean;
}
