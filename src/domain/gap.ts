import type { Seq } from './events.js';

/** Sequence numbers that a reader asked for and the log does not have: forgotten, rolled back, or of another log. */
export interface Gap {
  readonly from: Seq;
  /** Absent when nobody knows where it ends: the whole log is another one. */
  readonly to?: Seq;
}

/** What a reader has missed: where the replay starts, and what nobody can replay. */
export interface Missed {
  /** Everything after it is replayed; absent when the reader knows another log. */
  readonly after?: Seq;
  readonly gap?: Gap;
}

/**
 * What somebody has missed who has read as far as `since`.
 * @param located what is left of `since` in this log, see RoomLog.locate
 * @param kept the oldest sequence number that the log still has
 */
export function missedSince(since: Seq, located: Seq | undefined, kept: Seq): Missed {
  if (located === undefined) return { gap: { from: since + 1 } };
  if (located < since) return { after: located, gap: { from: located + 1, to: since } };
  if (located + 1 < kept) return { after: kept - 1, gap: { from: located + 1, to: kept - 1 } };
  return { after: located };
}
