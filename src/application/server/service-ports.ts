import type { Recorded } from '../../domain/events.js';
import type { ServerAddress } from '../chat-request.js';
import type { ProcessReading } from '../server-status.js';
import type { LogFields } from './log-fields.js';

// The ports of the server that are not about the room: what its owner does with the history, by what it is known, who
// watches it, and the operator's log.

/** What a history holds. */
export interface HistorySummary {
  readonly messages: number;
  /** When the last thing happened in it, in milliseconds since 1970; absent when nothing ever did. */
  readonly lastAt?: number;
}

/**
 * The history of a room as its owner handles it, whether a server keeps it at present or not.
 * Contract: test/contracts/history-archive.test.ts
 */
export interface HistoryArchive {
  /**
   * Copies everything that is recorded at this moment into one file, which is there whole or not at all.
   * @throws {ArchiveFailure} EXISTS when there is such a file, unless it may be replaced; NOT_A_FILE; OWN_FILE
   * @throws {RoomLogFailure}
   */
  backup(file: string, mayReplace?: boolean): Promise<HistorySummary>;
  /**
   * Makes a backup the history, after it was checked from end to end. What was the history before is kept beside it.
   * Nothing is changed when it cannot be done.
   * @throws {ArchiveFailure}
   * @throws {RoomLogFailure} IN_USE while a server runs; DAMAGED when the backup is
   */
  restore(file: string): Promise<HistorySummary & { readonly kept?: string }>;
  /** Every event that is recorded now, oldest first. @throws {ArchiveFailure} @throws {RoomLogFailure} */
  events(): AsyncIterable<Recorded>;
}

/** By what clients know that a server is the one that they mean. */
export interface ServerIdentity {
  /** A fingerprint of its public key, that people hand on. Known once it is open. */
  readonly pin: string;
  /** Called once, before the transports are started. @throws {IdentityFailure} */
  open(): Promise<void>;
}

/** What has started the server, and wants to know how it is. Nothing of it throws. */
export interface ServiceManager {
  /** Clients can connect. */
  ready(): void;
  /** The server stops, as it was asked to. */
  stopping(): void;
}

/** Where others than clients can ask how the server is, from before its room is open until it is closed. */
export interface Monitor {
  /** Resolves to where it can be asked. @throws {ListenFailure} */
  start(): Promise<ServerAddress>;
  /** Idempotent. */
  stop(): Promise<void>;
}

/** What the system knows of this process. */
export interface ProcessVitals {
  /** How many files this process may have open, where the system shows that (Linux). */
  readonly openFilesLimit: number | undefined;
  /** Takes a few milliseconds at most. */
  read(): ProcessReading;
}

/** The operator's log, which never holds the text of a message. Contract: test/contracts/logger.test.ts */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** From the most to the least detailed: entries below the chosen level are not written. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
