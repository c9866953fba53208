import { MAX_ANSWER } from '../../application/chat-request.js';
import { LOG_LEVELS } from '../../application/server/ports.js';
import { MAX_MESSAGE_BYTES } from '../../domain/chat-message.js';
import { MAX_USERNAME_LENGTH } from '../../domain/name-limits.js';
import { MAX_LINE_BYTES } from '../wire/line-splitter.js';
import { HOST, PORT, type SettingsTable } from './setting.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

const LIMIT = { kind: 'number', group: 'LIMIT' } as const;

/** Everything that an operator can set. */
export const SERVER_SETTINGS = {
  host: {
    ...HOST,
    help: 'Address to listen on; localhost is both 127.0.0.1 and ::1.',
    ifEmpty: 'The host is empty: name an address of this machine, or localhost.',
  },
  port: { ...PORT, help: 'Port to listen on; 0 lets the system choose.' },
  history: {
    kind: 'choice',
    flag: 'history',
    default: 'sqlite',
    choices: ['sqlite', 'memory'],
    help: 'Where the history is kept: in a file, so that it survives a restart, or in memory.',
  },
  dataDir: {
    kind: 'text',
    flag: 'data-dir',
    default: '',
    form: 'path',
    onlyIf: { history: 'sqlite' },
    ifEmpty: 'The data folder has no name: give one with --data-dir.',
    help: 'Folder of the history.',
    defaultText: "[default: chatty in the platform's data folder, ~/.local/share or $XDG_DATA_HOME]",
  },
  synchronous: {
    kind: 'choice',
    flag: 'synchronous',
    default: 'normal',
    choices: ['normal', 'full'],
    help: 'What is acknowledged survives a crash of the server with either; a power cut may take the last moments with normal, and nothing with full, which is slower.',
  },
  logLevel: {
    kind: 'choice',
    flag: 'log-level',
    default: 'info',
    choices: LOG_LEVELS,
    help: 'How much is logged to stderr: for people in a terminal, as JSON elsewhere.',
  },
  coalesceMs: {
    kind: 'number',
    flag: 'coalesce-ms',
    default: 0,
    min: 0,
    max: 1000,
    help: 'Milliseconds that a message may wait to be sent together with others: less CPU, more latency.',
  },
  keepMessages: {
    ...LIMIT,
    flag: 'keep-messages',
    default: 250_000,
    min: 1,
    max: 100_000_000,
    help: 'Messages that the history keeps, the newest; in memory at most 10,000.',
  },
  keepDays: {
    ...LIMIT,
    flag: 'keep-days',
    unit: 'Days',
    default: 365,
    min: 1,
    max: 36_500,
    help: 'Days that the history keeps a message.',
  },
  joinHistory: {
    ...LIMIT,
    flag: 'join-history',
    default: 100,
    min: 0,
    max: MAX_ANSWER,
    help: 'Most earlier messages sent to a client that joins; 0 for none.',
  },
  graceSeconds: {
    ...LIMIT,
    flag: 'grace',
    unit: 'Seconds',
    default: 60,
    min: 0,
    max: 86_400,
    help: 'Seconds in which a client can resume its session after the connection is lost; then the user has left.',
  },
  silenceTimeoutSeconds: {
    ...LIMIT,
    flag: 'silence-timeout',
    unit: 'Seconds',
    default: 45,
    min: 3,
    max: 3600,
    help: 'Seconds of silence after which a connection counts as lost; clients send a ping well before.',
  },
  maxConnections: {
    ...LIMIT,
    flag: 'max-connections',
    default: 10_000,
    min: 1,
    max: 1_000_000,
    help: 'Connections at a time; more are told that the server is full.',
  },
  maxUsernameLength: {
    ...LIMIT,
    flag: 'max-username-length',
    default: MAX_USERNAME_LENGTH,
    min: 1,
    max: 64,
    help: 'Characters of a username.',
  },
  maxMessageBytes: {
    ...LIMIT,
    flag: 'max-message-bytes',
    default: MAX_MESSAGE_BYTES,
    min: 1,
    max: 63 * KIB,
    help: 'Bytes of a message, in UTF-8.',
  },
  maxLineBytes: {
    ...LIMIT,
    flag: 'max-line-bytes',
    default: MAX_LINE_BYTES,
    min: 1024,
    max: 64 * KIB,
    help: 'Bytes of a line on the wire; a longer one ends the connection.',
  },
  maxLogBytes: {
    ...LIMIT,
    flag: 'max-log-bytes',
    default: 16 * MIB,
    min: 64 * KIB,
    max: GIB,
    help: 'Bytes of events kept in memory for readers that are behind, for all of them together.',
  },
  stallTimeoutSeconds: {
    ...LIMIT,
    flag: 'stall-timeout',
    unit: 'Seconds',
    default: 30,
    min: 1,
    max: 3600,
    help: 'Seconds after which a reader that is behind and takes nothing is disconnected.',
  },
  maxBacklogBytes: {
    ...LIMIT,
    flag: 'max-backlog-bytes',
    default: 256 * KIB,
    min: 64 * KIB,
    max: GIB,
    help: 'Bytes of unread answers to one connection; with more, it is disconnected.',
  },
  maxRate: {
    ...LIMIT,
    flag: 'max-rate',
    default: 100_000,
    min: 1,
    max: 1_000_000_000,
    help: 'Commands a second from one connection; more are read later, none is lost.',
  },
  joinTimeoutSeconds: {
    ...LIMIT,
    flag: 'join-timeout',
    unit: 'Seconds',
    default: 10,
    min: 1,
    max: 3600,
    help: 'Seconds that a connection has to join.',
  },
  keepAliveSeconds: {
    ...LIMIT,
    flag: 'keep-alive',
    unit: 'Seconds',
    default: 15,
    min: 1,
    max: 7200,
    help: 'Seconds of silence after which TCP asks a peer whether it is still there.',
  },
} as const satisfies SettingsTable;
