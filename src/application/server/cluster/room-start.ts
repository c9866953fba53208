import { RoomLogFailure } from '../failures.js';
import type { Incarnation, Item } from './entry.js';
import type { Journal, OpenedJournal, Position } from './journal.js';
import { anew, type CopyOptions, comparison, type OpenCopy, openCopy } from './open-copy.js';
import type { RoomCopies } from './room-copies.js';
import type { WatchedCopy } from './watched-copy.js';

interface StartOptions extends CopyOptions {
  newIncarnation(): Incarnation;
}

/** Reads all that is in a journal, and finds out whether that is what this server has read before. */
export class RoomStart {
  /** @param follow goes on with a copy until it has all that was in the journal, or is found not to be of it */
  constructor(
    private readonly journal: Pick<Journal, 'checkpoints' | 'place'>,
    private readonly copies: RoomCopies,
    private readonly options: StartOptions,
    private readonly follow: (copy: OpenCopy) => Promise<WatchedCopy>,
  ) {}

  /**
   * Resolves to what the servers are to be told of a loss.
   * @throws {RoomLogFailure} LOG_LOST, OTHER_LOG
   * @throws {JournalFailure} CUT
   */
  async execute(opened: OpenedJournal): Promise<readonly Item[]> {
    const { journal, copies, options } = this;
    const { copy, replica, before } = await this.#read(opened);
    const { fold, isOther } = replica;
    const found = comparison(copy, fold, isOther, copies.epochOf(opened.id));
    if (found.type === 'SAME') return [];
    if (found.type === 'LOST' && !options.acceptsLoss)
      throw new RoomLogFailure('LOG_LOST', copies.pathOf(opened.id));
    replica.close();
    await this.follow(await anew(journal, opened, copies, copy.store, options, before));
    if (found.type === 'ACCEPTED') return [];
    return [{ type: 'EpochBegun', epoch: options.newIncarnation(), lost: fold.epoch, upTo: found.upTo }];
  }

  /** With the newest checkpoint of what is in the journal: those from `before` on are of what it has lost. */
  async #read(opened: OpenedJournal) {
    let before: Position | undefined;
    for (;;) {
      const copy = await openCopy(this.journal, opened, this.copies, this.options, before);
      const { position } = copy.fold;
      const { replica, isMisled } = await this.follow(copy);
      if (!isMisled) return { copy, replica, before };
      before = position;
      await copy.store.close();
    }
  }
}
