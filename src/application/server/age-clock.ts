import type { Logger } from './service-ports.js';

const HOUR_MS = 3_600_000;
/** A history whose last event is older than this is not cleaned at once: it may be the clock that is wrong. */
const MAX_PAUSE_MS = 24 * HOUR_MS;
/** A jump of less than this, while the server runs, is no reason to doubt. */
const MAX_JUMP_MS = HOUR_MS;
/** For how long a clock that has jumped ahead must run on before it is believed. */
const DOUBT_MS = 24 * HOUR_MS;

/**
 * The time by which the age of events is judged. What is too old is removed for good, so a clock that has jumped ahead
 * is believed only when it has run on for a day; until then, time passes from where it was known.
 */
export class AgeClock {
  /** The time that is believed, and when it was: by the clock of the process, which never jumps. */
  #known: number;
  #knownAt = performance.now();
  #doubtedAt: number | undefined;

  /** @param lastAt time of the last event, in milliseconds since 1970; 0 when there is none */
  constructor(
    lastAt: number,
    private readonly logger?: Pick<Logger, 'warn'>,
  ) {
    const now = Date.now();
    const isPlausible = lastAt === 0 || now - lastAt <= MAX_PAUSE_MS;
    this.#known = isPlausible ? now : lastAt;
  }

  /** Milliseconds since 1970; to be asked every few hours at least. */
  now(): number {
    const elapsed = performance.now();
    const expected = this.#known + elapsed - this.#knownAt;
    const now = Date.now();
    if (now - expected <= MAX_JUMP_MS) {
      this.#doubtedAt = undefined;
      return this.#believe(now, elapsed);
    }
    if (this.#doubtedAt === undefined) {
      this.#doubtedAt = elapsed;
      this.logger?.warn(
        { last: timeOf(expected), now: timeOf(now) },
        'the clock is far ahead of what was known: for a day, nothing is removed because of its age',
      );
    }
    return elapsed - this.#doubtedAt < DOUBT_MS ? expected : this.#believe(now, elapsed);
  }

  #believe(now: number, elapsed: number): number {
    this.#known = now;
    this.#knownAt = elapsed;
    return now;
  }
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
