import type { Readable, Writable } from 'node:stream';
import type { ClientEvent } from '../../../application/client/client-event.js';
import type { ChatView } from '../../../application/client/ports.js';
import type { UserCommand } from '../../../application/client/user-command.js';
import { NotText } from '../../view/typed-line.js';
import { safeJson } from '../../view/visible.js';
import { InputLines } from '../input-lines.js';
import { Output } from '../output.js';
import { error, type JsonEvent, jsonEventOf } from './json-event.js';
import { type Input, readInput } from './json-input.js';

/**
 * A program that talks: one JSON object for each thing that happens, and for each line of its input a command or a
 * message. Reads no faster than the conversation goes on.
 */
export class JsonView implements ChatView {
  readonly isInteractive = false;
  readonly interrupted: Promise<void>;
  readonly #lines: InputLines;
  readonly #output: Output;
  /** The program's own `ref` of each message that it sent and that is not yet pending, in order. */
  readonly #sent: (string | undefined)[] = [];
  /** The messages that are pending, by the ref that the client gave them, oldest first. */
  readonly #pending = new Map<string, { readonly content: string; readonly ref: string | undefined }>();

  constructor(input: Readable, output: Writable) {
    this.#lines = new InputLines(input);
    this.#output = new Output(output, () => this.close());
    this.interrupted = this.#lines.closed;
  }

  /** Answered with {"Join":"carl"}, or with the name alone. */
  async ask(question: string): Promise<string | undefined> {
    void this.#write({ type: 'question', question });
    const line = await this.#lines.next();
    if (line === undefined) return undefined;
    const input = readInput(line);
    return input.type === 'JOIN' ? input.username : line;
  }

  async *commands(): AsyncIterable<UserCommand> {
    for await (const line of this.#lines.rest()) {
      const input: Input = line instanceof NotText ? { type: 'ERROR', code: 'NOT_UTF8' } : readInput(line);
      if (input.type === 'NOTHING') continue;
      if (input.type === 'COMMAND') {
        this.#expect(input);
        yield input.command;
        continue;
      }
      const about = line instanceof NotText ? { problem: line.problem } : { line };
      await this.#write(error(input.type === 'ERROR' ? input.code : 'NOT_A_COMMAND', about));
      yield { type: 'invalid' };
    }
  }

  show(event: ClientEvent): Promise<void> | undefined {
    const shown = jsonEventOf(event);
    const ref = this.#refOf(event);
    return shown === undefined ? undefined : this.#write({ ...shown, ref });
  }

  close(): void {
    this.#lines.close();
  }

  #expect({ command, ref }: Extract<Input, { type: 'COMMAND' }>): void {
    if (command.type === 'send') this.#sent.push(ref);
  }

  /** The program's own `ref` of the message that an event is about, if it gave it one. */
  #refOf(event: ClientEvent): string | undefined {
    switch (event.type) {
      case 'NothingToSend':
        return this.#sent.shift();
      case 'Pending': {
        const ref = this.#sent.shift();
        this.#pending.set(event.ref, { content: event.content, ref });
        return ref;
      }
      case 'Accepted':
        return this.#settle(event.ref);
      case 'Refused':
      case 'TooLong':
        for (const [ref, { content }] of this.#pending)
          if (content === event.content) return this.#settle(ref);
    }
    return undefined;
  }

  #settle(key: string): string | undefined {
    const ref = this.#pending.get(key)?.ref;
    this.#pending.delete(key);
    return ref;
  }

  #write(event: JsonEvent): Promise<void> | undefined {
    return this.#output.write(`${safeJson(event)}\n`);
  }
}
