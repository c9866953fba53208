import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { ChatView, Sight } from '../../application/ports.js';
import { sightText } from './sight.js';

const PROMPT = '> ';

/** Lines held for a conversation that is not ready for them; at half of it, reading goes on. */
const MAX_HELD_LINES = 128;

type Waiting = (line: string | undefined) => void;

/**
 * A person at a terminal, or a pipe. In a terminal there is a prompt, and what comes in is written above it;
 * in a pipe there is none, so what comes out is only what was said.
 */
export class TerminalView implements ChatView {
  readonly #readline: Interface;
  readonly #held: string[] = [];
  #waiting: Waiting | undefined;
  #prompting = false;
  #closed = false;

  constructor(
    input: Readable & { isTTY?: boolean },
    private readonly output: Writable & { isTTY?: boolean },
  ) {
    const terminal = input.isTTY === true && output.isTTY === true;
    this.#readline = createInterface({
      input,
      ...(terminal && { output }),
      terminal,
      prompt: PROMPT,
      crlfDelay: Number.POSITIVE_INFINITY,
    });
    this.#readline.on('line', line => this.#onLine(line));
    this.#readline.on('close', () => this.close());
    // Ctrl-C leaves: in raw mode it is a key, not a signal.
    this.#readline.on('SIGINT', () => this.close());
    // Nobody reads any more (`chatty … | head -1`): there is nobody to show anything to.
    output.on('error', () => this.close());
  }

  async ask(question: string): Promise<string | undefined> {
    if (!this.#readline.terminal) this.#write(question);
    else if (!this.#closed) {
      this.#readline.setPrompt(question);
      this.#readline.prompt();
    }
    const line = await this.#next();
    this.#readline.setPrompt(PROMPT);
    return line;
  }

  async *lines(): AsyncIterable<string> {
    for (;;) {
      this.#prompt();
      const line = await this.#next();
      this.#prompting = false;
      if (line === undefined) return;
      yield line;
    }
  }

  show(sight: Sight): void {
    const text = `${sightText(sight)}\n`;
    if (!this.#prompting) {
      this.#write(text);
      return;
    }
    // From the cursor back to where the prompt began, which may be rows above; then the prompt again, as it was.
    moveCursor(this.output, 0, -this.#readline.getCursorPos().rows);
    cursorTo(this.output, 0);
    clearScreenDown(this.output);
    this.#write(text);
    this.#readline.prompt(true);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#prompting) this.#write('\n');
    this.#prompting = false;
    this.#readline.close();
    this.#waiting?.(undefined);
  }

  #prompt(): void {
    if (!this.#readline.terminal || this.#closed) return;
    this.#prompting = true;
    this.#readline.prompt();
  }

  /** The oldest line not yet taken; lines typed before the end are still given out after it. */
  #next(): Promise<string | undefined> {
    const line = this.#held.shift();
    if (this.#held.length === MAX_HELD_LINES / 2 && !this.#closed) this.#readline.resume();
    if (line !== undefined || this.#closed) return Promise.resolve(line);
    return new Promise(resolve => {
      this.#waiting = line => {
        this.#waiting = undefined;
        resolve(line);
      };
    });
  }

  #onLine(line: string): void {
    this.#prompting = false;
    if (this.#waiting !== undefined) {
      this.#waiting(line);
      return;
    }
    this.#held.push(line);
    if (this.#held.length >= MAX_HELD_LINES && !this.#closed) this.#readline.pause();
  }

  #write(text: string): void {
    if (!this.output.destroyed) this.output.write(text);
  }
}
