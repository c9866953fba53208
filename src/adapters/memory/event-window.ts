import type { Recorded, RoomEvent, Seq } from '../../domain/events.js';

/** The newest events of a kind in their order, found by sequence number; the oldest are removed one by one. */
export class EventWindow<E extends RoomEvent> {
  #events: Recorded<E>[] = [];
  /** Where the window begins in the array, which is copied rarely, since that costs time for each event. */
  #start = 0;

  get size(): number {
    return this.#events.length - this.#start;
  }

  get oldest(): Recorded<E> | undefined {
    return this.#events[this.#start];
  }

  push(event: Recorded<E>): void {
    this.#events.push(event);
  }

  shift(): Recorded<E> | undefined {
    const oldest = this.oldest;
    if (oldest === undefined) return undefined;
    this.#start++;
    if (this.#start > 1024 && this.#start * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#start);
      this.#start = 0;
    }
    return oldest;
  }

  at(seq: Seq): Recorded<E> | undefined {
    const event = this.#events[this.#indexOf(seq)];
    return event?.seq === seq ? event : undefined;
  }

  /** The oldest events from one sequence number to another, both included. */
  between(first: Seq, last: Seq, limit: number): Recorded<E>[] {
    const start = this.#indexOf(first);
    return this.#events.slice(start, Math.max(start, Math.min(this.#indexOf(last + 1), start + limit)));
  }

  /** The newest events before a sequence number, oldest first. */
  before(seq: Seq, limit: number): Recorded<E>[] {
    const end = this.#indexOf(seq);
    return this.#events.slice(Math.max(this.#start, end - limit), end);
  }

  /** The index of the first event with this sequence number or a later one. */
  #indexOf(seq: Seq): number {
    let low = this.#start;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle]?.seq ?? seq) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
