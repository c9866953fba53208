import { constants } from 'node:os';
import { Args, Command, Flags } from '@oclif/core';
import { ClientConfig, HISTORY_VARIABLE } from '../../adapters/config/client-config.js';
import { ConfigError, parseConfig } from '../../adapters/config/config.js';
import { variableOf } from '../../adapters/config/server-config.js';
import { visible } from '../../adapters/terminal/visible.js';
import type { ConversationEnd } from '../../application/conversation.js';
import { type ChatView, ConnectFailure, type ConnectFailureCode } from '../../application/ports.js';
import { clientContainer, TOKENS } from '../../container.js';

const DEFAULTS = new ClientConfig();

/** Exit codes beside 0 (left) and 1 (a fault). */
const EXIT = {
  USAGE: 2,
  CANNOT_CONNECT: 3,
  NAME_TAKEN: 4,
  NOT_ADMITTED: 5,
  LOST: 6,
  SERVER_STOPPING: 7,
  NOT_CHATTY: 8,
  REPLACED: 9,
  NOT_ALL_DONE: 10,
  INTERRUPTED: 11,
} as const;

/** How long a program at the other end of a pipe is kept waiting for a lost server, in seconds. */
const RETRY_IN_A_PIPE = '60';

/** How long a reader of the output may take for the rest of it, once all is over; in milliseconds. */
const STALLED_OUTPUT_MS = 1000;

const CONNECT_FAILURES: Record<ConnectFailureCode, (host: string, port: number) => string> = {
  REFUSED: (host, port) =>
    `No server answers on port ${port} of ${host}. Start one with chatty server:start, or name another with --host and --port.`,
  UNKNOWN_HOST: host => `There is no machine named ${host}. Check the name given with --host.`,
  TIMED_OUT: (host, port) =>
    `${host} did not answer on port ${port}. Check --host and --port, and whether a firewall is between.`,
  UNREACHABLE: (host, port) =>
    `Port ${port} of ${host} cannot be reached. Check --host and --port, and your network.`,
};

export default class ClientJoin extends Command {
  static override summary = 'Join the room of a server and talk.';

  static override description =
    `At the prompt: send <message> says something to everybody else, who shows who is here, history [n] the last messages, search <words> finds what was said (from:name, since:2026-03-01 and until:2026-03-31 narrow it down), leave ends (as the end of the input does) when all is sent, Ctrl-C ends at once, help shows what there is.

When the connection is lost, or the server stops, chatty comes back by itself and shows what was missed. What is said meanwhile is kept, and sent once. Servers that know only the basic form have no history and no search, and what is said while they are away is missed.

Exit codes: 0 left, 1 a fault, 2 wrong usage, 3 the server cannot be reached, 4 the name is taken, 5 the server did not admit you, 6 the connection was lost and did not come back in time, or you left before all was sent, 7 the server has stopped and did not come back in time, 8 whatever answers is not a chatty server, 9 your session was taken up elsewhere. From 3 on, a line says how many messages are unsent, if any are.`;

  static override examples = [
    { description: 'Join as carl, here:', command: '<%= config.bin %> client:join carl' },
    {
      description: 'Join a server elsewhere:',
      command: '<%= config.bin %> client:join carl --host chat.example.org',
    },
    {
      description: 'From a script:',
      command: "printf 'send Hello World\\nleave\\n' | <%= config.bin %> client:join carl",
    },
  ];

  static override args = {
    username: Args.string({
      description: 'Who you are; asked for when it is not given anywhere.',
      ignoreStdin: true, // what is piped in are commands
    }),
  };

