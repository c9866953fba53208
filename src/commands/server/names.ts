import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { localTime } from '../../adapters/view/time.js';
import { visible } from '../../adapters/view/visible.js';
import { EXIT, fail } from '../../cli/exit.js';
import { REGISTER_FLAGS, withRegister } from '../../cli/register.js';

export default class ServerNames extends Command {
  static override summary = 'Show whose names are whose, and give them to others.';

  static override description =
    `While the server runs or not, which goes by it at once. Without --assign and --release, every name that is claimed is written as a line for --names-file, with its keys, the oldest first.

The names of a room on several servers are with its brokers: give --history and --room as to the servers, or their file with --config. All of them go by the change at once.

Somebody who has lost their key gives you the line that chatty client:key prints on their machine: --assign takes the name away from the key that is lost. Whoever is in the room under it with another key stays until the owner joins.

Exit codes: 0 done, 1 a fault, 2 wrong usage, 4 the claims cannot be read or written, 5 there is no such name, or it cannot be given away.`;

  static override examples = [
    { description: 'See them:', command: '<%= config.bin %> server:names' },
    {
      description: 'Replace a lost key:',
      command: "<%= config.bin %> server:names --assign carl 'ssh-ed25519 AAAA...'",
    },
    {
      description: 'See them in a room on several servers:',
      command: '<%= config.bin %> server:names --history nats://broker:4222',
    },
    { description: 'Let anybody have a name:', command: '<%= config.bin %> server:names --release carl' },
  ];

  static override args = {
    key: Args.string({ description: 'The key, with --assign.', ignoreStdin: true }),
  };

  static override flags = {
    ...REGISTER_FLAGS,
    assign: Flags.string({
      description: 'Give this name to KEY, whoever had it.',
      helpValue: '<name>',
      exclusive: ['release'],
    }),
    release: Flags.string({ description: 'Free this name.', helpValue: '<name>' }),
  };

  async run(): Promise<void> {
    const parsed = await this.parse(ServerNames);
    const { args, flags } = parsed;
    const { assign, release } = flags;
    if ((assign === undefined) !== (args.key === undefined))
      fail(this, 'A name and its key belong together: chatty server:names --assign NAME KEY', EXIT.USAGE);
    await withRegister(this, parsed, async ({ register, proofs }) => {
      if (release !== undefined) {
        if (await register.release(release)) this.log(`The name ${visible(release)} is free.`);
        else fail(this, `Nobody has the name ${visible(release)}.`, EXIT.NOT_ADMITTED);
      } else if (assign !== undefined) {
        const key = proofs.keyOf(args.key ?? '');
        if (key === undefined) return fail(this, NO_KEY, EXIT.USAGE);
        const objection = register.objectionTo(assign);
        if (objection !== undefined) fail(this, cannotAssign(assign, objection), EXIT.NOT_ADMITTED);
        await register.assign(assign, key);
        this.log(`The name ${visible(assign)} belongs to ${proofs.fingerprintOf(key)}.`);
      } else {
        const claims = (await register.list()).toSorted((one, other) => one.claimedAt - other.claimedAt);
        for (const { username, keys, claimedAt, usedAt } of claims) {
          this.log(
            `# ${visible(username)}: since ${localTime(claimedAt)}, here last on ${localTime(usedAt)}`,
          );
          for (const key of keys) this.log(`${proofs.lineOf(key)} ${visible(username)}`);
        }
      }
    });
  }
}

const NO_KEY =
  'That is no key that can be used. Give the line that chatty client:key prints, in quotes: ssh-ed25519 AAAA...';

function cannotAssign(
  name: string,
  { code, details }: { readonly code: string; readonly details: { readonly resembled?: string } },
): string {
  const why =
    details.resembled === undefined
      ? `it is no name that a server lets in (${code})`
      : `it can be taken for ${visible(details.resembled)}`;
  return `The name ${visible(name)} cannot be given away: ${why}.`;
}
