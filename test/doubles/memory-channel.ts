import type { Channel, ChannelListener } from '../../src/adapters/wire/listen/channel.js';

/** A line whose other end is the test: it keeps what is written, and does nothing by itself. */
export class MemoryChannel implements Channel {
  address: string | undefined;
  server = '';
  isEncrypted = false;
  backlog = 0;
  isDown = false;
  isPaused = false;
  written = '';
  /** How it was hung up; nothing while it was not. */
  ended: { readonly lastLines: string | undefined; readonly timeoutMs: number } | undefined;
  #listener: ChannelListener | undefined;
  readonly #closed = Promise.withResolvers<void>();

  /** The whole lines that were written, last ones included, as they are in JSON. */
  get lines(): unknown[] {
    return `${this.written}${this.ended?.lastLines ?? ''}`
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line));
  }

  /** The other end sends a command, or bare bytes. */
  receive(...commands: (object | Buffer)[]): void {
    for (const command of commands) {
      const bytes = Buffer.isBuffer(command) ? command : Buffer.from(`${JSON.stringify(command)}\n`);
      this.#listener?.onData(bytes);
    }
  }

  /** The line breaks. */
  fail(code: string): void {
    this.#listener?.onError(Object.assign(new Error(code), { code }));
    this.close();
  }

  /** The line is down. */
  close(): void {
    this.isDown = true;
    this.#listener?.onEnd();
    this.#closed.resolve();
  }

  listen(listener: ChannelListener): void {
    this.#listener = listener;
  }

  write(lines: Uint8Array | string): void {
    this.written += typeof lines === 'string' ? lines : Buffer.from(lines).toString();
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) this.write(piece);
  }

  whenTaken(listener: () => void): void {
    queueMicrotask(listener);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  end(lastLines: string | undefined, timeoutMs: number): void {
    this.ended ??= { lastLines, timeoutMs };
  }

  destroy(): void {
    this.close();
  }

  closed(): Promise<void> {
    return this.#closed.promise;
  }
}