  static override flags = {
    username: Flags.string({
      description: 'The same as the argument, which wins.',
      env: variableOf('username'),
    }),
    host: Flags.string({
      description: 'Machine where the server runs.',
      env: variableOf('host'),
      default: DEFAULTS.host,
    }),
    port: Flags.string({
      description: 'Port of the server.',
      helpValue: '<number>',
      env: variableOf('port'),
      default: String(DEFAULTS.port),
    }),
    history: Flags.string({
      description: `Messages of before that are shown on joining. Default: ${DEFAULTS.history} at a terminal, 0 in a pipe.`,
      helpValue: '<number>',
      env: HISTORY_VARIABLE,
    }),
    'retry-for': Flags.string({
      description: `How long to try to come back when the connection is lost; 0 for never. Default: for ever at a terminal, ${RETRY_IN_A_PIPE} in a pipe.`,
      helpValue: '<seconds>',
      env: variableOf('retry-for'),
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ClientJoin);
    const isInteractive = process.stdin.isTTY && process.stdout.isTTY;
    const { host, port, history = isInteractive ? undefined : '0' } = flags;
    const { 'retry-for': retryForSeconds = isInteractive ? undefined : RETRY_IN_A_PIPE } = flags;
    const username = args.username ?? flags.username;
    // oclif throws at whatever goes wrong with the output; the view ends the conversation instead.
    process.stdout.removeAllListeners('error');
    const container = clientContainer(this.#config({ host, port, username, history, retryForSeconds }));
    const view = container.get(TOKENS.ChatView);
    leaveAtSignals(view);
    const end = await container
      .get(TOKENS.Conversation)
      .execute(username)
      .catch(error => this.#cannotConnect(error));
    // Who does not read what was shown does not keep the program from ending.
    setTimeout(() => process.exit(), STALLED_OUTPUT_MS).unref();
    const ending = explain(end);
    if (ending !== undefined) this.#fail(...ending);
  }

  #config(settings: Record<string, unknown>): ClientConfig {
    const given = Object.entries(settings).filter(([, value]) => value !== undefined);
    try {
      return parseConfig(ClientConfig, Object.fromEntries(given));
    } catch (error) {
      if (error instanceof ConfigError) this.#fail(error.message, EXIT.USAGE);
      throw error;
    }
  }

  #cannotConnect(error: unknown): never {
    if (!(error instanceof ConnectFailure)) throw error;
    const { host, port } = error.address;
    this.#fail(CONNECT_FAILURES[error.code](visible(host), port), EXIT.CANNOT_CONNECT);
  }

  /** One plain line, not oclif's frame around several. */
  #fail(text: string, exit: number): never {
    this.logToStderr(text);
    this.exit(exit);
  }
}

/** The first signal leaves, like Ctrl-C at the prompt; the next one, or one after that Ctrl-C, ends at once. */
function leaveAtSignals(view: ChatView): void {
  let leaving = false;
  void view.interrupted.then(() => {
    leaving = true;
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (leaving) process.exit(128 + constants.signals[signal]);
      view.close();
    });
  }
}

/** What is said at the end, if anything is, and the exit code. */
function explain(end: ConversationEnd): [text: string, exit: number] | undefined {
  const { unsent = 0, unsure = 0, failed = 0 } = end;
  const rest = [unsent > 0 ? unsentText(unsent) : '', unsure > 0 ? unsureText(unsure) : ''];
  const [text, exit] = explainType(end);
  const isWell = end.type === 'LEFT' && unsent + unsure === 0;
  if (!isWell) return [[text, ...rest].filter(Boolean).join(' '), exit];
  if (failed > 0) return [failedText(failed), EXIT.NOT_ALL_DONE];
  if (end.isInterrupted) return ['Interrupted before the end of the input.', EXIT.INTERRUPTED];
  return undefined;
}

function explainType(end: ConversationEnd): [text: string, exit: number] {
  switch (end.type) {
    case 'LEFT':
      return ['You have left before all was sent.', EXIT.LOST];
    case 'NO_USERNAME':
      return ['A username is needed: chatty client:join USERNAME', EXIT.USAGE];
    case 'NAME_TAKEN':
      return [
        `The name ${visible(end.username)} is taken. Join under another one; if it is your own, of a lost connection, it is free within a minute.`,
        EXIT.NAME_TAKEN,
      ];
    case 'NOT_ADMITTED':
      return [visible(end.reason), EXIT.NOT_ADMITTED];
    case 'LOST':
      return ['The connection was lost. Join again to go on.', EXIT.LOST];
    case 'SERVER_STOPPING':
      return ['The server has stopped. Join again when it is back.', EXIT.SERVER_STOPPING];
    case 'NO_ANSWER':
      return [
        'Whatever is there takes the connection and says nothing. It may be stopped or busy, or no chatty server. Try again later, or check --host and --port.',
        EXIT.NOT_CHATTY,
      ];
    case 'NOT_CHATTY':
      return ['Whatever answers there is not a chatty server. Check --host and --port.', EXIT.NOT_CHATTY];
    case 'REPLACED':
      return ['Your session was taken up elsewhere, and goes on there.', EXIT.REPLACED];
  }
}

function failedText(failed: number): string {
  return failed === 1
    ? '1 line came to nothing; what was wrong with it is said above.'
    : `${failed} lines came to nothing; what was wrong with them is said above.`;
}

/** What became of messages to a server that confirms nothing. */
function unsureText(unsure: number): string {
  const them = unsure === 1 ? '1 message' : `${unsure} messages`;
  return `Nobody knows whether ${them} arrived: the connection was lost, and this server confirms nothing.`;
}

/** What became of the messages that nobody has confirmed. */
function unsentText(unsent: number): string {
  return unsent === 1 ? '1 message is unsent.' : `${unsent} messages are unsent.`;
}
