import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { ratesBetween, reportOf } from '../../adapters/terminal/server-report.js';
import type { ServerStatus } from '../../application/server-status.js';
import { chosenFolder, FOLDER_FLAGS } from '../../cli/data-folder.js';
import { fail } from '../../cli/exit.js';
import { noServer } from '../../cli/keep-order.js';

/** Time between two readings, in milliseconds: rates are of what happened meanwhile. */
const INTERVAL_MS = 1000;

const TOP = '\u001b[H';
const CLEAR = '\u001b[2J';
const REST_OF_LINE = '\u001b[K';
const REST_OF_SCREEN = '\u001b[J';

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
    watch: Flags.boolean({ description: 'Go on, every second, until Ctrl-C.' }),
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
    const read = async (): Promise<ServerStatus> => {
      const status = await ask().catch(() => noServer(this, folder));
      return status ?? fail(this, 'The server gave an answer that this version does not understand.', 1);
    };
    const isScreen = flags.watch && !flags.json && process.stdout.isTTY;
    const watch = flags.watch ? watched() : { isOver: true, over: new Promise<void>(() => {}) };
    let before = await read();
    if (isScreen) process.stdout.write(CLEAR);
    do {
      await Promise.race([sleep(INTERVAL_MS), watch.over]);
      if (flags.watch && watch.isOver) break;
      const now = await read();
      const rates = ratesBetween(before, now);
      before = now;
      if (flags.json) this.log(JSON.stringify({ ...now, rates }));
      else if (isScreen) process.stdout.write(screenOf(reportOf(now, rates)));
      else this.log(`${reportOf(now, rates).join('\n')}${flags.watch ? '\n' : ''}`);
    } while (!watch.isOver);
  }
}

/** Drawn over what was drawn before, as far as there are rows. */
function screenOf(lines: readonly string[]): string {
  const some = lines.slice(0, Math.max(1, process.stdout.rows - 1));
  return `${TOP}${some.map(line => `${line}${REST_OF_LINE}\n`).join('')}${REST_OF_SCREEN}`;
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
