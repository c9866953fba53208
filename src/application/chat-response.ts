import type { Seq } from '../domain/events.js';
import type { Gap } from '../domain/gap.js';

// What a client reads from a server.

/** What a memo tells of; the basic form does not say. */
export type MemoKind = 'message' | 'action' | 'joined' | 'left';

/** The memo inside a ChatResponse: who, and what; in an extended session also sequence number, time and kind. */
export interface ChatMemo {
  readonly username: string;
  readonly content: string;
  readonly seq?: Seq;
  /** Milliseconds since 1970, by the server's clock. */
  readonly at?: number;
  readonly kind?: MemoKind;
}

/** What an extended session is told when it begins, or is resumed. */
export interface Welcome {
  /** What to come back with. */
  readonly resume: string;
  readonly epoch: string;
  /** The sequence number after which everything is told. */
  readonly seq: Seq;
  /** The sequence number of the last event: what is told up to there was missed. */
  readonly head: Seq;
  /** Whether it is the earlier session: the others saw no leave. */
  readonly resumed: boolean;
  readonly gap?: Gap;
  /** Some of those who are in the room, and how many there are in all. */
  readonly users: readonly string[];
  readonly count: number;
  /** How long the session outlives its connection, in milliseconds. */
  readonly graceMs: number;
  /** How long the server puts up with silence, in milliseconds: a Ping is due well before. */
  readonly silenceMs: number;
  /** Most bytes of a message, in UTF-8. */
  readonly maxMessageBytes: number;
}

/**
 * Why a server hangs up, where a client knows what to do about it. LOST: the server has heard nothing for too long, so
 * the connection was broken.
 */
export type ToldEnd = 'SERVER_STOPPING' | 'REPLACED' | 'BEHIND' | 'LOST';

/** What a client reads from a server; `Unknown` is whatever this version has no name for, as it came. */
export type ChatResponse =
  | { readonly type: 'Joined'; readonly memo: ChatMemo; readonly welcome?: Welcome }
  | { readonly type: 'Duplicate'; readonly memo: ChatMemo }
  | { readonly type: 'Broadcast'; readonly memo: ChatMemo }
  | { readonly type: 'Accepted'; readonly ref: string; readonly seq: Seq; readonly at: number }
  | { readonly type: 'Refused'; readonly ref?: string; readonly code: string; readonly content: string }
  /** The server hangs up. `end` is absent where only `content`, in the server's words, says why. */
  | { readonly type: 'Closing'; readonly end?: ToldEnd; readonly content: string; readonly seq: Seq }
  | { readonly type: 'Pong'; readonly id: number }
  /** What was sent is read later, since it came too fast; nothing is lost. */
  | { readonly type: 'Delayed'; readonly ms: number }
  | ChatAnswer
  | { readonly type: 'Unknown'; readonly text: string };

/** Answers to a ChatRequest. One that comes in several parts has `done`, which is true in the last. */
export type ChatAnswer =
  | {
      readonly type: 'Users';
      readonly ref?: string;
      readonly users: readonly string[];
      /** Those of them whose connection is down, and who may come back. */
      readonly away: readonly string[];
      readonly done: boolean;
    }
  | ({ readonly type: 'History' } & MemoPage)
  | ({ readonly type: 'Found' } & MemoPage);

/** Some messages of an answer that may come in several parts; `done` with the last one. */
export interface MemoPage {
  /** Of the command that it answers; absent for what comes with Joined. */
  readonly ref?: string;
  readonly memos: readonly ChatMemo[];
  readonly done: boolean;
}
