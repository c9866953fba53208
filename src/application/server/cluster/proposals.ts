import { Refusal } from '../../../domain/refusal.js';
import { encodeEntry, type Incarnation, type Item } from './entry.js';
import type { Journal } from './journal.js';
import type { Answer, Folded } from './room-fold.js';

/** Most entries of a server that are on their way at once: what comes meanwhile goes together into the next ones. */
const MAX_IN_FLIGHT = 32;
/** Most items of an entry. */
const MAX_ITEMS = 1000;
/** Most items that wait while nothing can be appended: messages of the usual limit are 40 MB. */
const MAX_WAITING = 10_000;
/** How long something waits before it is refused, unless it is on its way: it may have been recorded then. In milliseconds. */
const PATIENCE_MS = 10_000;
/** An entry that was not read for so long is appended again, in milliseconds. */
const LATE_MS = 3000;
/** How often that is looked at, in milliseconds; entries are appended again no more often than this. */
const CHECK_MS = 50;

interface Proposal {
  readonly item: Item;
  readonly text: string;
  readonly since: number;
  readonly decided: Promise<Answer>;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (refusal: Refusal) => void;
}

interface Sent {
  readonly n: number;
  readonly text: string;
  readonly proposals: readonly Proposal[];
}

/**
 * What this server asks of the room: goes into the journal, all of one turn of the event loop as one entry, and is answered
 * when it is read there. In the order of the calls, however often a part of it has to be appended again.
 */
export class Proposals {
  #by: Incarnation = '';
  #next = 0;
  #waiting: Proposal[] = [];
  #inFlight: Sent[] = [];
  #turnEnd: NodeJS.Immediate | undefined;
  /** When the first one on its way became the first, or was appended again. */
  #movedAt = 0;
  /** Whether they are to be appended again, as soon as some time has passed since that was done last. */
  #isAgain = false;
  #isClosed = false;
  readonly #check: NodeJS.Timeout;

  constructor(private readonly journal: Pick<Journal, 'append' | 'maxBytes' | 'connectedSince'>) {
    this.#check = setInterval(() => this.#look(), CHECK_MS).unref();
  }

  /**
   * Begins an incarnation, whose first entry these items are. What was not read by now is void, and refused, but for leaves:
   * they go on under the new name.
   */
  begin(by: Incarnation, first: readonly Item[]): void {
    const dropped = [...this.#inFlight.flatMap(({ proposals }) => proposals), ...this.#waiting];
    this.#by = by;
    this.#next = 1;
    this.#inFlight = [];
    this.#waiting = [];
    this.#append(
      0,
      [],
      first.map(item => JSON.stringify(item)),
    );
    for (const proposal of dropped) {
      const { item } = proposal;
      if (item.type !== 'UserLeft') proposal.reject(new Refusal('NOT_RECORDED'));
      else this.#wait({ ...item, ended: item.ended ?? { reason: 'REPLACED' } }, proposal);
    }
  }

  /** Resolves to what has become of it. @throws {Refusal} NOT_RECORDED, and it has not happened and never will */
  propose(item: Item): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const isFull = this.#waiting.length >= MAX_WAITING && item.type !== 'UserLeft';
    if (this.#isClosed || isFull) reject(new Refusal('NOT_RECORDED'));
    else this.#wait(item, { decided: promise, resolve, reject });
    return promise;
  }

  /** How many are not decided. */
  get size(): number {
    return this.#inFlight.reduce((sum, { proposals }) => sum + proposals.length, this.#waiting.length);
  }

  /** Whether it is on its way. */
  has(isMeant: (item: Item) => boolean): boolean {
    const isIn = ({ item }: Proposal) => isMeant(item);
    return this.#waiting.some(isIn) || this.#inFlight.some(({ proposals }) => proposals.some(isIn));
  }

  /** Resolves when all that was proposed until now is decided. */
  async settled(): Promise<void> {
    const [sent, waiting] = [this.#inFlight.at(-1)?.proposals.at(-1), this.#waiting.at(-1)];
    // Each of the two is decided in its order; only those that wait can be given up.
    for (const last of [sent, waiting]) await last?.decided.catch(() => {});
    if (sent !== undefined || waiting !== undefined) await new Promise(resolve => setImmediate(resolve));
  }

  /** An entry was read. Answers it if it is one of these. */
  read({ by, n, answers }: Folded): void {
    if (by !== this.#by) return;
    const [first] = this.#inFlight;
    // One that was overtaken by a later one, which does not count.
    if (first !== undefined && answers === undefined && n > first.n) this.appendAgain();
    if (first === undefined || answers === undefined || n !== first.n) return;
    this.#inFlight.shift();
    this.#movedAt = performance.now();
    for (const [at, { resolve, reject }] of first.proposals.entries()) {
      const answer = answers[at] ?? 'DONE';
      if (answer instanceof Refusal) reject(answer);
      else resolve(answer);
    }
    if (this.#waiting.length > 0) this.#send();
  }

  /** What is on its way may be lost. It is appended again soon, in its order. */
  appendAgain(): void {
    this.#isAgain = true;
  }

  /** Everything that waits, or is on its way, is refused, and all that comes later. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#check);
    clearImmediate(this.#turnEnd);
    const left = [...this.#inFlight.flatMap(({ proposals }) => proposals), ...this.#waiting];
    this.#inFlight = [];
    this.#waiting = [];
    for (const { reject } of left) reject(new Refusal('NOT_RECORDED'));
  }

  #wait(item: Item, answer: Pick<Proposal, 'decided' | 'resolve' | 'reject'>): void {
    const { decided, resolve, reject } = answer;
    this.#waiting.push({
      ...{ item, text: JSON.stringify(item), since: performance.now() },
      ...{ decided, resolve, reject },
    });
    this.#turnEnd ??= setImmediate(() => {
      this.#turnEnd = undefined;
      this.#send();
    });
  }

  #send(): void {
    while (this.#waiting.length > 0 && this.#inFlight.length < MAX_IN_FLIGHT && this.#by !== '') {
      const proposals = this.#waiting.splice(0, this.#fitting());
      this.#append(
        this.#next++,
        proposals,
        proposals.map(({ text }) => text),
      );
    }
  }

  #append(n: number, proposals: readonly Proposal[], items: readonly string[]): void {
    const text = encodeEntry(this.#by, n, items);
    if (this.#inFlight.length === 0) this.#movedAt = performance.now();
    this.#inFlight.push({ n, text, proposals });
    this.journal.append(text);
  }

  /** How many of those that wait go into one entry. */
  #fitting(): number {
    let bytes = 0;
    let count = 0;
    for (const { text } of this.#waiting) {
      // Two bytes of UTF-8 for each unit are enough for nearly all texts, and three for all.
      bytes += text.length * 3;
      if (count > 0 && (count >= MAX_ITEMS || bytes > this.journal.maxBytes)) break;
      count++;
    }
    return count;
  }

  #look(): void {
    const now = performance.now();
    if (this.#isAgain || now - this.#movedAt > LATE_MS) {
      this.#isAgain = false;
      this.#movedAt = now;
      for (const { text } of this.#inFlight) this.journal.append(text);
    }
    const isLate = ({ item, since }: Proposal) => item.type !== 'UserLeft' && now - since > PATIENCE_MS;
    if (!this.#waiting.some(isLate)) return;
    const late = this.#waiting.filter(isLate);
    this.#waiting = this.#waiting.filter(proposal => !isLate(proposal));
    for (const { reject } of late) reject(new Refusal('NOT_RECORDED'));
  }
}
