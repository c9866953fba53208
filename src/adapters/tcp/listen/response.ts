import type { Duplex } from 'node:stream';
import type { EndReason, Outlet } from '../../../application/ports.js';
import type { Refusal } from '../../../domain/refusal.js';
import { encodeNotice, encodeRefusal, type NoticeCode } from '../../wire/notice.js';
import { basicFormat, encodeJoined } from '../../wire/response.js';

/** Most bytes of a connection's unread responses that are held in this process before it is dropped. */
export const MAX_BACKLOG_BYTES = 1024 * 1024;

/** How long a peer may take to read its last lines, in milliseconds; then the connection is cut. */
export const END_TIMEOUT_MS = 2000;

/** Sends responses to one connection: the answers to its own commands, and as an Outlet what others said. */
export class ResponseWriter implements Outlet {
  readonly format = basicFormat;
  #ended = false;

  /**
   * @param onEnd told once, and never during a call to this writer: who ends an outlet may be in the middle
   *   of telling other members, and must not be told of a leave meanwhile
   */
  constructor(
    private readonly duplex: Duplex,
    private readonly onEnd: (reason: EndReason | NoticeCode) => void,
    private readonly maxBacklogBytes: number = MAX_BACKLOG_BYTES,
    private readonly endTimeoutMs: number = END_TIMEOUT_MS,
  ) {}

  get backlog(): number {
    return this.duplex.writableLength;
  }

  get ended(): boolean {
    return this.#ended;
  }

  write(bytes: Uint8Array): void {
    if (!this.#ended) this.duplex.write(bytes);
  }

  joined(username: string): void {
    this.#answer(encodeJoined(username));
  }

  refused(refusal: Refusal, username: string): void {
    this.#answer(encodeRefusal(refusal, username));
  }

  end(reason: EndReason | NoticeCode): void {
    if (this.#ended) return;
    this.#ended = true;
    const lastWord = reason === 'LEFT' ? undefined : encodeNotice(reason);
    if (!this.duplex.destroyed) {
      const cut = setTimeout(() => this.duplex.destroy(), this.endTimeoutMs);
      this.duplex.once('close', () => clearTimeout(cut));
      this.duplex.end(lastWord);
    }
    queueMicrotask(() => this.onEnd(reason));
  }

  /** Answers are bounded like everything else: who asks without reading is too slow as well. */
  #answer(line: string): void {
    if (this.#ended) return;
    if (this.backlog > this.maxBacklogBytes) this.end('TOO_SLOW');
    else this.duplex.write(line);
  }
}
