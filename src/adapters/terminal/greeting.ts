import type { Line } from './line-editor/spans.js';

/** How long the greeting waits for what was said before, to stand below it, in milliseconds. */
const GREETING_MS = 150;

/** What is said on coming in, until it stands below what was said before. */
export class Greeting {
  #lines: readonly Line[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param print prints above the prompt; called with what has waited */
  constructor(private readonly print: (lines: readonly Line[]) => void) {}

  /** What waits. */
  get lines(): readonly Line[] {
    return this.#lines;
  }

  wait(lines: readonly Line[]): void {
    this.#lines = lines;
    this.#timer = setTimeout(() => this.end(), GREETING_MS).unref();
  }

  /** Prints it, if it is still to be printed. */
  end(): void {
    this.#print([]);
  }

  /** Prints these, and it below them. */
  endBelow(lines: readonly Line[]): void {
    this.#print(lines);
  }

  #print(above: readonly Line[]): void {
    clearTimeout(this.#timer);
    const lines = [...above, ...this.#lines];
    this.#lines = [];
    if (lines.length > 0) this.print(lines);
  }
}
