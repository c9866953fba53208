import type { Recorded } from '../../../domain/events.js';
import { RoomLogFailure } from '../failures.js';
import type { EventStore, StoredRoom } from '../ports.js';
import { type Checkpoint, type Journal, JournalFailure, type OpenedJournal } from './journal.js';
import type { RoomCopies } from './room-copies.js';
import { type KeptFold, RoomFold } from './room-fold.js';

/** A copy of the room, and the fold of the entries up to somewhere, from which it goes on. */
export interface OpenCopy {
  readonly store: EventStore;
  /** What it held; nothing of a copy that was begun. */
  readonly stored: StoredRoom;
  readonly fold: RoomFold;
  /** The last event in it, if it is still kept. */
  readonly last: Recorded | undefined;
}

/**
 * Opens the copy of a journal, or begins one, and finds the checkpoint from which every entry is there that it lacks.
 * @throws {RoomLogFailure} OTHER_LOG unless losses are accepted
 * @throws {JournalFailure} CUT
 */
export async function openCopy(
  journal: Pick<Journal, 'checkpoints'>,
  opened: OpenedJournal,
  copies: RoomCopies,
  acceptsLoss: boolean,
): Promise<OpenCopy> {
  const known = copies.list();
  const [other] = known;
  if (other !== undefined && !known.includes(opened.id) && !acceptsLoss)
    throw new RoomLogFailure('OTHER_LOG', copies.pathOf(other));
  const store = copies.store(opened.id);
  const stored = await store.open();
  try {
    const from = await checkpointFor(journal, opened, stored.head);
    if (from === undefined && stored.head > 0) return await anew(journal, opened, copies, store);
    if (from === undefined) throw new JournalFailure('CUT', copies.pathOf(opened.id));
    const fold = new RoomFold(opened.id, from.position, from.state as KeptFold | undefined);
    if (stored.head === 0 && fold.head > 0)
      store.begin({ head: fold.head, at: fold.at, present: fold.present });
    const [last] = await store.read(stored.head - 1, stored.head, 1);
    return { store, stored, fold, last };
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
): Promise<OpenCopy> {
  await store.close();
  copies.discard(opened.id);
  return openCopy(journal, opened, copies, true);
}

/** The newest that is not ahead of a copy that ends at `head`; for an empty one, the oldest: it has the longest history. */
async function checkpointFor(
  journal: Pick<Journal, 'checkpoints'>,
  { first }: OpenedJournal,
  head: number,
): Promise<(Pick<Checkpoint, 'position'> & { readonly state?: unknown }) | undefined> {
  if (head === 0 && first <= 1) return { position: 0 };
  let oldest: Checkpoint | undefined;
  for await (const checkpoint of journal.checkpoints()) {
    if (head > 0 && (checkpoint.state as KeptFold).head <= head) return checkpoint;
    oldest = checkpoint;
  }
  if (first <= 1) return { position: 0 };
  return head === 0 ? oldest : undefined;
}

/**
 * What the copy says of the journal, when all that was in it is read. LOST: it has what the journal has not. ACCEPTED: so it
 * was, and that was accepted at another server.
 * @param overlap the event that the journal has in place of the last one of the copy
 */
export function comparison(
  { stored, last }: OpenCopy,
  fold: RoomFold,
  overlap: Recorded | undefined,
  epoch: string | undefined,
): 'SAME' | 'LOST' | 'ACCEPTED' {
  if (stored.head === 0) return 'SAME';
  if (epoch !== undefined && epoch !== fold.epoch) return 'ACCEPTED';
  const isOther =
    last?.seq === stored.head &&
    overlap !== undefined &&
    (last.session !== overlap.session || last.at !== overlap.at);
  return isOther || stored.head > fold.head ? 'LOST' : 'SAME';
}
