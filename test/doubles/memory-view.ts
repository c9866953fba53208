import { readScriptLine } from '../../src/adapters/terminal/script-line.js';
import { commandsIn, readTyped } from '../../src/adapters/view/slash-commands.js';
import type { ViewLine } from '../../src/adapters/view/typed-line.js';
import type { ClientEvent } from '../../src/application/client/client-event.js';
import type { ChatView } from '../../src/application/client/ports.js';
import type { UserCommand } from '../../src/application/client/user-command.js';

/** A person who is a program: what they type is put in, what they see is kept. */
export class MemoryView implements ChatView {
  isInteractive = false;
  readonly questions: string[] = [];
  /** The lines that it answered by itself. */
  readonly answered: ViewLine[] = [];
  readonly #events: ClientEvent[] = [];
  readonly #typed: string[] = [];
  readonly #interrupted = Promise.withResolvers<void>();
  #ended = false;
  #changed = Promise.withResolvers<void>();

  /** Everything shown so far, oldest first. */
  get events(): readonly ClientEvent[] {
    return this.#events;
  }

  get interrupted(): Promise<void> {
    return this.#interrupted.promise;
  }

  type(...lines: string[]): void {
    this.#typed.push(...lines);
    this.#change();
  }

  /** The person's input is at its end. */
  endInput(): void {
    this.#ended = true;
    this.#change();
  }

  /** Resolves to the first event, already shown or still to come, that `matches`. */
  async seen(matches: (event: ClientEvent) => boolean): Promise<ClientEvent> {
    for (;;) {
      const event = this.#events.find(matches);
      if (event !== undefined) return event;
      await this.#changed.promise;
    }
  }

  async ask(question: string): Promise<string | undefined> {
    this.questions.push(question);
    return this.#next();
  }

  commands(): AsyncIterable<UserCommand> {
    const read = this.isInteractive ? (text: string) => readTyped(text) : readScriptLine;
    return commandsIn(this.#rest(), read, line => this.answered.push(line));
  }

  async *#rest(): AsyncIterable<string> {
    for (let line = await this.#next(); line !== undefined; line = await this.#next()) yield line;
  }

  /** What a full view answers until there is room again; a test sets it. */
  full: Promise<void> | undefined;

  show(event: ClientEvent): Promise<void> | undefined {
    this.#events.push(event);
    this.#change();
    return this.full;
  }

  close(): void {
    this.#interrupted.resolve();
    this.endInput();
  }

  async #next(): Promise<string | undefined> {
    while (this.#typed.length === 0 && !this.#ended) await this.#changed.promise;
    return this.#typed.shift();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
