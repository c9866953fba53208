import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Most text that is held, in UTF-16 units: more than any server takes, so what is cut here is refused there. */
const MAX_TEXT_LENGTH = 128 * 1024;

/** All that comes, as one text without the line end at its end. */
export async function textOf(input: Readable): Promise<string> {
  const decoder = new StringDecoder('utf8');
  let text = '';
  for await (const chunk of input) {
    text += decoder.write(chunk);
    if (text.length > MAX_TEXT_LENGTH) break;
  }
  return (text + decoder.end()).slice(0, MAX_TEXT_LENGTH).replace(/\r?\n$/, '');
}

/** Every line that has something in it, without its end; as fast as it is asked for. */
export async function* linesOf(input: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let held = '';
  for await (const chunk of input) {
    const lines = decoder.write(chunk).split('\n');
    lines[0] = (held + lines[0]).slice(0, MAX_TEXT_LENGTH);
    held = (lines.pop() ?? '').slice(0, MAX_TEXT_LENGTH);
    for (const line of lines) if (line.trim() !== '') yield line.replace(/\r$/, '');
  }
  held += decoder.end();
  if (held.trim() !== '') yield held.replace(/\r$/, '');
}
