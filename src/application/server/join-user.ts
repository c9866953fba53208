import type { ChatRoom } from '../../domain/chat-room.js';
import type { Seq } from '../../domain/events.js';
import type { SessionId } from '../../domain/user.js';
import type { SessionRequest } from '../chat-request.js';
import { type Handshake, joinHistory, type SessionPolicy, welcome } from './handshake.js';
import type { KnownSession, ResumeTokens, RoomLog } from './ports.js';
import { type Missed, missedSince, type Replay } from './replay.js';
import type { ResumeSession } from './resume-session.js';
import type { RoomFeed } from './room-feed.js';
import type { Sessions } from './sessions.js';

/** How somebody comes who can come back. */
interface Return {
  readonly token: string;
  /** The session that had this token and has left the room, if it is still known. */
  readonly known?: KnownSession | undefined;
  readonly missed: Missed | undefined;
}

/** A client may choose its token itself, so that it can come back even if it never read the answer. */
const MIN_TOKEN_LENGTH = 24;

/** A user enters the room, or comes back, and is told of everything from there on. */
export class JoinUser {
  constructor(
    private readonly room: ChatRoom,
    private readonly log: RoomLog,
    private readonly feed: RoomFeed,
    private readonly sessions: Sessions,
    private readonly tokens: ResumeTokens,
    private readonly resumeSession: ResumeSession,
    private readonly catchUp: Replay,
    private readonly policy: SessionPolicy,
  ) {}

  /**
   * Resolves to the session for which the arrival speaks from now on; it has been told so by then.
   * @throws {Refusal} when the room or the log says no; nobody has heard of it then
   */
  async execute(arrival: Handshake): Promise<SessionId> {
    const { extended } = arrival.request;
    if (extended === undefined) return this.#enter(arrival);
    const { resume: token } = extended;
    if (token !== undefined) return this.#comeBack(arrival, { ...extended, resume: token });
    const missed = await this.#missed(extended);
    return this.#enter(arrival, { token: this.tokens.create(), missed });
  }

  async #comeBack(arrival: Handshake, extended: SessionRequest & { resume: string }): Promise<SessionId> {
    const resumeKey = this.tokens.keyOf(extended.resume);
    const session = this.sessions.withKey(resumeKey);
    if (session !== undefined) return this.resumeSession.execute(session, arrival, extended);
    const known = await this.log.sessionOf(resumeKey);
    const missed = await this.#missed(extended);
    if (known !== undefined && this.room.userOf(known.session) !== undefined) {
      // Another connection has come with the same token meanwhile; it is in as soon as that is recorded.
      await this.log.settled();
      return this.#comeBack(arrival, extended);
    }
    const isUsable = known !== undefined || extended.resume.length >= MIN_TOKEN_LENGTH;
    const token = isUsable ? extended.resume : this.tokens.create();
    return this.#enter(arrival, { token, known, missed });
  }

  async #missed({ since, epoch }: SessionRequest): Promise<Missed | undefined> {
    if (since === undefined || epoch === undefined) return undefined;
    return missedSince(since, await this.log.locate(epoch, since), this.log.kept.messages);
  }

  async #enter(arrival: Handshake, coming?: Return): Promise<SessionId> {
    const { request, outlet } = arrival;
    const id = coming?.known?.session ?? this.sessions.nextId();
    const key = coming && { resumeKey: this.tokens.keyOf(coming.token) };
    const joined = this.room.join(id, request.username, key?.resumeKey);
    const told = coming && Promise.withResolvers<void>();
    this.feed.admit(id, outlet, told?.promise, ({ seq, username }) => {
      this.sessions.add({ id, username, outlet, attempt: request.extended?.attempt ?? 0, ...key });
      outlet.place = coming?.missed?.after ?? seq;
      if (coming === undefined) arrival.joined(username);
      else {
        const { token: resume, missed } = coming;
        const session = { resume, seq: missed?.after ?? seq, resumed: false, gap: missed?.gap };
        arrival.joined(username, welcome(this.room, this.feed, this.policy, session));
      }
    });
    try {
      const { seq } = await this.log.append(joined);
      if (told !== undefined) this.#tellBefore(arrival, id, seq, coming?.missed).finally(told.resolve);
    } catch (error) {
      this.feed.forget(id);
      this.room.leave(id);
      throw error;
    }
    return id;
  }

  /** Who has been here is told what they have missed, anybody else how the conversation went. */
  async #tellBefore(arrival: Handshake, own: SessionId, seq: Seq, missed: Missed | undefined): Promise<void> {
    const { request, outlet } = arrival;
    try {
      if (missed?.after !== undefined) {
        await this.catchUp.tell(outlet, {
          own,
          after: missed.after,
          upTo: () => seq - 1,
          read: (...page) => this.log.messages(...page),
          kept: () => this.log.kept.messages,
          goesOn: () => this.sessions.get(own)?.outlet === outlet,
        });
        if (!outlet.ended) outlet.place = seq;
        return;
      }
      const limit = joinHistory(request.extended?.history, this.policy);
      if (limit > 0) arrival.history(await this.log.messagesBefore(seq, limit));
    } catch {
      outlet.end('FAULT'); // it comes back, and asks again
    }
  }
}
