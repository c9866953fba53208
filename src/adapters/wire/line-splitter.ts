import { ProtocolError } from './protocol-error.js';

/** Longest line that a server reads, in bytes, its end not counted. */
export const MAX_LINE_BYTES = 8 * 1024;

const NEWLINE = 0x0a;
const NOTHING = Buffer.alloc(0);

/**
 * Cuts a stream of bytes into lines, one whenever it is asked, and holds never more than one line's worth of what has no
 * end yet. `readline` has no such bound: 200 MB without a newline are 200 MB of memory there.
 */
export class LineSplitter {
  /** What has come and was not cut yet; of the first chunk, from `#at` on. */
  #chunks: Buffer[] = [];
  #at = 0;
  #held: Buffer = NOTHING;

  constructor(private readonly maxBytes: number = MAX_LINE_BYTES) {}

  /** Whether all that came is cut, but for the beginning of a line. */
  get isEmpty(): boolean {
    return this.#chunks.length === 0;
  }

  /** How many ends of lines wait. */
  get waiting(): number {
    let count = 0;
    for (const [index, chunk] of this.#chunks.entries())
      for (let at = index === 0 ? this.#at : 0; ; count++) {
        const end = chunk.indexOf(NEWLINE, at);
        if (end === -1) break;
        at = end + 1;
      }
    return count;
  }

  add(chunk: Buffer): void {
    if (chunk.length > 0) this.#chunks.push(chunk);
  }

  /**
   * The next line, without its end; its bytes are those of a chunk, or a copy. Nothing when there is no whole one.
   * @throws {ProtocolError} LINE_TOO_LONG, after the lines before it; what was left is gone
   */
  next(): Buffer | undefined {
    for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
      const end = chunk.indexOf(NEWLINE, this.#at);
      const rest = chunk.subarray(this.#at, end === -1 ? chunk.length : end);
      this.#require(this.#held.length + rest.length);
      const line = this.#held.length === 0 ? rest : Buffer.concat([this.#held, rest]);
      this.#at = end + 1;
      if (end === -1 || this.#at === chunk.length) {
        this.#chunks.shift();
        this.#at = 0;
      }
      // Copied: a slice would keep the whole chunk alive for the sake of a few bytes.
      this.#held = end === -1 ? Buffer.from(line) : NOTHING;
      if (end !== -1) return line;
    }
    return undefined;
  }

  /** Forgets all that has come. */
  drop(): void {
    this.#chunks = [];
    this.#at = 0;
    this.#held = NOTHING;
  }

  #require(bytes: number): void {
    if (bytes <= this.maxBytes) return;
    this.drop();
    throw new ProtocolError('LINE_TOO_LONG');
  }
}
