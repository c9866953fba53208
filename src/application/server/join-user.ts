import type { ChatRoom } from '../../domain/chat-room.js';
import type { Seq, UserJoined } from '../../domain/events.js';
import { type Missed, missedSince } from '../../domain/gap.js';
import { Refusal } from '../../domain/refusal.js';
import type { SessionId } from '../../domain/session.js';
import type { SessionRequest } from '../chat-request.js';
import type { DisconnectUser } from './disconnect-user.js';
import { type Handshake, historyLimit, type SessionPolicy, welcome } from './handshake.js';
import { LoseName } from './lose-name.js';
import { NameOwnership } from './name-ownership.js';
import type { ProveKey } from './prove-key.js';
import type { Replay } from './replay.js';
import type { ResumeSession } from './resume-session.js';
import type { RoomFeed } from './room-feed.js';
import type { KnownSession, RoomLog } from './room-log-ports.js';
import type { RoomOrder } from './room-order.js';
import type { Logger } from './service-ports.js';
import { originOf, TakeSession } from './take-session.js';
import type { ResumeTokens } from './transport-ports.js';

/** The join of a client that can resume its session later. */
interface ResumableJoin {
  readonly token: string;
  /** The session of this token, which has left the room, if it is still known. */
  readonly known?: KnownSession | undefined;
  readonly missed: Missed | undefined;
}

/** A join with the key that was proven, if one was. */
type ProvenJoin = Handshake & { readonly key?: string | undefined };

/** A client may choose its own token, so that it can resume its session even if it never read the answer. */
export const MIN_TOKEN_LENGTH = 24;

/** A user joins the room, or resumes a session, and is told of every event from then on. */
export class JoinUser {
  readonly #taking: TakeSession;
  readonly #loseName: LoseName;

  constructor(
    private readonly room: ChatRoom,
    private readonly roomLog: RoomLog,
    private readonly feed: RoomFeed,
    private readonly tokens: ResumeTokens,
    private readonly resumeSession: ResumeSession,
    private readonly replay: Replay,
    private readonly policy: SessionPolicy,
    private readonly disconnectUser: Pick<DisconnectUser, 'absenceOf' | 'expect'>,
    private readonly ownership: NameOwnership = new NameOwnership(),
    private readonly proveKey?: Pick<ProveKey, 'provenBy'>,
    private readonly order?: Pick<RoomOrder, 'admit'>,
    logger?: Pick<Logger, 'info'>,
  ) {
    this.#taking = new TakeSession(roomLog, session => this.disconnectUser.expect(session));
    this.#loseName = new LoseName(room, roomLog, ownership, logger);
  }

  /**
   * Resolves to the session that the client's outlet belongs to from now on; the client has been told so by then.
   * @throws {Refusal} when the room or the log refuses; nobody has been told of it then
   */
  async execute(given: Handshake): Promise<SessionId> {
    if (this.roomLog.isCutOff) throw new Refusal('NOT_RECORDED');
    const handshake: ProvenJoin = { ...given, key: this.proveKey?.provenBy(given) };
    const { extended } = handshake.request;
    if (extended?.resume !== undefined) {
      const { since, epoch, resume } = extended;
      // Whoever comes from a server that has read more: what is known here of the session may be out of date.
      const reached =
        since !== undefined && epoch !== undefined ? this.roomLog.reach(epoch, since) : undefined;
      if (reached !== undefined) await reached;
      return this.#return(handshake, { ...extended, resume });
    }
    const turn = this.#arrive(handshake);
    if (turn !== undefined) await turn;
    if (extended === undefined) return this.#enter(handshake);
    const missed = await this.#missed(extended);
    return this.#enter(handshake, { token: this.tokens.create(), missed });
  }

  async #return(handshake: ProvenJoin, request: SessionRequest & { resume: string }): Promise<SessionId> {
    const resumeKey = this.tokens.keyOf(request.resume);
    const user = this.room.userWithKey(resumeKey);
    if (user?.session.isEntering === false) {
      this.order?.admit(user.username, user.session.key, handshake.outlet.address);
      const isStanding = !(await this.#loseName.isLost(user));
      const { session } = user;
      const isFetched = isStanding && session.isElsewhere;
      if (isFetched && !(await this.#taking.execute(session, handshake.outlet, request.attempt))) {
        handshake.outlet.end('REPLACED');
        return session.id;
      }
      const hasGone = this.room.userOf(session.id)?.session !== session;
      if (hasGone || (isFetched && session.isElsewhere)) return this.#return(handshake, request);
      if (isStanding) {
        if (!isFetched) this.#taking.note(session, handshake.outlet, request.attempt);
        return this.resumeSession.execute(user, handshake, request);
      }
      await this.#loseName.execute(user);
    }
    const known = await this.roomLog.sessionOf(resumeKey);
    const missed = await this.#missed(request);
    const turn = this.#arrive(handshake);
    if (turn !== undefined) await turn;
    if (this.room.userWithKey(resumeKey) !== undefined) {
      // Another connection is joining with the same token: its join is decided soon.
      await this.roomLog.settled();
      return this.#return(handshake, request);
    }
    const isUsable = known !== undefined || request.resume.length >= MIN_TOKEN_LENGTH;
    const token = isUsable ? request.resume : this.tokens.create();
    try {
      return await this.#enter(handshake, { token, known, missed });
    } catch (error) {
      // An earlier connection of this client may have come in at another server meanwhile.
      if (this.room.userWithKey(resumeKey)?.session.isElsewhere !== true) throw error;
      return this.#return(handshake, request);
    }
  }

  /** Nobody waits for a turn under a name that is refused in any case. @throws {Refusal} */
  #arrive(handshake: ProvenJoin): Promise<void> | undefined {
    const { request, key, outlet } = handshake;
    handshake.entering?.();
    this.order?.admit(request.username, key, outlet.address);
    this.room.checkName(request.username);
    return handshake.turn?.();
  }

