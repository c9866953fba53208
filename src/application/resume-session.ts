import type { ChatRoom } from '../domain/chat-room.js';
import type { Seq } from '../domain/events.js';
import type { SessionId } from '../domain/user.js';
import { type Arrival, type Hospitality, joinHistory, welcome } from './arrival.js';
import { type Missed, missedSince, tellMissed } from './catch-up.js';
import type { ExtendedJoin, RoomLog } from './ports.js';
import type { RoomFeed } from './room-feed.js';
import type { Session } from './sessions.js';

/** A user comes back to a session that is still in the room: nobody else notices. */
export class ResumeSession {
  constructor(
    private readonly room: ChatRoom,
    private readonly log: RoomLog,
    private readonly feed: RoomFeed,
    private readonly hospitality: Hospitality,
  ) {}

  /** The connection that spoke for the session before is told REPLACED, unless it is the newer one. Never throws. */
  async execute(
    session: Session,
    arrival: Arrival,
    extended: ExtendedJoin & { readonly resume: string },
  ): Promise<SessionId> {
    const { outlet } = arrival;
    if (extended.attempt < session.attempt) {
      outlet.end('REPLACED');
      return session.id;
    }
    this.#take(session, arrival, extended);
    try {
      const { after = this.feed.head, gap } = await this.#missed(extended);
      if (session.outlet !== outlet) return session.id;
      outlet.place = after;
      const again = { resume: extended.resume, seq: after, resumed: true, gap };
      arrival.joined(session.username, welcome(this.room, this.feed, this.hospitality, again));
      void this.#tell(session, arrival, extended.history ?? 0, after);
    } catch {
      outlet.end('FAULT');
    }
    return session.id;
  }

  #take(session: Session, { outlet }: Arrival, { attempt }: ExtendedJoin): void {
    const before = session.outlet;
    session.outlet = outlet;
    session.attempt = attempt;
    this.feed.detach(session.id);
    before?.end('REPLACED');
  }

  /** Who does not say how far they have read is told what comes, and what they ask for of before. */
  async #missed({ since, epoch }: ExtendedJoin): Promise<Missed> {
    if (since === undefined || epoch === undefined) return {};
    return missedSince(since, await this.log.locate(epoch, since), this.log.kept.events);
  }

  async #tell(session: Session, arrival: Arrival, history: number, after: Seq): Promise<void> {
    const { outlet } = arrival;
    const upTo = () => this.feed.head;
    try {
      const limit = joinHistory(history, this.hospitality);
      if (limit > 0) arrival.history(await this.log.messagesBefore(after + 1, limit));
      await tellMissed(outlet, session.id, after, upTo, (...page) => this.log.read(...page));
      if (session.outlet === outlet && !outlet.ended) this.feed.attach(session.id, outlet);
    } catch {
      outlet.end('FAULT');
    }
  }
}
