import type { Readable, Writable } from 'node:stream';
import type { ClientEvent } from '../../application/client/client-event.js';
import type { ChatView } from '../../application/client/ports.js';
import { eventText } from './event-text.js';
import { Lines } from './input-lines.js';
import { Output } from './output.js';

/** A program or a file at the other end of a pipe: no prompt, no editing, and every line is a command. */
export class PipeView implements ChatView {
  readonly style = 'commands';
  readonly #output: Output;
  readonly #lines: Lines;
  readonly interrupted: Promise<void>;

  constructor(input: Readable, output: Writable) {
    this.#lines = new Lines(input);
    this.interrupted = this.#lines.closed;
    this.#output = new Output(output, () => this.close());
  }

  ask(question: string): Promise<string | undefined> {
    this.#output.write(question);
    return this.#lines.next();
  }

  lines(): AsyncIterable<string> {
    return this.#lines.rest();
  }

  show(event: ClientEvent): Promise<void> | undefined {
    const text = eventText(event);
    return text === undefined ? undefined : this.#output.write(`${text}\n`);
  }

  close(): void {
    this.#lines.close();
  }
}
