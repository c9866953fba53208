import type { Duplex } from 'node:stream';
import { MessageTooLong } from '../../../application/ports.js';
import { encodeJoin, encodeLeave, encodeSend } from '../../wire/command.js';
import { MAX_LINE_BYTES } from '../../wire/line-splitter.js';

/** A pause of this length, in milliseconds, ends what is sent in one go. */
const ONE_GO_MS = 5000;

/** Sends commands to a server. */
export class CommandWriter {
  #recentLines = 0;
  #sentAt = 0;

  constructor(private readonly duplex: Duplex) {}

  /** Messages sent in one go, up to the last one: those that a slow server may not have read yet. */
  get recentLines(): number {
    return performance.now() - this.#sentAt < ONE_GO_MS ? this.#recentLines : 0;
  }

  join(username: string): void {
    this.duplex.write(encodeJoin(username));
  }

  /**
   * Resolves when the next message may follow, or the line is down.
   * @throws {MessageTooLong} when a server would hang up at this line; escapes count
   */
  async send(username: string, content: string): Promise<void> {
    const line = encodeSend(username, content);
    const bytes = Buffer.byteLength(line) - 1;
    if (bytes > MAX_LINE_BYTES) throw new MessageTooLong(MAX_LINE_BYTES, bytes);
    this.#recentLines = this.recentLines + 1;
    this.#sentAt = performance.now();
    if (this.duplex.writable && !this.duplex.write(line)) await drained(this.duplex);
  }

  leave(username: string): void {
    this.duplex.end(encodeLeave(username));
  }
}

function drained(duplex: Duplex): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      duplex.off('drain', done);
      duplex.off('close', done);
      resolve();
    };
    duplex.on('drain', done);
    duplex.on('close', done);
  });
}
