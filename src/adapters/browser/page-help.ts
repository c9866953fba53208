import { COMMANDS, commandNamed } from '../view/command-table.js';
import type { Command } from '../view/typed-line.js';
import { element } from './dom.js';

/** What a page does in other ways. */
const ELSEWHERE: readonly string[] = ['send', 'commands', 'clear', 'expand', 'around', 'more', 'history'];

/** And what it says of it in other words. */
const SUMMARIES: Readonly<Record<string, string>> = {
  bell: 'of which messages your browser notifies you',
  reconnect: 'try now, while the connection is lost',
  leave: 'leave when all is sent',
  help: 'show this, or more of a command',
};

/** Commands that can be typed here. */
export const PAGE_COMMAND_NAMES: readonly string[] = COMMANDS.map(({ name }) => name).filter(
  name => !ELSEWHERE.includes(name),
);

const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['Enter', 'say it; Shift-Enter begins a new line'],
  ['Tab', 'complete a name or a command'],
  ['Ctrl-K', 'search (⌘K)'],
  ['Ctrl-/', 'back to the field (⌘/)'],
  ['Up, Down', 'in the messages: from one to the next; Enter shows what can be done with it'],
  ['End', 'in the messages: to the newest'],
  ['Escape', 'close what is open'],
];

/** What can be typed and pressed: all of it, or more of one command. */
export function pageHelp(topic: string): HTMLElement {
  const command = topic === '' ? undefined : commandNamed(topic);
  if (command !== undefined)
    return rows([
      [usageOf(command), summaryOf(command)],
      ...(command.details ?? []).map((detail): [string, string] => ['', detail]),
    ]);
  const isForOperators = topic === 'operators';
  const commands = COMMANDS.filter(
    one => (one.isForOperators === true) === isForOperators && !ELSEWHERE.includes(one.name),
  );
  return rows([
    ...commands.map((one): [string, string] => [usageOf(one), summaryOf(one)]),
    ...(isForOperators
      ? []
      : [
          ['/help operators', 'what operators of the room can do'] as const,
          ['//text', 'say something that begins with a slash'] as const,
          ...KEYS,
        ]),
  ]);
}

function usageOf({ name, usage }: Command): string {
  return usage === undefined ? `/${name}` : `/${name} ${usage}`;
}

function summaryOf({ name, summary }: Command): string {
  return SUMMARIES[name] ?? summary;
}

function rows(all: readonly (readonly [name: string, what: string])[]): HTMLElement {
  const parts = all.flatMap(([name, what]) => [element('dt', {}, name), element('dd', {}, what)]);
  return element('dl', { class: 'help' }, ...parts);
}
