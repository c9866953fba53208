import type { Duplex } from 'node:stream';
import type { Channel, ChannelListener } from './channel.js';

const NOTHING = Buffer.alloc(0);

/** How much is still read after the last lines, in bytes. Who says more finds out by itself that nobody listens. */
const MAX_UNHEARD = 256 * 1024;

/** A channel over any stream of bytes, such as a TCP socket. */
export class StreamChannel implements Channel {
  /** Listeners that wait for the backlog to be taken. */
  readonly #waiting = new Set<() => void>();
  #listener: ChannelListener | undefined;
  readonly isEncrypted: boolean = false;

  constructor(
    private readonly duplex: Duplex,
    readonly address: string | undefined = undefined,
    readonly server: string = '',
    readonly provenKey: string | undefined = undefined,
    readonly endsSession: boolean = false,
  ) {
    // It may break before anybody listens.
    duplex.on('error', error => this.#listener?.onError(error));
  }

  get backlog(): number {
    return this.duplex.writableLength;
  }

  get isDown(): boolean {
    return this.duplex.destroyed;
  }

  listen(listener: ChannelListener): void {
    const { duplex } = this;
    this.#listener = listener;
    duplex.on('data', (chunk: Buffer) => listener.onData(chunk));
    duplex.on('end', () => listener.onEnd());
    duplex.on('close', () => {
      listener.onEnd();
      for (const taken of this.#waiting) taken();
    });
    duplex.resume(); // it was paused, perhaps, until there was somebody who listens
  }

  write(lines: Uint8Array | string): void {
    this.duplex.write(lines);
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    this.duplex.cork();
    for (const piece of pieces) this.duplex.write(piece);
    this.duplex.uncork();
  }

  whenTaken(listener: () => void): void {
    // Not every stream calls back a write that it was destroyed in.
    const taken = () => {
      if (this.#waiting.delete(taken)) listener();
    };
    this.#waiting.add(taken);
    // An empty write is done when all earlier ones are. `drain` would not do: it follows only a full buffer.
    if (this.duplex.writable) this.duplex.write(NOTHING, taken);
    else setImmediate(taken);
  }

  pause(): void {
    this.duplex.pause();
  }

  resume(): void {
    this.duplex.resume();
  }

  end(lastLines: string | undefined, timeoutMs: number): void {
    if (this.duplex.destroyed) return;
    const cut = setTimeout(() => this.duplex.destroy(), timeoutMs);
    this.duplex.once('close', () => clearTimeout(cut));
    this.duplex.end(lastLines);
    // Unread bytes would turn the last lines into a reset.
    let unheard = 0;
    this.duplex.on('data', (chunk: Buffer) => {
      unheard += chunk.length;
      if (unheard > MAX_UNHEARD) this.duplex.pause();
    });
    this.duplex.resume();
  }

  destroy(): void {
    this.duplex.destroy();
  }

  closed(): Promise<void> {
    return new Promise(resolve => {
      if (this.duplex.closed) resolve();
      else this.duplex.once('close', resolve);
    });
  }
}
