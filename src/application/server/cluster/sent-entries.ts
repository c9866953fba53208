import { encodeEntry, type Incarnation } from './entry.js';
import type { Journal } from './journal.js';
import type { Answer, Folded } from './room-news.js';

/** Most entries of a server that are on their way at once: what comes meanwhile goes together into the next ones. */
const MAX_IN_FLIGHT = 32;
/** An entry that was not read for so long is appended again, in milliseconds. */
const LATE_MS = 3000;

interface Sent<P> {
  readonly n: number;
  readonly text: string;
  readonly proposals: readonly P[];
}

/** The entries that this server has appended and not read yet: numbered, and appended again, in their order, if they may be lost. */
export class SentEntries<P> {
  #by: Incarnation = '';
  #next = 0;
  #sent: Sent<P>[] = [];
  /** When the first one became the first, or was appended again. */
  #movedAt = 0;
  /** Whether they are to be appended again, as soon as some time has passed since that was done last. */
  #isAgain = false;

  constructor(private readonly journal: Pick<Journal, 'append'>) {}

  get by(): Incarnation {
    return this.#by;
  }

  /** Whether another one may go. */
  get hasRoom(): boolean {
    return this.#by !== '' && this.#sent.length < MAX_IN_FLIGHT;
  }

  /** What is asked in them, in order. */
  get proposals(): readonly P[] {
    return this.#sent.flatMap(({ proposals }) => proposals);
  }

  get firstOpen(): P | undefined {
    return this.#sent.find(({ proposals }) => proposals.length > 0)?.proposals[0];
  }

  /** Begins an incarnation with its first entry. What was on its way before is void. */
  begin(by: Incarnation, items: readonly string[]): void {
    this.#by = by;
    this.#next = 0;
    this.#sent = [];
    this.append([], items);
  }

  append(proposals: readonly P[], items: readonly string[]): void {
    const n = this.#next++;
    const text = encodeEntry(this.#by, n, items);
    if (this.#sent.length === 0) this.#movedAt = performance.now();
    this.#sent.push({ n, text, proposals });
    this.journal.append(text);
  }

  /** An entry was read. If it is the next of these, returns what was asked in it, with the answers. */
  read({ by, n, answers }: Folded): readonly (readonly [P, Answer | undefined])[] | undefined {
    const [first] = this.#sent;
    if (first === undefined || by !== this.#by) return undefined;
    // One that was overtaken by a later one, which does not count.
    if (answers === undefined && n > first.n) this.appendAgain();
    if (answers === undefined || n !== first.n) return undefined;
    this.#sent.shift();
    this.#movedAt = performance.now();
    return first.proposals.map((proposal, at) => [proposal, answers[at]]);
  }

  /** They may be lost. */
  appendAgain(): void {
    this.#isAgain = true;
  }

  /** Called now and then: appends them again if that is due. No more often than this is called. */
  look(): void {
    const now = performance.now();
    if (!this.#isAgain && now - this.#movedAt <= LATE_MS) return;
    this.#isAgain = false;
    this.#movedAt = now;
    for (const { text } of this.#sent) this.journal.append(text);
  }

  /** Nobody waits for them any more. */
  forget(): void {
    this.#sent = [];
  }
}
