/** Lines that a person has typed, kept until somebody takes them. */
export class LineQueue {
  readonly #lines: string[] = [];
  #waiting: ((line: string | undefined) => void) | undefined;
  #isEnded = false;

  /** No more will come. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Does nothing after the end. */
  add(line: string): void {
    if (this.#isEnded) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#lines.push(line);
    else waiting(line);
  }

  /** The oldest line not yet taken, if there is one now. */
  take(): string | undefined {
    return this.#lines.shift();
  }

  /** The oldest line not yet taken, now or later; nothing when there is none to come. */
  next(): Promise<string | undefined> {
    const line = this.take();
    if (line !== undefined || this.#isEnded) return Promise.resolve(line);
    return new Promise(resolve => {
      this.#waiting = resolve;
    });
  }

  /** What was typed before is still given out. */
  end(): void {
    this.#isEnded = true;
    this.#waiting?.(undefined);
    this.#waiting = undefined;
  }
}
