import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Longest line or text that is held, in UTF-16 units: more than any server takes; what is cut here is refused there. */
const MAX_LENGTH = 128 * 1024;

/** Lines of an input that nobody edits, read no faster than they are taken; they end with \n only. */
export class InputLines {
  readonly #lines: AsyncGenerator<string>;
  readonly #closed = Promise.withResolvers<undefined>();
  /** Resolves when it is closed; not at the end of the input. */
  readonly closed: Promise<void> = this.#closed.promise;

  constructor(private readonly input: Readable) {
    this.#lines = readLines(input);
    input.on('error', () => {}); // the end of the lines, told by them
  }

  /** The next line; nothing at the end of the input, and when it is closed. */
  next(): Promise<string | undefined> {
    const next = this.#lines.next().then(
      ({ value }) => value as string | undefined,
      () => undefined,
    );
    return Promise.race([next, this.#closed.promise]);
  }

  async *rest(): AsyncGenerator<string> {
    for (let line = await this.next(); line !== undefined; line = await this.next()) yield line;
  }

  /** Idempotent. */
  close(): void {
    this.#closed.resolve(undefined);
    this.input.destroy();
  }
}

/** Every line, without its end and without a \r before that; the last one needs no end. */
async function* readLines(input: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let held = '';
  for await (const chunk of input) {
    const lines = decoder.write(chunk).split('\n');
    lines[0] = (held + lines[0]).slice(0, MAX_LENGTH);
    held = (lines.pop() ?? '').slice(0, MAX_LENGTH);
    for (const line of lines) yield line.replace(/\r$/, '');
  }
  held += decoder.end();
  if (held !== '') yield held.replace(/\r$/, '');
}

/** Every line that has something in it, as fast as it is asked for. */
export async function* linesOf(input: Readable): AsyncGenerator<string> {
  for await (const line of readLines(input)) if (line.trim() !== '') yield line;
}

/** All that comes, as one text without the line end at its end. */
export async function textOf(input: Readable): Promise<string> {
  const decoder = new StringDecoder('utf8');
  let text = '';
  for await (const chunk of input) {
    text += decoder.write(chunk);
    if (text.length > MAX_LENGTH) break;
  }
  return (text + decoder.end()).slice(0, MAX_LENGTH).replace(/\r?\n$/, '');
}
