import type { Seq } from './events.js';

/**
 * Where the log lacks what a reader asked for: removed, rolled back, or of another log. What it still has of that
 * stretch, since it removes first what those said who say most, is replayed all the same.
 */
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

/** Which messages a log still has. */
export interface KeptMessages {
  /** None before this sequence number. */
  readonly messages: Seq;
  /** All from this one on; between the two, some were removed. */
  readonly allMessages: Seq;
}

/**
 * What a reader has missed who has read up to `since`.
 * @param located where that is in this log, see EventHistory.locate: earlier when the log was rolled back
 */
export function missedSince(since: Seq, located: Seq | undefined, kept: KeptMessages): Missed {
  if (located === undefined) return { gap: { from: since + 1 } };
  const { messages, allMessages } = kept;
  // Where only some are missing, there are other events among them.
  const after = messages < allMessages ? located : Math.max(located, messages - 1);
  const lost = Math.max(since, after, allMessages - 1);
  return lost === located ? { after } : { after, gap: { from: located + 1, to: lost } };
}
