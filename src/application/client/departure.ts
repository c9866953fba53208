/**
 * When to leave. `settled`: as soon as every message is confirmed. `soon`: what is said still goes out, but nothing is
 * waited for, and a lost connection is the end. `now`: says Leave, whatever is unsent. `unsaid`: hangs up.
 */
export type LeaveWhen = 'settled' | 'soon' | 'now' | 'unsaid';

/** How long a server may take to hang up after a Leave that does not wait for anything, in milliseconds. */
const HANG_UP_MS = 5000;

/** How long somebody who leaves while the connection is down tries to say so, in milliseconds. */
const LEAVE_MS = 5000;

/** How a member leaves: what for it is waited, and no longer than a bound. */
export class Departure {
  #when: LeaveWhen | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param timeIsUp called once the bound is reached */
  constructor(private readonly timeIsUp: () => void) {}

  /** May be called again to leave sooner. */
  begin(when: LeaveWhen): void {
    this.#when = when;
  }

  /** Whether messages are still to be confirmed. */
  get waitsForAnswers(): boolean {
    return this.#when === 'settled';
  }

  /** Whether a lost connection is the end. */
  get isHurried(): boolean {
    return this.#when !== undefined && this.#when !== 'settled';
  }

  /** The Leave has been said: the server has to hang up. */
  said(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.timeIsUp, HANG_UP_MS);
  }

  /** The Leave cannot be said yet. */
  delayed(): void {
    this.#timer ??= setTimeout(this.timeIsUp, LEAVE_MS);
  }

  /** It is over, before the bound or at it. */
  end(): void {
    clearTimeout(this.#timer);
  }
}
