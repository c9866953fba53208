import type { ClientEvent } from '../../application/client/client-event.js';
import { outageText } from '../view/event-text.js';

const SECOND_MS = 1000;
/** How long it is said that the line is back, in milliseconds. */
const BACK_MS = 4000;

/** What the line of the page is made of that says how the connection is. */
export interface LineParts {
  readonly line: HTMLElement;
  readonly text: HTMLElement;
  readonly now: HTMLButtonElement;
  /** Has the focus after the button. */
  readonly home: HTMLElement;
}

/** How the connection is, where that is worth a word: nothing while all is well. */
export class LineState {
  #outage: Extract<ClientEvent, { type: 'Reconnecting' }> | undefined;
  /** Not, as long as it may be over at once. */
  #isTold = false;
  /** By `performance.now()`. */
  #againAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly parts: LineParts) {}

  get isAway(): boolean {
    return this.#outage !== undefined;
  }

  away(event: Extract<ClientEvent, { type: 'Reconnecting' }>): void {
    this.#outage = event;
    this.#againAt = performance.now() + event.inMs;
    this.#isTold ||= event.isNews;
    if (this.#isTold) this.#count();
  }

  back(): void {
    const wasAway = this.#isTold;
    this.#outage = undefined;
    this.#isTold = false;
    this.#say(wasAway ? 'You are back.' : '');
    if (wasAway) this.#timer = setTimeout(() => this.#say(''), BACK_MS);
  }

  /** The server has not answered for so long; 0 when it has after all. */
  lagging(ms: number): void {
    if (this.isAway) return;
    this.#say(ms === 0 ? '' : `The server has not answered for ${Math.round(ms / SECOND_MS)} s.`, 'bad');
  }

  close(): void {
    this.#outage = undefined;
    this.#isTold = false;
    this.#say('');
  }

  #count(): void {
    if (this.#outage === undefined) return;
    const seconds = Math.ceil((this.#againAt - performance.now()) / SECOND_MS);
    const when = seconds <= 0 ? 'Trying again…' : `Trying again in ${seconds} s.`;
    const { outage, unsent } = this.#outage;
    const why = navigator.onLine ? outageText(outage) : 'You are offline.';
    const waiting = unsent === 0 ? '' : ` Not sent yet: ${unsent}.`;
    this.#say(`${why} ${when}${waiting}`, 'bad');
    this.parts.now.hidden = seconds <= 1;
    if (seconds > 0) this.#timer = setTimeout(() => this.#count(), SECOND_MS);
  }

  #say(text: string, how: 'good' | 'bad' = 'good'): void {
    const { line, text: words, now, home } = this.parts;
    clearTimeout(this.#timer);
    if (document.activeElement === now) queueMicrotask(() => now.hidden && home.focus());
    now.hidden = true;
    line.hidden = text === '';
    line.classList.toggle('bad', how === 'bad');
    // A countdown is seen: whoever hears it is told once.
    line.setAttribute('aria-live', this.isAway && words.textContent !== '' ? 'off' : 'polite');
    words.textContent = text;
  }
}
