import type { Recorded, Seq } from '../../../domain/events.js';
import { RoomLogFailure } from '../failures.js';
import type { EventStore, StoredRoom } from '../ports.js';
import {
  type Checkpoint,
  type Journal,
  JournalFailure,
  type OpenedJournal,
  type Position,
} from './journal.js';
import type { RoomCopies } from './room-copies.js';
import { type KeptFold, RoomFold } from './room-fold.js';

/** A copy of the room, and the fold of the entries up to somewhere, from which it goes on. */
export interface OpenCopy {
  readonly store: EventStore;
  /** What it held; nothing of a copy that was begun. */
  readonly stored: StoredRoom;
  readonly fold: RoomFold;
  /** The last event before those that it reads. */
  readonly start: Seq;
  /** The last event in it, if it is still kept. */
  readonly last?: Recorded;
}

/**
 * Opens the copy of a journal, or begins one, and finds the checkpoint from which every entry is there that it lacks.
 * @param before checkpoints from this position on are of what the journal has lost
 * @throws {RoomLogFailure} OTHER_LOG unless losses are accepted
 * @throws {JournalFailure} CUT
 */
export async function openCopy(
  journal: Pick<Journal, 'checkpoints'>,
  opened: OpenedJournal,
  copies: RoomCopies,
  acceptsLoss: boolean,
  before = opened.last + 1,
): Promise<OpenCopy> {
  const known = copies.list();
  const [other] = known;
  if (other !== undefined && !known.includes(opened.id) && !acceptsLoss)
    throw new RoomLogFailure('OTHER_LOG', copies.pathOf(other));
  const store = copies.store(opened.id);
  const stored = await store.open();
  try {
    const from = await checkpointFor(journal, opened, stored.head, before);
    if (from === undefined && stored.head > 0) return await anew(journal, opened, copies, store, before);
    if (from === undefined) throw new JournalFailure('CUT', copies.pathOf(opened.id));
    const fold = new RoomFold(opened.id, from.position, from.state as KeptFold | undefined);
    if (stored.head === 0 && fold.head > 0)
      store.begin({ head: fold.head, at: fold.at, present: fold.present });
    const [last] = await store.read(stored.head - 1, stored.head, 1);
    return { store, stored, fold, start: fold.head, ...(last !== undefined && { last }) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** A copy that lacks more than is there, or has what is not, is worth nothing. */
export async function anew(
  journal: Pick<Journal, 'checkpoints'>,
  opened: OpenedJournal,
  copies: RoomCopies,
  store: Pick<EventStore, 'close'>,
  before?: Position,
): Promise<OpenCopy> {
  await store.close();
  copies.discard(opened.id);
  return openCopy(journal, opened, copies, true, before);
}

/** The newest that is not ahead of a copy that ends at `head`; for an empty one, the oldest: it has the longest history. */
async function checkpointFor(
  journal: Pick<Journal, 'checkpoints'>,
  { first }: OpenedJournal,
  head: number,
  before: Position,
): Promise<(Pick<Checkpoint, 'position'> & { readonly state?: unknown }) | undefined> {
  if (head === 0 && first <= 1) return { position: 0 };
  let oldest: Checkpoint | undefined;
  for await (const checkpoint of journal.checkpoints()) {
    if (checkpoint.position >= before) continue;
    if (head > 0 && (checkpoint.state as KeptFold).head <= head) return checkpoint;
    oldest = checkpoint;
  }
  if (first <= 1) return { position: 0 };
  return head === 0 ? oldest : undefined;
}

/**
 * What the copy says of the journal, when all that was in it is read. LOST: it has what the journal has not, after `upTo` at
 * the latest. ACCEPTED: so it was, and that was accepted at another server.
 * @param isOther whether the journal has something else in place of the last event of the copy
 * @param epoch in which the copy was made
 */
export function comparison(
  { stored, start }: Pick<OpenCopy, 'stored' | 'start'>,
  fold: Pick<RoomFold, 'head' | 'epoch'>,
  isOther: boolean,
  epoch: string | undefined,
): { readonly type: 'SAME' } | { readonly type: 'ACCEPTED' } | { readonly type: 'LOST'; readonly upTo: Seq } {
  if (stored.head === 0) return { type: 'SAME' };
  if (epoch !== undefined && epoch !== fold.epoch) return { type: 'ACCEPTED' };
  if (stored.head > fold.head) return { type: 'LOST', upTo: fold.head };
  return isOther ? { type: 'LOST', upTo: start } : { type: 'SAME' };
}
