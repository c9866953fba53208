import type { Outage } from './client-event.js';

/** A wait shorter than this, in milliseconds, is not worth a line, unless the outage is a new one. */
const LONG_WAIT_MS = 5000;

/** Decides which attempts to reconnect are worth a line: not each, only a new reason, and waits that have grown long. */
export class OutageNews {
  readonly #told = new Set<Outage['code']>();
  #toldWaitMs = LONG_WAIT_MS;

  /** @param inMs the wait before the next attempt */
  isNews({ code }: Outage, inMs: number): boolean {
    if (this.#told.has(code) && inMs < this.#toldWaitMs) return false;
    this.#told.add(code);
    this.#toldWaitMs = Math.max(LONG_WAIT_MS, inMs * 2);
    return true;
  }
}
