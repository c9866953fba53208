import type { Seq } from '../../domain/events.js';
import type { ClientEvent } from './client-event.js';

/** After so long without another memo nothing more is missed, in milliseconds: the last events may be one's own. */
const QUIET_MS = 1000;

/** Counts what is shown of the time one was away, and says when that is all, if it was anything. */
export class ReplayProgress {
  #count = 0;
  /** None when it is over. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param head the place up to which everything was missed */
  constructor(
    private readonly head: Seq,
    private readonly show: (event: ClientEvent) => void,
  ) {
    this.#wait();
  }

  /** A memo is about to be shown. */
  before(seq: Seq = 0): void {
    if (seq > this.head) this.#finish();
  }

  /** A memo has been shown. */
  after(seq: Seq = 0): void {
    if (this.#timer === undefined) return;
    this.#count++;
    if (seq === this.head) this.#finish();
    else this.#wait();
  }

  /** The connection is lost again: what is still missing is for the next one. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#finish(), QUIET_MS);
  }

  #finish(): void {
    if (this.#timer === undefined) return;
    this.end();
    if (this.#count > 0) this.show({ type: 'CaughtUp', missed: this.#count });
  }
}
