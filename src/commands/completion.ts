import type { Interfaces } from '@oclif/core';
import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import { bash } from '../cli/completion/bash.js';
import { fish } from '../cli/completion/fish.js';
import type { CommandWords } from '../cli/completion/words.js';
import { zsh } from '../cli/completion/zsh.js';
import type { WithChoices } from '../cli/flags.js';

const SHELLS: Record<string, (commands: readonly CommandWords[]) => string> = { bash, zsh, fish };

export default class Completion extends Command {
  static override summary = 'Print a script for your shell: Tab completes commands.';

  static override examples = [
    { description: 'In ~/.bashrc:', command: 'eval "$(<%= config.bin %> completion bash)"' },
    { description: 'In ~/.zshrc, after compinit:', command: 'eval "$(<%= config.bin %> completion zsh)"' },
    {
      description: 'Once, for fish:',
      command: '<%= config.bin %> completion fish >~/.config/fish/completions/chatty.fish',
    },
  ];

  static override args = {
    shell: Args.string({
      description: 'Your shell.',
      options: Object.keys(SHELLS),
      required: true,
      ignoreStdin: true,
    }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(Completion);
    const commands = this.config.commands.map(wordsOf).sort((a, b) => a.id.localeCompare(b.id));
    this.log(SHELLS[args.shell]?.(commands).trimEnd());
  }
}

function wordsOf({
  id,
  summary,
  description,
  flags,
  args,
}: Interfaces.Config['commands'][number]): CommandWords {
  return {
    id,
    summary: firstLine(summary ?? description),
    flags: Object.values(flags).map(flag => ({
      name: flag.name,
      summary: firstLine(flag.summary ?? flag.description),
      takesValue: flag.type === 'option',
      values: (flag as WithChoices).choices ?? [],
    })),
    args: Object.values(args).map(({ options = [] }) => options),
  };
}

function firstLine(text = ''): string {
  return text.split('\n', 1)[0] ?? '';
}
