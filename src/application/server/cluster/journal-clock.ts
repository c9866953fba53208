import type { Waiting } from '../../../domain/session.js';
import type { MovedUser } from '../room-log-ports.js';

/** What the time of events is by `performance.now()` of this server: the clocks of both may be wrong. */
export class JournalClock {
  #last = 0;
  /** How far the time of events is ahead, as the entry says that was on its way for the shortest time. */
  #aheadMs = Number.NEGATIVE_INFINITY;

  /** An entry was read. @param at the time of its events */
  heard(at: number): void {
    const aheadMs = at - performance.now();
    // A clock that was set back had been wrong.
    this.#aheadMs = at < this.#last ? aheadMs : Math.max(this.#aheadMs, aheadMs);
    this.#last = at;
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
