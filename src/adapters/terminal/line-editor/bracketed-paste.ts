import type { Key } from './keys.js';

/** Longest paste that is held, in UTF-16 units. */
export const MAX_PASTE_LENGTH = 1024 * 1024;

/** What a terminal sends after a paste. */
const END = '\u001b[201~';

/** A paste, put together of the pieces in which a terminal sends it. No more of it is held than a bound. */
export class BracketedPaste {
  #text = '';
  /** What came last, that its end may begin with. */
  #tail = '';

  /** Takes `text` from `at` on, and answers where in it the paste is over; nothing when it goes on. */
  take(text: string, at: number): number | undefined {
    const held = this.#tail;
    const all = held + text.slice(at);
    const end = all.indexOf(END);
    const certain = end >= 0 ? end : Math.max(0, all.length - END.length + 1);
    this.#keep(all.slice(0, certain));
    this.#tail = end >= 0 ? '' : all.slice(certain);
    return end >= 0 ? at + end + END.length - held.length : undefined;
  }

  /** All that came, whether its end did or not; the next one begins. */
  finish(): Extract<Key, { type: 'paste' }> {
    this.#keep(this.#tail);
    const cut = this.#text.length > MAX_PASTE_LENGTH;
    const text = this.#text.slice(0, MAX_PASTE_LENGTH);
    this.#text = '';
    this.#tail = '';
    return { type: 'paste', text, cut };
  }

  #keep(text: string): void {
    // One unit more than is given out tells that there was more.
    if (this.#text.length <= MAX_PASTE_LENGTH)
      this.#text += text.slice(0, MAX_PASTE_LENGTH + 1 - this.#text.length);
  }
}
