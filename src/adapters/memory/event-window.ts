import type { Recorded, RoomEvent, Seq } from '../../domain/events.js';

/** Events of a kind in their order, found by sequence number. Any can be removed; the oldest one costs least. */
export class EventWindow<E extends RoomEvent> {
  #events: Recorded<E>[] = [];
  /** Where the window begins in the array, which is copied rarely, since that costs time for each event. */
  #start = 0;
  /** Sequence numbers of removed events behind the start. */
  readonly #removed = new Set<Seq>();

  get size(): number {
    return this.#events.length - this.#start - this.#removed.size;
  }

  get oldest(): Recorded<E> | undefined {
    return this.#events[this.#start];
  }

  /** Oldest first. */
  *[Symbol.iterator](): Generator<Recorded<E>> {
    for (let at = this.#start; at < this.#events.length; at++) {
      const event = this.#events[at];
      if (event !== undefined && !this.#removed.has(event.seq)) yield event;
    }
  }

  push(event: Recorded<E>): void {
    this.#events.push(event);
  }

  shift(): Recorded<E> | undefined {
    const oldest = this.oldest;
    if (oldest === undefined) return undefined;
    this.#start++;
    this.#skipRemoved();
    if (this.#start > 1024 && this.#start * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#start);
      this.#start = 0;
    }
    return oldest;
  }

  /** Does nothing when it is not there. */
  remove(seq: Seq): void {
    if (this.oldest?.seq === seq) this.shift();
    else if (this.at(seq) !== undefined) this.#removed.add(seq);
    if (this.#removed.size < 64 || this.#removed.size * 4 < this.#events.length - this.#start) return;
    this.#events = [...this];
    this.#start = 0;
    this.#removed.clear();
  }

  at(seq: Seq): Recorded<E> | undefined {
    const event = this.#events[this.#indexOf(seq)];
    return event?.seq === seq && !this.#removed.has(seq) ? event : undefined;
  }

  /** The oldest events from one sequence number to another, both included. */
  between(first: Seq, last: Seq, limit: number): Recorded<E>[] {
    const found: Recorded<E>[] = [];
    for (let at = this.#indexOf(first); found.length < limit; at++) {
      const event = this.#events[at];
      if (event === undefined || event.seq > last) break;
      if (!this.#removed.has(event.seq)) found.push(event);
    }
    return found;
  }

  /** The newest events before a sequence number, oldest first. */
  before(seq: Seq, limit: number): Recorded<E>[] {
    const found: Recorded<E>[] = [];
    for (let at = this.#indexOf(seq) - 1; at >= this.#start && found.length < limit; at--) {
      const event = this.#events[at];
      if (event !== undefined && !this.#removed.has(event.seq)) found.push(event);
    }
    return found.reverse();
  }

  /** The oldest event is never a removed one. */
  #skipRemoved(): void {
    while (this.oldest !== undefined && this.#removed.delete(this.oldest.seq)) this.#start++;
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
