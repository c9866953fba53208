import { Args, Command, type Interfaces } from '@oclif/core';
import { type Completed, SCRIPTS } from '../cli/completion-scripts.js';

/** How the help writes the words that a value can be: off|mentions|all. */
const WORDS = /^[\w-]+(?:\|[\w-]+)+$/;

export default class Completion extends Command {
  static override summary = 'Print a script that completes commands and flags in your shell.';

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
      options: Object.keys(SCRIPTS),
      required: true,
      ignoreStdin: true,
    }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(Completion);
    const commands = this.config.commands.filter(({ hidden }) => !hidden).map(completed);
    this.log(SCRIPTS[args.shell]?.(commands.sort((a, b) => a.id.localeCompare(b.id))).trimEnd());
  }
}

function completed({
  id,
  summary,
  description,
  flags,
  args,
}: Interfaces.Config['commands'][number]): Completed {
  return {
    id,
    summary: firstLine(summary ?? description),
    flags: Object.values(flags).map(flag => ({
      name: flag.name,
      summary: firstLine(flag.summary ?? flag.description),
      takesValue: flag.type === 'option',
      values: flag.type === 'option' ? wordsOf(String(flag.helpValue ?? '')) : [],
    })),
    args: Object.values(args).map(({ options = [] }) => options),
  };
}

function wordsOf(helpValue: string): string[] {
  return WORDS.test(helpValue) ? helpValue.split('|') : [];
}

function firstLine(text = ''): string {
  return text.split('\n', 1)[0] ?? '';
}
