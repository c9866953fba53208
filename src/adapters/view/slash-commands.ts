import type { CommandStyle } from '../../application/client/preferences.js';
import type { UserCommand } from '../../application/client/user-command.js';
import { COMMANDS, commandNamed, nearestCommand } from './command-table.js';
import { type Command, NotText, say, type TypedLine, type ViewLine } from './typed-line.js';

/** What a person can type after a slash. */
export const SLASH_COMMAND_NAMES: readonly string[] = COMMANDS.map(({ name }) => name);

/** A slash and a word: anything else that begins with a slash is no command but a path, a smiley, a regular expression. */
const COMMAND = /^\/(?:\p{L}[\p{L}\p{M}-]*|\?)$/u;

/** Some of the mistakes that a conversation counts. */
const MISTAKES: readonly TypedLine['type'][] = ['unknown', 'wrong', 'garbled'];

/**
 * Reads what a person typed: all of it is said, but for what begins with a slash and a word, and, where `style` is
 * `words`, for `send <message>` and `leave`; two slashes say one. What has several lines is said as it stands. Never
 * throws. Dates are days of this machine's calendar.
 */
export function readTyped(text: string | NotText, style: CommandStyle = 'words'): TypedLine {
  if (text instanceof NotText) return { type: 'garbled', problem: text.problem };
  const trimmed = text.trim();
  if (trimmed === '') return { type: 'nothing' };
  if (trimmed.includes('\n')) return say({ content: text });
  if (trimmed.startsWith('//')) return say({ content: trimmed.slice(1) });
  const [word, rest] = splitOnce(trimmed);
  if (COMMAND.test(word)) return readCommand(word.slice(1), rest, text, () => true);
  const isPlainCommand = style === 'words' && isWordCommand(word, rest);
  return isPlainCommand ? readCommand(word, rest, text, () => true) : say({ content: text });
}

/** Whether a line is one of the two commands that need no slash where words are commands. */
function isWordCommand(word: string, rest: string): boolean {
  return (word === 'leave' && rest === '') || (word === 'send' && rest !== '');
}

/** Whether what is typed begins with the word `send`, of which not everybody knows that it is a command. */
export function beginsWithSend(text: string): boolean {
  return /^\s*send\s+\S/.test(text) && !text.trim().includes('\n');
}

/** Passes commands on as they are asked for; all else `answer` is told, and the conversation of mistakes only. */
export async function* commandsIn<T>(
  typed: AsyncIterable<T>,
  read: (typed: T) => TypedLine,
  answer: (line: ViewLine) => void,
): AsyncGenerator<UserCommand> {
  for await (const one of typed) {
    const line = read(one);
    switch (line.type) {
      case 'send':
      case 'request':
      case 'more':
      case 'reconnect':
      case 'leave':
        yield line;
        break;
      default:
        answer(line);
        if (MISTAKES.includes(line.type)) yield { type: 'invalid' };
    }
  }
}

/** Reads a command by its name, among those that are known where it was typed. */
export function readCommand(
  word: string,
  rest: string,
  line: string,
  isKnown: (command: Command) => boolean,
): TypedLine {
  const command = commandNamed(word);
  if (command !== undefined && isKnown(command)) return command.read(rest);
  const nearest = nearestCommand(word, isKnown);
  return { type: 'unknown', line, ...(nearest !== undefined && { nearest }) };
}

/** The first word, and all that follows the white space after it. */
export function splitOnce(line: string): [word: string, rest: string] {
  const end = line.search(/\s/);
  return end === -1 ? [line, ''] : [line.slice(0, end), line.slice(end).trimStart()];
}
