import type { SearchQuery, UsageProblem } from './ports.js';

/** What the prompt understands. */
export const PROMPT_COMMANDS = ['send', 'leave', 'help', 'who', 'history', 'search'] as const;

/** How many messages are asked for when no number is given, and how many can be. */
const USUAL_COUNT = 20;
const MAX_COUNT = 1000;

/** What a person at the prompt wants. */
export type PromptCommand =
  | { readonly type: 'nothing' | 'leave' | 'help' | 'who' }
  | { readonly type: 'send'; readonly content: string }
  | { readonly type: 'history'; readonly limit: number }
  | { readonly type: 'search'; readonly query: SearchQuery }
  | { readonly type: 'unknown' }
  | { readonly type: 'wrong'; readonly problem: UsageProblem; readonly text: string };

/** Reads a line that was typed. Never throws. Dates are days of this machine's calendar. */
export function readPrompt(line: string): PromptCommand {
  const [word, rest] = splitOnce(line.trim());
  switch (word) {
    case '':
      return { type: 'nothing' };
    case 'leave':
    case 'help':
    case 'who':
      return { type: word };
    case 'send':
      return { type: 'send', content: rest };
    case 'history':
      return readHistory(rest);
    case 'search':
      return readSearch(rest);
    default:
      return { type: 'unknown' };
  }
}

function readHistory(text: string): PromptCommand {
  if (text === '') return { type: 'history', limit: USUAL_COUNT };
  const limit = /^\d+$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_COUNT) return { type: 'wrong', problem: 'COUNT', text };
  return { type: 'history', limit };
}

const NARROWING = /^(?:from:(?<author>.*)|since:(?<first>.*)|until:(?<last>.*))$/;

function readSearch(text: string): PromptCommand {
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
  const query: SearchQuery = { words: words.join(' '), ...narrowed, limit: USUAL_COUNT };
  const isEmpty = narrowed.from === '' || (words.length === 0 && Object.keys(narrowed).length === 0);
  return isEmpty ? { type: 'wrong', problem: 'NOTHING_TO_SEARCH', text } : { type: 'search', query };
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
