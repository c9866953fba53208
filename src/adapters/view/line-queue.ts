/** What a person has typed, line by line, kept until somebody takes it. */
export class LineQueue<T> {
  readonly #lines: T[] = [];
  #waiting: ((line: T | undefined) => void) | undefined;
  #isEnded = false;

  /** No more will come. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Those that nobody has taken yet, oldest first. */
  get lines(): readonly T[] {
    return this.#lines;
  }

  /** Does nothing after the end. */
  add(line: T): void {
    if (this.#isEnded) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#lines.push(line);
    else waiting(line);
  }

  /** The oldest line not yet taken, if there is one now. */
  take(): T | undefined {
    return this.#lines.shift();
  }

  /** The oldest line not yet taken, now or later; nothing when there is none to come. */
  next(): Promise<T | undefined> {
    const line = this.take();
    if (line !== undefined || this.#isEnded) return Promise.resolve(line);
    return new Promise(resolve => {
      this.#waiting = resolve;
    });
  }

  /** All that is typed until the end. */
  async *rest(): AsyncGenerator<T> {
    for (let line = await this.next(); line !== undefined; line = await this.next()) yield line;
  }

  /** What was typed before is still given out. */
  end(): void {
    this.#isEnded = true;
    this.#waiting?.(undefined);
    this.#waiting = undefined;
  }
}
