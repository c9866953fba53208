import type { DatabaseSync } from 'node:sqlite';
import type { Seq } from '../../domain/events.js';

/** The messages from one sequence number on, up to another one that is not included. */
export interface SeqRange {
  readonly first: Seq;
  readonly end: Seq;
}

/**
 * Finds messages by their time. Times follow the order of events but where the clock was set back, and where that was
 * is in the table `clock_jumps`: so in each stretch between two jumps a time is found in a few steps.
 */
export class TimeRanges {
  constructor(private readonly db: DatabaseSync) {}

  /** Where the messages are that were said at `since` or later and before `until`, the oldest first. */
  of(since: number | undefined, until: number | undefined, head: Seq): SeqRange[] {
    if (since === undefined && until === undefined) return [{ first: 1, end: head + 1 }];
    const jumps = this.db.prepare('SELECT seq FROM clock_jumps ORDER BY seq').all();
    const starts = [1, ...jumps.map(({ seq }) => Number(seq))];
    const ranges: SeqRange[] = [];
    for (const [index, start] of starts.entries()) {
      const next = starts[index + 1] ?? head + 1;
      const first = since === undefined ? start : this.#firstAt(since, start, next);
      const end = until === undefined ? next : this.#firstAt(until, start, next);
      const last = ranges.at(-1);
      if (first >= end) continue;
      if (last?.end === first) ranges[ranges.length - 1] = { first: last.first, end };
      else ranges.push({ first, end });
    }
    return ranges;
  }

  /** The first message of this time or later in a stretch without a jump; its end if there is none. */
  #firstAt(time: number, start: Seq, end: Seq): Seq {
    const next = this.db.prepare(
      'SELECT seq, at FROM messages WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT 1',
    );
    let low = start;
    let high = end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = next.get(middle, high);
      if (row === undefined || Number(row.at) >= time) high = middle;
      else low = Number(row.seq) + 1;
    }
    return low;
  }
}
