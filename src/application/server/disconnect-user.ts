import type { SessionId } from '../../domain/user.js';
import type { LeaveUser } from './leave-user.js';
import type { Outlet } from './ports.js';
import type { RoomFeed } from './room-feed.js';
import type { Session, Sessions } from './sessions.js';

/** The grace time is counted in ticks of this length, in milliseconds: a server that was stopped does not count. */
const TICK_MS = 1000;

/** A user's connection is gone: who can come back has the grace time to do so, anybody else leaves. */
export class DisconnectUser {
  /** The ticks that each session has left. */
  readonly #waiting = new Map<Session, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sessions: Sessions,
    private readonly leaveUser: LeaveUser,
    private readonly feed: RoomFeed,
    private readonly graceMs: number,
    private readonly maxAway: number,
  ) {}

  /** `outlet` is gone. Does nothing when the session has left, or another connection speaks for it by now. */
  execute(id: SessionId, outlet: Outlet): void {
    const session = this.sessions.get(id);
    if (session?.outlet !== outlet) return;
    session.outlet = undefined;
    this.feed.detach(id);
    this.wait(session);
  }

  /** Waits for a session whose connection is down. */
  wait(session: Session): void {
    if (session.resumeKey === undefined || this.graceMs === 0 || this.#waiting.size >= this.maxAway) {
      this.#leave(session);
      return;
    }
    // The tick that is running already is not a whole one.
    this.#waiting.set(session, Math.ceil(this.graceMs / TICK_MS) + 1);
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  #tick(): void {
    for (const [session, ticks] of this.#waiting) {
      const isBack = session.outlet !== undefined || this.sessions.get(session.id) !== session;
      if (isBack || ticks <= 1) this.#waiting.delete(session);
      else this.#waiting.set(session, ticks - 1);
      if (!isBack && ticks <= 1) this.#leave(session);
    }
    if (this.#waiting.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #leave(session: Session): void {
    // A leave is recorded in the end; what it says of a log that was closed before is for the next start.
    this.leaveUser.execute(session.id).catch(() => {});
  }
}
