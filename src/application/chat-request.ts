import type { MessageBody } from '../domain/chat-message.js';
import type { Seq } from '../domain/events.js';
import type { SearchQuery } from '../domain/message-search.js';
import type { ModerationRequest } from './moderation-request.js';

// What a client asks of a server: half of the language that both programs speak; the other is chat-response.ts.

/** Where a server can be reached. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  /** What is spoken there, if it is not the wire itself. */
  readonly scheme?: 'http' | 'ssh';
}

/** How a client enters the room. */
export interface JoinRequest {
  readonly username: string;
  /** Absent in the basic form, in which a session ends with its connection. */
  readonly extended?: SessionRequest;
}

/** What a client that can come back asks for. */
export interface SessionRequest {
  /** How many earlier messages are wanted; 0 for none. */
  readonly history?: number;
  /** The session to resume: the server's token for it, the last sequence number that was read, and of which epoch. */
  readonly resume?: string;
  readonly since?: Seq;
  readonly epoch?: string;
  /** The client's Ed25519 key: 32 bytes, in base64url. The server answers with a Challenge, if it asks for proofs. */
  readonly key?: string;
  /** Counts this client's connections: the one with the highest number is the one it holds. */
  readonly attempt: number;
}

/** What a person says. */
export type OutgoingMessage = MessageBody;

/** A question that only the extended form has. Its answer is a ChatResponse with the same `ref`. */
export type ChatRequest =
  | { readonly type: 'who' }
  /** The newest messages before a sequence number, or of all. */
  | { readonly type: 'history'; readonly limit: number; readonly before?: Seq }
  | ({ readonly type: 'search' } & SearchQuery)
  /** Which keys the asker's name has; and one more or less of them. */
  | { readonly type: 'keys' }
  /** A key as it is in a Join, or a line of OpenSSH. */
  | { readonly type: 'addKey'; readonly key: string }
  /** The same, or its fingerprint. */
  | { readonly type: 'removeKey'; readonly key: string }
  /** What operators do; and what of it is in force. */
  | ({ readonly type: 'moderate' } & ModerationRequest)
  | { readonly type: 'bans' };

/** How many messages an answer has when a request does not say, and at most. */
export const DEFAULT_ANSWER = 20;
export const MAX_ANSWER = 200;

/**
 * Most messages of a session that may be unconfirmed. A server remembers as many `ref`s of each session, so that all of
 * them can be sent again without being recorded again.
 */
export const MAX_UNCONFIRMED = 256;
