/** Entries that are remembered. */
const MAX_ENTRIES = 500;

/**
 * What was entered before, oldest first. While going through it, what is changed stays changed, and the draft
 * that was left is at its end.
 */
export class InputHistory {
  #entries: string[] = [];
  #walk: string[] | undefined;
  #at = 0;

  /** All of them, oldest first. */
  get entries(): readonly string[] {
    return this.#entries;
  }

  /** Puts what was entered at another time before all others. */
  prepend(entries: readonly string[]): void {
    this.#entries = [...entries, ...this.#entries].slice(-MAX_ENTRIES);
  }

  /** The next step begins at the newest again. A draft that was left for older entries is the newest now. */
  endWalk(): void {
    const draft =
      this.#walk !== undefined && this.#at < this.#walk.length - 1 ? this.#walk.at(-1) : undefined;
    this.#walk = undefined;
    if (draft !== undefined) this.#remember(draft);
  }

  /** Remembers an entry, unless it is empty or the same as the last; ends the walk. */
  add(entry: string): void {
    this.endWalk();
    this.#remember(entry);
  }

  #remember(entry: string): void {
    if (entry.trim() === '' || entry === this.#entries.at(-1)) return;
    this.#entries.push(entry);
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift();
  }

  /** One entry older than `current`, which is kept in its place; nothing at the oldest. */
  older(current: string): string | undefined {
    return this.#step(current, -1);
  }

  /** One entry newer than `current`, the draft in the end; nothing at the draft. */
  newer(current: string): string | undefined {
    return this.#step(current, 1);
  }

  #step(current: string, by: -1 | 1): string | undefined {
    if (this.#walk === undefined) {
      this.#walk = [...this.#entries, current];
      this.#at = this.#entries.length;
    }
    const next = this.#walk[this.#at + by];
    if (next === undefined) return undefined;
    this.#walk[this.#at] = current;
    this.#at += by;
    return next;
  }
}
