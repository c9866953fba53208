import { MAX_ANSWER } from '../../application/chat-request.js';
import type { UsageProblem, ViewLine } from './typed-line.js';
import { cut, visible } from './visible.js';

const WRONG_USAGE: Record<UsageProblem, (text: string, slash: string) => string> = {
  COUNT: text => `${text} is not a number from 1 to ${MAX_ANSWER}.`,
  DATE: text =>
    `${text === '' ? 'A day is missing' : `${text} is not a day`}. Type it as 2026-03-01: year, month, day.`,
  KEY: (_, slash) =>
    `Type ${slash}key to see the keys of your name, ${slash}key add with the code that your other device shows (7K3M9-2QFXA) or with its key (ssh-ed25519 AAAA...), or ${slash}key remove SHA256:...`,
  WHO: (text, slash) => `Say who is meant: ${slash}help ${text} shows how.`,
  DURATION: text =>
    `${text === '' ? 'A time is missing' : `${text} is no time`}. Type it as 30s, 10m, 12h or 7d.`,
  ALONE: (text, slash) => `${slash}${text} stands alone. Type ${slash}${text} and nothing else.`,
  NOTHING_TO_SEARCH: (_, slash) =>
    `There is nothing to search for. Type ${slash}search and a word, or from: and a name.`,
};

/** Lines that cannot be understood. */
export type Misunderstood = Extract<ViewLine, { type: 'wrong' | 'garbled' | 'unknown' }>;

/** What a person is told about a line that is not understood. */
export function wordsFor(line: Misunderstood): string {
  if (line.type === 'wrong') return usageText(line, '/');
  if (line.type === 'garbled') return line.problem;
  const [word = ''] = line.line.trim().split(/\s/);
  const unknown = `There is no ${visible(cut(word))}.`;
  return line.nearest === undefined
    ? `${unknown} /help shows what there is; one slash more says it.`
    : `${unknown} Did you mean /${line.nearest}? One slash more says it.`;
}

/** How a command is used. @param slash what commands begin with where it was typed */
export function usageText({ problem, text }: Extract<ViewLine, { type: 'wrong' }>, slash: '/' | ''): string {
  return WRONG_USAGE[problem](visible(cut(text)), slash);
}
