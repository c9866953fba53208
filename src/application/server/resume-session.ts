import type { ChatRoom } from '../../domain/chat-room.js';
import type { Seq } from '../../domain/events.js';
import { type Missed, missedSince } from '../../domain/gap.js';
import type { SessionId } from '../../domain/session.js';
import type { User } from '../../domain/user.js';
import type { SessionRequest } from '../chat-request.js';
import { type Handshake, historyLimit, type SessionPolicy, welcome } from './handshake.js';
import type { Replay, ReplaySource } from './replay.js';
import type { RoomFeed } from './room-feed.js';
import type { RoomLog } from './room-log-ports.js';

/** A client resumes a session that is still in the room; the other users do not notice. */
export class ResumeSession {
  constructor(
    private readonly room: ChatRoom,
    private readonly roomLog: RoomLog,
    private readonly feed: RoomFeed,
    private readonly replay: Replay,
    private readonly policy: SessionPolicy,
  ) {}

  /** The connection that held the session is told REPLACED, unless it is the newer one. Never throws. */
  async execute(
    user: User,
    handshake: Handshake,
    request: SessionRequest & { readonly resume: string },
  ): Promise<SessionId> {
    const { session } = user;
    const { outlet } = handshake;
    if (!session.accepts(request.attempt)) {
      outlet.end('REPLACED');
      return session.id;
    }
    this.feed.detach(session.id);
    if (session.isAway) this.roomLog.tellAbsence(session.id, false);
    session.connect(outlet, request.attempt);
    try {
      const { after = this.feed.head, gap } = await this.#missed(request);
      if (!session.isHeldBy(outlet)) return session.id;
      outlet.lastSeq = after;
      const resumed = { resume: request.resume, seq: after, resumed: true, gap, key: session.key };
      handshake.joined(user.username, welcome(this.room, this.feed, this.policy, resumed));
      void this.#tell(user, handshake, request.history ?? 0, after, gap?.to);
    } catch {
      outlet.end('FAULT');
    }
    return session.id;
  }

  /** Joins and leaves that are no longer kept do not make a gap: only messages do. */
  async #missed({ since, epoch }: SessionRequest): Promise<Missed> {
    if (since === undefined || epoch === undefined) return {};
    return missedSince(since, await this.roomLog.locate(epoch, since), this.roomLog.kept);
  }

  async #tell(
    { session }: User,
    handshake: Handshake,
    history: number,
    after: Seq,
    toldOf: Seq | undefined,
  ): Promise<void> {
    const { outlet } = handshake;
    try {
      const limit = historyLimit(history, this.policy);
      if (limit > 0) handshake.history(await this.roomLog.messagesBefore(after + 1, limit));
      const source: ReplaySource = {
        reader: session.id,
        after,
        toldOf,
        upTo: () => this.feed.head,
        read: (...page) => this.roomLog.read(...page),
        kept: () => this.roomLog.kept,
        isWanted: () => session.isHeldBy(outlet) && this.room.userOf(session.id)?.session === session,
      };
      await this.replay.run(outlet, source);
      // Events recorded since the last page are missed as well: `attach` fails as long as there are any.
      while (source.isWanted() && !outlet.ended && !this.feed.attach(session.id, outlet))
        await this.replay.run(outlet, { ...source, after: outlet.lastSeq });
    } catch {
      outlet.end('FAULT');
    }
  }
}
