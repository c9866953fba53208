import { Command } from '@oclif/core/command';
import { CLIENT_SETTINGS } from '../../adapters/config/client-settings.js';
import { visible } from '../../adapters/view/visible.js';
import { setUp } from '../../cli/client-setup.js';
import { fail, notBegun } from '../../cli/exit.js';
import { flagsOf, settingsOf } from '../../cli/flags.js';

const KEY_SETTINGS = { key: CLIENT_SETTINGS.key } as const;

export default class ClientKey extends Command {
  static override summary = 'Show the key that proves that your name is yours.';

  static override description =
    `The first line is the public key, for /key add on a machine where you have the name, or for the operator of a server. Then its fingerprint, as ssh-keygen -lf prints it, and where the key is kept. One is made if there is none.

Exit codes: 0 done, 1 a fault, 2 the key cannot be used, or wrong usage.`;

  static override examples = [
    { description: 'See it:', command: '<%= config.bin %> client:key' },
    {
      description: 'Join with a key of OpenSSH from now on:',
      command: '<%= config.bin %> client:settings key ~/.ssh/id_ed25519',
    },
    { description: 'Join with one of ssh-agent:', command: '<%= config.bin %> client:settings key agent' },
  ];

  static override flags = flagsOf(KEY_SETTINGS);

  async run(): Promise<void> {
    const { flags } = await this.parse(ClientKey);
    const { config } = await setUp(this, settingsOf(KEY_SETTINGS, flags));
    const [{ createOwnKey }, { TOKENS }] = await Promise.all([
      import('../../container/client.js'),
      import('../../container/tokens.js'),
    ]);
    // Here somebody has asked for the key: that there can be none is told.
    const chosen = { key: config.key ?? 'own' };
    const container = await createOwnKey(chosen, this.config.configDir).catch((error: unknown) =>
      fail(this, ...notBegun(error)),
    );
    const { signer } = container.get(TOKENS.OwnKey);
    if (signer === undefined) this.log('You join without a key: see chatty client:settings key.');
    else this.log(`${signer.line}\n${signer.fingerprint}\n${visible(signer.source)}`);
  }
}
