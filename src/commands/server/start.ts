import { Command, Flags, type Interfaces } from '@oclif/core';
import { ConfigError, parseConfig } from '../../adapters/config/config.js';
import { HOST_VARIABLE, PORT_VARIABLE, ServerConfig } from '../../adapters/config/server-config.js';
import { ListenFailure, type ListenFailureCode, LOG_LEVELS } from '../../application/ports.js';
import { serverContainer, TOKENS } from '../../container.js';

const DEFAULTS = new ServerConfig();

/** Exit codes beside 0 (stopped as asked) and 1 (a fault). */
const USAGE_EXIT = 2;
const CANNOT_LISTEN_EXIT = 3;

const LISTEN_FAILURES: Record<ListenFailureCode, (host: string, port: number) => string> = {
  PORT_IN_USE: (host, port) =>
    `Port ${port} of ${host} is in use. Stop the program that uses it, or choose another with --port.`,
  BAD_ADDRESS: host =>
    `${host} is not an address of this machine. Choose one that is with --host, or localhost.`,
  NO_PERMISSION: (_host, port) =>
    `There is no permission to listen on port ${port}. Choose one above 1023 with --port.`,
  CANNOT_LISTEN: (host, port) =>
    `It is not possible to listen on port ${port} of ${host}. Choose others with --host and --port.`,
};

export default class ServerStart extends Command {
  static override summary = 'Start a chat server: one room, for everybody who joins.';

  static override description =
    `Every limit of the server is a flag. It runs until SIGINT (Ctrl-C) or SIGTERM, tells everybody that it stops, and exits with 0; a second signal ends it at once.

Exit codes: 0 stopped as asked, 1 a fault, 2 wrong usage, 3 it could not listen.`;

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
      env: HOST_VARIABLE,
      default: DEFAULTS.host,
    }),
    port: Flags.integer({
      description: 'Port to listen on; 0 lets the system choose.',
      env: PORT_VARIABLE,
      default: DEFAULTS.port,
    }),
    'log-level': Flags.option({ options: LOG_LEVELS })({
      description: 'How much is logged to stderr: for people in a terminal, as JSON elsewhere.',
      env: 'CHATTY_LOG_LEVEL',
      default: DEFAULTS.logLevel,
    }),
    'max-connections': limit('Connections at a time; more are told that the server is full.', {
      env: 'CHATTY_MAX_CONNECTIONS',
      default: DEFAULTS.maxConnections,
    }),
    'max-username-length': limit('Characters of a username.', {
      env: 'CHATTY_MAX_USERNAME_LENGTH',
      default: DEFAULTS.maxUsernameLength,
    }),
    'max-message-bytes': limit('Bytes of a message, in UTF-8.', {
      env: 'CHATTY_MAX_MESSAGE_BYTES',
      default: DEFAULTS.maxMessageBytes,
    }),
    'max-line-bytes': limit('Bytes of a line on the wire; a longer one ends the connection.', {
      env: 'CHATTY_MAX_LINE_BYTES',
      default: DEFAULTS.maxLineBytes,
    }),
    'max-backlog-bytes': limit('Bytes held for a reader that falls behind; beyond, it is disconnected.', {
      env: 'CHATTY_MAX_BACKLOG_BYTES',
      default: DEFAULTS.maxBacklogBytes,
    }),
    'max-rate': limit('Commands a second from one connection; more are read later, none is lost.', {
      env: 'CHATTY_MAX_RATE',
      default: DEFAULTS.maxRate,
    }),
    'join-timeout': limit('Seconds that a connection has to join.', {
      env: 'CHATTY_JOIN_TIMEOUT',
      default: DEFAULTS.joinTimeoutSeconds,
    }),
    'keep-alive': limit('Seconds of silence after which a peer is asked whether it is still there.', {
      env: 'CHATTY_KEEP_ALIVE',
      default: DEFAULTS.keepAliveSeconds,
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ServerStart);
    const container = serverContainer(this.#config(flags));
    const server = container.get(TOKENS.RoomServer);
    const stopped = stopSignal();
    const addresses = await server.start().catch(error => this.#cannotListen(error));
    for (const { host, port } of addresses) this.log(`chatty listens on ${host} port ${port}`);
    const signal = await stopped;
    container.get(TOKENS.Log).info({ code: signal }, 'stopping');
    await server.stop();
  }

  #config(flags: Interfaces.InferredFlags<typeof ServerStart.flags>): ServerConfig {
    try {
      return parseConfig(ServerConfig, {
        host: flags.host,
        port: flags.port,
        logLevel: flags['log-level'],
        joinTimeoutSeconds: flags['join-timeout'],
        keepAliveSeconds: flags['keep-alive'],
        maxConnections: flags['max-connections'],
        maxUsernameLength: flags['max-username-length'],
        maxMessageBytes: flags['max-message-bytes'],
        maxLineBytes: flags['max-line-bytes'],
        maxBacklogBytes: flags['max-backlog-bytes'],
        maxRate: flags['max-rate'],
      });
    } catch (error) {
      if (error instanceof ConfigError) this.#fail(error.message, USAGE_EXIT);
      throw error;
    }
  }

  #cannotListen(error: unknown): never {
    if (!(error instanceof ListenFailure)) throw error;
    const { host, port } = error.address;
    this.#fail(LISTEN_FAILURES[error.code](host, port), CANNOT_LISTEN_EXIT);
  }

  /** One plain line, not oclif's frame around several. */
  #fail(text: string, exit: number): never {
    this.logToStderr(text);
    this.exit(exit);
  }
}

function limit(description: string, options: { env: string; default: number }) {
  return Flags.integer({ description, helpGroup: 'LIMIT', ...options });
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
