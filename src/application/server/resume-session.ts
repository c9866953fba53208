import type { ChatRoom } from '../../domain/chat-room.js';
import type { Seq } from '../../domain/events.js';
import type { SessionId } from '../../domain/user.js';
import type { SessionRequest } from '../chat-request.js';
import { type Handshake, joinHistory, type SessionPolicy, welcome } from './handshake.js';
import type { RoomLog } from './ports.js';
import { type Missed, missedSince, type Replay, type ReplaySource } from './replay.js';
import type { RoomFeed } from './room-feed.js';
import type { Session, Sessions } from './sessions.js';

/** A user comes back to a session that is still in the room: nobody else notices. */
export class ResumeSession {
  constructor(
    private readonly room: ChatRoom,
    private readonly log: RoomLog,
    private readonly feed: RoomFeed,
    private readonly sessions: Sessions,
    private readonly catchUp: Replay,
    private readonly policy: SessionPolicy,
  ) {}

  /** The connection that spoke for the session before is told REPLACED, unless it is the newer one. Never throws. */
  async execute(
    session: Session,
    arrival: Handshake,
    extended: SessionRequest & { readonly resume: string },
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
      arrival.joined(session.username, welcome(this.room, this.feed, this.policy, again));
      void this.#tell(session, arrival, extended.history ?? 0, after);
    } catch {
      outlet.end('FAULT');
    }
    return session.id;
  }

  #take(session: Session, { outlet }: Handshake, { attempt }: SessionRequest): void {
    const before = session.outlet;
    session.outlet = outlet;
    session.attempt = attempt;
    this.feed.detach(session.id);
    before?.end('REPLACED');
  }

  /**
   * Who does not say how far they have read is told what comes, and what they ask for of before. Comings and goings
   * that are not kept any more are no gap in what was said.
   */
  async #missed({ since, epoch }: SessionRequest): Promise<Missed> {
    if (since === undefined || epoch === undefined) return {};
    return missedSince(since, await this.log.locate(epoch, since), this.log.kept.messages);
  }

  async #tell(session: Session, arrival: Handshake, history: number, after: Seq): Promise<void> {
    const { outlet } = arrival;
    try {
      const limit = joinHistory(history, this.policy);
      if (limit > 0) arrival.history(await this.log.messagesBefore(after + 1, limit));
      const reading: ReplaySource = {
        own: session.id,
        after,
        upTo: () => this.feed.head,
        read: (...page) => this.log.read(...page),
        kept: () => this.log.kept.messages,
        goesOn: () => session.outlet === outlet && this.sessions.get(session.id) === session,
      };
      await this.catchUp.tell(outlet, reading);
      // What was recorded since the last look is missed as well: nothing may come between the look and the attaching.
      while (reading.goesOn() && !outlet.ended && !this.feed.attach(session.id, outlet))
        await this.catchUp.tell(outlet, { ...reading, after: outlet.place });
    } catch {
      outlet.end('FAULT');
    }
  }
}
