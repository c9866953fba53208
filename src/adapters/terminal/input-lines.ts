import type { Readable } from 'node:stream';
import { NotText } from '../view/typed-line.js';
import { decodeText } from './input-text.js';

/** Longest line or text that is held, in bytes: more than any server takes; what is cut here is refused there. */
const MAX_BYTES = 256 * 1024;

const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/** Lines of an input that nobody edits, read no faster than they are taken; they end with \n or \r\n. */
export class InputLines {
  readonly #lines: AsyncGenerator<string | NotText>;
  readonly #closed = Promise.withResolvers<undefined>();
  /** Resolves when it is closed; not at the end of the input. */
  readonly closed: Promise<void> = this.#closed.promise;

  constructor(private readonly input: Readable) {
    this.#lines = readLines(input);
    input.on('error', () => {}); // the end of the lines, told by them
  }

  /** The next line, as an answer to a question; nothing at the end of the input, and when it is closed. */
  async next(): Promise<string | undefined> {
    const line = await this.#next();
    return line instanceof NotText ? '' : line;
  }

  /** All lines that follow; one that is not text tells why. */
  async *rest(): AsyncGenerator<string | NotText> {
    for (let line = await this.#next(); line !== undefined; line = await this.#next()) yield line;
  }

  /** Idempotent. */
  close(): void {
    this.#closed.resolve(undefined);
    this.input.destroy();
  }

  #next(): Promise<string | NotText | undefined> {
    const next = this.#lines.next().then(
      ({ value }) => value as string | NotText | undefined,
      () => undefined,
    );
    return Promise.race([next, this.#closed.promise]);
  }
}

/** Every line, without its end; the last one needs no end. */
async function* readLines(input: Readable): AsyncGenerator<string | NotText> {
  let held: Buffer[] = [];
  let isFirst = true;
  const take = (end: Buffer) => {
    const bytes = clip(Buffer.concat([...held, end]));
    const line = decodeText(bytes.at(-1) === RETURN ? bytes.subarray(0, -1) : bytes, isFirst);
    held = [];
    isFirst = false;
    return line;
  };
  for await (const chunk of chunksOf(input)) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      yield take(chunk.subarray(start, end));
      start = end + 1;
    }
    // One byte more than what is held shows where to cut.
    if (start < chunk.length && lengthOf(held) <= MAX_BYTES)
      held.push(chunk.subarray(start, start + MAX_BYTES + 1));
  }
  if (held.length > 0) yield take(Buffer.alloc(0));
}

/** Every line that has something in it, as fast as it is asked for. @param onNotText told of those that are not text */
export async function* linesOf(
  input: Readable,
  onNotText: (line: number, why: NotText) => void,
): AsyncGenerator<string> {
  let count = 0;
  for await (const line of readLines(input)) {
    count++;
    if (line instanceof NotText) onNotText(count, line);
    else if (line.trim() !== '') yield line;
  }
}

/** All that comes, as one text without the line end at its end. */
export async function textOf(input: Readable): Promise<string | NotText> {
  const chunks: Buffer[] = [];
  for await (const chunk of chunksOf(input)) {
    chunks.push(chunk);
    if (lengthOf(chunks) > MAX_BYTES) break;
  }
  const text = decodeText(clip(Buffer.concat(chunks)), true);
  return text instanceof NotText ? text : text.replace(/\r?\n$/, '');
}

/** Input may have been given an encoding, as in tests. */
async function* chunksOf(input: Readable): AsyncGenerator<Buffer> {
  for await (const chunk of input) yield Buffer.from(chunk);
}

/** So many bytes as are held, and no half of a character. */
function clip(bytes: Buffer): Buffer {
  if (bytes.length <= MAX_BYTES) return bytes;
  let end = MAX_BYTES;
  while (end > MAX_BYTES - 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

function lengthOf(chunks: readonly Buffer[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0);
}
