/** Killed texts that are remembered. */
const MAX_KILLS = 30;

/** What was cut out, to be put back: Emacs' kill ring. */
export class KillRing {
  readonly #kills: string[] = [];
  #at = 0;

  /** The last kill; nothing when there was none. */
  latest(): string | undefined {
    this.#at = this.#kills.length - 1;
    return this.#kills[this.#at];
  }

  /** The kill before the one given last, the newest after the oldest. */
  earlier(): string | undefined {
    this.#at = (this.#at - 1 + this.#kills.length) % Math.max(1, this.#kills.length);
    return this.#kills[this.#at];
  }

  /** Kills in a row are one: what was before the cursor goes before it, what was after it goes after. */
  add(text: string, side: 'before' | 'after', isInRow: boolean): void {
    if (text === '') return;
    const last = isInRow ? (this.#kills.pop() ?? '') : '';
    this.#kills.push(side === 'before' ? text + last : last + text);
    if (this.#kills.length > MAX_KILLS) this.#kills.shift();
  }
}
