import { basicFormat } from '../../src/adapters/wire/basic-form.js';
import type { Form } from '../../src/adapters/wire/commands.js';
import { extendedFormat } from '../../src/adapters/wire/extended-form.js';
import { basicNotices, extendedNotices } from '../../src/adapters/wire/notice.js';
import type { EndReason, Outlet } from '../../src/application/server/broadcast-ports.js';
import type { Seq } from '../../src/domain/events.js';

/** An outlet whose other end is in this process: bytes arrive with the next microtask, as from a socket. */
export class MemoryOutlet implements Outlet {
  form: Form = 'basic';
  lastSeq: Seq = 0;
  readonly #held: Uint8Array[] = [];
  #backlog = 0;
  #ended = false;
  #reading = true;
  #waiting: (() => void)[] = [];

  /**
   * @param onBytes takes what was written, in order
   * @param onEnd told once, after the last bytes were taken or given up
   */
  constructor(
    private readonly onBytes: (bytes: Uint8Array) => void,
    private readonly onEnd: (reason: EndReason) => void = () => {},
  ) {}

  get format() {
    return this.form === 'basic' ? basicFormat : extendedFormat;
  }

  get notices() {
    return this.form === 'basic' ? basicNotices : extendedNotices;
  }

  get backlog(): number {
    return this.#backlog;
  }

  /** The other end stops reading (`false`) or goes on. */
  set reading(reading: boolean) {
    this.#reading = reading;
    if (reading) this.#deliver();
  }

  get ended(): boolean {
    return this.#ended;
  }

  write(bytes: Uint8Array): void {
    if (!this.#ended) this.#hold(bytes);
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) this.write(piece);
  }

  whenTaken(listener: () => void): void {
    this.#waiting.push(listener);
    if (this.#backlog === 0 || this.#ended) queueMicrotask(() => this.#deliver());
  }

  end(reason: EndReason): void {
    if (this.#ended) return;
    this.#ended = true;
    if (reason !== 'LEFT') this.#hold(Buffer.from(this.notices.end(reason, this.lastSeq)));
    queueMicrotask(() => this.onEnd(reason));
  }

  #hold(bytes: Uint8Array): void {
    this.#held.push(bytes);
    this.#backlog += bytes.length;
    if (this.#held.length === 1) queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    if (!this.#reading && this.#backlog > 0) return;
    this.#backlog = 0;
    for (const bytes of this.#held.splice(0)) this.onBytes(bytes);
    for (const listener of this.#waiting.splice(0)) listener();
  }
}
