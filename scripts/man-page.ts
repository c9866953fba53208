import type { Interfaces } from '@oclif/core';

// Manual pages in the macros of man(7).

type Described = Interfaces.Config['commands'][number];

/** Of one command. @param version of chatty */
export function manPage(command: Described, version: string): string {
  const { id, summary = '', description = '', args, flags, examples = [] } = command;
  const name = `chatty-${id.replaceAll(':', '-')}`;
  return page(name, version, [
    section('NAME', `${name} \\- ${text(lowerFirst(summary))}`),
    section('SYNOPSIS', synopsis(id, args, flags)),
    ...(description === '' ? [] : [section('DESCRIPTION', paragraphs(description))]),
    ...listed('ARGUMENTS', Object.values(args).map(argumentOf)),
    ...groupsOf(Object.values(flags)).flatMap(([group, some]) => listed(group, some.map(flagOf))),
    ...listed('EXAMPLES', examples.flatMap(exampleOf)),
    section('SEE ALSO', '\\fBchatty\\fR(1)'),
  ]);
}

/** Of all of them together. */
export function overview(commands: readonly Described[], version: string): string {
  const rows = commands.map(
    ({ id, summary = '' }): Item => [`\\fBchatty\\-${text(id.replaceAll(':', '-'))}\\fR(1)`, text(summary)],
  );
  return page('chatty', version, [
    section('NAME', 'chatty \\- one chat room per server, joined from a terminal, a browser or with ssh'),
    section('SYNOPSIS', '\\fBchatty\\fR \\fICOMMAND\\fR [\\fIoptions\\fR]'),
    section(
      'DESCRIPTION',
      'A command is written with a colon or a space: \\fBchatty server:start\\fR, \\fBchatty server start\\fR. Each has a page of its own, and \\fB\\-\\-help\\fR.',
    ),
    ...listed('COMMANDS', rows),
  ]);
}

type Item = readonly [term: string, what: string];

function page(name: string, version: string, parts: readonly string[]): string {
  return `.TH ${quoted(name.toUpperCase())} 1 "" ${quoted(`chatty ${version}`)} "chatty"\n.nh\n.ad l\n${parts.join('')}`;
}

function section(title: string, body: string): string {
  return `.SH ${quoted(title)}\n${body}\n`;
}

function listed(title: string, items: readonly Item[]): string[] {
  if (items.length === 0) return [];
  return [section(title, items.map(([term, what]) => `.TP\n${term}\n${what}`).join('\n'))];
}

function synopsis(id: string, args: Described['args'], flags: Described['flags']): string {
  const some = Object.values(args).map(({ name, required }) => {
    const shown = `\\fI${text(name.toUpperCase())}\\fR`;
    return required ? shown : `[${shown}]`;
  });
  const options = Object.keys(flags).length > 0 ? ['[\\fIoptions\\fR]'] : [];
  return [`\\fBchatty ${text(id)}\\fR`, ...some, ...options].join(' ');
}

function argumentOf({ name, description = '' }: Described['args'][string]): Item {
  return [`\\fI${text(name.toUpperCase())}\\fR`, text(description)];
}

/** Options of no group first. */
function groupsOf<F extends { helpGroup?: string }>(flags: readonly F[]): [string, F[]][] {
  const groups = new Map<string, F[]>([['OPTIONS', []]]);
  for (const flag of flags) {
    const group = flag.helpGroup === undefined ? 'OPTIONS' : `${flag.helpGroup} OPTIONS`;
    groups.set(group, [...(groups.get(group) ?? []), flag]);
  }
  return [...groups];
}

function flagOf(flag: Described['flags'][string]): Item {
  const { name, description = '', env } = flag;
  const value = flag.type === 'option' ? `=\\fI${text(placeholderOf(flag))}\\fR` : '';
  const usual =
    flag.type === 'option' && flag.default !== undefined && flag.default !== ''
      ? ` Default: ${flag.default}.`
      : '';
  const variable = env === undefined ? '' : ` Environment: ${env}.`;
  return [`\\fB\\-\\-${text(name)}\\fR${value}`, text(`${description}${usual}${variable}`)];
}

function placeholderOf({ helpValue }: { helpValue?: string | string[] }): string {
  const value = Array.isArray(helpValue) ? helpValue.join(' ') : (helpValue ?? '<value>');
  return value.replaceAll(/[<>]/g, '');
}

function exampleOf(example: NonNullable<Described['examples']>[number]): Item[] {
  if (typeof example === 'string') return [['.B', text(example)]];
  return [[text(example.description), `\\fB${text(example.command)}\\fR`]];
}

function paragraphs(many: string): string {
  return many
    .split(/\n{2,}/)
    .map(text)
    .join('\n.PP\n');
}

/** Safe in a page: no backslash, no leading dot and no hyphen that a printer could break at acts on it. */
function text(given: string): string {
  return given
    .replaceAll('<%= config.bin %>', 'chatty')
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/^([.'])/, '\\&$1');
}

function quoted(given: string): string {
  return `"${given.replaceAll('"', '\\(dq')}"`;
}

function lowerFirst(given: string): string {
  return given.charAt(0).toLowerCase() + given.slice(1).replace(/\.$/, '');
}
