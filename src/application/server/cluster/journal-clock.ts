import type { Waiting } from '../../../domain/session.js';
import type { MovedUser } from '../room-log-ports.js';

/** What the time of events is by `performance.now()` of this server: a clock of this machine that is wrong, or jumps, says nothing of it. */
export class JournalClock {
  #last = 0;
  /** How far the time of events is ahead, as the entry says that was on its way for the shortest time. */
  #aheadMs = Number.NEGATIVE_INFINITY;
  /** The same, as the last entry of this server's own says: it was taken just now. */
  #aheadNowMs: number | undefined;

  /** An entry was read. @param at the time of its events */
  heard(at: number): void {
    const aheadMs = at - performance.now();
    // A clock that was set back had been wrong.
    this.#aheadMs = at < this.#last ? aheadMs : Math.max(this.#aheadMs, aheadMs);
    this.#last = at;
  }

  /** An entry of this server's own was read. @param at as for `heard` */
  heardOwn(at: number): void {
    this.#aheadNowMs = at - performance.now();
  }

  /** In milliseconds since 1970; by the clock of this machine, as long as nothing of this server's own was read. */
  now(): number {
    return this.#aheadNowMs === undefined ? Date.now() : Math.round(this.#aheadNowMs + performance.now());
  }

  here({ since, until }: Waiting): Waiting {
    return { since: since - this.#aheadMs, until: until - this.#aheadMs };
  }

  userHere(user: MovedUser): MovedUser {
    const { waiting } = user.elsewhere;
    if (waiting === undefined) return user;
    return { ...user, elsewhere: { ...user.elsewhere, waiting: this.here(waiting) } };
  }
}
