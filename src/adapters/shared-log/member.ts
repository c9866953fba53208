import type { Outlet } from '../../application/server/broadcast-ports.js';
import type { SessionId } from '../../domain/session.js';
import { asTold, type Batch, type SharedLog } from './shared-log.js';
import type { Straggler } from './stragglers.js';

/** A member, and how far it has read. A plain object with functions: a class takes 10 % longer to tell a room. */
export interface Member extends Straggler {
  readonly session: SessionId;
  readonly outlet: Outlet;
  /** Every byte before this position has been handed to the outlet. */
  position: number;
  /** Whether it waits for an empty outlet, or to be ready; it is among the stragglers then. */
  isBehind: boolean;
  /** Whether it is not ready: something else is to be told first. */
  isHeld: boolean;
  movedAt: number;
  /** How many events of its first batch were before it, if it came in the middle of one. */
  unheard: number;
}

/** A member that is told everything from the end of the log on. */
export function memberAtEnd(
  session: SessionId,
  outlet: Outlet,
  sharedLog: SharedLog,
  isHeld: boolean,
): Member {
  const movedAt = performance.now();
  const { end: position, openEvents: unheard } = sharedLog;
  return { session, outlet, sharedLog, position, isBehind: false, isHeld, movedAt, unheard };
}

/** Hands over what is left of one batch; false at the end of the log. */
export function tellNext(member: Member): boolean {
  const batch = member.sharedLog.batchAt(member.position);
  if (batch === undefined) return false;
  hand(member, batch);
  return true;
}

/** Hands over all that was published, flushed or not, however full the outlet. */
export function tellAll(member: Member): void {
  while (tellNext(member));
  if (member.position === member.sharedLog.end) return;
  const open = member.sharedLog.copyOpen();
  if (open !== undefined) hand(member, open);
}

function hand(member: Member, batch: Batch): void {
  const { outlet } = member;
  const from = member.position - batch.start;
  member.position = batch.start + batch.bytes.length;
  outlet.lastSeq = batch.lastSeq;
  member.sharedLog.deliveries += from === 0 ? batch.events : batch.events - member.unheard;
  const own = batch.own.get(member.session);
  if (own !== undefined) outlet.writeAll(asTold(batch.bytes, from, own));
  else outlet.write(from === 0 ? batch.bytes : batch.bytes.subarray(from));
}
