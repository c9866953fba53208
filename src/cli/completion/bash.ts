import type { CommandWords } from './words.js';

export function bash(commands: readonly CommandWords[]): string {
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
