import type { CommandWords } from './words.js';

export function fish(commands: readonly CommandWords[]): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = commands.flatMap(({ id, summary, flags, args: [first = []] }) => {
    const after = `complete -c chatty -n '__fish_seen_subcommand_from ${id}'`;
    return [
      `complete -c chatty -n __fish_use_subcommand -a ${id} -d ${quoted(summary)}`,
      ...(first.length > 0 ? [`${after} -a ${quoted(first.join(' '))}`] : []),
      ...flags.map(({ name, summary, takesValue, values }) => {
        const value = takesValue ? ` -x${values.length > 0 ? ` -a ${quoted(values.join(' '))}` : ''}` : '';
        return `${after} -l ${name}${value} -d ${quoted(summary)}`;
      }),
    ];
  });
  return `# Completes chatty in fish. chatty completion fish >~/.config/fish/completions/chatty.fish
complete -c chatty -f
${lines.join('\n')}
`;
}
