import type { Recorded, Seq } from '../domain/events.js';
import type { SessionId } from '../domain/user.js';
import type { Gap, Outlet } from './ports.js';

/** Most events that are read at a time. */
const PAGE = 500;

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

/** Reads at most `limit` events after a place, not beyond another; fewer only when there are no more. */
type ReadPage = (after: Seq, upTo: Seq, limit: number) => Promise<readonly Recorded[]>;

/**
 * Tells an outlet the events after a place, page by page and no faster than it takes them, its own as its format has
 * them for their author. Resolves when there is nothing more up to `upTo()`, which may move on meanwhile, or when the
 * outlet takes nothing more.
 */
export async function tellMissed(
  outlet: Outlet,
  own: SessionId,
  after: Seq,
  upTo: () => Seq,
  readPage: ReadPage,
): Promise<void> {
  for (let place = after; place < upTo() && !outlet.ended; ) {
    const end = upTo();
    const page = await readPage(place, end, PAGE);
    tell(outlet, own, page);
    const [last] = page.slice(PAGE - 1);
    place = last?.seq ?? end;
    outlet.place = place;
    if (outlet.backlog > 0) await new Promise<void>(resolve => outlet.whenTaken(resolve));
  }
}

const encoder = new TextEncoder();

function tell(outlet: Outlet, own: SessionId, events: readonly Recorded[]): void {
  const { format } = outlet;
  const lines = events.map(event => (event.session === own ? format.encodeOwn(event) : format.encode(event)));
  const text = lines.join('');
  if (text !== '') outlet.write(encoder.encode(text));
}
