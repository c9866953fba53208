import type { Seq } from './events.js';

/** Sequence numbers that a reader asked for and the log does not have: removed, rolled back, or of another log. */
export interface Gap {
  readonly from: Seq;
  /** Absent when the end is unknown, because the reader knows another log. */
  readonly to?: Seq;
}

/** What a reader has missed: where the replay starts, and what cannot be replayed. */
export interface Missed {
  /** Everything after it is replayed; absent when the reader knows another log. */
  readonly after?: Seq;
  readonly gap?: Gap;
}

/**
 * What a reader has missed who has read up to `since`.
 * @param located where that is in this log, see EventHistory.locate: earlier when the log was rolled back
 * @param kept the oldest sequence number that the log still has
 */
export function missedSince(since: Seq, located: Seq | undefined, kept: Seq): Missed {
  if (located === undefined) return { gap: { from: since + 1 } };
  const after = Math.max(located, kept - 1);
  const lost = Math.max(since, after);
  return lost === located ? { after } : { after, gap: { from: located + 1, to: lost } };
}
