import { RoomLogFailure } from '../failures.js';
import type { Incarnation, Item } from './entry.js';
import { type Journal, JournalFailure, type OpenedJournal, type Position } from './journal.js';
import { anew, type CopyOptions, comparison, type OpenCopy, openCopy } from './open-copy.js';
import type { RoomCopies } from './room-copies.js';
import type { WatchedCopy } from './watched-copy.js';

/** What a server calls that cannot start without a state of the room: one that runs keeps it. */
export const STATE_WANTED = 'a state of the room is wanted';
/** How often that is called, and how long it is waited for each time, in milliseconds. */
const CALLS = 10;
const WAIT_MS = 300;

interface StartOptions extends CopyOptions {
  newIncarnation(): Incarnation;
}

/** Reads all that is in a journal, and finds out whether that is what this server has read before. */
export class RoomStart {
  /** @param follow goes on with a copy until it has all that was in the journal, or is found not to be of it */
  constructor(
    private readonly journal: Pick<Journal, 'checkpoints' | 'place' | 'call'>,
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

  /** When the beginning is gone, servers that run are asked what was in it. @throws {JournalFailure} CUT */
  async #open(opened: OpenedJournal, before: Position | undefined): Promise<OpenCopy> {
    const { journal, copies, options } = this;
    for (let call = 0; ; call++) {
      try {
        // What is kept now may be of later than this server has looked.
        return await openCopy(
          journal,
          opened,
          copies,
          options,
          call === 0 ? before : Number.MAX_SAFE_INTEGER,
        );
      } catch (error) {
        if (!(error instanceof JournalFailure && error.code === 'CUT') || call === CALLS) throw error;
        journal.call(STATE_WANTED);
        await new Promise(resolve => setTimeout(resolve, WAIT_MS));
      }
    }
  }

  /** With the newest checkpoint of what is in the journal: those from `before` on are of what it has lost. */
  async #read(opened: OpenedJournal) {
    let before: Position | undefined;
    for (;;) {
      const copy = await this.#open(opened, before);
      const { position } = copy.fold;
      const { replica, isMisled } = await this.follow(copy);
      if (!isMisled) return { copy, replica, before };
      before = position;
      await copy.store.close();
    }
  }
}
