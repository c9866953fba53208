import { MAX_ANSWER } from '../../application/chat-request.js';
import { type HelpOptions, SCRIPT_HELP, typedHelp } from './help-text.js';
import type { UsageProblem, ViewLine } from './typed-line.js';
import { cut, visible } from './visible.js';

const WRONG_USAGE: Record<UsageProblem, (text: string, slash: string) => string> = {
  COUNT: text => `${text} is not a number from 1 to ${MAX_ANSWER}.`,
  DATE: text =>
    `${text === '' ? 'A day is missing' : `${text} is not a day`}. Type it as 2026-03-01: year, month, day.`,
  KEY: (_, slash) =>
    `Type ${slash}key to see the keys of your name, ${slash}key add ssh-ed25519 AAAA... or ${slash}key remove SHA256:...`,
  WHO: (text, slash) => `Say who is meant: ${slash}help ${text} shows how.`,
  DURATION: text =>
    `${text === '' ? 'A time is missing' : `${text} is no time`}. Type it as 30s, 10m, 12h or 7d.`,
  ALONE: (text, slash) => `${slash}${text} stands alone. Type ${slash}${text} and nothing else.`,
  NOTHING_TO_SEARCH: (_, slash) =>
    `There is nothing to search for. Type ${slash}search and a word, or from: and a name.`,
};

/** Lines that every view answers in the same words. */
export type WordedLine = Extract<ViewLine, { type: 'help' | 'wrong' | 'garbled' | 'unknown' }>;

export function isWorded(line: ViewLine): line is WordedLine {
  return ['help', 'wrong', 'garbled', 'unknown'].includes(line.type);
}

/** What a person is told about a line. */
export function replyToTyped(line: WordedLine, options: HelpOptions = {}): string {
  if (line.type === 'help') return typedHelp(visible(cut(line.topic)), options);
  if (line.type === 'wrong') return WRONG_USAGE[line.problem](visible(cut(line.text)), '/');
  if (line.type === 'garbled') return line.problem;
  const [word = ''] = line.line.trim().split(/\s/);
  const unknown = `There is no ${visible(cut(word))}.`;
  return line.nearest === undefined
    ? `${unknown} /help shows what there is; one slash more says it.`
    : `${unknown} Did you mean /${line.nearest}? One slash more says it.`;
}

/** What a script is told about a line. */
export function replyToScript(line: WordedLine): string {
  if (line.type === 'help') return SCRIPT_HELP;
  if (line.type === 'wrong') return WRONG_USAGE[line.problem](visible(cut(line.text)), '');
  if (line.type === 'garbled') return line.problem;
  return `Unknown command: ${visible(cut(line.line))}\n${SCRIPT_HELP}`;
}
