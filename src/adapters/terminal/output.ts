import type { Writable } from 'node:stream';

/** After any of these nobody has to wait any more. */
const ENDS_OF_FULL = ['drain', 'close', 'error'] as const;

/** Where text for a person goes; when it cannot go there any more (a closed pipe, a full disk), it says so once. */
export class Output {
  #broken = false;
  #room: Promise<void> | undefined;

  constructor(
    private readonly stream: Writable,
    private readonly onBroken: () => void,
  ) {
    stream.on('error', () => this.#break());
  }

  /** While the stream is full: resolves when there is room again. */
  get full(): Promise<void> | undefined {
    return this.#room;
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
    this.#room ??= this.#whenRoom();
    return this.#room;
  }

  /** However many writes wait, they wait for one thing. */
  #whenRoom(): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        for (const event of ENDS_OF_FULL) this.stream.off(event, done);
        this.#room = undefined;
        resolve();
      };
      for (const event of ENDS_OF_FULL) this.stream.on(event, done);
    });
  }

  #break(): void {
    if (this.#broken) return;
    this.#broken = true;
    this.onBroken();
  }
}
