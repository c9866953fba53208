import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { visible } from '../../adapters/view/visible.js';
import { summaryText, withArchive } from '../../cli/archive.js';
import { FOLDER_FLAGS, pathOf } from '../../cli/data-folder.js';

export default class ServerBackup extends Command {
  static override summary = 'Copy the history into one file, while the server runs or not.';

  static override description =
    `The file holds everything that is recorded at this moment, and has been read back and checked. chatty server:restore takes it.

Exit codes: 0 done, 1 a fault, 2 wrong usage, 4 the history cannot be read, or the backup cannot be written.`;

  static override examples = [
    { description: 'Now:', command: '<%= config.bin %> server:backup chatty-monday.db' },
    {
      description: 'Every night, from cron (a % has to be escaped there):',
      command: '<%= config.bin %> server:backup "/backup/chatty-$(date +\\%F).db"',
    },
  ];

  static override args = {
    file: Args.string({ description: 'The file to write.', required: true, ignoreStdin: true }),
  };

  static override flags = {
    ...FOLDER_FLAGS,
    overwrite: Flags.boolean({ description: 'Replace the file if it exists.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ServerBackup);
    const file = pathOf(this, 'FILE', args.file);
    const summary = await withArchive(this, flags, archive => archive.backup(file, flags.overwrite));
    this.log(`${visible(file)} holds ${summaryText(summary)}.`);
  }
}
