import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { ChatView, Sight } from '../../application/ports.js';
import { Output } from './output.js';
import { sightText } from './sight.js';

const PROMPT = '> ';

type Waiting = (line: string | undefined) => void;

/** A person at a terminal: a prompt with line editing, and what comes in is written above it. */
export class TerminalView implements ChatView {
  readonly style = 'talk';
  readonly #readline: Interface & { prevRows?: number };
  readonly #output: Output;
  readonly #held: string[] = [];
  readonly #interrupted = Promise.withResolvers<void>();
  readonly interrupted: Promise<void> = this.#interrupted.promise;
  #waiting: Waiting | undefined;
  #prompting = false;
  #closed = false;

  constructor(
    input: Readable,
    private readonly stream: Writable,
  ) {
    this.#output = new Output(stream, () => this.close());
    this.#readline = createInterface({ input, output: stream, terminal: true, prompt: PROMPT });
    this.#readline.on('line', line => this.#onLine(line));
    this.#readline.on('close', () => this.#end());
    // Ctrl-C leaves: in raw mode it is a key, not a signal.
    this.#readline.on('SIGINT', () => this.close());
  }

  async ask(question: string): Promise<string | undefined> {
    this.#prompt(question);
    return this.#next();
  }

  async *lines(): AsyncIterable<string> {
    for (;;) {
      this.#prompt(PROMPT);
      const line = await this.#next();
      if (line === undefined) return;
      yield line;
    }
  }

  show(sight: Sight): Promise<void> | undefined {
    const words = sightText(sight);
    if (words === undefined) return undefined;
    const text = `${words}\n`;
    if (!this.#prompting) return this.#output.write(text);
    // From the cursor back to where the prompt began, which may be rows above; then the prompt again, as it was.
    moveCursor(this.stream, 0, -this.#readline.getCursorPos().rows);
    cursorTo(this.stream, 0);
    clearScreenDown(this.stream);
    const full = this.#output.write(text);
    // readline goes up by as many rows as the prompt had when it was last drawn, and would erase the text.
    this.#readline.prevRows = 0;
    this.#readline.prompt(true);
    return full;
  }

  close(): void {
    this.#interrupted.resolve();
    this.#readline.close();
    this.#end();
  }

  /** The input is at its end, or closed: what was typed before is still given out. */
  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#prompting) this.#output.write('\n');
    this.#prompting = false;
    this.#waiting?.(undefined);
  }

  #prompt(text: string): void {
    if (this.#closed || this.#held.length > 0) return;
    this.#prompting = true;
    this.#readline.setPrompt(text);
    this.#readline.prompt(true);
  }

  /** The oldest line not yet taken. */
  #next(): Promise<string | undefined> {
    const line = this.#held.shift();
    if (line !== undefined || this.#closed) return Promise.resolve(line);
    return new Promise(resolve => {
      this.#waiting = resolve;
    });
  }

  #onLine(line: string): void {
    this.#prompting = false;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#held.push(line);
    else waiting(line);
  }
}
