import { readCommand, splitOnce } from '../view/slash-commands.js';
import { NotText, type TypedLine } from '../view/typed-line.js';
import { plainText } from './input-text.js';

/** Reads a line of a script: every one is a command, with a slash or without. Never throws. Dates are days of this machine's calendar. */
export function readScriptLine(line: string | NotText): TypedLine {
  if (line instanceof NotText) return { type: 'garbled', problem: line.problem };
  const text = plainText(line);
  const trimmed = text.trim();
  if (trimmed === '') return { type: 'nothing' };
  const [word, rest] = splitOnce(trimmed);
  return readCommand(word.replace(/^\//, ''), rest, text, ({ isForTalk }) => isForTalk !== true);
}
