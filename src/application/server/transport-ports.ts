import type { ServerAddress } from '../chat-request.js';
import type { ConnectionsLoad } from '../server-status.js';

// The ports of the server by which clients reach it, and come back to their sessions.

/** One technology through which clients reach the room. Contract: test/contracts/transport.test.ts */
export interface Transport {
  /** Resolves, once clients can connect, to every address they can use. @throws {ListenFailure} */
  start(): Promise<readonly ServerAddress[]>;
  /** Accepts no more clients; those connected stay so. Idempotent, and it can be started again. */
  stop(): Promise<void>;
}

/** All connected clients, of every transport. */
export interface Connections {
  readonly load: ConnectionsLoad;
  /** So many sessions of before the start are waited for: their clients are let in, from however few addresses they come. */
  expect(sessions: number): void;
  /**
   * Ends all connections with STOPPING, later ones too; whoever can resume is told after how long to come back, each a
   * little later than the one before. Resolves when they are gone; who has not read it after `withinMs` is cut, and
   * earlier if that loses nothing. Idempotent.
   */
  close(withinMs: number): Promise<void>;
}

/** Makes the tokens with which clients resume their sessions. Contract: test/contracts/resume-tokens.test.ts */
export interface ResumeTokens {
  /** A token that nobody can guess. */
  create(): string;
  /** What is kept of a token: always the same for one token, and the token cannot be found from it. */
  keyOf(token: string): string;
}
