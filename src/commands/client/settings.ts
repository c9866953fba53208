import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { visible } from '../../adapters/view/visible.js';
import { SETTING_NAMES, type SettingName } from '../../application/client/preferences.js';
import { settingsProblem } from '../../cli/client-setup.js';
import { EXIT, fail } from '../../cli/exit.js';

export default class ClientSettings extends Command {
  static override summary = 'Show, choose or forget what is remembered.';

  static override description =
    `Without arguments, shows everything that is remembered and where; with a name, that; with a name and a value, remembers it. Flags and environment win over what is remembered. Names: ${SETTING_NAMES.join(', ')}.

Exit codes: 0 done, 1 the file cannot be read or written, 2 wrong usage.`;

  static override examples = [
    { description: 'Be carl from now on:', command: '<%= config.bin %> client:settings username carl' },
    {
      description: 'Join that server from now on:',
      command: '<%= config.bin %> client:settings host chat.example.org',
    },
    { description: 'Forget it again:', command: '<%= config.bin %> client:settings host --unset' },
    { description: 'See what is remembered:', command: '<%= config.bin %> client:settings' },
  ];

  static override args = {
    name: Args.string({ description: 'Its name.', options: SETTING_NAMES, ignoreStdin: true }),
    value: Args.string({ description: 'What is to be remembered.', ignoreStdin: true }),
  };

  static override flags = {
    unset: Flags.boolean({ description: 'Forget what is remembered under this name.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ClientSettings);
    const { SettingsFile } = await import('../../adapters/config/settings-file.js');
    const settings = new SettingsFile(this.config.configDir);
    const failed = (error: unknown) => fail(this, settingsProblem(error), 1);
    const { name, value } = args;
    if (name === undefined) {
      if (flags.unset) fail(this, 'Which one? chatty client:settings NAME --unset', EXIT.USAGE);
      return this.#showAll(await settings.read().catch(failed), settings.location);
    }
    if (!isSettingName(name))
      fail(this, `There is no setting ${visible(name)}. There are ${SETTING_NAMES.join(', ')}.`, EXIT.USAGE);
    if (flags.unset && value !== undefined)
      fail(this, `Either a value or --unset: chatty client:settings ${name} --unset`, EXIT.USAGE);
    if (flags.unset) return settings.choose(name, undefined).catch(failed);
    if (value !== undefined) return settings.choose(name, await this.#checked(name, value)).catch(failed);
    const { [name]: remembered } = await settings.read().catch(failed);
    if (remembered !== undefined) this.log(visible(textOf(remembered)));
  }

  #showAll(remembered: object, location: string): void {
    const lines = Object.entries(remembered).map(([name, value]) => `${name}: ${visible(textOf(value))}`);
    if (lines.length === 0) this.log(`Nothing is remembered; it would be in ${visible(location)}`);
    else this.log([...lines, `In ${visible(location)}`].join('\n'));
  }

  /** The value, if it is one that could be given as a flag. */
  async #checked(name: SettingName, value: string): Promise<string | number> {
    const { problemOf } = await import('../../adapters/config/client-config.js');
    const problem = name === 'username' && value.trim() === '' ? 'A username is not empty.' : undefined;
    const wrong = problem ?? problemOf({ [name]: value });
    if (wrong !== undefined) fail(this, wrong, EXIT.USAGE);
    return name === 'port' ? Number(value) : value;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isSettingName(name: string): name is SettingName {
  return SETTING_NAMES.some(known => known === name);
}
