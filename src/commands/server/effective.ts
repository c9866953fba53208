import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { SERVER_SETTINGS } from '../../adapters/config/server-settings.js';
import { flagsOf } from '../../cli/flags.js';
import { setUpServer } from '../../cli/server-setup.js';

export default class ServerConfig extends Command {
  static override summary = 'Show every setting of the server, and where it is from.';

  static override description =
    `Takes what server:start takes: flags, environment, and a file (--config). What it prints can be such a file. A setting of which nothing is known stands behind #, a password is ***. Of a file that a running server reads again (SIGHUP), settings with "(restart)" take effect at its next start only, and those with "(new connections)" for who connects from then on.

Exit codes: 0 it is right, 2 it is not, and why.`;

  static override examples = [
    { description: 'See everything:', command: '<%= config.bin %> server:config --config /etc/chatty.yaml' },
    {
      description: 'See whether it is right:',
      command: '<%= config.bin %> server:config --config /etc/chatty.yaml --check',
    },
  ];

  static override flags = {
    check: Flags.boolean({ description: 'Say nothing if it is right.' }),
    ...flagsOf(SERVER_SETTINGS),
  };

  async run(): Promise<void> {
    const parsed = await this.parse(ServerConfig);
    const { values, origins } = await setUpServer(this, parsed);
    if (parsed.flags.check) return;
    const [{ stringify }, { shown }] = await Promise.all([
      import('../../adapters/config/config-text.js'),
      import('../../adapters/config/text-form.js'),
    ]);
    const rows = Object.entries(SERVER_SETTINGS).flatMap(([property, setting]) => {
      if (setting.flag === SERVER_SETTINGS.config.flag) return [];
      const value = values[property] ?? ('default' in setting ? setting.default : undefined);
      const line = value === undefined ? `# ${setting.flag}:` : stringify(setting, shown(setting, value));
      const note = setting.reload === 'at once' ? '' : ` (${setting.reload})`;
      return [[line, `${origins[property] ?? ''}${note}`] as const];
    });
    const width = Math.max(...rows.map(([line]) => line.length));
    for (const [line, origin] of rows) this.log(`${line.padEnd(width)}  # ${origin}`);
  }
}
