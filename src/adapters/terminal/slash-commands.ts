import {
  type ChatRequest,
  DEFAULT_ANSWER,
  MAX_ANSWER,
  type OutgoingMessage,
} from '../../application/chat-request.js';
import type { UserCommand } from '../../application/client/user-command.js';
import { NotText, plainText } from './input-text.js';

/** What was wrong with a command that is known. */
export type UsageProblem = 'COUNT' | 'DATE' | 'NOTHING_TO_SEARCH' | 'ALONE';

/** A line that the view answers by itself. */
export type ViewLine =
  | { readonly type: 'nothing' }
  | { readonly type: 'help' }
  /** `choice` as it was typed; empty to see which bell it is. */
  | { readonly type: 'bell'; readonly choice: string }
  | { readonly type: 'unknown'; readonly line: string }
  /** It is not even text. */
  | { readonly type: 'garbled'; readonly problem: string }
  | { readonly type: 'wrong'; readonly problem: UsageProblem; readonly text: string };

/** What a line means. */
export type TypedLine = Exclude<UserCommand, { type: 'invalid' }> | ViewLine;

type Commands = Record<string, (rest: string) => TypedLine>;

/** The commands of a script, with the rest of the line. */
const SCRIPT_COMMANDS: Commands = {
  send: content => say({ content }),
  me: content => say({ content, kind: 'action' }),
  leave: rest => alone('leave', rest),
  help: rest => alone('help', rest),
  who: rest => (rest === '' ? ask({ type: 'who' }) : wrong('ALONE', 'who')),
  more: rest => alone('more', rest),
  history: readHistory,
  search: readSearch,
};

/** Those of a person, which begin with a slash. */
const SLASH_COMMANDS: Commands = {
  ...SCRIPT_COMMANDS,
  bell: choice => ({ type: 'bell', choice }),
};

export const SLASH_COMMAND_NAMES: readonly string[] = Object.keys(SLASH_COMMANDS);

/**
 * Reads what a person typed: all of it is said, but for `send <message>`, `leave`, and what begins with a slash; two
 * slashes say one. Never throws. Dates are days of this machine's calendar.
 */
export function readTyped(text: string | NotText): TypedLine {
  if (text instanceof NotText) return { type: 'garbled', problem: text.problem };
  const trimmed = text.trim();
  if (trimmed === '') return { type: 'nothing' };
  if (trimmed.startsWith('//')) return say({ content: trimmed.slice(1) });
  const [word, rest] = splitOnce(trimmed);
  if (word.startsWith('/')) return readCommand(SLASH_COMMANDS, word.slice(1), rest, text);
  const isPlainCommand = trimmed === 'leave' || (word === 'send' && rest !== '');
  return isPlainCommand ? readCommand(SLASH_COMMANDS, word, rest, text) : say({ content: text });
}

/** Reads a line of a script: every one is a command, with a slash or without. Never throws. Dates as above. */
export function readScriptLine(line: string | NotText): TypedLine {
  if (line instanceof NotText) return { type: 'garbled', problem: line.problem };
  const text = plainText(line);
  const trimmed = text.trim();
  if (trimmed === '') return { type: 'nothing' };
  const [word, rest] = splitOnce(trimmed);
  return readCommand(SCRIPT_COMMANDS, word.replace(/^\//, ''), rest, text);
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
      case 'leave':
        yield line;
        break;
      default:
        answer(line);
        if (['unknown', 'wrong', 'garbled'].includes(line.type)) yield { type: 'invalid' };
    }
  }
}

function readCommand(commands: Commands, word: string, rest: string, line: string): TypedLine {
  const read = Object.hasOwn(commands, word) ? commands[word] : undefined;
  return read === undefined ? { type: 'unknown', line } : read(rest);
}

function say(message: OutgoingMessage): TypedLine {
  return { type: 'send', message };
}

function ask(request: ChatRequest): TypedLine {
  return { type: 'request', request };
}

function wrong(problem: UsageProblem, text: string): TypedLine {
  return { type: 'wrong', problem, text };
}

/** A command of one word: with more, it was meant otherwise. */
function alone(type: 'leave' | 'help' | 'more', rest: string): TypedLine {
  return rest === '' ? { type } : wrong('ALONE', type);
}

function readHistory(text: string): TypedLine {
  if (text === '') return ask({ type: 'history', limit: DEFAULT_ANSWER });
  const limit = /^\d+$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_ANSWER) return wrong('COUNT', text);
  return ask({ type: 'history', limit });
}

/** A word with all that stands between two quotes in it. */
const WORD = /(?:"[^"]*"|\S)+/g;
const NARROWING = /^(?:from:(?<author>.*)|since:(?<first>.*)|until:(?<last>.*))$/;

function readSearch(text: string): TypedLine {
  const words: string[] = [];
  const narrowed: { from?: string; since?: number; until?: number } = {};
  for (const word of text.match(WORD) ?? []) {
    const { author, first, last } = NARROWING.exec(word)?.groups ?? {};
    const day = first ?? last;
    if (author !== undefined) narrowed.from = author;
    else if (day === undefined) words.push(word);
    else {
      const at = startOfDay(day, last === undefined ? 0 : 1);
      if (at === undefined) return wrong('DATE', day);
      if (last === undefined) narrowed.since = at;
      else narrowed.until = at;
    }
  }
  const query = { words: words.join(' '), ...narrowed, limit: DEFAULT_ANSWER };
  const isEmpty = narrowed.from === '' || (words.length === 0 && Object.keys(narrowed).length === 0);
  return isEmpty ? wrong('NOTHING_TO_SEARCH', text) : ask({ type: 'search', ...query });
}

/** The first moment of a day like 2026-03-01, or of so many days later; nothing when there is no such day. */
function startOfDay(text: string, daysLater: number): number | undefined {
  const [, year, month, day] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const date = new Date(year, month - 1, day);
  if (date.getFullYear() !== year || date.getMonth() !== month - 1 || date.getDate() !== day)
    return undefined;
  // Not 24 hours later: a day in spring has 23, one in autumn 25.
  return Math.max(0, new Date(year, month - 1, day + daysLater).getTime());
}

/** The first word, and all that follows the white space after it. */
function splitOnce(line: string): [word: string, rest: string] {
  const end = line.search(/\s/);
  return end === -1 ? [line, ''] : [line.slice(0, end), line.slice(end).trimStart()];
}
