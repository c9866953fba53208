import { ProtocolError } from './protocol-error.js';

/** Longest line that a server reads, in bytes, its end not counted. */
export const MAX_LINE_BYTES = 8 * 1024;

const NEWLINE = 0x0a;

/**
 * Cuts a stream of bytes into lines, one whenever it is asked, and holds never more than one line's worth of what has no
 * end yet. `readline` has no such bound: 200 MB without a newline are 200 MB of memory there.
 */
export class LineSplitter<Bytes extends Uint8Array> {
  /** What has come and was not cut yet; of the first chunk, from `#at` on. */
  #chunks: Bytes[] = [];
  #at = 0;
  /** The beginning of a line. */
  #held: Bytes | undefined;

  /** @param join makes one of several, always a copy: `Buffer.concat`, or `joinBytes` where there are no Buffers */
  constructor(
    private readonly join: (pieces: readonly Bytes[]) => Bytes,
    private readonly maxBytes: number = MAX_LINE_BYTES,
  ) {}

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

  add(chunk: Bytes): void {
    if (chunk.length > 0) this.#chunks.push(chunk);
  }

  /**
   * The next line, without its end; its bytes are those of a chunk, or a copy. Nothing when there is no whole one.
   * @throws {ProtocolError} LINE_TOO_LONG, after the lines before it; what was left is gone
   */
  next(): Bytes | undefined {
    for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
      const end = chunk.indexOf(NEWLINE, this.#at);
      const rest = chunk.subarray(this.#at, end === -1 ? chunk.length : end) as Bytes;
      const held = this.#held;
      this.#require((held?.length ?? 0) + rest.length);
      this.#at = end + 1;
      if (end === -1 || this.#at === chunk.length) {
        this.#chunks.shift();
        this.#at = 0;
      }
      const isWhole = end !== -1;
      if (isWhole && held === undefined) return rest;
      // A slice would keep the whole chunk alive for the sake of a few bytes.
      const line = this.join(held === undefined ? [rest] : [held, rest]);
      this.#held = isWhole ? undefined : line;
      if (isWhole) return line;
    }
    return undefined;
  }

  /** Forgets all that has come. */
  drop(): void {
    this.#chunks = [];
    this.#at = 0;
    this.#held = undefined;
  }

  #require(bytes: number): void {
    if (bytes <= this.maxBytes) return;
    this.drop();
    throw new ProtocolError('LINE_TOO_LONG');
  }
}

/** One of several, wherever there are no Buffers. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
