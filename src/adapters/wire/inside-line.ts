import { type Duplex, duplexPair } from 'node:stream';
import type { ByteStream } from './connect/byte-stream.js';
import type { Dial } from './connect/line-link.js';
import { StreamChannel } from './listen/stream-channel.js';
import type { WireConnections } from './listen/wire-connections.js';

/** Of whom a line is that begins and ends in this process. */
export interface InsideCaller {
  /** Where they come from: what they do counts as done from there. */
  readonly address: string | undefined;
  /** The key that whoever has let them in has seen proven. */
  readonly provenKey: string | undefined;
  /** The way that they have come, as in `Channel`. */
  readonly transport?: string | undefined;
  /** Whether they are out of the room with this line, since their client ends with it. */
  readonly endsSession: boolean;
}

/** For how long all clients in this process may read in one turn of the event loop, in milliseconds. */
const TURN_MS = 4;

/** As much as one of them reads at once, in bytes. */
const MAX_READ = 8 * 1024;

/**
 * The server of this same process, for clients that are in it as well. All of them together have a share of its time: what they do
 * not read is told to them later, more of it at once, as to anybody whose line is slow.
 */
export class InsideLines {
  readonly #waiting = new Set<InsideStream>();
  #turn: NodeJS.Immediate | undefined;

  constructor(private readonly connections: Pick<WireConnections, 'serve'>) {}

  /** Dials for somebody who has knocked. */
  dialFor(caller: InsideCaller): Dial {
    return async () => {
      const [near, far] = duplexPair();
      // As a socket, and other than the pair by itself, it is down when one end is.
      near.once('close', () => far.destroy());
      far.once('close', () => near.destroy());
      this.connections.serve(new InsideChannel(near, caller));
      return { stream: new InsideStream(far, this), peer: { name: '', isEncrypted: true } };
    };
  }

  add(stream: InsideStream): void {
    this.#waiting.add(stream);
    this.#turn ??= setImmediate(() => this.#readAll());
  }

  #readAll(): void {
    this.#turn = undefined;
    const endsAt = performance.now() + TURN_MS;
    for (const stream of [...this.#waiting]) {
      this.#waiting.delete(stream);
      stream.read();
      if (performance.now() > endsAt) break;
    }
    if (this.#waiting.size > 0) this.#turn ??= setImmediate(() => this.#readAll());
  }
}

/** The server's end; what leaves this process, whoever has let them in encrypts. */
class InsideChannel extends StreamChannel {
  override readonly isEncrypted = true;
  readonly transport: string | undefined;

  constructor(near: Duplex, { address, provenKey, endsSession, transport }: InsideCaller) {
    super(near, address, '', provenKey, endsSession);
    this.transport = transport;
  }
}

/** The client's end, which is read when it is its turn. */
class InsideStream implements ByteStream {
  #listener: (chunk: Uint8Array) => void = () => {};
  #isPaused = false;

  constructor(
    private readonly far: Duplex,
    private readonly lines: InsideLines,
  ) {}

  get writable(): boolean {
    return this.far.writable;
  }

  get writableLength(): number {
    return this.far.writableLength;
  }

  write(text: string): boolean {
    return this.far.write(text);
  }

  end(): unknown {
    return this.far.end();
  }

  destroy(error?: Error): unknown {
    return this.far.destroy(error);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.lines.add(this);
  }

  // biome-ignore lint/suspicious/noExplicitAny: the listeners of a stream are of many kinds
  on(event: string, listener: (...told: any[]) => void): this {
    if (event !== 'data') this.far.on(event, listener);
    else {
      this.#listener = listener;
      this.far.on('readable', () => this.lines.add(this));
    }
    return this;
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  once(event: string, listener: (...told: any[]) => void): this {
    this.far.once(event, listener);
    return this;
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  off(event: string, listener: (...told: any[]) => void): this {
    this.far.off(event, listener);
    return this;
  }

  /** Some of what has come; the rest when the others have read. */
  read(): void {
    if (this.#isPaused || this.far.destroyed) return;
    // To read nothing tells it that its end may be told.
    const chunk: Buffer | null = this.far.read(Math.min(this.far.readableLength, MAX_READ));
    if (chunk === null) return;
    this.#listener(chunk);
    this.lines.add(this);
  }
}
