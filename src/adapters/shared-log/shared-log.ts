import type { WireFormat } from '../../application/server/broadcast-ports.js';
import { authorOf, type Recorded, type Seq } from '../../domain/events.js';
import type { SessionId } from '../../domain/session.js';

/**
 * Most bytes of one batch, so that a reader that stops in the middle of one keeps no more than that in memory.
 * A line that is longer is a batch of its own.
 */
export const MAX_BATCH_BYTES = 60 * 1024;

/** A UTF-16 unit takes at most three bytes of UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

/** Consecutive events by one author: a range of a batch's bytes, and what the author is told instead of them. */
export interface OwnEvents {
  readonly from: number;
  to: number;
  instead: string;
}

/** Consecutive events as bytes that never change again, shared by all members that are told of them. */
export interface Batch {
  /** The position of its first byte in the log. */
  readonly start: number;
  readonly bytes: Buffer;
  /** The sequence number of its last event. */
  readonly lastSeq: Seq;
  /** How many events it has. */
  readonly events: number;
  /** Where each author's own events are, in order, neighbours merged. */
  readonly own: ReadonlyMap<SessionId, readonly OwnEvents[]>;
}

/**
 * The events of a room in one wire format: encoded once, and kept while a member still needs them, up to a bound.
 * Positions are byte counts from the beginning of the log, so all that is kept of a reader is a number.
 */
export class SharedLog {
  readonly #batches: Batch[] = [];
  #kept = 0;
  #scratch = Buffer.allocUnsafeSlow(MAX_BATCH_BYTES);
  /** The position of the open batch, and how much of the scratch it fills. */
  #openStart = 0;
  #openLength = 0;
  #openEvents = 0;
  #flushed = 0;
  #openSeq: Seq = 0;
  #own = new Map<SessionId, OwnEvents[]>();
  /** Events that were handed to members, one for each. */
  deliveries = 0;

  constructor(private readonly format: WireFormat) {}

  /** The position of the next event. */
  get end(): number {
    return this.#openStart + this.#openLength;
  }

  /** The oldest position that can still be read. */
  get start(): number {
    return this.#batches[0]?.start ?? this.#openStart;
  }

  /** Bytes of the closed batches that are kept. */
  get kept(): number {
    return this.#kept;
  }

  append(event: Recorded): void {
    const line = this.format.encode(event);
    this.#require(line.length * MAX_BYTES_PER_UNIT);
    const from = this.#openLength;
    this.#openLength += this.#scratch.write(line, from);
    this.#openSeq = event.seq;
    this.#openEvents++;
    this.#appendOwn(authorOf(event), from, this.format.encodeForAuthor(event));
  }

  #appendOwn(author: SessionId, from: number, instead: string): void {
    const to = this.#openLength;
    const events = this.#own.get(author);
    const last = events?.at(-1);
    if (events === undefined) this.#own.set(author, [{ from, to, instead }]);
    else if (last?.to !== from) events.push({ from, to, instead });
    else {
      last.to = to;
      last.instead += instead;
    }
  }

  /** How many events the batch has that is not closed yet. */
  get openEvents(): number {
    return this.#openEvents;
  }

  /** Bytes appended since the last flush. */
  get untold(): number {
    return this.end - this.#flushed;
  }

  /** Makes what was appended readable. */
  flush(): void {
    this.#close();
    this.#flushed = this.end;
  }

  #close(): void {
    if (this.#openLength === 0) return;
    const bytes = this.#takeScratch();
    const [lastSeq, events, own] = [this.#openSeq, this.#openEvents, this.#own];
    this.#batches.push({ start: this.#openStart, bytes, lastSeq, events, own });
    this.#kept += bytes.length;
    this.#openStart += bytes.length;
    this.#openLength = 0;
    this.#openEvents = 0;
    this.#own = new Map();
  }

  /** What the open batch holds so far, as a batch of its own; nothing when it is empty. */
  copyOpen(): Batch | undefined {
    if (this.#openLength === 0) return undefined;
    const bytes = Buffer.from(this.#scratch.subarray(0, this.#openLength));
    const [lastSeq, events, own] = [this.#openSeq, this.#openEvents, this.#own];
    return { start: this.#openStart, bytes, lastSeq, events, own };
  }

  /** The closed batch that holds `position`; nothing at the end of the log. The position must not be forgotten. */
  batchAt(position: number): Batch | undefined {
    const newest = this.#batches.at(-1);
    if (newest === undefined || position >= newest.start + newest.bytes.length) return undefined;
    if (position >= newest.start) return newest;
    let [low, high] = [0, this.#batches.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#at(middle).start <= position) low = middle;
      else high = middle - 1;
    }
    return this.#at(low);
  }

  /** Forgets the batches that end at `position` or earlier. */
  forgetBefore(position: number): void {
    let count = 0;
    while (count < this.#batches.length) {
      const { start, bytes } = this.#at(count);
      if (start + bytes.length > position) break;
      this.#kept -= bytes.length;
      count++;
    }
    if (count > 0) this.#batches.splice(0, count);
  }

  /** Forgets the oldest batches until at most `maxBytes` are kept. */
  forgetBeyond(maxBytes: number): void {
    let [count, kept] = [0, this.#kept];
    while (kept > maxBytes) kept -= this.#at(count++).bytes.length;
    this.#batches.splice(0, count);
    this.#kept = kept;
  }

  #at(index: number): Batch {
    return this.#batches[index] as Batch;
  }

  /** Makes room for `bytes` more in the scratch, closing the batch if it must. */
  #require(bytes: number): void {
    if (this.#openLength + bytes <= this.#scratch.length) return;
    this.#close();
    if (bytes > this.#scratch.length) this.#scratch = Buffer.allocUnsafeSlow(bytes);
  }

  /** A full scratch becomes the batch; of one that is less than half full a copy does, and it is used again. */
  #takeScratch(): Buffer {
    const bytes = this.#scratch.subarray(0, this.#openLength);
    if (this.#openLength < this.#scratch.length / 2) return Buffer.from(bytes);
    this.#scratch = Buffer.allocUnsafeSlow(MAX_BATCH_BYTES);
    return bytes;
  }
}

/** A batch from an offset on, for the author of some of its events: those are replaced by what the author is told. */
export function asTold(bytes: Buffer, from: number, own: readonly OwnEvents[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = from;
  for (const events of own) {
    if (events.to <= at) continue; // handed over already
    if (events.from > at) pieces.push(bytes.subarray(at, events.from));
    if (events.instead !== '') pieces.push(Buffer.from(events.instead));
    at = events.to;
  }
  if (at < bytes.length) pieces.push(bytes.subarray(at));
  return pieces;
}
