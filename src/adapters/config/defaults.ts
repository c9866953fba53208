import { BELLS, type Bell, COLOR_MODES, type ColorMode } from '../../application/client/preferences.js';
import type { LogLevel } from '../../application/server/ports.js';
import { MAX_MESSAGE_BYTES } from '../../domain/chat-message.js';
import { MAX_USERNAME_LENGTH } from '../../domain/username.js';
import { MAX_LINE_BYTES } from '../wire/line-splitter.js';

// What holds where nobody says otherwise, and how flags and variables are named. Without any package, since every
// start of the command line reads it.

/** Where the room log is kept: in a file, or in this process only. */
export const HISTORIES = ['sqlite', 'memory'] as const;

/** What a power cut may take: the last moments, or nothing. */
export const SYNCHRONOUS = ['normal', 'full'] as const;

/** How a terminal is asked to notify somebody who looks elsewhere: not at all, or by one of two sequences. */
export const NOTIFICATIONS = ['off', 'osc9', 'osc777'] as const;

export { BELLS, COLOR_MODES };

const ADDRESS = { host: 'localhost', port: 8081 } as const;

export const SERVER_DEFAULTS = {
  ...ADDRESS,
  history: 'sqlite' as (typeof HISTORIES)[number],
  synchronous: 'normal' as (typeof SYNCHRONOUS)[number],
  keepMessages: 250_000,
  keepDays: 365,
  joinHistory: 100,
  graceSeconds: 60,
  silenceTimeoutSeconds: 45,
  maxConnections: 10_000,
  maxLineBytes: MAX_LINE_BYTES,
  maxUsernameLength: MAX_USERNAME_LENGTH,
  maxMessageBytes: MAX_MESSAGE_BYTES,
  maxLogBytes: 16 * 1024 * 1024,
  stallTimeoutSeconds: 30,
  coalesceMs: 0,
  maxBacklogBytes: 256 * 1024,
  maxRate: 100_000,
  joinTimeoutSeconds: 10,
  keepAliveSeconds: 15,
  logLevel: 'info' as LogLevel,
} as const;

export const CLIENT_DEFAULTS = {
  ...ADDRESS,
  /** At a terminal; a program at the other end of a pipe gets none. */
  history: 20,
  /** Seconds; in a pipe, for at a terminal it is for ever. */
  retryForInAPipe: 60,
  color: 'auto' as ColorMode,
  bell: 'mentions' as Bell,
  notify: 'off' as (typeof NOTIFICATIONS)[number],
} as const;

/** The environment variable that stands for a flag: what both ends share has the names of the original. */
export function variableOf(flag: string): string {
  if (flag === 'host') return 'TCP_SERVER_ADDRESS';
  if (flag === 'port') return 'TCP_SERVER_PORT';
  return `CHATTY_${flag.replaceAll('-', '_').toUpperCase()}`;
}

/** Of the messages that are shown on joining; CHATTY_HISTORY is the server's. */
export const HISTORY_VARIABLE = variableOf('join-history');
