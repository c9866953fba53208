import type { CommandWords } from './words.js';

export function zsh(commands: readonly CommandWords[]): string {
  const quoted = (text: string) => text.replaceAll("'", "'\\''");
  const inBrackets = (text: string) => quoted(text.replaceAll(/[[\]:\\]/g, '\\$&'));
  const described = commands.map(
    ({ id, summary }) => `    '${id.replaceAll(':', '\\:')}:${quoted(summary)}'`,
  );
  const cases = commands.map(({ id, flags, args }) => {
    const options = flags.map(({ name, summary, takesValue, values }) => {
      const value = takesValue ? `:value:${values.length > 0 ? `(${values.join(' ')})` : ' '}` : '';
      return `'--${name}${takesValue ? '=' : ''}[${inBrackets(summary)}]${value}'`;
    });
    const positions = args.map((choices, n) =>
      choices.length > 0 ? `'${n + 1}: :(${choices.join(' ')})'` : `'${n + 1}: : '`,
    );
    return `    ${id}) _arguments ${[...options, ...positions].join(' \\\n      ')} ;;`;
  });
  return `#compdef chatty
# Completes chatty in zsh. In ~/.zshrc, after compinit: eval "$(chatty completion zsh)"
_chatty() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${cases.join('\n')}
  esac
}
compdef _chatty chatty
`;
}
