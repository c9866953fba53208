import type { Seq } from '../../domain/events.js';
import type { ClientEvent } from './client-event.js';

/** A replay is over after this long without another event, in milliseconds: the last ones may be own messages. */
const QUIET_MS = 1000;

/** Counts the events of an outage that are shown, and tells when all of them are: from then on what comes is new. */
export class ReplayProgress {
  #count = 0;
  /** None when it is over. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param head the sequence number up to which everything was missed */
  constructor(
    private readonly head: Seq,
    private readonly show: (event: ClientEvent) => void,
  ) {
    this.#wait();
  }

  /** An event is about to be shown. */
  before(seq: Seq = 0): void {
    if (seq > this.head) this.#finish();
  }

  /** An event has been shown. */
  after(seq: Seq = 0): void {
    if (this.#timer === undefined) return;
    this.#count++;
    if (seq === this.head) this.#finish();
    else this.#wait();
  }

  /** The connection is lost again: what is still missing comes over the next one. */
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
    const missed = this.#count;
    this.show({ type: 'Replayed', missed, ...(missed === 0 && { isNews: false }) });
  }
}
