import type { ViewLine } from '../view/typed-line.js';
import { type Misunderstood, usageText, wordsFor } from '../view/typed-replies.js';
import { cut, visible } from '../view/visible.js';
import { type HelpOptions, SCRIPT_HELP, typedHelp } from './help-text.js';

/** Lines that every view answers in the same words. */
export type WordedLine = Misunderstood | Extract<ViewLine, { type: 'help' }>;

export function isWorded(line: ViewLine): line is WordedLine {
  return ['help', 'wrong', 'garbled', 'unknown'].includes(line.type);
}

/** What a person is told about a line. */
export function replyToTyped(line: WordedLine, options: HelpOptions = {}): string {
  return line.type === 'help' ? typedHelp(visible(cut(line.topic)), options) : wordsFor(line);
}

/** What a script is told about a line. */
export function replyToScript(line: WordedLine): string {
  if (line.type === 'help') return SCRIPT_HELP;
  if (line.type === 'wrong') return usageText(line, '');
  if (line.type === 'garbled') return line.problem;
  return `Unknown command: ${visible(cut(line.line))}\n${SCRIPT_HELP}`;
}
