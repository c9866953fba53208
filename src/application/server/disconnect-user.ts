import type { ChatRoom } from '../../domain/chat-room.js';
import type { Absence } from '../../domain/refusal.js';
import type { Session, SessionConnection, SessionId, Waiting } from '../../domain/session.js';
import type { SessionPolicy } from './handshake.js';
import type { LeaveUser } from './leave-user.js';
import type { SessionEnd } from './log-fields.js';
import type { RoomFeed } from './room-feed.js';

/** The grace time is counted in ticks of so many milliseconds, so that time in which the process was stopped is not. */
const TICK_MS = 1000;

/** How long a session is waited for, in ticks: that does not change with the grace time of others. */
interface Wait {
  readonly all: number;
  left: number;
  readonly owner: string | undefined;
}

/** A user's connection is gone: a session that can be resumed stays for the grace time, any other one leaves. */
export class DisconnectUser {
  readonly #away = new Map<Session, Wait>();
  /** The same by whoever is behind them, in the same order: a server that is gone leaves thousands at once. */
  readonly #byOwner = new Map<string | undefined, Set<Session>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly room: ChatRoom,
    private readonly leaveUser: Pick<LeaveUser, 'execute'>,
    private readonly feed: Pick<RoomFeed, 'lose'>,
    private readonly policy: Pick<SessionPolicy, 'graceMs' | 'maxAway' | 'maxAwayOfOne'>,
  ) {}

  /** Does nothing when the session has left, or another connection holds it. */
  execute(id: SessionId, connection: SessionConnection): void {
    const session = this.room.userOf(id)?.session;
    if (session?.disconnect(connection) !== true) return;
    this.feed.lose(id, session.resumeKey !== undefined);
    this.expect(session);
  }

  /**
   * How long a session is away, and until when it is waited for; nothing when it is not. It is the same, but for a tick, at
   * whichever server of the room it is asked.
   */
  absenceOf(session: Session): Absence | undefined {
    if (session.isElsewhere) return absenceIn(session.waiting);
    const wait = this.#away.get(session);
    if (wait === undefined || !session.isAway) return undefined;
    return { awayMs: (wait.all - wait.left) * TICK_MS, freeInMs: wait.left * TICK_MS };
  }

  /** Waits for the client of a session that is away. */
  expect(session: Session): void {
    const { graceMs } = this.policy;
    if (session.resumeKey === undefined || graceMs === 0) {
      this.#leave(session, 'DISCONNECTED');
      return;
    }
    // The current tick has begun already, so it does not count.
    const ticks = Math.ceil(graceMs / TICK_MS) + 1;
    const ofOwner = this.#await(session, { all: ticks, left: ticks, owner: session.owner });
    const excess = this.#excess(session, ofOwner);
    if (excess !== undefined) {
      this.#forget(excess);
      this.#leave(excess, 'TOO_MANY_AWAY');
    }
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /**
   * The session that has to go, now that there is one more: this one if its owner has too many, or if all have, the last
   * of whoever has most. So nobody's comings and goings use up the places of others.
   */
  #excess(session: Session, ofOwner: ReadonlySet<Session>): Session | undefined {
    const { maxAway, maxAwayOfOne } = this.policy;
    if (session.owner !== undefined && awayIn(ofOwner).length > maxAwayOfOne) return session;
    if (this.#away.size <= maxAway) return undefined;
    let most = ofOwner;
    for (const ofAnother of this.#byOwner.values()) if (ofAnother.size > most.size) most = ofAnother;
    return most === ofOwner ? session : awayIn(most).at(-1);
  }

  /** Returns all of the same owner. */
  #await(session: Session, wait: Wait): ReadonlySet<Session> {
    if (this.#away.get(session)?.owner !== wait.owner) this.#forget(session);
    this.#away.set(session, wait);
    const ofOwner = this.#byOwner.get(wait.owner) ?? new Set();
    this.#byOwner.set(wait.owner, ofOwner.add(session));
    return ofOwner;
  }

  #forget(session: Session): void {
    const owner = this.#away.get(session)?.owner;
    this.#away.delete(session);
    const ofOwner = this.#byOwner.get(owner);
    ofOwner?.delete(session);
    if (ofOwner?.size === 0) this.#byOwner.delete(owner);
  }

  #tick(): void {
    for (const [session, wait] of this.#away) {
      const isOver =
        !session.isAway || session.isElsewhere || this.room.userOf(session.id)?.session !== session;
      const hasEnded = --wait.left <= 0;
      if (isOver || hasEnded) this.#forget(session);
      if (!isOver && hasEnded) this.#leave(session, 'NOT_RESUMED');
    }
    if (this.#away.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #leave(session: Session, reason: SessionEnd): void {
    // A closed log refuses it: the session is in the room again at the next start.
    this.leaveUser.execute(session.id, undefined, reason).catch(() => {});
  }
}

/** As if it was counted in ticks here. */
function absenceIn(waiting: Waiting | undefined): Absence | undefined {
  if (waiting === undefined) return undefined;
  const { since, until } = waiting;
  const past = Math.max(0, Math.floor((performance.now() - since) / TICK_MS));
  const all = Math.ceil((until - since) / TICK_MS) + 1;
  return { awayMs: past * TICK_MS, freeInMs: Math.max(1, all - past) * TICK_MS };
}

function awayIn(sessions: Iterable<Session>): Session[] {
  return [...sessions].filter(({ isAway }) => isAway);
}
