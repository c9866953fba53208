/**
 * How far entries of a server are apart at least, in milliseconds. Each costs every server of the room some 150 µs, and a
 * write to each of its members, however little is in it.
 */
const APART_MS = 2;

/**
 * When a server appends its next entry: at the end of the turn of the event loop in which something was asked, but not soon
 * after the one before. So who speaks alone waits for nobody; and where much is said, what comes meanwhile shares an entry.
 */
export class EntryPace {
  #lastAt = Number.NEGATIVE_INFINITY;
  #turnEnd: NodeJS.Immediate | undefined;
  #later: NodeJS.Timeout | undefined;

  /** @param due called when the time has come, once for any number of calls of `ask` before */
  constructor(private readonly due: () => void) {}

  /** Something waits. */
  ask(): void {
    if (this.#later === undefined) this.#turnEnd ??= setImmediate(() => this.#endTurn());
  }

  close(): void {
    clearImmediate(this.#turnEnd);
    clearTimeout(this.#later);
  }

  #endTurn(): void {
    this.#turnEnd = undefined;
    const left = this.#lastAt + APART_MS - performance.now();
    if (left > 0) this.#later = setTimeout(() => this.#go(), left);
    else this.#go();
  }

  #go(): void {
    this.#later = undefined;
    this.#lastAt = performance.now();
    this.due();
  }
}
