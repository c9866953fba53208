import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { ChatView, Sight } from '../../application/ports.js';
import { Output } from './output.js';
import { sightText } from './sight.js';

/** Longest line that is held, in UTF-16 units: more than any server takes, so what is cut here is refused there. */
const MAX_LINE_LENGTH = 128 * 1024;

/**
 * A program or a file at the other end of a pipe: no prompt, no editing, and lines are ended by \n only. Reads
 * no faster than the conversation goes on.
 */
export class PipeView implements ChatView {
  readonly style = 'commands';
  readonly #output: Output;
  readonly #lines: AsyncGenerator<string>;
  readonly #interrupted = Promise.withResolvers<undefined>();
  readonly interrupted: Promise<void> = this.#interrupted.promise;

  constructor(
    private readonly input: Readable,
    output: Writable,
  ) {
    this.#output = new Output(output, () => this.close());
    this.#lines = readLines(input);
    input.on('error', () => {}); // the end of the lines, told by them
  }

  async ask(question: string): Promise<string | undefined> {
    this.#output.write(question);
    return this.#next();
  }

  async *lines(): AsyncIterable<string> {
    for (let line = await this.#next(); line !== undefined; line = await this.#next()) yield line;
  }

  show(sight: Sight): Promise<void> | undefined {
    const text = sightText(sight);
    return text === undefined ? undefined : this.#output.write(`${text}\n`);
  }

  close(): void {
    this.#interrupted.resolve(undefined);
    this.input.destroy();
  }

  async #next(): Promise<string | undefined> {
    const next = this.#lines.next().then(
      ({ value }) => value as string | undefined,
      () => undefined,
    );
    return Promise.race([next, this.#interrupted.promise]);
  }
}

/** Every line, without its end and without a \r before that; the last one needs no end. */
async function* readLines(input: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let held = '';
  for await (const chunk of input) {
    const lines = decoder.write(chunk).split('\n');
    lines[0] = (held + lines[0]).slice(0, MAX_LINE_LENGTH);
    held = (lines.pop() ?? '').slice(0, MAX_LINE_LENGTH);
    for (const line of lines) yield line.replace(/\r$/, '');
  }
  held += decoder.end();
  if (held !== '') yield held;
}
