import { DEFAULT_ANSWER } from '../../application/chat-request.js';
import { ask, type TypedLine, wrong } from './typed-line.js';

/** A word with all that stands between two quotes in it. */
const WORD = /(?:"[^"]*"|\S)+/g;
const NARROWING = /^(?:from:(?<author>.*)|since:(?<first>.*)|until:(?<last>.*))$/;

/** Reads what is to be searched for: words, phrases in quotes, from:, since: and until:, in any order. */
export function readSearch(text: string): TypedLine {
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
