import { COMMANDS, commandNamed } from '../view/command-table.js';
import type { Command } from '../view/typed-line.js';
import { widthOf } from './line-editor/width.js';

/** Between a command and what it does, in columns; where the screen is narrower than this, they stand in two rows. */
const USAGE_COLUMNS = 24;
const LEAST_FOR_TWO = 64;
/** The widest that a row is, on a screen whose width is not known. */
const DEFAULT_COLUMNS = 79;

/** What the keys of the prompt do. */
const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['Enter', 'say it; disconnected, with nothing typed: try now'],
  ['Alt-Enter', 'a new line in the same message (Shift-, Ctrl-Enter)'],
  ['Tab, Shift-Tab', 'complete a name (@ for all), a command, its value'],
  ['Up, Down', 'the line above or below; what you have typed before'],
  ['Ctrl-P, Ctrl-N', 'what you have typed before'],
  ['Ctrl-R', 'search what you have typed; again: an older one'],
  ['Ctrl-A, Ctrl-E', 'beginning and end of the line (Home, End)'],
  ['Ctrl-Left, Alt-B', 'a word back; Ctrl-Right, Alt-F: a word on'],
  ['Backspace, Delete', 'erase before and after the cursor (Ctrl-H, Ctrl-D)'],
  ['Ctrl-W, Alt-Backspace', 'cut the word before the cursor; Alt-D: the one after it'],
  ['Ctrl-U, Ctrl-K', 'cut to the beginning, to the end of the line'],
  ['Ctrl-Y, Alt-Y', 'put back what was cut last; what was cut before that'],
  ['Ctrl-T', 'exchange two letters'],
  ['Ctrl-_', 'undo'],
  ['Ctrl-L', 'scroll what is shown out of sight'],
  ['Ctrl-Z', 'stop; fg goes on'],
  ['Ctrl-C', 'put aside what is typed (Up brings it back); twice: go'],
  ['Ctrl-D', 'with nothing typed: leave when all is sent'],
];

/** The commands of a script. */
export const SCRIPT_HELP = COMMANDS.filter(({ isForTalk, isForOperators }) => !isForTalk && !isForOperators)
  .map(command => entry(usageOf(command, ''), scriptSummary(command), DEFAULT_COLUMNS, 19))
  .join('\n');

export interface HelpOptions {
  /** Whether there is a prompt that edits. */
  readonly hasKeys?: boolean;
  readonly columns?: number | undefined;
}

/** What a person can type: all of it, more of one command, or the keys. */
export function typedHelp(
  topic = '',
  { hasKeys = false, columns = DEFAULT_COLUMNS }: HelpOptions = {},
): string {
  const row = (one: string, what: string) => entry(one, what, columns);
  if (topic === 'keys' && hasKeys) return KEYS.map(([keys, what]) => row(keys, what)).join('\n');
  if (topic === 'operators') return rowsOf(true, columns).join('\n');
  const command = commandNamed(topic);
  if (topic !== '' && command !== undefined) {
    const others = (command.aliases ?? []).map(name => `/${name}`).join(', ');
    return [
      row(usageOf(command, '/'), command.summary),
      ...(command.details ?? []),
      ...(others === '' ? [] : [`Also: ${others}`]),
    ].join('\n');
  }
  return [
    ...(topic === '' ? [] : [`There is no help for ${topic}.`]),
    'Whatever you type is said to everybody here. Beside that:',
    ...rowsOf(false, columns),
    row('/help operators', 'what operators of the room can do'),
    row('//text', 'say something that begins with a slash'),
    ...(hasKeys ? ['Tab completes, Up recalls, Alt-Enter makes a new line: /help keys'] : []),
  ].join('\n');
}

function rowsOf(isForOperators: boolean, columns: number): string[] {
  return COMMANDS.filter(command => (command.isForOperators === true) === isForOperators).map(command =>
    entry(usageOf(command, '/'), command.summary, columns),
  );
}

function usageOf({ name, usage }: Command, slash: string): string {
  return usage === undefined ? slash + name : `${slash}${name} ${usage}`;
}

function scriptSummary({ name, summary, details = [] }: Command): string {
  return [summary, ...(name === 'search' ? details.slice(0, 1) : [])].join('\n');
}

/** One or more rows, in two columns where there is room for them. */
function entry(name: string, what: string, columns: number, nameColumns = USAGE_COLUMNS): string {
  if (columns < LEAST_FOR_TWO) return `${name}\n  ${what}`;
  const gap = ' '.repeat(Math.max(2, nameColumns - widthOf(name)));
  return what
    .split('\n')
    .map((line, index) => (index === 0 ? `${name}${gap}${line}` : `${' '.repeat(nameColumns)}${line}`))
    .join('\n');
}
