import type { ClientEvent, Outage } from './client-event.js';

/** An outage that the server has announced is no news for so long, in milliseconds: it takes no longer to start again. */
const SHORT_MS = 5000;

/** What such an outage consists of; anything else is worth a line at once. */
const EXPECTED: readonly Outage['code'][] = ['SERVER_STOPPING', 'NOT_REACHED', 'NO_ANSWER', 'LOST'];

/** Passes everything on, with a mark on what of an outage that the server has announced is not worth a line. */
export function withoutShortOutages(show: (event: ClientEvent) => void): (event: ClientEvent) => void {
  const outage = new ShortOutage();
  return event => show(outage.marked(event));
}

/**
 * A server that stops says so, and is mostly there again in no time: then nothing of it is worth a line, if nothing is
 * missing afterwards. It is told when it takes longer.
 */
class ShortOutage {
  /** When it began, by `performance.now()`; nothing while there is none. */
  #since: number | undefined;
  /** Whether nothing is told of this outage, or was of the last one. */
  #isQuiet = false;

  marked(event: ClientEvent): ClientEvent {
    switch (event.type) {
      case 'Reconnecting':
        return this.#reconnecting(event);
      case 'Welcome':
        this.#since = undefined;
        return event;
      case 'Reconnected':
        this.#since = undefined;
        this.#isQuiet &&= event.resumed && event.gap === undefined;
        return this.#isQuiet ? { ...event, isNews: false } : event;
      case 'Replayed':
        return this.#isQuiet ? { ...event, isNews: false } : event;
      case 'Queued':
        return this.#isQuiet && this.#since !== undefined ? { ...event, isNews: false } : event;
      case 'Accepted':
        return this.#accepted(event);
      default:
        return event;
    }
  }

  #reconnecting(event: Extract<ClientEvent, { type: 'Reconnecting' }>): ClientEvent {
    const { code } = event.outage;
    const now = performance.now();
    if (this.#since === undefined) this.#isQuiet = code === 'SERVER_STOPPING';
    this.#since ??= now;
    if (!this.#isQuiet) return event;
    this.#isQuiet = now - this.#since < SHORT_MS && EXPECTED.includes(code);
    return { ...event, isNews: !this.#isQuiet };
  }

  /** That all is sent is worth a word only to somebody who knew that it was not. */
  #accepted(event: Extract<ClientEvent, { type: 'Accepted' }>): ClientEvent {
    if (!this.#isQuiet || this.#since !== undefined) return event;
    if (event.unsent === 0) this.#isQuiet = false;
    return { ...event, late: false };
  }
}
