import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { ChatView, Sight } from '../../application/ports.js';

/** STUB, to be replaced by the real one: one JSON object for each sight, lines as from a pipe. */
export class JsonView implements ChatView {
  readonly style = 'commands';
  #lines: Interface | undefined;
  readonly #interrupted = Promise.withResolvers<void>();
  readonly interrupted: Promise<void> = this.#interrupted.promise;

  constructor(
    private readonly input: Readable,
    private readonly output: Writable,
  ) {}

  ask(): Promise<string | undefined> {
    return Promise.resolve(undefined);
  }

  lines(): AsyncIterable<string> {
    this.#lines = createInterface({ input: this.input });
    return this.#lines;
  }

  show(sight: Sight): undefined {
    this.output.write(`${JSON.stringify(sight)}\n`);
  }

  close(): void {
    this.#interrupted.resolve();
    this.#lines?.close();
    this.input.destroy();
  }
}
