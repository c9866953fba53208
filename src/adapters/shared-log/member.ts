import type { Outlet } from '../../application/server/ports.js';
import type { SessionId } from '../../domain/session.js';
import { asTold, type Batch, type SharedLog } from './shared-log.js';
import type { Straggler } from './stragglers.js';

/** A member, and how far it has read. */
export class Member implements Straggler {
  /** Every byte before this position has been handed to the outlet. */
  position: number;
  /** Whether it waits for an empty outlet, or to be ready; it is among the stragglers then. */
  isBehind = false;
  movedAt = performance.now();

  /** @param isHeld whether it is not ready: something else is to be told first */
  constructor(
    readonly session: SessionId,
    readonly outlet: Outlet,
    readonly sharedLog: SharedLog,
    public isHeld: boolean,
  ) {
    this.position = sharedLog.end;
  }

  /** Hands over what is left of one batch; false at the end of the log. */
  tellNext(): boolean {
    const batch = this.sharedLog.batchAt(this.position);
    if (batch === undefined) return false;
    this.#hand(batch);
    return true;
  }

  /** Hands over all that was published, flushed or not, however full the outlet. */
  tellAll(): void {
    while (this.tellNext());
    if (this.position === this.sharedLog.end) return;
    const open = this.sharedLog.copyOpen();
    if (open !== undefined) this.#hand(open);
  }

  #hand(batch: Batch): void {
    const { outlet } = this;
    const from = this.position - batch.start;
    this.position = batch.start + batch.bytes.length;
    outlet.lastSeq = batch.lastSeq;
    const own = batch.own.get(this.session);
    if (own !== undefined) outlet.writeAll(asTold(batch.bytes, from, own));
    else outlet.write(from === 0 ? batch.bytes : batch.bytes.subarray(from));
  }
}
