import type { Socket } from 'node:net';
import type { EndReason } from '../../../application/server/broadcast-ports.js';
import type { Channel, ChannelListener } from '../../wire/listen/channel.js';
import type { NoticeCode } from '../../wire/notice.js';

/** With which every TLS connection begins; no line of the wire does. */
const HANDSHAKE = 0x16;

/** After this time without a word somebody does not speak TLS, in milliseconds. */
const SPOKEN_AFTER_MS = 1000;

/** What becomes of a socket, once its first byte has come. */
export interface FirstByteChoices {
  readonly plain: Channel;
  encrypted(): Channel;
  /** Calls this when there is time for what encryption costs first. */
  whenTime(begin: () => void): void;
  /** Why a client may not go on in plain text; nothing if it may. */
  readonly objection: NoticeCode | undefined;
}

/**
 * A line that is encrypted or plain, as the client's first byte says; it is its server's from the start, with all limits.
 * A client of TLS speaks first, so whoever is silent is spoken to in plain text.
 */
export class FirstByteChannel implements Channel {
  #line: Channel;
  #isDecided = false;
  readonly #since = performance.now();
  #isPaused = false;
  #listener: ChannelListener | undefined;
  readonly #closed = Promise.withResolvers<void>();
  readonly #onData = (chunk: Buffer) => this.#decide(chunk);
  readonly #onError = (error: NodeJS.ErrnoException) => this.#listener?.onError(error);
  readonly #onEnd = () => this.#beginPlain();

  constructor(
    private readonly socket: Socket,
    private readonly choices: FirstByteChoices,
  ) {
    this.#line = choices.plain;
    socket.on('error', this.#onError);
  }

  get address(): string | undefined {
    return this.#line.address;
  }

  get server(): string {
    return this.#line.server;
  }

  get isEncrypted(): boolean {
    return this.#line.isEncrypted;
  }

  get transport(): string | undefined {
    return this.#line.transport;
  }

  get backlog(): number {
    return this.#line.backlog;
  }

  get isDown(): boolean {
    return this.#line.isDown;
  }

  listen(listener: ChannelListener): void {
    this.#listener = listener;
    const { socket } = this;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('close', this.#onEnd);
    socket.resume();
    if (socket.destroyed) this.#beginPlain();
  }

  write(lines: Uint8Array | string): void {
    this.#line.write(lines);
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    this.#line.writeAll(pieces);
  }

  whenTaken(listener: () => void): void {
    this.#line.whenTaken(listener);
  }

  /** The first byte is read in any case. */
  pause(): void {
    this.#isPaused = true;
    if (this.#isDecided) this.#line.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#isDecided) this.#line.resume();
  }

  /** Whoever has had no time to say whether they speak TLS, and may not do otherwise, is told nothing that they would not understand. */
  end(lastLines: string | undefined, timeoutMs: number, reason?: EndReason | NoticeCode): void {
    const isSilent = performance.now() - this.#since >= SPOKEN_AFTER_MS;
    const understands = this.#isDecided || isSilent || this.choices.objection === undefined;
    this.#beginPlain();
    this.#line.end(understands ? lastLines : undefined, timeoutMs, reason);
  }

  destroy(): void {
    this.#beginPlain();
    this.#line.destroy();
  }

  closed(): Promise<void> {
    return this.#isDecided ? this.#line.closed() : this.#closed.promise;
  }

  /** What it has read, it reads again, as whatever it is. */
  #decide(chunk: Buffer): void {
    this.socket.pause();
    this.socket.off('data', this.#onData);
    this.socket.unshift(chunk);
    if (chunk[0] === HANDSHAKE) {
      this.choices.whenTime(() => {
        if (!this.#isDecided) this.#begin(this.choices.encrypted());
      });
      return;
    }
    const { objection, plain } = this.choices;
    this.#begin(plain, objection === undefined ? this.#listener : deaf(this.#listener));
    if (objection !== undefined) this.#listener?.onRefused(objection);
  }

  #beginPlain(): void {
    if (!this.#isDecided) this.#begin(this.#line);
  }

  #begin(line: Channel, listener = this.#listener): void {
    const { socket } = this;
    this.#isDecided = true;
    this.#line = line;
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('close', this.#onEnd);
    void line.closed().then(this.#closed.resolve);
    if (listener === undefined) return;
    line.listen(listener);
    if (line === this.choices.plain) socket.off('error', this.#onError);
    if (this.#isPaused) line.pause();
    // It had ended before anybody listened there.
    if (socket.readableEnded || socket.destroyed) listener.onEnd();
  }
}

/** The same, but for what is said. */
function deaf(listener: ChannelListener | undefined): ChannelListener | undefined {
  return (
    listener && {
      onData: () => {},
      onRefused: reason => listener.onRefused(reason),
      onError: error => listener.onError(error),
      onEnd: () => listener.onEnd(),
    }
  );
}
