import { sleep } from './sleep.js';

/** How long one connection works without a break, in milliseconds. */
export const SLICE_MS = 1;
/** How long all who have worked much lately work before the others are heard, in milliseconds. */
const TURN_MS = 4;
/** The same while clients connect: in each turn of the event loop one is accepted, and the others wait for that. */
const SHORT_TURN_MS = 1;

/**
 * Work that was put off, so that nobody has the server to themselves: each waits for its turn, one after the other, and
 * between two rounds everybody else is heard.
 */
export class Turns {
  #waiting: (() => void)[] = [];
  #next: NodeJS.Immediate | undefined;
  #spentMs = 0;
  #turnMs = TURN_MS;

  /** Whether somebody who has worked much lately may work at once: nobody waits, and there is time left. */
  get hasTime(): boolean {
    return this.#waiting.length === 0 && this.#spentMs < this.#turnMs;
  }

  /** Works later, for a slice of time. */
  add(work: () => void): void {
    this.#waiting.push(work);
    this.#goOn();
  }

  /** Somebody who has worked much lately did so again, for so many milliseconds of this turn of the event loop. */
  spend(ms: number): void {
    this.#spentMs += ms;
    this.#goOn();
  }

  /** Somebody has connected, and others may wait to be accepted. */
  hurry(): void {
    this.#turnMs = SHORT_TURN_MS;
    this.#goOn();
  }

  #goOn(): void {
    this.#next ??= setImmediate(() => this.#run());
  }

  #run(): void {
    const endsAt = performance.now() + this.#turnMs - this.#spentMs;
    const waiting = this.#waiting;
    this.#waiting = [];
    let done = 0;
    while (done < waiting.length) {
      waiting[done++]?.();
      if (performance.now() >= endsAt) break;
    }
    this.#waiting = [...waiting.slice(done), ...this.#waiting];
    this.#spentMs = 0;
    this.#turnMs = TURN_MS;
    this.#next = undefined;
    if (this.#waiting.length > 0) this.#goOn();
  }
}

/** Of the time that questions take, how much is left to everybody else afterwards. */
const REST = 3;
/** Questions that take less cost nothing worth a rest; and no rest is longer than that of the second; in milliseconds. */
const CHEAP_MS = 0.5;
const DEAREST_MS = 100;

/** Of the mean time that one takes, how much the last one counts. */
const LAST_PART = 1 / 4;

/** Questions cost a hundred times what a message costs: they are answered one at a time, with rests between them. */
export class Questions {
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #meanMs = 0;

  /** How long it takes until one more is answered, as far as can be told; in milliseconds. */
  get waitMs(): number {
    return this.#waiting * this.#meanMs;
  }

  /** How long each of several takes that one asks one after the other; in milliseconds. */
  get eachMs(): number {
    return Math.max(1, this.#waiting) * this.#meanMs;
  }

  /** Resolves to what `answer` resolves to, when its turn has come. */
  ask<T>(answer: () => Promise<T>): Promise<T> {
    this.#waiting++;
    let began = 0;
    const answered = this.#last.then(() => {
      began = performance.now();
      return answer();
    });
    const rest = () => {
      this.#waiting--;
      const ms = Math.min(performance.now() - began, DEAREST_MS);
      const restMs = ms < CHEAP_MS ? 0 : ms * REST;
      this.#meanMs += (ms + restMs - this.#meanMs) * LAST_PART;
      return restMs === 0 ? undefined : sleep(restMs);
    };
    this.#last = answered.then(rest, rest);
    return answered;
  }
}
