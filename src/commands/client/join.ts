import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import { CLIENT_SETTINGS, RETRY_IN_A_PIPE } from '../../adapters/config/client-settings.js';
import { ConnectFailure } from '../../application/client/ports.js';
import type { SettingName, Settings } from '../../application/client/preferences.js';
import { addressSource, settingsProblem, setUp } from '../../cli/client-setup.js';
import { conclude, explain, fail, notBegun, notConnected } from '../../cli/exit.js';
import { flagsOf, settingsOf } from '../../cli/flags.js';
import { leaveAtSignals } from '../../cli/signals.js';
import { stateFolder } from '../../cli/state-folder.js';

/** How long a reader of the output may take for the rest of it, once all is over; in milliseconds. */
const STALLED_OUTPUT_MS = 1000;

export default class ClientJoin extends Command {
  static override summary = 'Join the room of a server and talk.';

  static override description =
    `At a terminal, what you type is sent to everybody else; /who shows who is here, /history [n] the last messages, /search <words> finds what was said (from:name, since:2026-03-01 and until:2026-03-31 narrow it down), /more goes further back, /me <does> says what you do, /key shows and changes the keys of your name, /leave ends when all is sent (as Ctrl-D does), Ctrl-C puts aside what is typed, and twice with nothing typed ends at once, /help and /help keys show the rest. What begins with a slash and is no word (a path) is said.

In a pipe each line is a command: send <message>, me <does>, who, history [n], search <words>, more, key, leave. With --json it is a command of the wire, or a message; see docs/json.md.

When the connection is lost, or the server stops, chatty reconnects by itself and shows what you missed. What you type meanwhile is kept, and sent once. Servers that know only the basic form have no history and no search, and you miss what is said while you are disconnected.

Exit codes: 0 left, 1 a fault, 2 wrong usage, 3 the server cannot be reached, 4 the name is taken, 5 the server did not admit you, 6 the connection was lost and did not come back in time, or you left before all was sent, 7 the server has stopped and did not come back in time, 8 what is there is not a chatty server, or does not answer, 9 your session continues elsewhere, 10 a line of a script failed, 11 the output of a script was closed before its last line, 12 the server has another key than the one that is expected, and after a signal 128 and its number, whatever else happened: 130 SIGINT, 143 SIGTERM, 129 SIGHUP. From 3 on, a line says how many messages are unsent, if any are.`;

  static override examples = [
    { description: 'Join as carl, here:', command: '<%= config.bin %> client:join carl' },
    {
      description: 'Join a server elsewhere, as it was handed on to you (the part behind # is its key):',
      command: '<%= config.bin %> client:join carl --to chat.example.org:8081#<key>',
    },
    {
      description: 'From a script:',
      command: "printf 'send Hello World\\nleave\\n' | <%= config.bin %> client:join carl",
    },
  ];

  static override args = {
    username: Args.string({
      description: 'Who you are; asked for when it is given nowhere.',
      ignoreStdin: true, // what is piped in are commands
    }),
  };

  static override flags = flagsOf(CLIENT_SETTINGS);

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ClientJoin);
    const given = settingsOf(CLIENT_SETTINGS, flags);
    const isInteractive = process.stdin.isTTY && given.json !== true;
    const setup = await setUp(this, {
      ...(isInteractive ? {} : { showHistory: 0, retryForSeconds: RETRY_IN_A_PIPE }),
      ...given,
      ...(args.username !== undefined && { username: args.username }),
    });
    // oclif throws at whatever goes wrong with the output; the view ends the conversation instead.
    process.stdout.removeAllListeners('error');
    const choices = new Choices(setup.settings);
    const [{ createClient }, { TOKENS }] = await Promise.all([
      import('../../container/client.js'),
      import('../../container/tokens.js'),
    ]);
    const container = await createClient(setup.config, {
      stateFolder: stateFolder(this.config),
      configFolder: this.config.configDir,
      isToldToWait: given.retryForSeconds !== undefined,
      onChoice: (name, value) => choices.choose(name, value),
    }).catch((error: unknown) => fail(this, ...notBegun(error)));
    const view = container.get(TOKENS.ChatView);
    const signalled = leaveAtSignals(() => view.close(), view.interrupted);
    const end = await container
      .get(TOKENS.Conversation)
      .execute(setup.config.username)
      .catch((error: unknown) => {
        if (!(error instanceof ConnectFailure)) throw error;
        return fail(this, ...notConnected(error, addressSource(setup)));
      });
    // A reader that has stopped does not keep the program from ending.
    setTimeout(() => process.exit(), STALLED_OUTPUT_MS).unref();
    const problem = await choices.kept();
    if (problem !== undefined) this.logToStderr(problem);
    conclude(this, explain(end), signalled());
  }
}

/** Remembers what is chosen at the prompt. A failure is told at the end, when it disturbs no conversation. */
class Choices {
  #last: Promise<string | undefined> = Promise.resolve(undefined);

  constructor(private readonly settings: Settings) {}

  choose(name: SettingName, value: string | undefined): void {
    this.#last = this.settings.choose(name, value).then(() => undefined, settingsProblem);
  }

  /** Resolves when all is written, to what went wrong. */
  kept(): Promise<string | undefined> {
    return this.#last;
  }
}
