import { JournalFailure } from '../../application/server/cluster/journal.js';
import { Refusal } from '../../domain/refusal.js';
import { OutcomeUnknown } from './in-time.js';
import type { KeptChange, KeptRecords } from './kept-records.js';

/** Longest wait at the start for all that is kept, in milliseconds. */
const START_MS = 15_000;

/** What of the broker's words says that it has no space. */
const NO_SPACE = /resource|storage|space|maximum bytes/i;

export interface Follower {
  /** The next change. @throws {Error} when it is nothing that this version can read: nothing follows then */
  changed(change: KeptChange): void;
  /** What was told last may be no longer so, and nothing follows. @param reason a sentence */
  lost(reason: string): void;
}

/**
 * Opens the records. Resolves when all that is kept under some keys is told; from then on each change is, also after an
 * outage. @returns what ends that @throws {JournalFailure}
 */
export async function follow(
  records: KeptRecords,
  pattern: string,
  place: string,
  follower: Follower,
): Promise<() => void> {
  await records.open();
  let stop = () => {};
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      let isOver = false;
      const lost = (reason: string) => {
        if (isOver) return;
        isOver = true;
        stop();
        reject(new JournalFailure('UNUSABLE', place, reason));
        follower.lost(reason);
      };
      const changed = (change: KeptChange) => {
        if (isOver) return;
        try {
          follower.changed(change);
        } catch {
          lost(`what it keeps as ${change.key} is nothing that this version can read`);
        }
      };
      stop = records.watch(pattern, { changed, caughtUp: resolve, lost });
      timer = setTimeout(() => reject(new JournalFailure('UNREACHABLE', place)), START_MS);
    });
    return stop;
  } catch (failure) {
    stop();
    await records.close();
    throw failure;
  } finally {
    clearTimeout(timer);
  }
}

/** Why a change was not kept, as far as that is known. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof OutcomeUnknown) return new Refusal('OUTCOME_UNKNOWN');
  const isFull = error instanceof Error && NO_SPACE.test(error.message);
  return new Refusal(isFull ? 'DISK_FULL' : 'NOT_RECORDED');
}
