import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import { Help as HelpPages } from '@oclif/core/help';
import { FIRST_COMMANDS } from '../cli/first-words.js';

export default class Help extends Command {
  static override description = 'Display help for <%= config.bin %>.';

  static override strict = false;

  static override args = {
    command: Args.string({ description: 'Command to show help for.', required: false }),
  };

  async run(): Promise<void> {
    const { argv } = await this.parse(Help);
    await new Pages(this.config).showHelp(argv as string[]);
  }
}

/** The pages as oclif makes them, but for the first one, which has every command on it. */
class Pages extends HelpPages {
  override async showRootHelp(): Promise<void> {
    this.log(this.formatRoot());
    this.log('');
    this.log(this.section('BEGIN', FIRST_COMMANDS));
    this.log('');
    this.log(this.formatCommands(this.sortedCommands));
    this.log('');
    this.log(`${this.config.bin} COMMAND --help shows everything about a command.`);
  }
}
