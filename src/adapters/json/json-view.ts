import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { ChatView } from '../../application/ports.js';
import type { PromptCommand } from '../../application/prompt.js';
import type { Sight } from '../../application/sight.js';
import { error, eventOf, type JsonEvent } from './json-event.js';
import { type Input, readInput } from './json-input.js';

/** Longest line that is held, in UTF-16 units: more than any server takes, so what is cut here is refused there. */
const MAX_LINE_LENGTH = 128 * 1024;

/**
 * A program that talks: one JSON object for each thing that happens, and for each line of its input a command or a
 * message. Reads no faster than the conversation goes on.
 */
export class JsonView implements ChatView {
  readonly style = 'commands';
  readonly #lines: AsyncGenerator<string>;
  readonly #interrupted = Promise.withResolvers<undefined>();
  readonly interrupted: Promise<void> = this.#interrupted.promise;
  /** The program's own `ref` of each message that it sent and that is not yet pending, in order. */
  readonly #sent: (string | undefined)[] = [];
  /** The messages that are pending, by the ref that the client gave them, oldest first. */
  readonly #pending = new Map<string, { readonly content: string; readonly ref: string | undefined }>();

  constructor(
    private readonly input: Readable,
    private readonly output: Writable,
  ) {
    this.#lines = readLines(input);
    input.on('error', () => {}); // the end of the lines, told by them
    output.on('error', () => this.close());
  }

  /** Answered with {"Join":"carl"}, or with the name alone. */
  async ask(question: string): Promise<string | undefined> {
    void this.#write({ type: 'question', question });
    const line = await this.#next();
    if (line === undefined) return undefined;
    const input = readInput(line);
    return input.type === 'JOIN' ? input.username : line;
  }

  async *lines(): AsyncIterable<PromptCommand> {
    for (let line = await this.#next(); line !== undefined; line = await this.#next()) {
      const input = readInput(line);
      if (input.type === 'COMMAND') {
        this.#expect(input);
        yield input.command;
      } else await this.#write(error(input.type === 'ERROR' ? input.code : 'NOT_A_COMMAND', { line }));
    }
  }

  show(sight: Sight): Promise<void> | undefined {
    const event = eventOf(sight);
    const ref = this.#refOf(sight);
    return event === undefined ? undefined : this.#write({ ...event, ref });
  }

  close(): void {
    this.#interrupted.resolve(undefined);
    this.input.destroy();
  }

  #expect({ command, ref }: Extract<Input, { type: 'COMMAND' }>): void {
    if (command.type === 'send') this.#sent.push(ref);
  }

  /** The program's own `ref` of the message that a sight is about, if it gave it one. */
  #refOf(sight: Sight): string | undefined {
    switch (sight.type) {
      case 'NothingToSend':
        return this.#sent.shift();
      case 'Pending': {
        const ref = this.#sent.shift();
        this.#pending.set(sight.ref, { content: sight.content, ref });
        return ref;
      }
      case 'Accepted':
        return this.#settle(sight.ref);
      case 'Refused':
      case 'TooLong':
        for (const [ref, { content }] of this.#pending)
          if (content === sight.content) return this.#settle(ref);
    }
    return undefined;
  }

  #settle(key: string): string | undefined {
    const ref = this.#pending.get(key)?.ref;
    this.#pending.delete(key);
    return ref;
  }

  #write(event: JsonEvent): Promise<void> | undefined {
    if (this.output.destroyed) return undefined;
    try {
      if (this.output.write(`${JSON.stringify(event)}\n`)) return undefined;
    } catch {
      this.close(); // files are written at once, and so may throw at once
      return undefined;
    }
    return new Promise(resolve => {
      this.output.once('drain', resolve);
      this.output.once('close', resolve);
      this.output.once('error', () => resolve());
    });
  }

  #next(): Promise<string | undefined> {
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
