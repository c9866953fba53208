import type { Recorded, Seq } from '../../domain/events.js';
import type { SessionId } from '../../domain/user.js';
import type { Gap } from '../chat-response.js';
import type { Outlet } from './ports.js';

/** Most events that are read at a time, and how many at first, before it is known how large they are. */
const MAX_PAGE = 500;
const FIRST_PAGE = 50;

/** Bytes of events that an outlet holds of a reader that catches up, roughly. */
const PAGE_BYTES = 64 * 1024;

/** From which place on a reader is told what it has missed, and what of it nobody can tell any more. */
export interface Missed {
  /** Absent when its place is of another log. */
  readonly after?: Seq;
  readonly gap?: Gap;
}

/**
 * What a reader has missed that had read as far as `since`.
 * @param place what is left of that place, see RoomLog.locate
 * @param kept the oldest place that can be told
 */
export function missedSince(since: Seq, place: Seq | undefined, kept: Seq): Missed {
  if (place === undefined) return { gap: { from: since + 1 } };
  if (place < since) return { after: place, gap: { from: place + 1, to: since } };
  if (place + 1 < kept) return { after: kept - 1, gap: { from: place + 1, to: kept - 1 } };
  return { after: place };
}

/** What is missed, and where it is read. */
export interface ReplaySource {
  /** Whose own events are told as their format has them for their author. */
  readonly own: SessionId;
  /** The place up to which it has been told; the outlet's own one moves with what it is told. */
  readonly after: Seq;
  /** The place up to which it is to be told; it may move on meanwhile. */
  upTo(): Seq;
  /** At most `limit` events after a place, not beyond another; fewer only when there are no more. */
  read(after: Seq, upTo: Seq, limit: number): Promise<readonly Recorded[]>;
  /** The oldest place from which on nothing has been forgotten. */
  kept(): Seq;
  /** Whether it still goes on. */
  goesOn(): boolean;
}

/**
 * Tells readers what they have missed, page by page and no faster than each takes them. One page is read in each turn
 * of the event loop, whoever it is for: however many come back at once, those who talk do not wait for them.
 */
export class Replay {
  readonly #waiting: (() => void)[] = [];
  #turn: NodeJS.Immediate | undefined;

  /** @param stallMs how long a reader may take nothing, in milliseconds */
  constructor(private readonly stallMs: number) {}

  /**
   * Resolves when there is nothing more up to `upTo()`, or when it does not go on. A reader that takes nothing, or that
   * wants what was forgotten while it was told, is ended with TOO_SLOW, at the place where its gap begins.
   */
  async tell(outlet: Outlet, reading: ReplaySource): Promise<void> {
    let limit = FIRST_PAGE;
    outlet.place = reading.after;
    while (this.#goesOn(outlet, reading) && outlet.place < reading.upTo()) {
      await this.#myTurn();
      const [place, end] = [outlet.place, reading.upTo()];
      const page = await reading.read(place, end, limit);
      if (!this.#goesOn(outlet, reading)) return;
      if (reading.kept() > place + 1 && page[0]?.seq !== place + 1) {
        outlet.end('TOO_SLOW');
        return;
      }
      const bytes = tell(outlet, reading.own, page);
      const [last] = page.slice(limit - 1);
      outlet.place = last?.seq ?? end;
      limit = pageFor(bytes / Math.max(1, page.length));
      if (outlet.backlog > 0 && !(await taken(outlet, this.stallMs))) outlet.end('TOO_SLOW');
    }
  }

  #goesOn(outlet: Outlet, reading: ReplaySource): boolean {
    return !outlet.ended && reading.goesOn();
  }

  /** Resolves in a turn of the event loop of one's own. */
  #myTurn(): Promise<void> {
    return new Promise(resolve => {
      this.#waiting.push(resolve);
      this.#turn ??= setImmediate(() => this.#next());
    });
  }

  #next(): void {
    this.#waiting.shift()?.();
    this.#turn = this.#waiting.length > 0 ? setImmediate(() => this.#next()) : undefined;
  }
}

/** Resolves to whether the outlet has taken all in time, or is gone. */
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

/** How many bytes it was. */
function tell(outlet: Outlet, own: SessionId, events: readonly Recorded[]): number {
  const { format } = outlet;
  const lines = events.map(event => (event.session === own ? format.encodeOwn(event) : format.encode(event)));
  const bytes = encoder.encode(lines.join(''));
  if (bytes.length > 0) outlet.write(bytes);
  return bytes.length;
}
