import type { Logger } from './service-ports.js';

/** Steps back of the machine's clock up to this, in milliseconds, are bridged: times stand still meanwhile. */
export const BRIDGED_MS = 60_000;

/**
 * The time of events: that of the machine, but for small steps back, so that times follow the order of events. A clock
 * that is set back further had been wrong, and is followed: later times are true again.
 */
export class EventClock {
  #at = 0;

  constructor(private readonly logger?: Pick<Logger, 'warn'>) {}

  /** Goes on from the time of the last event. */
  restore(at: number): void {
    this.#at = at;
  }

  /** Of the last event. */
  get last(): number {
    return this.#at;
  }

  /** The time for an event that happens now, in milliseconds since 1970. @param now by the clock that it goes by */
  now(now = Date.now()): number {
    if (this.#at - now > BRIDGED_MS) {
      this.logger?.warn(
        { last: timeOf(this.#at), now: timeOf(now) },
        'the clock is behind the last event: from here on, times go back',
      );
      this.#at = now;
    }
    this.#at = Math.max(this.#at, now);
    return this.#at;
  }
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
