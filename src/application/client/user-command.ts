import type { ChatRequest, OutgoingMessage } from '../chat-request.js';
import type { UsageProblem } from './client-event.js';

/** How lines are meant: what is typed is said, or every line is a command. */
export type LineStyle = 'talk' | 'commands';

/** How many messages are asked for when no number is given, and how many can be. */
const USUAL_COUNT = 20;
const MAX_COUNT = 200;

/** What a person at the prompt wants. */
export type UserCommand =
  | { readonly type: 'nothing' | 'leave' | 'help' | 'more' }
  | { readonly type: 'send'; readonly message: OutgoingMessage }
  | { readonly type: 'request'; readonly request: ChatRequest }
  | { readonly type: 'unknown' }
  | { readonly type: 'wrong'; readonly problem: UsageProblem; readonly text: string };

/** The commands of the prompt, with the rest of the line; in a talk they begin with a slash. */
const COMMANDS: Record<string, (rest: string) => UserCommand> = {
  send: content => say({ content }),
  me: content => say({ content, kind: 'action' }),
  leave: rest => alone('leave', rest),
  help: rest => alone('help', rest),
  who: rest => (rest === '' ? ask({ type: 'who' }) : wrong('ALONE', 'who')),
  more: rest => alone('more', rest),
  history: readHistory,
  search: readSearch,
};

export const PROMPT_COMMANDS: readonly string[] = Object.keys(COMMANDS);

/**
 * Reads what was typed. Never throws. Dates are days of this machine's calendar.
 *
 * In a talk whatever is typed is said, but for `send <message>`, `leave`, and what begins with a slash; two slashes say
 * one. Lines of commands are all commands, with a slash or without.
 */
export function readPrompt(text: string, style: LineStyle): UserCommand {
  const trimmed = text.trim();
  if (trimmed === '') return { type: 'nothing' };
  if (trimmed.startsWith('//') && style === 'talk') return say({ content: trimmed.slice(1) });
  const [word, rest] = splitOnce(trimmed);
  if (word.startsWith('/')) return readCommand(word.slice(1), rest);
  if (style === 'commands') return readCommand(word, rest);
  const isPlainCommand = trimmed === 'leave' || (word === 'send' && rest !== '');
  return isPlainCommand ? readCommand(word, rest) : say({ content: text });
}

function readCommand(word: string, rest: string): UserCommand {
  const read = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  return read === undefined ? { type: 'unknown' } : read(rest);
}

function say(message: OutgoingMessage): UserCommand {
  return { type: 'send', message };
}

function ask(request: ChatRequest): UserCommand {
  return { type: 'request', request };
}

function wrong(problem: UsageProblem, text: string): UserCommand {
  return { type: 'wrong', problem, text };
}

/** A command of one word: with more, it was meant otherwise. */
function alone(type: 'leave' | 'help' | 'more', rest: string): UserCommand {
  return rest === '' ? { type } : { type: 'wrong', problem: 'ALONE', text: type };
}

function readHistory(text: string): UserCommand {
  if (text === '') return ask({ type: 'history', limit: USUAL_COUNT });
  const limit = /^\d+$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_COUNT) return { type: 'wrong', problem: 'COUNT', text };
  return ask({ type: 'history', limit });
}

const NARROWING = /^(?:from:(?<author>.*)|since:(?<first>.*)|until:(?<last>.*))$/;

function readSearch(text: string): UserCommand {
  const words: string[] = [];
  const narrowed: { from?: string; since?: number; until?: number } = {};
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const { author, first, last } = NARROWING.exec(word)?.groups ?? {};
    const day = first ?? last;
    if (author !== undefined) narrowed.from = author;
    else if (day === undefined) words.push(word);
    else {
      const at = startOfDay(day, last === undefined ? 0 : 1);
      if (at === undefined) return { type: 'wrong', problem: 'DATE', text: day };
      if (last === undefined) narrowed.since = at;
      else narrowed.until = at;
    }
  }
  const query = { words: words.join(' '), ...narrowed, limit: USUAL_COUNT };
  const isEmpty = narrowed.from === '' || (words.length === 0 && Object.keys(narrowed).length === 0);
  return isEmpty ? { type: 'wrong', problem: 'NOTHING_TO_SEARCH', text } : ask({ type: 'search', ...query });
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
