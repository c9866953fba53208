import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import type { ClientConfig } from '../../adapters/config/client-config.js';
import { RETRY_IN_A_PIPE, SENDER_SETTINGS } from '../../adapters/config/client-settings.js';
import { judge, type UnreadLine, unreadText } from '../../adapters/terminal/sent-text.js';
import { newServerText, otherKeyText, unprovenText } from '../../adapters/view/server-text.js';
import { visible } from '../../adapters/view/visible.js';
import { ConnectFailure } from '../../application/client/ports.js';
import { addressSource, setUp } from '../../cli/client-setup.js';
import { conclude, EXIT, fail, notBegun, notConnected } from '../../cli/exit.js';
import { flagsOf, settingsOf } from '../../cli/flags.js';
import { leaveAtSignals } from '../../cli/signals.js';
import { stateFolder } from '../../cli/state-folder.js';

/** How long what is still under way may keep the program, once all is over; in milliseconds. */
const LOOKING_MS = 1000;

export default class ClientSend extends Command {
  static override summary = 'Send a message and leave: for scripts and bots.';

  static override description =
    `Joins, sends the argument, or else all of the standard input as one message (UTF-8; without the line end at its end, a byte order mark, and colors), waits until the server has recorded it, and leaves. Nothing is written to the standard output. When the name is in use it waits, and when the connection is lost it reconnects by itself, for as long as --retry-for says; a server that cannot be reached at first is tried for ten seconds, or as long as you say with --retry-for. Nothing is sent twice.

Exit codes: 0 all is recorded, 1 a fault, 2 wrong usage, 3 the server cannot be reached, 4 the name stayed in use, 5 the server did not admit you, 6 the connection was lost and did not come back in time, 7 the server has stopped and did not come back in time, 8 what answers is not a chatty server, 9 your session continues elsewhere, 10 a message was refused, is too long, or is not UTF-8, 12 the server has another key than the one that is expected, and after a signal 128 and its number, whatever else happened: 130 SIGINT, 143 SIGTERM, 129 SIGHUP.`;

  static override examples = [
    {
      description: 'One message:',
      command: "<%= config.bin %> client:send --username bot 'The build is done.'",
    },
    {
      description: 'The output of a program, as one message:',
      command: 'git log -3 --oneline | <%= config.bin %> client:send --username bot',
    },
    {
      description: 'The output of a program, each line as a message, as long as it runs:',
      command: 'tail -f deploy.log | <%= config.bin %> client:send --username bot --lines',
    },
  ];

  static override args = {
    message: Args.string({
      description: 'The message; read from the standard input when it is not given.',
      ignoreStdin: true, // read here, as it comes
    }),
  };

  static override flags = {
    ...flagsOf(SENDER_SETTINGS),
    lines: Flags.boolean({ description: 'Make every line of the standard input a message of its own.' }),
    split: Flags.boolean({
      description: 'Send what is too long in parts, cut at line ends, or within a line at spaces.',
    }),
  };

  /** Lines that are not text, by their number, and why. */
  readonly #unread: UnreadLine[] = [];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ClientSend);
    const given = settingsOf(SENDER_SETTINGS, flags);
    const setup = await setUp(this, { retryForSeconds: RETRY_IN_A_PIPE, ...given });
    const { username: name } = setup.config;
    if (name === undefined || name.trim() === '')
      fail(this, 'A username is needed: chatty client:send --username NAME', EXIT.USAGE);
    const messages = await this.#messages(args.message, flags.lines);
    const [{ createSender }, { TOKENS }] = await Promise.all([
      import('../../container/client.js'),
      import('../../container/tokens.js'),
    ]);
    const { servers } = setup.config;
    const wiring = {
      stateFolder: stateFolder(this.config),
      configFolder: this.config.configDir,
      splits: flags.split,
      isToldToWait: given.retryForSeconds !== undefined,
      onNewServer: (...server: [pin: string, isUnwritten?: true, address?: string]) =>
        this.logToStderr(newServerText('Joined', ...server)),
      onOtherKey: (...server: [address: string, pin: string, isGiven: boolean]) =>
        this.logToStderr(otherKeyText(...server)),
      onUnproven: (asked: string, reached: string) => this.logToStderr(unprovenText(asked, reached)),
      onWaiting: () => this.logToStderr(waitingText(servers)),
    };
    const container = await createSender(setup.config, wiring).catch((error: unknown) =>
      fail(this, ...notBegun(error)),
    );
    const sender = container.get(TOKENS.SendOnce);
    const signalled = leaveAtSignals(() => sender.stop());
    const report = await sender.execute(name.trim(), messages).catch((error: unknown) => {
      if (!(error instanceof ConnectFailure)) throw error;
      return fail(this, ...notConnected(error, addressSource(setup)));
    });
    // A writer at the other end of the pipe is not waited for.
    process.stdin.destroy();
    // Nor is the system, while it looks for the name of a server that was passed over.
    setTimeout(() => process.exit(), LOOKING_MS).unref();
    conclude(this, judge(report) ?? unreadText(this.#unread), signalled());
  }

  async #messages(
    given: string | undefined,
    asLines: boolean,
  ): Promise<AsyncIterable<string> | readonly string[]> {
    if (given === undefined && process.stdin.isTTY)
      fail(this, "There is nothing to send: chatty client:send 'MESSAGE', or pipe it in.", EXIT.USAGE);
    if (given !== undefined && asLines)
      fail(this, '--lines is for piped input, not for a message on the command line.', EXIT.USAGE);
    // Only who has something to say pays for reading it.
    const { pipedMessages } = await import('../../adapters/terminal/piped-messages.js');
    const piped = await pipedMessages(process.stdin, given, asLines, line => this.#unread.push(line));
    return 'messages' in piped ? piped.messages : fail(this, ...piped.problem);
  }
}

function waitingText([{ host, port }, ...others]: ClientConfig['servers']): string {
  return others.length === 0
    ? `No server answers on port ${port} of ${visible(host)} yet. Trying again.`
    : `None of the ${others.length + 1} addresses can be joined yet. Trying again.`;
}
