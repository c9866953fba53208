import type { Seq } from '../../domain/events.js';
import type { Gap } from '../../domain/gap.js';
import type { Absence } from '../../domain/refusal.js';
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
    /** What answers there has another key than the server. */
    | 'OTHER_KEY'
    | 'NO_ANSWER'
    | 'NOT_CHATTY'
    | 'NAME_TAKEN'
    | 'NOT_PROVEN'
    /** More want to come in than the server lets in at a time. */
    | 'CROWDED'
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
  readonly why: 'NOT_OFFERED' | 'NO_ANSWER' | 'NOT_CONNECTED' | 'NOT_VERIFIED';
}

/** What a person is shown; a view puts it into words, or shows nothing where it needs none. */
export type ClientEvent =
  /** Nothing was known of this server: from now on it is expected to have the key with this pin. `address` as of Welcome. */
  | {
      readonly type: 'NewServer';
      readonly pin: string;
      readonly address?: string;
      readonly isUnwritten?: true;
    }
  /** What answers at this one of several addresses has this key, and not the expected one: it was told nothing, and others are tried. */
  | {
      readonly type: 'OtherKey';
      readonly address: string;
      readonly pin: string;
      /** Whether the person was told which key to expect; else it is the one that was there before. */
      readonly isGiven: boolean;
    }
  | {
      readonly type: 'Welcome';
      readonly username: string;
      readonly content: string;
      /** Whether the name is proven to be one's own. */
      readonly verified?: true;
      /** Some of the users in the room, and how many there are; absent where the server does not say. */
      readonly users?: readonly string[];
      readonly count?: number;
      /** The last event that is in `count`. */
      readonly head?: Seq;
      /** What the room is about, if operators say so. */
      readonly topic?: string;
      /** Most bytes of a message, in UTF-8; absent where the server does not say. */
      readonly maxMessageBytes?: number;
      /** The session of a program that ended is taken up, and the others have not seen it leave. */
      readonly resumed?: boolean;
      /** What was said in between and is no longer kept. */
      readonly gap?: Gap;
      /** Which of several addresses it is, as the person calls it. */
      readonly address?: string;
    }
  | ({ readonly type: 'Memo' } & ChatMemo)
  /** Messages from before the Join, oldest first, and how long ago the last one was, in milliseconds. */
  | { readonly type: 'Earlier'; readonly memos: readonly ChatMemo[]; readonly agoMs: number }
  /** An own message was taken: Accepted, Refused or TooLong follows, or the end says that it is unsent. */
  | ({ readonly type: 'Pending'; readonly ref: string } & OutgoingMessage)
  /** `late`: after a lost connection, or a long time; `unsent` is the number of messages still unconfirmed. */
  | {
      readonly type: 'Accepted';
      readonly ref: string;
      readonly content: string;
      readonly late: boolean;
      readonly unsent: number;
      /** Its place, and when by the server's clock; absent in the basic form, which confirms nothing. */
      readonly seq?: Seq;
      readonly at?: number;
    }
  /** Messages came too fast: the server reads them later, after `ms` milliseconds. */
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
      /** Where the next attempt goes; as of Welcome. */
      readonly address?: string;
    }
  /** The server has not answered for so many milliseconds; 0 when it has after all. */
  | { readonly type: 'Lagging'; readonly ms: number }
  /** Told not to wait any longer, while there is a connection. */
  | { readonly type: 'NotAway' }
  /** What is said while the connection is down is queued. Shown once per outage. `isNews` as of Reconnected. */
  | { readonly type: 'Queued'; readonly isNews?: false }
  /** In the room again; `resumed` if the others saw no leave. The basic form does not tell what was missed. */
  | {
      readonly type: 'Reconnected';
      readonly extended: boolean;
      readonly resumed: boolean;
      readonly gap?: Gap;
      readonly count?: number;
      /** As of Welcome. */
      readonly head?: Seq;
      /** Whether the name is proven to be one's own. */
      readonly verified?: true;
      /** As of Welcome. */
      readonly address?: string;
      /** Nobody was told of the outage, and nothing is missing: it is not worth a line. */
      readonly isNews?: false;
    }
  /** Nothing was signed: the server calls itself `asked`, and was reached as `reached`. */
  | { readonly type: 'Unproven'; readonly asked: string; readonly reached: string }
  /** All that was missed during an outage has been shown: this many lines, perhaps none. `isNews` as of Reconnected. */
  | { readonly type: 'Replayed'; readonly missed: number; readonly isNews?: false }
  /** Told to leave while the connection is down, with this many messages unsent: leaves when they are sent. */
  | { readonly type: 'Leaving'; readonly unsent: number }
  /** The answer to a request; `more` when there may be more of it than was asked for, `words` that were searched for. */
  | (CompleteAnswer & { readonly more?: boolean; readonly words?: string })
  | UnansweredRequest
  | { readonly type: 'UnknownResponse'; readonly text: string }
  /** Too many messages are unconfirmed: this one was not taken. */
  | { readonly type: 'OutboxFull'; readonly content: string; readonly unsent: number }
  | { readonly type: 'NothingToSend' }
  /** What is shown was kept in this file, which cannot be written any more, in the words of the system. */
  | { readonly type: 'LogEnded'; readonly file: string; readonly problem: string }
  /** `more` was asked for, and there is no answer to continue. */
  | { readonly type: 'NothingMore' }
  /** The name is refused for this reason, in the server's words, or else is taken; another one is asked for. */
  | {
      readonly type: 'NameRefused';
      readonly username: string;
      readonly reason?: string;
      /** Whoever has the name is away. */
      readonly holder?: Absence;
    }
  /** Another program of this person, on this machine, speaks under the name since so many milliseconds. */
  | {
      readonly type: 'HereAlready';
      readonly username: string;
      readonly pid: number;
      readonly sinceMs: number;
    };
