/** What a shell has to know of a command. */
export interface Completed {
  readonly id: string;
  readonly summary: string;
  readonly flags: readonly CompletedFlag[];
  /** What the arguments can be, each where it stands; empty where it can be anything. */
  readonly args: readonly (readonly string[])[];
}

export interface CompletedFlag {
  readonly name: string;
  readonly summary: string;
  readonly takesValue: boolean;
  /** What the value can be; empty where it can be anything. */
  readonly values: readonly string[];
}

/** Scripts that complete the command line, by the shell that reads them. */
export const SCRIPTS: Record<string, (commands: readonly Completed[]) => string> = { bash, zsh, fish };

function bash(commands: readonly Completed[]): string {
  const ids = commands.map(({ id }) => id).join(' ');
  const topics = [...new Set(commands.flatMap(({ id }) => (id.includes(':') ? [id.split(':')[0]] : [])))];
  const flags = commands.map(
    ({ id, flags }) => `    ${id}) flags='${flags.map(({ name }) => `--${name}`).join(' ')}' ;;`,
  );
  const values = commands.flatMap(({ id, flags }) =>
    flags.flatMap(flag =>
      flag.takesValue ? [`    '${id} --${flag.name}') values='${flag.values.join(' ')}' ;;`] : [],
    ),
  );
  const args = commands.flatMap(({ id, args: [first = []] }) =>
    first.length > 0 ? [`    ${id}) args='${first.join(' ')}' ;;`] : [],
  );
  return `# Completes chatty in bash. In ~/.bashrc: eval "$(chatty completion bash)"
_chatty() {
  local line=\${COMP_LINE:0:COMP_POINT} words=() current command previous candidates flags= args= values= first=2
  # The line itself: among COMP_WORDS a colon would be a word of its own.
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] || \${#words[@]} -eq 1 ]] && words+=('')
  local last=$((\${#words[@]} - 1))
  current=\${words[last]} previous=\${words[last - 1]} command=\${words[1]}
  if [[ " ${topics.join(' ')} " == *" $command "* && $last -gt 1 ]]; then
    command="$command:\${words[2]}" first=3
  fi
  [[ $current == --*=* ]] && previous=\${current%%=*} current=\${current#*=}
  case $command in
${flags.join('\n')}
  esac
  case $command in
${args.join('\n')}
  esac
  case "$command $previous" in
${values.join('\n')}
    *) values=- ;;
  esac
  if [[ $last -eq 1 ]]; then candidates='${ids} --help --version'
  elif [[ $last -eq 2 && $first -eq 3 ]]; then
    candidates=
    local id
    for id in ${ids}; do [[ $id == "\${words[1]}":* ]] && candidates+=" \${id#*:}"; done
  elif [[ $values != - ]]; then candidates=$values
  elif [[ $current == -* ]]; then candidates="$flags --help"
  elif [[ $last -eq $first ]]; then candidates=$args
  fi
  COMPREPLY=($(compgen -W "$candidates" -- "$current"))
  # Where a colon ends a word, bash has the part before it already.
  if [[ $current == *:* && $COMP_WORDBREAKS == *:* ]]; then
    local before=\${current%"\${current##*:}"}
    COMPREPLY=("\${COMPREPLY[@]#"$before"}")
  fi
}
complete -F _chatty chatty
`;
}

function zsh(commands: readonly Completed[]): string {
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

function fish(commands: readonly Completed[]): string {
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