  async #missed({ since, epoch }: SessionRequest): Promise<Missed | undefined> {
    if (since === undefined || epoch === undefined) return undefined;
    return missedSince(since, await this.roomLog.locate(epoch, since), this.roomLog.kept);
  }

  async #enter(handshake: ProvenJoin, join?: ResumableJoin): Promise<SessionId> {
    const { request, outlet } = handshake;
    const id = join?.known?.session ?? this.room.newSession();
    const isResumable = join !== undefined && handshake.endsSession !== true;
    const resumeKey = isResumable ? this.tokens.keyOf(join.token) : undefined;
    const joined = await this.#admit(id, handshake, resumeKey);
    const reserved = this.room.userOf(id)?.session;
    const replayed = join && Promise.withResolvers<void>();
    this.feed.admit(id, outlet, replayed?.promise, ({ seq, username }) => {
      const session = this.room.userOf(id)?.session;
      session?.begin(performance.now());
      session?.connect(outlet, request.extended?.attempt ?? 0);
      outlet.lastSeq = join?.missed?.after ?? seq;
      if (join === undefined) handshake.joined(username);
      else {
        const { token: resume, missed } = join;
        const { key } = joined;
        const session = { resume, seq: missed?.after ?? seq, resumed: false, gap: missed?.gap, key };
        handshake.joined(username, welcome(this.room, this.feed, this.policy, session));
      }
    });
    try {
      this.order?.admit(joined.username, handshake.key, outlet.address); // they may have been banned meanwhile
      const { seq } = await this.roomLog.append(joined, originOf(outlet), request.extended?.attempt);
      if (replayed !== undefined)
        this.#tellBefore(handshake, id, seq, join?.missed).finally(replayed.resolve);
    } catch (error) {
      this.feed.forget(id);
      // Somebody who has the same session may have come in at another server meanwhile.
      if (this.room.userOf(id)?.session === reserved) this.room.leave(id);
      // Another server had the name first, and perhaps has lost its user again.
      throw this.#taken(joined.username, error, handshake.key);
    }
    return id;
  }

  /**
   * The room keeps the name for the newcomer first, so that nobody else can have it while it is asked whose it is.
   * @throws {Refusal} which says, of a name that is taken, since when its user is away
   */
  async #admit(id: SessionId, handshake: ProvenJoin, resumeKey: string | undefined): Promise<UserJoined> {
    const { request, outlet, key, origin } = handshake;
    const { username } = request;
    const holder = key === undefined ? undefined : this.room.userNamed(username);
    if (holder?.session.isEntering === false && (await this.#loseName.isLost(holder)))
      await this.#loseName.execute(holder);
    const joined = this.#reserve(id, username, resumeKey, key);
    if (joined instanceof Refusal) {
      // Whose it is says more than that somebody has it; and its owner, who may be here, can let the key in.
      const objection = key === undefined ? undefined : await this.ownership.objectionTo({ username, key });
      throw objection ?? joined;
    }
    try {
      this.order?.admit(username, key, outlet.address);
      // Where names belong to nobody there is nothing to wait for.
      if (!this.ownership.asksForKeys) return joined;
      const isVerified = await this.ownership.admit(username, key, origin);
      return isVerified && key !== undefined ? this.room.verify(joined, key) : joined;
    } catch (error) {
      this.room.leave(id);
      throw error;
    }
  }

  /** Answers with a refusal where somebody has the name. @throws {Refusal} for any other reason */
  #reserve(id: SessionId, username: string, resumeKey?: string, key?: string): UserJoined | Refusal {
    try {
      return this.room.join(id, username, resumeKey);
    } catch (error) {
      return this.#taken(username, error, key);
    }
  }

  /** @throws what is another failure */
  #taken(username: string, failure: unknown, key: string | undefined): Refusal {
    if (!(failure instanceof Refusal && failure.code === 'NAME_TAKEN')) throw failure;
    const session = this.room.userNamed(username)?.session;
    const holder = session && this.disconnectUser.absenceOf(session);
    // A name that is its holder's own is not free for others when they do not come back.
    if (holder === undefined || (session?.key !== undefined && session.key !== key)) return failure;
    return new Refusal('NAME_TAKEN', undefined, { holder });
  }

  /** A client that was here before is told what it missed, any other one some earlier messages. */
  async #tellBefore(
    handshake: Handshake,
    reader: SessionId,
    seq: Seq,
    missed: Missed | undefined,
  ): Promise<void> {
    const { request, outlet } = handshake;
    try {
      const last = missed?.after ?? seq - 1;
      const limit = historyLimit(
        missed?.after === undefined ? request.extended?.history : (request.extended?.history ?? 0),
        this.policy,
      );
      if (limit > 0) handshake.history(await this.roomLog.messagesBefore(last + 1, limit));
      if (missed?.after !== undefined) {
        await this.replay.run(outlet, {
          reader,
          after: missed.after,
          toldOf: missed.gap?.to,
          upTo: () => seq - 1,
          read: (...page) => this.roomLog.messages(...page),
          kept: () => this.roomLog.kept,
          isWanted: () => this.room.userOf(reader)?.session.isHeldBy(outlet) === true,
        });
        if (!outlet.ended) outlet.lastSeq = seq;
      }
    } catch {
      outlet.end('FAULT'); // the client connects and asks again
    }
  }
}
