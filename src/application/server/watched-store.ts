import type { Recorded, Seq } from '../../domain/events.js';
import { Refusal } from '../../domain/refusal.js';
import { StoreBusy } from './failures.js';
import type { Meter } from './meter.js';
import type { EventStore, RoomLog } from './room-log-ports.js';

/** How long what was last found out about the store holds, in milliseconds: while it works, and while it fails. */
const GOOD_MS = 10_000;
const BAD_MS = 1000;

/** How long another program may lock the store before that is told, in milliseconds: a copy takes a moment. */
const BUSY_MS = 1000;

/** With less than this left of a disk, one batch may fit and the next not. */
const FULL_BYTES = 1024 * 1024;

/** Measures how long a store takes for its batches, and knows whether it takes any. */
export class WatchedStore implements Pick<EventStore, 'write' | 'messageAt'> {
  #objection: RoomLog['objection'];
  #triedAt = Number.NEGATIVE_INFINITY;
  #busySince: number | undefined;

  constructor(
    private readonly store: Pick<EventStore, 'write' | 'messageAt' | 'size'>,
    private readonly meter: Pick<Meter, 'writes' | 'failures'>,
  ) {}

  /** Why nothing can be recorded at present. Tries it with an empty batch, unless something was written lately. */
  get objection(): RoomLog['objection'] {
    const holdsMs = this.#objection === undefined ? GOOD_MS : BAD_MS;
    if (performance.now() - this.#triedAt > holdsMs) {
      try {
        this.write([]);
      } catch {
        // It is remembered.
      }
    }
    const { freeBytes = FULL_BYTES } = this.store.size;
    return this.#objection ?? (freeBytes < FULL_BYTES ? 'DISK_FULL' : undefined);
  }

  messageAt(seq: Seq) {
    return this.store.messageAt(seq);
  }

  write(batch: readonly Recorded[]): void {
    const began = performance.now();
    try {
      this.store.write(batch);
      this.#objection = undefined;
      this.#busySince = undefined;
    } catch (error) {
      this.meter.failures++;
      this.#objection = this.#objectionOf(error, began);
      throw error;
    } finally {
      this.#triedAt = performance.now();
      if (batch.length > 0) this.meter.writes.add(this.#triedAt - began);
    }
  }

  #objectionOf(error: unknown, now: number): RoomLog['objection'] {
    if (error instanceof StoreBusy) {
      this.#busySince ??= now;
      return now - this.#busySince > BUSY_MS ? 'NOT_RECORDED' : this.#objection;
    }
    return error instanceof Refusal && error.code === 'DISK_FULL' ? 'DISK_FULL' : 'NOT_RECORDED';
  }
}
