import type { JournalEntry } from './journal.js';

/** A checkpoint follows the one before after so many entries, UTF-16 units of them, or milliseconds. */
const ENTRIES = 20_000;
const UNITS = 16 * 1024 * 1024;
const INTERVAL_MS = 3_600_000;
/** How often it is looked whether so much time has passed, in milliseconds. */
const CHECK_MS = 60_000;

/** Sees to it that a server that comes later has a state to go on from. */
export class Checkpointer {
  #entries = 0;
  #units = 0;
  #keptAt = performance.now();
  #isKeeping = false;
  readonly #timer: NodeJS.Timeout;

  /**
   * @param isMine whether this server is the one that does it
   * @param keep keeps the state of now
   */
  constructor(
    private readonly isMine: () => boolean,
    private readonly keep: () => Promise<void>,
  ) {
    this.#timer = setInterval(() => this.#look(), CHECK_MS).unref();
  }

  /** These were read, and are part of the state. */
  count(entries: readonly JournalEntry[]): void {
    this.#entries += entries.length;
    for (const { text } of entries) this.#units += text.length;
    if (this.#entries >= ENTRIES || this.#units >= UNITS) this.#look();
  }

  /** Somebody cannot start without one. */
  ask(): void {
    if (!this.#isKeeping && this.isMine()) void this.#keep();
  }

  /** Keeps what is not kept yet. Never rejects: every entry is there all the same. */
  async finish(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#entries > 0) await this.#keep();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const isLate = this.#entries > 0 && performance.now() - this.#keptAt > INTERVAL_MS;
    const isDue = this.#entries >= ENTRIES || this.#units >= UNITS || isLate;
    if (isDue && !this.#isKeeping && this.isMine()) void this.#keep();
  }

  async #keep(): Promise<void> {
    this.#isKeeping = true;
    const [entries, units] = [this.#entries, this.#units];
    try {
      await this.keep();
      this.#entries -= entries;
      this.#units -= units;
      this.#keptAt = performance.now();
    } catch {
      // After as much again. The one before is still there.
      this.#entries = 0;
      this.#units = 0;
    } finally {
      this.#isKeeping = false;
    }
  }
}
