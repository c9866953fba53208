import { ProtocolError } from './protocol-error.js';

/** Longest line that a server reads, in bytes, its end not counted. */
export const MAX_LINE_BYTES = 8 * 1024;

const NEWLINE = 0x0a;
const NOTHING = Buffer.alloc(0);

/**
 * Cuts a stream of bytes into lines, and holds never more than one line's worth of them.
 * `readline` has no such bound: 200 MB without a newline are 200 MB of memory there.
 */
export class LineSplitter {
  #held: Buffer = NOTHING;

  constructor(
    private readonly onLine: (line: Buffer) => void,
    private readonly maxBytes: number = MAX_LINE_BYTES,
  ) {}

  /**
   * Hands over each line that `chunk` completes, without its end; the bytes are valid during the call only.
   * What `onLine` throws ends the call, and what was left of the chunk is gone.
   * @throws {ProtocolError} LINE_TOO_LONG, after the lines before it
   */
  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const rest = chunk.subarray(start, end);
      start = end + 1;
      this.#require(this.#held.length + rest.length);
      const line = this.#held.length === 0 ? rest : Buffer.concat([this.#held, rest]);
      this.#held = NOTHING;
      this.onLine(line);
    }
    if (start === chunk.length) return;
    this.#require(this.#held.length + chunk.length - start);
    // Copied: a slice would keep the whole chunk alive for the sake of a few bytes.
    this.#held = Buffer.concat([this.#held, chunk.subarray(start)]);
  }

  #require(bytes: number): void {
    if (bytes <= this.maxBytes) return;
    this.#held = NOTHING;
    throw new ProtocolError('LINE_TOO_LONG');
  }
}
