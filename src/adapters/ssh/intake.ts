import type { Socket } from 'node:net';
import { SLICE_MS, type Turns } from '../wire/listen/turns.js';

/**
 * As much as ssh2 works on without a break, in bytes: a few dozen packets, of the smallest that there are. What Node reads at once
 * may be two thousand of them, each with an answer, and would keep everybody waiting for a third of a second.
 */
const PIECE = 1024;

const NOTHING: Buffer = Buffer.alloc(0);

/** What has come over one connection, handed to ssh2 in pieces, and in turn with everybody else. */
export class Intake {
  #waiting = NOTHING;
  #isQueued = false;
  #holds = 0;
  #work: ((piece: Buffer) => void) | undefined;

  /**
   * Made before ssh2 has the socket: it will listen to this in place of the socket's data.
   * @param onWorked told after each piece, and how long it took, in milliseconds
   */
  constructor(
    private readonly socket: Socket,
    private readonly turns: Turns,
    private readonly onWorked: (ms: number) => void,
  ) {
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    const on = socket.on.bind(socket);
    // biome-ignore lint/suspicious/noExplicitAny: the listeners of a socket are of many kinds
    socket.on = (event: string, listener: (...told: any[]) => void) => {
      if (event !== 'data') return on(event, listener);
      this.#work = listener;
      this.#goOn();
      return socket;
    };
  }

  /** Nothing more is read, or worked on, until it is released. */
  hold(until: (release: () => void) => void): void {
    this.#holds++;
    this.socket.pause();
    until(() => {
      this.#holds--;
      this.#goOn();
    });
  }

  #take(chunk: Buffer): void {
    this.#waiting = this.#waiting.length === 0 ? chunk : Buffer.concat([this.#waiting, chunk]);
    if (!this.#isQueued) this.#slice(() => this.turns.hasTime);
  }

  /** Works while there is time; the rest in other turns. */
  #slice(hasTime: () => boolean): void {
    while (this.#mayWork && hasTime()) this.#piece();
    if (this.#waiting.length > 0) this.socket.pause();
    this.#goOn();
  }

  get #mayWork(): boolean {
    return this.#waiting.length > 0 && this.#canGoOn;
  }

  get #canGoOn(): boolean {
    return this.#work !== undefined && this.#holds === 0 && !this.socket.destroyed;
  }

  #piece(): void {
    const piece = this.#waiting.subarray(0, PIECE);
    this.#waiting = piece.length < this.#waiting.length ? this.#waiting.subarray(PIECE) : NOTHING;
    const since = performance.now();
    this.#work?.(piece);
    const ms = performance.now() - since;
    this.turns.spend(ms);
    this.onWorked(ms);
  }

  #goOn(): void {
    if (this.#isQueued || !this.#canGoOn) return;
    if (this.#waiting.length === 0) {
      this.socket.resume();
      return;
    }
    this.#isQueued = true;
    this.turns.add(() => {
      this.#isQueued = false;
      const endsAt = performance.now() + SLICE_MS;
      if (this.#mayWork) this.#piece();
      this.#slice(() => performance.now() < endsAt);
    });
  }
}
