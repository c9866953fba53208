import { setTimeout as later } from 'node:timers/promises';
import type { JournalEntry, Position } from '../../application/server/cluster/journal.js';
import type { StoredMessage } from './delivery.js';
import type { ReplacedEntries } from './replaced-entries.js';

/** Until it is asked again what stands in an empty place, in milliseconds. */
const AGAIN_MS = 100;

/** Makes entries of messages, in the order of the journal, and fills the places of those that were replaced. */
export class EntryFlow {
  /** What came while it was asked for something before it. */
  #waiting: JournalEntry[] = [];
  #isFilling = false;
  #isClosed = false;
  /** Where the journal ends of which all has come, while something is asked for. */
  #end: Position = 0;
  #told: Position;
  /** As it was in the journal. */
  #lastText: { readonly position: Position; readonly text: string } | undefined;

  constructor(
    after: Position,
    private readonly replaced: ReplacedEntries,
    /** Where the journal begins now, looked for down to a position. */
    private readonly beginning: (wanted: Position) => Promise<Position>,
    private readonly tell: (entries: readonly JournalEntry[]) => void,
    private readonly lost: (reason: string) => void,
  ) {
    this.#told = after;
  }

  take(messages: readonly StoredMessage[]): void {
    const entries = messages.map(({ position, at, message }) => {
      const text = message.string();
      this.#lastText = { position, text };
      return this.replaced.insteadOf({ position, at, text });
    });
    if (this.#isFilling) this.#waiting.push(...entries);
    else this.#tell(entries);
  }

  /** All up to this position has come that is in the journal. */
  reached(position: Position): void {
    if (this.#isFilling) this.#end = position;
    else if (!this.#isClosed && position > this.#told) void this.#fill([], position);
  }

  /** What was read at a position, if it was the last one. */
  textOf(position: Position): string | undefined {
    return this.#lastText?.position === position ? this.#lastText.text : undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
  }

  #tell(entries: readonly JournalEntry[]): void {
    if (this.#isClosed || entries.length === 0) return;
    const hole = entries.findIndex(({ position }, index) => position !== this.#told + index + 1);
    const whole = hole === -1 ? entries : entries.slice(0, hole);
    this.#told += whole.length;
    if (whole.length > 0) this.tell(whole);
    if (hole !== -1) void this.#fill(entries.slice(hole));
  }

  /** @param rest begins behind a hole, which ends at `to` */
  async #fill(rest: JournalEntry[], to = (rest[0]?.position ?? 1) - 1): Promise<void> {
    this.#isFilling = true;
    this.#waiting = rest;
    const found = await this.#standing(this.#told + 1, to);
    this.#isFilling = false;
    if (found === undefined || this.#isClosed) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    // Behind the last one there may be more that this broker does not know yet.
    this.#told = waiting.length > 0 ? to : (found.at(-1)?.position ?? this.#told);
    if (found.length > 0) this.tell(found);
    this.#tell(waiting);
    const end = this.#end;
    if (this.#isFilling) return;
    this.#end = 0;
    this.reached(end);
  }

  async #standing(from: Position, to: Position): Promise<JournalEntry[] | undefined> {
    while (!this.#isClosed) {
      try {
        if ((await this.beginning(from)) > from) {
          this.lost('entries were removed before this server had read them');
          return undefined;
        }
        return await this.replaced.within(from, to);
      } catch {
        await later(AGAIN_MS, undefined, { ref: false });
      }
    }
    return undefined;
  }
}
