import type { Session, SessionId } from '../../domain/session.js';
import type { ServerAddress } from '../chat-request.js';

/** Why a session ends: see docs/logs.md. */
export type SessionEnd =
  | 'LEFT'
  | 'DISCONNECTED'
  | 'NOT_RESUMED'
  | 'TOO_MANY_AWAY'
  | 'KICKED'
  | 'BANNED'
  | 'NAME_CLAIMED';

/** What a line of the log is about, beside its words: docs/logs.md explains each. Never a text, a key or a token. */
export interface LogFields {
  /** Counts the server's connections. */
  readonly connection?: number;
  /** Identifies the stay in the room, which connections come and go in. */
  readonly session?: SessionId;
  readonly username?: string;
  /** Where a connection comes from. */
  readonly address?: string;
  /** Why something is over. */
  readonly reason?: string;
  /** How long it was, in milliseconds. */
  readonly durationMs?: number;
  /** Of an error of the system, or of a refusal. */
  readonly code?: string;
  /** What the process was sent. */
  readonly signal?: string;
  /** Another server of the same room, by the name that its operator has given it. */
  readonly server?: string;
  /** The address of a proxy, which is the operator's own. */
  readonly proxy?: string;
  readonly addresses?: readonly ServerAddress[];
  /** How many connections were told that the server stops, and how many of them had not read it in time. */
  readonly told?: number;
  readonly late?: number;
  /** How many of them. */
  readonly connections?: number;
  /** Settings, each with what it was and what it is. */
  readonly changed?: readonly string[];
  /** What is wrong, a sentence each. */
  readonly problems?: readonly string[];
  /** Lines that were left out. */
  readonly more?: number;
  /** How many files may be open, and how many it takes. */
  readonly files?: number;
  readonly needed?: number;
  /** The name of a file in the data folder. */
  readonly file?: string;
  /** Of a file of the operator's, counted from 1. */
  readonly lines?: readonly number[];
  /** Of the server's key. */
  readonly pin?: string;
  /** Times, as ISO 8601 has them. */
  readonly last?: string;
  readonly now?: string;
  readonly err?: unknown;
}

/** What the end of a session is logged with. A session that was there before a restart has no length that is known. */
export function endOf({ id, beganAt }: Session, username: string, reason: SessionEnd): LogFields {
  const durationMs = beganAt === undefined ? undefined : Math.round(performance.now() - beganAt);
  return { session: id, username, reason, ...(durationMs !== undefined && { durationMs }) };
}
