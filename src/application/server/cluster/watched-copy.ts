import type { Meter } from '../meter.js';
import type { EventStore } from '../room-log-ports.js';
import { WatchedStore } from '../watched-store.js';
import type { JournalEntry, OpenedJournal, Position } from './journal.js';
import type { OpenCopy } from './open-copy.js';
import { type ReplicaListener, RoomReplica } from './room-replica.js';

/** A copy of a room, and what makes it. */
export class WatchedCopy {
  readonly store: EventStore;
  readonly watched: WatchedStore;
  readonly replica: RoomReplica;
  /** Whether the newest checkpoint was made by other rules. */
  readonly hasOtherRules: boolean;
  #isMisled = false;

  constructor(
    { store, stored, fold, last, hasOtherRules }: OpenCopy,
    listener: ReplicaListener,
    meter: Pick<Meter, 'writes' | 'failures'>,
  ) {
    this.store = store;
    this.hasOtherRules = hasOtherRules;
    this.watched = new WatchedStore(store, meter);
    const kept = { write: this.watched.write.bind(this.watched), erase: store.erase.bind(store) };
    this.replica = new RoomReplica(fold, kept, listener, stored.head, last);
  }

  /** Whether its checkpoint is of what the journal has lost: it has another entry in that place. Nothing is read then. */
  get isMisled(): boolean {
    return this.#isMisled;
  }

  /** After which entry it is to be read: the last one that it knows is looked at again, if it is there. */
  after({ first }: Pick<OpenedJournal, 'first'>): Position {
    const { position } = this.replica.fold;
    return position >= first ? position - 1 : position;
  }

  take(entries: readonly JournalEntry[]): void {
    const { fold } = this.replica;
    const last = entries.find(({ position }) => position === fold.position);
    this.#isMisled ||= last !== undefined && !fold.endsWith(last);
    if (!this.#isMisled) this.replica.take(last === undefined ? entries : entries.slice(1));
  }
}
