import type { ModerationEntry } from '../../domain/moderation.js';
import { Refusal } from '../../domain/refusal.js';
import type { RoomChange } from '../../domain/room-change.js';
import type { ModerationRecord } from './moderation-record.js';
import type { RoomLog } from './room-log-ports.js';

/** After so long a message is gone that was to be deleted, in milliseconds, unless the server was killed that did it. */
const GONE_MS = 15_000;

/** How many are looked for in one turn. */
const LOOKED_AT_ONCE = 50;

type Deletion = Extract<ModerationEntry, { type: 'MessageDeleted' }>;

/**
 * Messages go for good. That it is to go is kept first: a deletion that was begun is finished, by whichever server of the
 * room, now or at its next start.
 */
export class DeleteMessage {
  #pending: Deletion[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOpen = false;

  /**
   * @param tell everybody; never rejects
   * @param epoch of the history, as it is now; nothing where that is not known
   */
  constructor(
    private readonly roomLog: Pick<RoomLog, 'erase' | 'messagesBefore' | 'search' | 'locate'>,
    private readonly record: Pick<ModerationRecord, 'keep'>,
    private readonly tell: (change: RoomChange) => Promise<void>,
    private readonly epoch: () => string | undefined,
  ) {}

  /** When all entries of before are told. */
  open(): void {
    this.#isOpen = true;
    this.#schedule();
  }

  /** A deletion was kept, by this server or another one. */
  kept(entry: ModerationEntry): void {
    // Without an epoch it is not known of which history it was.
    if (entry.type !== 'MessageDeleted' || entry.epoch === undefined) return;
    this.#pending.push(entry);
    this.#schedule();
  }

  close(): void {
    this.#isOpen = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /**
   * By its sequence number, or the last one that somebody said. Resolves to whose it was.
   * @throws {Refusal} NO_SUCH_MESSAGE, and those of the record and of the log
   */
  async execute(
    by: string,
    { seq, target }: { readonly seq?: number; readonly target?: string },
  ): Promise<string> {
    const place = seq ?? (target === undefined ? undefined : await this.#lastOf(target));
    const author = place === undefined ? undefined : await this.#authorOf(place);
    if (place === undefined || author === undefined) throw new Refusal('NO_SUCH_MESSAGE');
    const epoch = this.epoch();
    await this.record.keep(() => ({
      ...{ type: 'MessageDeleted', seq: place, author, by },
      ...(epoch !== undefined && { epoch }),
    }));
    if ((await this.roomLog.erase(place)) === undefined) throw new Refusal('NO_SUCH_MESSAGE');
    await this.tell({ type: 'deleted', by, target: place, author });
    return author;
  }

  async #lastOf(username: string): Promise<number | undefined> {
    const [last] = await this.roomLog.search({ words: '', from: username, limit: 1 });
    return last?.seq;
  }

  /** Nothing when it is not there. */
  async #authorOf(seq: number): Promise<string | undefined> {
    const [message] = await this.roomLog.messagesBefore(seq + 1, 1);
    return message?.seq === seq ? message.username : undefined;
  }

  /** Somewhat later, so that not all servers do the same. */
  #schedule(): void {
    if (!this.#isOpen || this.#pending.length === 0) return;
    this.#timer ??= setTimeout(() => void this.#finish(), GONE_MS * (1 + Math.random())).unref();
  }

  async #finish(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    for (const [at, deletion] of pending.entries()) {
      if (at > 0 && at % LOOKED_AT_ONCE === 0) await new Promise(resolve => setTimeout(resolve, 0));
      if (!this.#isOpen) return;
      // The journal or the disk is not there: it is looked for again.
      await this.#finishOne(deletion).catch(() => this.#pending.push(deletion));
    }
    this.#timer = undefined;
    this.#schedule();
  }

  /** The same number in a history that was rolled back, or in another one, is another message. */
  async #finishOne({ seq, by, author, epoch = '' }: Deletion): Promise<void> {
    if ((await this.roomLog.locate(epoch, seq)) !== seq || (await this.#authorOf(seq)) !== author) return;
    if ((await this.roomLog.erase(seq)) === undefined) return;
    await this.tell({ type: 'deleted', by, target: seq, author });
  }
}
