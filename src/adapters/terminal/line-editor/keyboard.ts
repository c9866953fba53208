import type { Readable } from 'node:stream';
import { KeyDecoder } from './key-decoder.js';
import type { Key } from './keys.js';

/** Longest time between two pieces of what was pasted at once, in milliseconds. */
const BURST_MS = 30;

/** The keys of an input, told as they come. */
export class Keyboard {
  readonly #decoder = new KeyDecoder();
  readonly #bursts = new Bursts();
  #timer: NodeJS.Timeout | undefined;
  /** When what is being waited for has begun. */
  #since = Number.POSITIVE_INFINITY;
  #isClosed = false;

  constructor(
    private readonly input: Readable,
    private readonly tell: (keys: readonly Key[]) => void,
    /** The input has ended, or cannot be read any more. */
    private readonly onEnd: () => void,
  ) {
    input.on('data', this.#onData).on('end', this.#end).on('error', this.#end);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.input.off('data', this.#onData).off('end', this.#end);
    this.input.pause();
  }

  readonly #onData = (chunk: Uint8Array | string): void => {
    clearTimeout(this.#timer);
    const keys = this.#decoder.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    this.tell(this.#bursts.gather(keys, performance.now()));
    this.#await();
  };

  /** The rest of a sequence has its time from the beginning, that of a paste from what came last. */
  #await(): void {
    const { patience, isPasting } = this.#decoder;
    const now = performance.now();
    this.#since = patience === undefined || isPasting ? now : Math.min(this.#since, now);
    if (patience === undefined) this.#since = Number.POSITIVE_INFINITY;
    else if (!this.#isClosed)
      this.#timer = setTimeout(() => this.#flush(), Math.max(0, patience - (now - this.#since)));
  }

  #flush(): void {
    this.#since = Number.POSITIVE_INFINITY;
    this.tell(this.#decoder.flush());
  }

  readonly #end = (): void => {
    clearTimeout(this.#timer);
    this.tell(this.#decoder.flush());
    this.onEnd();
  };
}

/** Tells lines that a terminal without bracketed paste has pasted from lines that somebody types, by their speed. */
export class Bursts {
  #lastAt = Number.NEGATIVE_INFINITY;
  /** The line ends that the last piece ended with: they count when more follows. */
  #held = '';

  /** Keys of one moment: text that goes on after an Enter is a paste, and so is what follows it at once. */
  gather(keys: readonly Key[], now: number): readonly Key[] {
    const goesOn = now - this.#lastAt <= BURST_MS;
    const hasMore = keys.some((key, at) => isEnter(key) && isText(keys[at + 1]));
    const isBurst = (goesOn || hasMore) && keys.every(key => isText(key) || isEnter(key));
    if (!isBurst || keys.length === 0) return keys;
    const text = (goesOn ? this.#held : '') + keys.map(textOf).join('');
    this.#lastAt = now;
    this.#held = /\n*$/.exec(text)?.[0] ?? '';
    return [{ type: 'paste', text: text.slice(0, text.length - this.#held.length), cut: false }];
  }
}

function isEnter(key: Key): boolean {
  return key.type === 'key' && key.name === 'enter';
}

function isText(key: Key | undefined): boolean {
  return key?.type === 'text' || (key?.type === 'key' && key.name === 'tab');
}

function textOf(key: Key): string {
  if (key.type === 'text') return key.text;
  return isEnter(key) ? '\n' : '\t';
}
