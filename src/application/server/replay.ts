import { isToldTo, type Recorded, type Seq } from '../../domain/events.js';
import type { KeptMessages } from '../../domain/gap.js';
import type { SessionId } from '../../domain/session.js';
import type { Outlet } from './broadcast-ports.js';

/** Most events that are read at a time, and how many at first, before their size is known. */
const MAX_PAGE = 500;
const FIRST_PAGE = 50;

/** Roughly how many bytes of events the outlet of a reader holds during a replay. */
const PAGE_BYTES = 64 * 1024;

/** What is replayed to whom. */
export interface ReplaySource {
  /** The reader's session, which is the author of some of these events. */
  readonly reader: SessionId;
  /** The last event that the reader knows. */
  readonly after: Seq;
  /** Up to where the reader was told that messages are missing. */
  readonly toldOf?: Seq | undefined;
  /** The last event of the replay; it may grow while the replay runs. */
  upTo(): Seq;
  /** The oldest `limit` events of a range, oldest first; fewer only when there are no more. */
  read(after: Seq, upTo: Seq, limit: number): Promise<readonly Recorded[]>;
  /** Which messages the log still has. */
  kept(): KeptMessages;
  /** Whether the reader is still there. */
  isWanted(): boolean;
}

/**
 * Tells readers what they have missed, page by page and no faster than each of them reads. Only one page is read in
 * each turn of the event loop: many readers may return at once, and messages must not wait for them.
 */
export class Replay {
  readonly #waiting: (() => void)[] = [];
  #turn: NodeJS.Immediate | undefined;

  /** @param limits how long a reader may take nothing, in milliseconds */
  constructor(private readonly limits: { readonly stallMs: number }) {}

  /**
   * Resolves when the reader has everything up to `upTo()`, or is gone. A reader that takes nothing for too long, or
   * needs events that the log has removed meanwhile, is ended with TOO_SLOW, exactly where its gap begins.
   */
  async run(outlet: Outlet, source: ReplaySource): Promise<void> {
    const { toldOf = source.after } = source;
    let limit = FIRST_PAGE;
    outlet.lastSeq = source.after;
    while (isWanted(outlet, source) && outlet.lastSeq < source.upTo()) {
      await this.#nextTurn();
      const after = outlet.lastSeq;
      // Up to there the reader knows of a gap; what follows is told only if nothing of it is missing.
      const upTo = after < toldOf ? Math.min(toldOf, source.upTo()) : source.upTo();
      const page = await source.read(after, upTo, limit);
      if (!isWanted(outlet, source)) return;
      const readTo = page[limit - 1]?.seq ?? upTo;
      const isWhole = page.length === readTo - after || source.kept().allMessages <= after + 1;
      if (after >= toldOf && !isWhole) {
        outlet.end('TOO_SLOW');
        return;
      }
      const bytes = tell(outlet, source.reader, page);
      outlet.lastSeq = readTo;
      limit = pageFor(bytes / Math.max(1, page.length));
      if (outlet.backlog > 0 && !(await taken(outlet, this.limits.stallMs))) outlet.end('TOO_SLOW');
    }
  }

  /** Resolves in a turn of the event loop in which no other page is read. */
  #nextTurn(): Promise<void> {
    return new Promise(resolve => {
      this.#waiting.push(resolve);
      this.#turn ??= setImmediate(() => this.#admitNext());
    });
  }

  #admitNext(): void {
    this.#waiting.shift()?.();
    this.#turn = this.#waiting.length > 0 ? setImmediate(() => this.#admitNext()) : undefined;
  }
}

function isWanted(outlet: Outlet, source: ReplaySource): boolean {
  return !outlet.ended && source.isWanted();
}

/** Resolves to whether the outlet has taken everything, or is gone, in time. */
function taken(outlet: Outlet, stallMs: number): Promise<boolean> {
  return new Promise(resolve => {
    const timer = setTimeout(() => resolve(false), stallMs);
    outlet.whenTaken(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

function pageFor(bytesPerEvent: number): number {
  return Math.min(MAX_PAGE, Math.max(1, Math.floor(PAGE_BYTES / Math.max(1, bytesPerEvent))));
}

const encoder = new TextEncoder();

/** Returns the number of bytes. */
function tell(outlet: Outlet, reader: SessionId, events: readonly Recorded[]): number {
  const { format } = outlet;
  const lines = events.map(event =>
    isToldTo(event, reader) ? format.encode(event) : format.encodeForAuthor(event),
  );
  const bytes = encoder.encode(lines.join(''));
  if (bytes.length > 0) outlet.write(bytes);
  return bytes.length;
}
