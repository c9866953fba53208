import type { Socket } from 'node:net';
import { Readable, Writable } from 'node:stream';
import type { ServerChannel } from 'ssh2';

/** What is known of the terminal at the other end. */
export interface Pty {
  columns: number;
  rows: number;
}

/** Bytes that wait for the client to take them; whoever shows more waits. */
const MAX_WAITING = 64 * 1024;
const MAX_INPUT = 16 * 1024;

/** How often a change of the size is told at most, in milliseconds: somebody drags the edge of a window. */
const RESIZE_MS = 20;

const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/**
 * The two directions of one channel, as a view of the room has them. What the client does not take waits here, a bounded part of
 * it: ssh2 by itself would hold whatever it is given. Meanwhile nothing is read, so that nobody fills it by typing.
 */
export class SshTerminal {
  readonly input: Readable;
  readonly output: Writable;
  /** When what waits began to wait; nothing when the client has taken all. */
  #waitsSince: number | undefined;
  #isWanted = false;
  #hasEnded = false;
  /** What has come and is not handed on: a screen is drawn for each piece of it. */
  #heard: Buffer[] = [];
  #heardBytes = 0;
  #isEnding = false;
  #telling: NodeJS.Immediate | undefined;
  #resize: NodeJS.Timeout | undefined;
  #last = 0;

  /** @param pty nothing where no terminal is at the other end, but a program */
  constructor(
    readonly channel: ServerChannel,
    private readonly socket: Socket,
    readonly pty?: Pty,
    /** Told how long it took to see to what has come, in milliseconds. */
    private readonly onWork: (ms: number) => void = () => {},
  ) {
    this.input = new Readable({
      highWaterMark: MAX_INPUT,
      read: () => this.#flow(true),
      destroy: (error, done) => {
        channel.resume(); // what still comes is for nobody
        done(error);
      },
    });
    this.output = new Writable({
      highWaterMark: MAX_WAITING,
      write: (chunk: Buffer, _, done) => this.#write(chunk, done),
    });
    // A channel whose line is down has been told so by its end.
    this.output.on('error', () => {});
    this.input.on('error', () => {});
    channel.on('error', () => {});
    channel.on('data', (chunk: Buffer) => {
      this.#heard.push(chunk);
      this.#heardBytes += chunk.length;
      this.#tellSoon();
    });
    channel.on('end', () => {
      this.#isEnding = true;
      this.#tellSoon();
    });
    channel.on('close', () => this.hangUp());
    channel.pause();
    if (pty === undefined) return;
    Object.assign(this.input, { setRawMode: () => this.input });
    Object.defineProperties(this.output, {
      columns: { get: () => pty.columns },
      rows: { get: () => pty.rows },
    });
  }

  /** For how long the client has taken nothing of what waits, in milliseconds. */
  get stalledMs(): number {
    return this.#waitsSince === undefined ? 0 : performance.now() - this.#waitsSince;
  }

  /** Bytes that have come and are not read. */
  get unheard(): number {
    return this.#heardBytes + this.channel.readableLength;
  }

  resized({ columns, rows }: Pty): void {
    if (this.pty === undefined) return;
    Object.assign(this.pty, { columns, rows });
    this.#resize ??= setTimeout(() => {
      this.#resize = undefined;
      this.output.emit('resize');
    }, RESIZE_MS);
  }

  /** Says the last words, tells how it went, and closes the channel when the client has taken all of it. */
  end(text: string | undefined, code: number): void {
    const { channel, output } = this;
    if (output.destroyed) return;
    if (text !== undefined && this.pty === undefined) channel.stderr.write(`${text}\n`);
    output.end(text !== undefined && this.pty !== undefined ? `${text}\n` : '', () => {
      channel.exit(code);
      channel.end();
    });
  }

  /** The client is gone, or is to go. */
  hangUp(): void {
    clearTimeout(this.#resize);
    this.#waitsSince = undefined;
    this.#endInput();
    this.output.destroy(new Error('the channel is closed'));
  }

  #tellSoon(): void {
    this.#telling ??= setImmediate(() => this.#tell());
  }

  /** Hands on a piece of what has come; the rest in other turns. */
  #tell(): void {
    const since = performance.now();
    this.#telling = undefined;
    const heard = Buffer.concat(this.#heard);
    const piece = heard.subarray(0, MAX_INPUT);
    this.#heard = piece.length < heard.length ? [heard.subarray(MAX_INPUT)] : [];
    this.#heardBytes = heard.length - piece.length;
    if (this.#hasEnded || this.input.destroyed) return;
    const hasRoom = piece.length === 0 || this.input.push(piece);
    if (this.#heardBytes > 0) this.#tellSoon();
    else if (this.#isEnding) this.#endInput();
    this.#flow(this.#isWanted && hasRoom);
    this.onWork(performance.now() - since);
  }

  #endInput(): void {
    if (this.#hasEnded || this.input.destroyed) return;
    this.#hasEnded = true;
    this.input.push(null);
  }

  #flow(isWanted: boolean): void {
    this.#isWanted = isWanted;
    if (isWanted && this.#waitsSince === undefined && this.#heardBytes === 0) this.channel.resume();
    else this.channel.pause();
  }

  #write(chunk: Buffer, done: () => void): void {
    this.#waitsSince = performance.now();
    this.channel.write(this.pty === undefined ? chunk : this.#withReturns(chunk), () => {
      if (this.socket.writableLength <= MAX_WAITING || this.socket.destroyed) this.#taken(done);
      else this.socket.once('drain', () => this.#taken(done));
    });
    // Most is taken at once, and the keys that have come with it are read on.
    if (this.#waitsSince !== undefined) this.#flow(this.#isWanted);
  }

  #taken(done: () => void): void {
    this.#waitsSince = undefined;
    this.#flow(this.#isWanted);
    done();
  }

  /** As the terminal driver of a machine does it: a line begins at the left. */
  #withReturns(chunk: Buffer): Buffer {
    const parts: Buffer[] = [];
    let start = 0;
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, at + 1)) {
      const before = at === 0 ? this.#last : chunk[at - 1];
      if (before === RETURN) continue;
      parts.push(chunk.subarray(start, at), Buffer.from('\r\n'));
      start = at + 1;
    }
    this.#last = chunk.at(-1) ?? this.#last;
    return parts.length === 0 ? chunk : Buffer.concat([...parts, chunk.subarray(start)]);
  }
}
