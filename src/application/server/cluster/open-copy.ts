import type { Recorded, Seq } from '../../../domain/events.js';
import { RoomLogFailure } from '../failures.js';
import type { EventStore, StoredRoom } from '../room-log-ports.js';
import {
  type Checkpoint,
  type Journal,
  JournalFailure,
  type OpenedJournal,
  type Position,
} from './journal.js';
import type { RoomCopies } from './room-copies.js';
import { type KeptFold, RoomFold } from './room-fold.js';

/** What is in a checkpoint: a state, and by which rules servers came to it. */
export type KeptRoom = KeptFold & { readonly rules: string };

/** What a server goes by that opens a copy. */
export interface CopyOptions {
  /** Whether to go on without what the journal has lost, or with another journal. */
  readonly acceptsLoss: boolean;
  /** What the fold goes by. */
  readonly rules: string;
}

/** A copy of the room, and the fold of the entries up to somewhere, from which it goes on. */
export interface OpenCopy {
  readonly store: EventStore;
  /** What it held; nothing of a copy that was begun. */
  readonly stored: StoredRoom;
  readonly fold: RoomFold;
  /** The last event before those that it reads. */
  readonly start: Seq;
  /** Whether the newest checkpoint was made by other rules, which have come to other results perhaps. */
  readonly hasOtherRules: boolean;
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
  journal: Pick<Journal, 'checkpoints' | 'place'>,
  opened: OpenedJournal,
  copies: RoomCopies,
  options: CopyOptions,
  before = opened.last + 1,
): Promise<OpenCopy> {
  const known = copies.list();
  const [other] = known;
  if (other !== undefined && !known.includes(opened.id) && !options.acceptsLoss)
    throw new RoomLogFailure('OTHER_LOG', copies.pathOf(other));
  const store = copies.store(opened.id);
  const stored = await store.open();
  try {
    const { from, hasOtherRules } = await checkpointFor(journal, opened, stored.head, options.rules, before);
    if (from === undefined && stored.head > 0)
      return await anew(journal, opened, copies, store, options, before);
    if (from === undefined) throw new JournalFailure('CUT', journal.place);
    const fold = new RoomFold(opened.id, from.position, from.state as KeptRoom | undefined);
    if (stored.head === 0 && fold.head > 0)
      store.begin({ head: fold.head, at: fold.at, present: fold.present });
    const [last] = await store.read(stored.head - 1, stored.head, 1);
    return { store, stored, fold, start: fold.head, hasOtherRules, ...(last !== undefined && { last }) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** A copy that lacks more than is there, or has what is not, is worth nothing. */
export async function anew(
  journal: Pick<Journal, 'checkpoints' | 'place'>,
  opened: OpenedJournal,
  copies: RoomCopies,
  store: Pick<EventStore, 'close'>,
  options: CopyOptions,
  before?: Position,
): Promise<OpenCopy> {
  await store.close();
  copies.discard(opened.id);
  return openCopy(journal, opened, copies, { ...options, acceptsLoss: true }, before);
}

interface Found {
  /** Nothing when there is none that could be gone on from. */
  readonly from: (Pick<Checkpoint, 'position'> & { readonly state?: unknown }) | undefined;
  readonly hasOtherRules: boolean;
}

/**
 * The newest that is not ahead of a copy that ends at `head`; for an empty one, the oldest: it has the longest history. What
 * was folded by other rules is not folded again: of the checkpoints of others only the newest counts.
 */
async function checkpointFor(
  journal: Pick<Journal, 'checkpoints' | 'place'>,
  { first }: OpenedJournal,
  head: number,
  rules: string,
  before: Position,
): Promise<Found> {
  let oldest: Checkpoint | undefined;
  for await (const checkpoint of journal.checkpoints()) {
    if (checkpoint.position >= before) continue;
    const state = checkpoint.state as KeptRoom;
    const isOfOthers = state.rules !== rules;
    const hasOtherRules = isOfOthers && oldest === undefined;
    if (head > 0 && state.head <= head) return { from: checkpoint, hasOtherRules };
    if (isOfOthers) return { from: head === 0 ? (oldest ?? checkpoint) : undefined, hasOtherRules };
    oldest = checkpoint;
  }
  const from = first <= 1 ? { position: 0 } : head === 0 ? oldest : undefined;
  return { from, hasOtherRules: false };
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
