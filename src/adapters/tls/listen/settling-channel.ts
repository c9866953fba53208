import { StreamChannel } from '../../wire/listen/stream-channel.js';

/** As much as may be in the hands of the encryption within one turn, in bytes; more of it is a reader that is slow. */
const MAX_SETTLING = 128 * 1024;

/**
 * A channel over a stream that says only in the next turn of the event loop that the system has taken what was written, as
 * an encrypted one does. Until then it is trusted: else every member would count as behind after every write.
 */
export class SettlingChannel extends StreamChannel {
  override readonly isEncrypted = true;
  #isSettling = false;

  override get backlog(): number {
    const held = super.backlog;
    return this.#isSettling && held <= MAX_SETTLING ? 0 : held;
  }

  override write(lines: Uint8Array | string): void {
    this.#settle();
    super.write(lines);
  }

  override writeAll(pieces: readonly Uint8Array[]): void {
    this.#settle();
    super.writeAll(pieces);
  }

  #settle(): void {
    if (this.#isSettling || super.backlog > 0) return;
    this.#isSettling = true;
    setImmediate(() => {
      this.#isSettling = false;
    });
  }
}
