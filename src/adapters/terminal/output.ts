import type { Writable } from 'node:stream';

/** Where text for a person goes; when it cannot go there any more (a closed pipe, a full disk), it says so once. */
export class Output {
  #broken = false;

  constructor(
    private readonly stream: Writable,
    private readonly onBroken: () => void,
  ) {
    stream.on('error', () => this.#break());
  }

  /** Answers with a promise when the stream is full, which resolves when there is room again. Never throws. */
  write(text: string): Promise<void> | undefined {
    if (this.#broken || this.stream.destroyed) return undefined;
    try {
      if (this.stream.write(text)) return undefined;
    } catch {
      this.#break(); // files are written at once, and so may throw at once
      return undefined;
    }
    return new Promise(resolve => {
      this.stream.once('drain', resolve);
      this.stream.once('close', resolve);
      this.stream.once('error', () => resolve());
    });
  }

  #break(): void {
    if (this.#broken) return;
    this.#broken = true;
    this.onBroken();
  }
}
