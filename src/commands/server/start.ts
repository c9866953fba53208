import { Command, Flags, type Interfaces } from '@oclif/core';
import {
  SERVER_DEFAULTS as DEFAULTS,
  HISTORIES,
  SYNCHRONOUS,
  variableOf,
} from '../../adapters/config/defaults.js';
import type { ServerConfig } from '../../adapters/config/server-config.js';
import {
  ListenFailure,
  type ListenFailureCode,
  LOG_LEVELS,
  RoomLogFailure,
  type RoomLogFailureCode,
} from '../../application/server/ports.js';
import { fail } from '../../cli/exit.js';

/** Exit codes beside 0 (stopped as asked) and 1 (a fault). */
const USAGE_EXIT = 2;
const CANNOT_LISTEN_EXIT = 3;
const NO_HISTORY_EXIT = 4;

/** How long a reader of the log may take for the rest of it, once all is over; in milliseconds. */
const STALLED_OUTPUT_MS = 1000;

const LISTEN_FAILURES: Record<ListenFailureCode, (host: string, port: number) => string> = {
  PORT_IN_USE: (host, port) =>
    `Port ${port} of ${host} is in use. Stop the program that uses it, or choose another with --port.`,
  BAD_ADDRESS: host =>
    `${host} is not an address of this machine, nor a name of one. Choose another with --host, or localhost.`,
  NO_PERMISSION: (_host, port) =>
    `There is no permission to listen on port ${port}. Choose one above 1023 with --port.`,
  CANNOT_LISTEN: (host, port) =>
    `It is not possible to listen on port ${port} of ${host}. Choose others with --host and --port.`,
};

const LOG_FAILURES: Record<RoomLogFailureCode, (path: string) => string> = {
  IN_USE: path =>
    `The history in ${path} is in use by another chatty server. Stop that one, or give this one a folder of its own with --data-dir.`,
  NO_PERMISSION: path =>
    `There is no permission to keep the history in ${path}. Choose another folder with --data-dir, or --history memory to keep none.`,
  READ_ONLY: path =>
    `${path} can only be read. Choose another folder with --data-dir, or --history memory to keep none.`,
  DISK_FULL: path =>
    `There is no space left for the history in ${path}. Make some, choose another folder with --data-dir, or --history memory to keep none.`,
  DAMAGED: path =>
    `${path} is damaged, or not a history of chatty. Put a backup in its place, or move it away to begin anew.`,
  TOO_NEW: path =>
    `${path} was written by a newer chatty. Install that version, or choose another folder with --data-dir.`,
  UNUSABLE: path =>
    `The history cannot be kept in ${path}. Choose another folder with --data-dir, or --history memory to keep none.`,
};

export default class ServerStart extends Command {
  static override summary = 'Start a chat server: one room, for everybody who joins.';

  static override description =
    `Every limit of the server is a flag. It runs until SIGINT (Ctrl-C) or SIGTERM, tells everybody that it stops, and exits with 0; a second signal ends it at once.

Exit codes: 0 stopped as asked, 1 a fault, 2 wrong usage, 3 it could not listen, 4 it cannot keep the history.`;

  static override examples = [
    { description: 'On this machine, for this machine:', command: '<%= config.bin %> server:start' },
    {
      description: 'For the whole network:',
      command: '<%= config.bin %> server:start --host 0.0.0.0 --port 8081',
    },
  ];

