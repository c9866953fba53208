import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import { visible } from '../../adapters/view/visible.js';
import { refuseCopy, summaryText, withArchive } from '../../cli/archive.js';
import { FOLDER_FLAGS, pathOf } from '../../cli/data-folder.js';

export default class ServerRestore extends Command {
  static override summary = 'Make a backup the history; the server must not run.';

  static override description =
    `The backup is read from end to end first, and refused if anything is wrong with it. The history that it replaces is kept beside it, under a name with the time. Clients that reconnect are told what is missing.

Exit codes: 0 done, 1 a fault, 2 wrong usage, 4 the backup cannot be trusted, the history cannot be written, or a server is running.`;

  static override examples = [
    { description: 'Go back to Monday:', command: '<%= config.bin %> server:restore chatty-monday.db' },
  ];

  static override args = {
    file: Args.string({ description: 'The backup.', required: true, ignoreStdin: true }),
  };

  static override flags = FOLDER_FLAGS;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ServerRestore);
    const file = pathOf(this, 'FILE', args.file);
    refuseCopy(this, flags);
    const { kept, ...summary } = await withArchive(this, flags, archive => archive.restore(file));
    this.log(`The history is now that of ${visible(file)}: ${summaryText(summary)}.`);
    if (kept !== undefined) this.log(`The one before is kept in ${visible(kept)}`);
  }
}
