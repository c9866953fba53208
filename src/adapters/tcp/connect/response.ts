import type { ChatResponse } from '../../../application/ports.js';
import { LineSplitter } from '../../wire/line-splitter.js';
import { isStopping } from '../../wire/notice.js';
import { decodeResponse } from '../../wire/response.js';

/** Longest line a client reads, in bytes: twice what the widest settings let a server write. */
export const MAX_RESPONSE_BYTES = 128 * 1024;

/** Processes the responses of a server: bytes in, responses out. */
export class ResponseReader {
  readonly #splitter: LineSplitter;
  #known = false;
  #stopping = false;

  constructor(private readonly onResponse: (response: ChatResponse) => void) {
    this.#splitter = new LineSplitter(line => this.#line(line), MAX_RESPONSE_BYTES);
  }

  /** Whether anything has come that a chatty server says. */
  get known(): boolean {
    return this.#known;
  }

  /** Whether the server has said that it stops on purpose. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /** @throws {ProtocolError} LINE_TOO_LONG */
  read(chunk: Buffer): void {
    this.#splitter.push(chunk);
  }

  #line(line: Buffer): void {
    if (line.length === 0) return;
    const response = decodeResponse(line);
    if (response.type !== 'Unknown') {
      this.#known = true;
      this.#stopping ||= response.type === 'Broadcast' && isStopping(response.memo);
    }
    this.onResponse(response);
  }
}
