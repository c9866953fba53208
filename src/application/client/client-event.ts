import type { Gap } from '../../domain/gap.js';
import type { ChatRequest, OutgoingMessage } from '../chat-request.js';
import type { ChatAnswer, ChatMemo } from '../chat-response.js';

// What a person at the client is shown; a view puts it into words.

/** Why a client is not in the room at present. */
export interface Outage {
  readonly code:
    | 'LOST'
    | 'NO_SIGN_OF_LIFE'
    | 'BEHIND'
    | 'SERVER_STOPPING'
    | 'NOT_REACHED'
    | 'NO_ANSWER'
    | 'NOT_CHATTY'
    | 'NAME_TAKEN'
    | 'SERVER_SAYS';
  /** With SERVER_SAYS, in the server's words. */
  readonly notice?: string;
}

/** An answer whose parts have all come. */
export type CompleteAnswer = Whole<ChatAnswer>;
type Whole<A extends ChatAnswer> = A extends ChatAnswer ? Omit<A, 'ref' | 'done'> : never;

/** This server has no answer to such requests, or gave none, or there is no connection to ask through. */
export interface UnansweredRequest {
  readonly type: 'Unanswered';
  readonly asked: ChatRequest['type'];
  readonly why: 'NOT_OFFERED' | 'NO_ANSWER' | 'NOT_CONNECTED';
}

/** What a person is shown; a view puts it into words, or shows nothing where it needs none. */
export type ClientEvent =
  | {
      readonly type: 'Welcome';
      readonly username: string;
      readonly content: string;
      /** Some of those who are in the room, and how many there are; absent where the server does not say. */
      readonly users?: readonly string[];
      readonly count?: number;
      /** Most bytes of a message, in UTF-8; absent where the server does not say. */
      readonly maxMessageBytes?: number;
    }
  | ({ readonly type: 'Memo' } & ChatMemo)
  /** What was said before one came, oldest first, and how long ago the last of it was, in milliseconds. */
  | { readonly type: 'Earlier'; readonly memos: readonly ChatMemo[]; readonly agoMs: number }
  /** An own message is on its way: Accepted, Refused or TooLong follows, or the end says that it is unsent. */
  | ({ readonly type: 'Pending'; readonly ref: string } & OutgoingMessage)
  /** `late`: after so long, or so much, that a person may have doubted; `unsent` are on their way still. */
  | {
      readonly type: 'Accepted';
      readonly ref: string;
      readonly content: string;
      readonly late: boolean;
      readonly unsent: number;
      /** By the server's clock; absent where nobody confirms. */
      readonly at?: number;
    }
  /** The server reads what was said later, after so many milliseconds, since it came too fast. */
  | { readonly type: 'Delayed'; readonly ms: number }
  /** In the server's words; `content` of the message that it is about, if it is about one. */
  | { readonly type: 'Refused'; readonly reason: string; readonly content?: string }
  | { readonly type: 'TooLong'; readonly content: string; readonly limit: number; readonly actual: number }
  | {
      readonly type: 'Reconnecting';
      readonly outage: Outage;
      readonly inMs: number;
      readonly unsent: number;
      /** Whether it is worth a line: what is wrong is new, or the wait has grown long. */
      readonly isNews: boolean;
    }
  /** What is said while the connection is down is kept. Once for each time it is down. */
  | { readonly type: 'Kept' }
  /** In the room again; `resumed` when nobody has seen it leave. In the basic form nobody knows what was missed. */
  | {
      readonly type: 'Back';
      readonly extended: boolean;
      readonly resumed: boolean;
      readonly gap?: Gap;
      readonly count?: number;
    }
  /** All that was missed while one was away has been shown: so many memos. */
  | { readonly type: 'CaughtUp'; readonly missed: number }
  /** Told to leave while the connection is down and so many are unsent: goes when they are sent. */
  | { readonly type: 'Leaving'; readonly unsent: number }
  /** The answer to a request; `more` when there may be more of it than was asked for. */
  | (CompleteAnswer & { readonly more?: boolean })
  | UnansweredRequest
  | { readonly type: 'UnknownResponse'; readonly text: string }
  /** So many messages wait to be confirmed that this one was not taken. */
  | { readonly type: 'OutboxFull'; readonly content: string; readonly unsent: number }
  | { readonly type: 'NothingToSend' }
  /** There is nothing that could be gone on with. */
  | { readonly type: 'NothingMore' }
  /** The name cannot be had; another one is asked for. In the server's words, or it is taken. */
  | { readonly type: 'NameRefused'; readonly username: string; readonly reason?: string };
