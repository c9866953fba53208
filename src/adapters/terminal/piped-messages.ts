import type { Readable } from 'node:stream';
import { EXIT, type ExitMessage } from './end-text.js';
import { linesOf, textOf } from './input-lines.js';
import { plainText } from './input-text.js';
import type { UnreadLine } from './sent-text.js';

/** What a script wants to say, or why that is nothing. */
export type PipedMessages =
  | { readonly messages: AsyncIterable<string> | readonly string[] }
  | { readonly problem: ExitMessage };

/**
 * What is given, or else all of the input: as one message, or every line as one.
 * @param onUnread told of lines that are not text
 */
export async function pipedMessages(
  input: Readable,
  given: string | undefined,
  asLines: boolean,
  onUnread: (line: UnreadLine) => void,
): Promise<PipedMessages> {
  if (asLines) return { messages: plainLines(linesOf(input, (line, why) => onUnread([line, why.problem]))) };
  const text = given ?? (await textOf(input));
  if (typeof text !== 'string') return { problem: [`Nothing was sent. ${text.problem}`, EXIT.NOT_ALL_DONE] };
  const message = plainText(text);
  if (message.trim() === '')
    return { problem: ['There is nothing to send: the message is empty.', EXIT.USAGE] };
  return { messages: [message] };
}

async function* plainLines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield plainText(line);
}
