import { distance } from 'fastest-levenshtein';
import { DEFAULT_ANSWER, MAX_ANSWER } from '../../application/chat-request.js';
import { OPERATOR_COMMANDS } from './operator-commands.js';
import { readSearch } from './search-line.js';
import { ask, type ChoiceName, type Command, say, type TypedLine, wrong } from './typed-line.js';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'send',
    aliases: ['say'],
    usage: '<message>',
    summary: 'say something to everybody else',
    read: content => say({ content }),
  },
  {
    name: 'who',
    aliases: ['names', 'users', 'list', 'w'],
    summary: 'see who is here',
    read: rest => (rest === '' ? ask({ type: 'who' }) : wrong('ALONE', 'who')),
  },
  {
    name: 'history',
    aliases: ['hist', 'last'],
    usage: '[n]',
    summary: `see the last n messages, ${DEFAULT_ANSWER} if you do not say how many`,
    read: readHistory,
  },
  {
    name: 'search',
    aliases: ['find', 'grep'],
    usage: '<words>',
    summary: 'find messages; from:anna since:2026-03-01',
    details: [
      '"a phrase" finds its words whole and next to each other',
      'from:, since: and until: narrow it down, also alone',
    ],
    read: readSearch,
  },
  {
    name: 'more',
    summary: 'go further back, after history or search',
    read: rest => alone('more', rest),
  },
  {
    name: 'around',
    aliases: ['context'],
    usage: '[n]',
    summary: 'see what was said around a message that was found (#n)',
    isForTalk: true,
    read: rest => counted(rest, which => ({ type: 'around', which })),
  },
  {
    name: 'expand',
    summary: 'see the last message whole that was too tall',
    isForTalk: true,
    read: rest => alone('expand', rest),
  },
  {
    name: 'me',
    aliases: ['action'],
    usage: '<does>',
    summary: 'say what you do: * carl waves',
    read: content => say({ content, kind: 'action' }),
  },
  {
    name: 'key',
    aliases: ['keys'],
    usage: '[add|remove <key>]',
    summary: 'see the keys of your name; add one of another device',
    details: [
      '/key add 7K3M9-2QFXA: the code that a device shows that was not let in under your name',
      '/key add ssh-ed25519 AAAA...: what chatty client:key prints there',
      '/key remove SHA256:...',
    ],
    read: readKey,
  },
  {
    name: 'ignore',
    usage: '[name]',
    summary: 'see nothing of somebody any more; whom you ignore',
    details: ['It is remembered. /unignore name ends it.', 'They are not told, and see what you say.'],
    isForTalk: true,
    read: choice('ignore'),
  },
  {
    name: 'unignore',
    usage: '<name>',
    summary: 'see what they say again',
    isForTalk: true,
    read: choice('unignore'),
  },
  {
    name: 'presence',
    aliases: ['joins'],
    usage: 'all|folded|off',
    summary: 'which comings and goings you see',
    details: ['folded: several at once in one row, and none of who comes, says something and goes'],
    isForTalk: true,
    read: choice('presence'),
  },
  {
    name: 'bell',
    usage: 'off|mentions|all',
    summary: 'when the bell rings',
    isForTalk: true,
    read: choice('bell'),
  },
  {
    name: 'highlight',
    usage: '[words]',
    summary: 'words that ring like your name: release, v2',
    details: ['With commas between them. /highlight none forgets them.'],
    isForTalk: true,
    read: choice('highlight'),
  },
  {
    name: 'commands',
    usage: 'words|slash',
    summary: 'whether "send x" and "leave" need no slash',
    isForTalk: true,
    read: choice('commands'),
  },
  {
    name: 'clear',
    aliases: ['cls'],
    summary: 'scroll what is shown out of sight (Ctrl-L)',
    isForTalk: true,
    read: rest => alone('clear', rest),
  },
  {
    name: 'reconnect',
    summary: 'try now, while the connection is lost (or Enter)',
    isForTalk: true,
    read: rest => alone('reconnect', rest),
  },
  ...OPERATOR_COMMANDS,
  {
    name: 'leave',
    aliases: ['quit', 'exit', 'bye', 'part', 'logout', 'q'],
    summary: 'leave when all is sent (Ctrl-D); Ctrl-C twice: at once',
    read: rest => alone('leave', rest),
  },
  {
    name: 'help',
    aliases: ['?', 'h'],
    usage: '[command|keys]',
    summary: 'show this, more of a command, or the keys',
    read: topic => ({ type: 'help', topic: topic.replace(/^\//, '').toLowerCase() }),
  },
];

/** Every command by its name and its other names. */
const BY_NAME = new Map(
  COMMANDS.flatMap(command =>
    [command.name, ...(command.aliases ?? [])].map(name => [name, command] as const),
  ),
);

/** A command by one of its names, in any case. */
export function commandNamed(name: string): Command | undefined {
  return BY_NAME.get(name.toLowerCase());
}

/** The command that a word may have been meant for; nothing when none of these is near. */
export function nearestCommand(word: string, isMeant: (command: Command) => boolean): string | undefined {
  const name = word.toLowerCase();
  let [nearest, least]: [string | undefined, number] = [undefined, name.length < 4 ? 2 : 3];
  for (const [known, command] of BY_NAME) {
    // Two letters that are exchanged are one mistake.
    const changes = distance(name, known) - (lettersOf(name) === lettersOf(known) ? 1 : 0);
    if (known.length > 1 && changes < least && isMeant(command)) [nearest, least] = [command.name, changes];
  }
  return nearest;
}

function lettersOf(word: string): string {
  return [...word].sort().join('');
}

function choice(name: ChoiceName): Command['read'] {
  return text => ({ type: 'choice', name, choice: text });
}

/** A command of one word: with more, it was meant otherwise. */
function alone(type: 'leave' | 'more' | 'clear' | 'expand' | 'reconnect', rest: string): TypedLine {
  return rest === '' ? { type } : wrong('ALONE', type);
}

function readKey(rest: string): TypedLine {
  const [, verb, key = ''] = /^(add|remove)\s+(\S.*)$/s.exec(rest) ?? [];
  if (verb === undefined) return rest === '' ? ask({ type: 'keys' }) : wrong('KEY', rest);
  return ask({ type: verb === 'add' ? 'addKey' : 'removeKey', key });
}

function readHistory(text: string): TypedLine {
  if (text === '') return ask({ type: 'history', limit: DEFAULT_ANSWER });
  return counted(text, limit => ask({ type: 'history', limit }));
}

/** @param text a number, 1 when empty, with # before it or not */
function counted(text: string, read: (count: number) => TypedLine): TypedLine {
  const count = text === '' ? 1 : /^#?\d+$/.test(text) ? Number(text.replace('#', '')) : 0;
  return count < 1 || count > MAX_ANSWER ? wrong('COUNT', text) : read(count);
}