  static override flags = {
    host: Flags.string({
      description: 'Address to listen on; localhost is both 127.0.0.1 and ::1.',
      env: variableOf('host'),
      default: DEFAULTS.host,
    }),
    port: number('port', DEFAULTS.port, 'Port to listen on; 0 lets the system choose.'),
    history: choice(
      'history',
      HISTORIES,
      DEFAULTS.history,
      'Where the history is kept: in a file, so that it survives a restart, or in memory.',
    ),
    'data-dir': Flags.string({
      description:
        "Folder of the history. [default: chatty in the platform's data folder, ~/.local/share or $XDG_DATA_HOME]",
      env: variableOf('data-dir'),
    }),
    synchronous: choice(
      'synchronous',
      SYNCHRONOUS,
      DEFAULTS.synchronous,
      'What is acknowledged survives a crash of the server with either; a power cut may take the last moments with normal, and nothing with full, which is slower.',
    ),
    'log-level': choice(
      'log-level',
      LOG_LEVELS,
      DEFAULTS.logLevel,
      'How much is logged to stderr: for people in a terminal, as JSON elsewhere.',
    ),
    'coalesce-ms': number(
      'coalesce-ms',
      DEFAULTS.coalesceMs,
      'Milliseconds a message waits for others to travel with: less CPU for more latency.',
    ),
    'keep-messages': limit(
      'keep-messages',
      DEFAULTS.keepMessages,
      'Messages that the history keeps, the newest; in memory at most 10,000.',
    ),
    'keep-days': limit('keep-days', DEFAULTS.keepDays, 'Days that the history keeps a message.'),
    'join-history': limit(
      'join-history',
      DEFAULTS.joinHistory,
      'Most messages of before that somebody who joins is told; 0 is none.',
    ),
    grace: limit(
      'grace',
      DEFAULTS.graceSeconds,
      'Seconds that a user whose connection is lost has to come back, before they have left.',
    ),
    'silence-timeout': limit(
      'silence-timeout',
      DEFAULTS.silenceTimeoutSeconds,
      'Seconds of silence after which a connection is lost; clients send a ping well before.',
    ),
    'max-connections': limit(
      'max-connections',
      DEFAULTS.maxConnections,
      'Connections at a time; more are told that the server is full.',
    ),
    'max-username-length': limit(
      'max-username-length',
      DEFAULTS.maxUsernameLength,
      'Characters of a username.',
    ),
    'max-message-bytes': limit(
      'max-message-bytes',
      DEFAULTS.maxMessageBytes,
      'Bytes of a message, in UTF-8.',
    ),
    'max-line-bytes': limit(
      'max-line-bytes',
      DEFAULTS.maxLineBytes,
      'Bytes of a line on the wire; a longer one ends the connection.',
    ),
    'max-log-bytes': limit(
      'max-log-bytes',
      DEFAULTS.maxLogBytes,
      'Bytes of events kept, once for all, for readers that are behind.',
    ),
    'stall-timeout': limit(
      'stall-timeout',
      DEFAULTS.stallTimeoutSeconds,
      'Seconds in which a reader that is behind has to take something.',
    ),
    'max-backlog-bytes': limit(
      'max-backlog-bytes',
      DEFAULTS.maxBacklogBytes,
      'Bytes of unread answers to one connection; beyond, it is disconnected.',
    ),
    'max-rate': limit(
      'max-rate',
      DEFAULTS.maxRate,
      'Commands a second from one connection; more are read later, none is lost.',
    ),
    'join-timeout': limit(
      'join-timeout',
      DEFAULTS.joinTimeoutSeconds,
      'Seconds that a connection has to join.',
    ),
    'keep-alive': limit(
      'keep-alive',
      DEFAULTS.keepAliveSeconds,
      'Seconds of silence after which a peer is asked whether it is still there.',
    ),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ServerStart);
    const config = await this.#config(flags);
    const [{ createServer }, { TOKENS }] = await Promise.all([
      import('../../container/server.js'),
      import('../../container/tokens.js'),
    ]);
    const container = await createServer(config);
    const server = container.get(TOKENS.ChatServer);
    const stopped = stopSignal();
    const addresses = await server.start().catch((error: unknown) => this.#notStarted(error));
    for (const { host, port } of addresses) this.log(`chatty listens on ${host} port ${port}`);
    const signal = await stopped;
    container.get(TOKENS.Logger).info({ code: signal }, 'stopping');
    await server.stop();
    // A log that nobody reads does not keep the process.
    setTimeout(() => process.exit(), STALLED_OUTPUT_MS).unref();
  }

  async #config(flags: Interfaces.InferredFlags<typeof ServerStart.flags>): Promise<ServerConfig> {
    const [{ ServerConfig }, { ConfigError, parseConfig }] = await Promise.all([
      import('../../adapters/config/server-config.js'),
      import('../../adapters/config/config.js'),
    ]);
    try {
      return parseConfig(ServerConfig, {
        host: flags.host,
        port: flags.port,
        history: flags.history,
        dataDir: flags['data-dir'] ?? this.config.dataDir,
        synchronous: flags.synchronous,
        keepMessages: flags['keep-messages'],
        keepDays: flags['keep-days'],
        joinHistory: flags['join-history'],
        graceSeconds: flags.grace,
        silenceTimeoutSeconds: flags['silence-timeout'],
        logLevel: flags['log-level'],
        joinTimeoutSeconds: flags['join-timeout'],
        keepAliveSeconds: flags['keep-alive'],
        maxConnections: flags['max-connections'],
        maxUsernameLength: flags['max-username-length'],
        maxMessageBytes: flags['max-message-bytes'],
        maxLineBytes: flags['max-line-bytes'],
        coalesceMs: flags['coalesce-ms'],
        maxLogBytes: flags['max-log-bytes'],
        stallTimeoutSeconds: flags['stall-timeout'],
        maxBacklogBytes: flags['max-backlog-bytes'],
        maxRate: flags['max-rate'],
      });
    } catch (error) {
      if (error instanceof ConfigError) fail(this, error.message, USAGE_EXIT);
      throw error;
    }
  }

  #notStarted(error: unknown): never {
    if (error instanceof RoomLogFailure) fail(this, LOG_FAILURES[error.code](error.path), NO_HISTORY_EXIT);
    if (!(error instanceof ListenFailure)) throw error;
    const { host, port } = error.address;
    fail(this, LISTEN_FAILURES[error.code](host, port), CANNOT_LISTEN_EXIT);
  }
}

/** A flag for a number, taken as text: the configuration says what is wrong with it, in one plain line. */
function number(name: string, value: number, description: string, helpGroup?: string) {
  return Flags.string({
    description,
    helpValue: '<number>',
    env: variableOf(name),
    default: String(value),
    ...(helpGroup !== undefined && { helpGroup }),
  });
}

function limit(name: string, value: number, description: string) {
  return number(name, value, description, 'LIMIT');
}

function choice(name: string, values: readonly string[], value: string, description: string) {
  return Flags.string({
    description,
    helpValue: values.join('|'),
    env: variableOf(name),
    default: value,
  });
}

/** Resolves at the first SIGINT or SIGTERM; the second one finds no listener and ends the process. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise(resolve => {
    const stop = (signal: NodeJS.Signals) => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      resolve(signal);
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
}
