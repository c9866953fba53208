import { MAX_ANSWER } from '../../application/chat-request.js';
import { SCRIPT_HELP, typedHelp } from './help-text.js';
import type { UsageProblem, ViewLine } from './slash-commands.js';
import { cut, visible } from './visible.js';

const WRONG_USAGE: Record<UsageProblem, (text: string, slash: string) => string> = {
  COUNT: (text, slash) =>
    `${text} is not a number from 1 to ${MAX_ANSWER}. Type ${slash}history, or ${slash}history 50.`,
  DATE: text =>
    `${text === '' ? 'A day is missing' : `${text} is not a day`}. Type it as 2026-03-01: year, month, day.`,
  ALONE: (text, slash) => `${slash}${text} stands alone. Type ${slash}${text} and nothing else.`,
  NOTHING_TO_SEARCH: (_, slash) =>
    `There is nothing to search for. Type ${slash}search and a word, or from: and a name.`,
};

/** Lines that every view answers in the same words. */
type WordedLine = Exclude<ViewLine, { type: 'nothing' | 'bell' }>;

/** What a person is told about a line. @param hasKeys whether there is a prompt that edits */
export function replyToTyped(line: WordedLine, hasKeys = false): string {
  if (line.type === 'help') return typedHelp(hasKeys);
  if (line.type === 'wrong') return WRONG_USAGE[line.problem](visible(cut(line.text)), '/');
  if (line.type === 'garbled') return line.problem;
  const [word = ''] = line.line.trim().split(/\s/);
  return `There is no ${visible(cut(word))}. Type /help to see what there is, or one slash more to say it.`;
}

/** What a script is told about a line. */
export function replyToScript(line: WordedLine): string {
  if (line.type === 'help') return SCRIPT_HELP;
  if (line.type === 'wrong') return WRONG_USAGE[line.problem](visible(cut(line.text)), '');
  if (line.type === 'garbled') return line.problem;
  return `Unknown command: ${visible(cut(line.line))}\n${SCRIPT_HELP}`;
}
