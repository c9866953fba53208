import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { NO_ANSWER, ratesBetween, reportOf, screenOf } from '../../adapters/terminal/server-report.js';
import type { ServerStatus } from '../../application/server-status.js';
import { chosenFolder, FOLDER_FLAGS } from '../../cli/data-folder.js';
import { fail } from '../../cli/exit.js';
import { noServer } from '../../cli/keep-order.js';

/** Time between two readings, in milliseconds: rates are of what happened meanwhile. */
const INTERVAL_MS = 1000;

const CLEAR = '\u001b[2J';

export default class ServerReport extends Command {
  static override summary = 'Show how the server is.';

  static override description =
    `Looks twice, a second apart: rates are of that second, counts since the start. Reaches the running server through a socket in its data folder, which only the server's own user can open; --metrics is not needed. Not for a server with --history memory, which has no folder.

Exit codes: 0 done, 1 a fault, 2 wrong usage, 3 no server answers.`;

  static override examples = [
    { description: 'Once:', command: '<%= config.bin %> server:status' },
    { description: 'Every second, until Ctrl-C:', command: '<%= config.bin %> server:status --watch' },
    { description: 'For programs:', command: '<%= config.bin %> server:status --json' },
  ];

  static override flags = {
    watch: Flags.boolean({
      description: 'Go on, every second, until Ctrl-C, also while the server is restarted.',
    }),
    json: Flags.boolean({ description: 'Write a JSON object a line; docs/metrics.md explains it.' }),
    ...FOLDER_FLAGS,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ServerReport);
    const folder = chosenFolder(this, flags);
    const [{ createControl }, { TOKENS }] = await Promise.all([
      import('../../container/server.js'),
      import('../../container/tokens.js'),
    ]);
    const ask = (await createControl(folder)).get(TOKENS.AskStatus);
    /** Nothing when no server answers. */
    const read = async (): Promise<ServerStatus | undefined> => {
      const answer = await ask().then(
        status => ({ status }),
        () => undefined,
      );
      if (answer === undefined) return undefined;
      return (
        answer.status ?? fail(this, 'The server gave an answer that this version does not understand.', 1)
      );
    };
    const isScreen = flags.watch && !flags.json && process.stdout.isTTY;
    const watch = flags.watch ? watched() : { isOver: true, over: new Promise<void>(() => {}) };
    let before = (await read()) ?? noServer(this, folder);
    if (isScreen) process.stdout.write(CLEAR);
    do {
      await Promise.race([sleep(INTERVAL_MS), watch.over]);
      if (flags.watch && watch.isOver) break;
      const now = await read();
      if (now === undefined && !flags.watch) noServer(this, folder);
      const rates = now && ratesBetween(before, now);
      before = now ?? before;
      const lines = now === undefined ? NO_ANSWER : reportOf(now, rates);
      const { columns, rows } = process.stdout;
      if (isScreen) process.stdout.write(screenOf(lines, columns, rows));
      else if (!flags.json) this.log(`${lines.join('\n')}${flags.watch ? '\n' : ''}`);
      else if (now !== undefined) this.log(JSON.stringify({ ...now, rates }));
    } while (!watch.isOver);
  }
}

/** Until Ctrl-C; a second one ends the process. */
function watched() {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const watch = { isOver: false, over };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      watch.isOver = true;
      resolve();
    });
  return watch;
}

function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
