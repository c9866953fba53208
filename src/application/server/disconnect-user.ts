import type { ChatRoom } from '../../domain/chat-room.js';
import type { Absence } from '../../domain/refusal.js';
import type { Session, SessionConnection, SessionId } from '../../domain/session.js';
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
}

/** A user's connection is gone: a session that can be resumed stays for the grace time, any other one leaves. */
export class DisconnectUser {
  readonly #away = new Map<Session, Wait>();
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

  /** How long a session is away, and until when it is waited for; nothing when it is not. */
  absenceOf(session: Session): Absence | undefined {
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
    this.#away.set(session, { all: ticks, left: ticks });
    const excess = this.#excess(session);
    if (excess !== undefined) {
      this.#away.delete(excess);
      this.#leave(excess, 'TOO_MANY_AWAY');
    }
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /**
   * The session that has to go, now that there is one more: this one if its owner has too many, or if all have, the last
   * of whoever has most. So nobody's comings and goings use up the places of others.
   */
  #excess(session: Session): Session | undefined {
    const { maxAway, maxAwayOfOne } = this.policy;
    const of = (owner: string | undefined) =>
      [...this.#away.keys()].filter(other => other.owner === owner && other.isAway);
    if (session.owner !== undefined && of(session.owner).length > maxAwayOfOne) return session;
    if (this.#away.size <= maxAway) return undefined;
    const counts = new Map<string | undefined, number>();
    for (const { owner } of this.#away.keys()) counts.set(owner, (counts.get(owner) ?? 0) + 1);
    const most = Math.max(...counts.values());
    if (counts.get(session.owner) === most) return session;
    return of([...counts].find(([, count]) => count === most)?.[0]).at(-1);
  }

  #tick(): void {
    for (const [session, wait] of this.#away) {
      const isOver = !session.isAway || this.room.userOf(session.id)?.session !== session;
      const hasEnded = --wait.left <= 0;
      if (isOver || hasEnded) this.#away.delete(session);
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
