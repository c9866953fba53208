import type { EndReason } from '../../application/server/broadcast-ports.js';
import type { Channel, ChannelListener } from '../wire/listen/channel.js';
import type { NoticeCode } from '../wire/notice.js';
import { CLOSE, FrameReader } from './frame-reader.js';
import { closeFrame, pongFrame, type SharedFrames, textFrame, textHeader } from './frames.js';

const NEWLINE = Buffer.from('\n');

/** What a frame without lines counts as: as many blank lines as it has bytes, so that it is as dear here as they are over TCP. */
const BLANK_LINES = Buffer.from('\n'.repeat(6));

/** As much as Node reads at once, in bytes; it reads on 32 times before anybody else is heard. */
const FULL_READ = 64 * 1024;

const CODES: Partial<Record<EndReason | NoticeCode, number>> = {
  LEFT: CLOSE.left,
  STOPPING: CLOSE.goingAway,
  LINE_TOO_LONG: CLOSE.tooBig,
  FAULT: CLOSE.fault,
  CUT_OFF: CLOSE.tryLater,
  TOO_MANY_CONNECTIONS: CLOSE.tryLater,
  TOO_MANY_FROM_ADDRESS: CLOSE.tryLater,
};

/**
 * A line whose bytes are the frames of a WebSocket, each a text of whole lines. Frames are written to the line itself, past any
 * library: what a flush hands to all members is framed once, and is one write of one buffer for each of them.
 */
export class WebSocketChannel implements Channel {
  readonly #reader: FrameReader;
  #listener: ChannelListener | undefined;
  #isPaused = false;
  #isResting = false;
  #isEnded = false;
  /** What the present chunk has said. */
  #said: Buffer[] = [];
  /** Of the pings in it the last, which alone has to be answered. */
  #ping: Buffer | undefined;
  /** Of what the client has done wrong. */
  #code: number | undefined;

  /**
   * @param line what the frames travel on
   * @param server what the client may call this server in a proof
   * @param maxLineBytes of a line, its end not counted: no message is longer
   * @param frames those that all channels have made
   */
  constructor(
    private readonly line: Channel,
    readonly server: string,
    maxLineBytes: number,
    private readonly frames: SharedFrames,
  ) {
    this.#reader = new FrameReader(maxLineBytes + 1, {
      onText: bytes => this.#onText(bytes),
      onPing: content => {
        this.#ping = content;
        this.#said.push(BLANK_LINES);
      },
      onPong: () => this.#said.push(BLANK_LINES),
      onClose: () => this.#hearOut(listener => listener.onEnd()),
      onInvalid: (code, error) => this.#onInvalid(code, error),
    });
  }

  get address(): string | undefined {
    return this.line.address;
  }

  get isEncrypted(): boolean {
    return this.line.isEncrypted;
  }

  get backlog(): number {
    return this.line.backlog;
  }

  get isDown(): boolean {
    return this.line.isDown;
  }

  listen(listener: ChannelListener): void {
    this.#listener = listener;
    this.line.listen({
      onData: chunk => this.#onChunk(chunk),
      onRefused: reason => listener.onRefused(reason),
      onError: error => listener.onError(error),
      onEnd: () => listener.onEnd(),
    });
  }

  write(lines: Uint8Array | string): void {
    this.line.write(typeof lines === 'string' ? textFrame(lines) : this.frames.of(lines));
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    this.line.writeAll([textHeader(length), ...pieces]);
  }

  whenTaken(listener: () => void): void {
    this.line.whenTaken(listener);
  }

  pause(): void {
    this.#isPaused = true;
    this.line.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (!this.#isResting) this.line.resume();
  }

  end(lastLines: string | undefined, timeoutMs: number, reason?: EndReason | NoticeCode): void {
    if (!this.#isEnded && !this.line.isDown) {
      const close = closeFrame(this.#code ?? (reason && CODES[reason]) ?? CLOSE.refused);
      this.line.writeAll(lastLines === undefined ? [close] : [textFrame(lastLines), close]);
    }
    this.#isEnded = true;
    this.line.end(undefined, timeoutMs);
  }

  destroy(): void {
    this.line.destroy();
  }

  closed(): Promise<void> {
    return this.line.closed();
  }

  #onChunk(chunk: Buffer): void {
    if (this.#isEnded) return;
    this.#reader.read(chunk);
    this.#hearOut();
    if (chunk.length >= FULL_READ) this.#rest();
  }

  /** Hands on what was said before, then this. */
  #hearOut(then: (listener: ChannelListener) => void = () => {}): void {
    const [said, ping] = [this.#said, this.#ping];
    this.#said = [];
    this.#ping = undefined;
    // Nobody is answered who does not read.
    if (ping !== undefined && this.line.backlog === 0) this.line.write(pongFrame(ping));
    if (this.#listener === undefined) return;
    const [first] = said;
    if (first !== undefined) this.#listener.onData(said.length === 1 ? first : Buffer.concat(said));
    then(this.#listener);
  }

  /** To take frames apart costs as well: whoever sends many is heard once in a turn of the event loop. */
  #rest(): void {
    if (this.#isResting) return;
    this.#isResting = true;
    this.line.pause();
    setImmediate(() => {
      this.#isResting = false;
      if (!this.#isPaused) this.line.resume();
    });
  }

  /** A message is whole lines; the end of its last one may be left out. */
  #onText(bytes: Buffer): void {
    if (bytes.length === 0) this.#said.push(BLANK_LINES);
    else if (bytes.at(-1) === NEWLINE[0]) this.#said.push(bytes);
    else this.#said.push(bytes, NEWLINE);
  }

  #onInvalid(code: number, error: NodeJS.ErrnoException): void {
    this.#hearOut(listener => {
      if (code === CLOSE.tooBig) listener.onRefused('LINE_TOO_LONG');
      else {
        this.#code = code;
        listener.onError(error);
        listener.onEnd();
      }
    });
  }
}
