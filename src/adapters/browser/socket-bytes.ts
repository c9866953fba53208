import type { ByteStream } from '../wire/connect/byte-stream.js';

/** What is needed of a WebSocket. */
export interface Socket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(text: string): void;
  close(): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: () => void): void;
}

type Event = 'data' | 'error' | 'end' | 'drain' | 'close' | 'finish';
type Listener = (value?: never) => void;

const OPEN = 1;
/** More than this waits in the browser to be sent: then whoever writes waits too. In bytes. */
const FULL_BYTES = 64 * 1024;
/** How often it is looked whether that has gone out, in milliseconds: nothing tells. */
const LOOK_MS = 50;

/** Longest frame, and most that waits while nothing is read; in UTF-16 units. No server of chatty sends a frame like that. */
const MAX_FRAME = 8 * 1024 * 1024;
const MAX_WAITING = 4 * MAX_FRAME;

/** A WebSocket as a stream of bytes: each frame is text, whole lines. */
export class SocketBytes implements ByteStream {
  readonly #listeners = new Map<Event, Set<Listener>>();
  readonly #encoder = new TextEncoder();
  #isPaused = false;
  #waiting: string[] = [];
  #waitingLength = 0;
  #hasEnded = false;
  #isDown = false;
  #lookTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param socket that is open */
  constructor(private readonly socket: Socket) {
    socket.addEventListener('message', ({ data }) => this.#take(data));
    socket.addEventListener('close', () => this.#goDown());
  }

  get writable(): boolean {
    return this.socket.readyState === OPEN && !this.#hasEnded && !this.#isDown;
  }

  get writableLength(): number {
    return this.socket.bufferedAmount;
  }

  write(text: string): boolean {
    if (!this.writable) return true;
    this.socket.send(text);
    if (this.socket.bufferedAmount < FULL_BYTES) return true;
    this.#lookTimer ??= setTimeout(() => this.#look(), LOOK_MS);
    return false;
  }

  end(): void {
    if (this.#hasEnded || this.#isDown) return;
    this.#hasEnded = true;
    this.socket.close(); // after all that was sent
    queueMicrotask(() => this.#emit('finish'));
  }

  /** A browser cuts no line: it says that it hangs up, and whatever still comes is not heard. */
  destroy(error?: Error): void {
    if (this.#isDown) return;
    this.#isDown = true;
    this.#drop();
    this.socket.close();
    queueMicrotask(() => {
      if (error !== undefined) this.#emit('error', error);
      this.#emit('close');
    });
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#flush();
  }

  on(event: Event, listener: Listener | ((value: never) => void)): void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener as Listener));
  }

  once(event: 'finish' | 'close', listener: () => void): void {
    const wrapped = () => {
      this.#listeners.get(event)?.delete(wrapped);
      listener();
    };
    this.on(event, wrapped);
  }

  off(event: 'drain' | 'close', listener: () => void): void {
    this.#listeners.get(event)?.delete(listener);
  }

  #take(data: unknown): void {
    if (this.#isDown) return;
    if (typeof data !== 'string' || data.length > MAX_FRAME) {
      this.destroy(new Error('that is no frame of chatty'));
      return;
    }
    this.#waiting.push(data);
    this.#waitingLength += data.length;
    if (!this.#isPaused) this.#flush();
    else if (this.#waitingLength > MAX_WAITING) this.destroy(new Error('too much comes at once'));
  }

  #flush(): void {
    while (!this.#isPaused) {
      const text = this.#waiting.shift();
      if (text === undefined) return;
      this.#waitingLength -= text.length;
      this.#emit('data', this.#encoder.encode(text));
    }
  }

  #drop(): void {
    this.#waiting = [];
    this.#waitingLength = 0;
    clearTimeout(this.#lookTimer);
  }

  /** What has come before is still heard. */
  #goDown(): void {
    if (this.#isDown) return;
    this.#isPaused = false;
    this.#flush();
    this.#isDown = true;
    this.#drop();
    this.#emit('close');
  }

  #look(): void {
    this.#lookTimer = undefined;
    if (this.socket.bufferedAmount < FULL_BYTES) this.#emit('drain');
    else this.#lookTimer = setTimeout(() => this.#look(), LOOK_MS);
  }

  #emit(event: Event, value?: unknown): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])])
      (listener as (value?: unknown) => void)(value);
  }
}
