import { utf8Bytes } from '../../../domain/chat-message.js';
import type { Recorded } from '../../../domain/events.js';
import { Refusal } from '../../../domain/refusal.js';
import type { SessionId } from '../../../domain/session.js';
import type { Incarnation, Item } from './entry.js';
import { EntryPace } from './entry-pace.js';
import type { Journal } from './journal.js';
import type { Answer, Folded } from './room-news.js';
import { SentEntries } from './sent-entries.js';
import { UndecidedRefs } from './undecided-refs.js';

/** Most items of an entry. */
const MAX_ITEMS = 1000;
/** What is in an entry beside its items, in bytes: more than it ever is. */
const ENVELOPE = 256;
/** Most items that wait while nothing can be appended: messages of the usual limit are 40 MB. */
const MAX_WAITING = 10_000;
/**
 * How long something waits before it is refused, unless it is on its way: it may have been recorded then. In milliseconds; longer
 * than until clients are sent elsewhere (ServerWatch), where they say it again.
 */
const PATIENCE_MS = 22_000;
/** How often it is looked at what has waited for long, or may be lost, in milliseconds. */
const CHECK_MS = 50;

interface Proposal {
  readonly item: Item;
  readonly text: string;
  readonly since: number;
  /** Counts those of this server, from 1 on. */
  readonly number: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (refusal: Refusal) => void;
}

/**
 * What this server asks of the room: goes into the journal, all of one turn of the event loop and more as one entry, and is
 * answered when it is read there. In the order of the calls, however often a part of it has to be appended again.
 */
export class Proposals {
  #waiting: Proposal[] = [];
  readonly #sent: SentEntries<Proposal>;
  readonly #pace = new EntryPace(() => this.#send());
  #proposed = 0;
  #settling: { readonly upTo: number; readonly resolve: () => void }[] = [];
  readonly #refs = new UndecidedRefs();
  #isClosed = false;
  readonly #check: NodeJS.Timeout;

  /** @param why nothing can be recorded at present */
  constructor(
    private readonly journal: Pick<Journal, 'append' | 'maxBytes' | 'connectedSince'>,
    private readonly why: () => 'DISK_FULL' | 'NOT_RECORDED' = () => 'NOT_RECORDED',
  ) {
    this.#sent = new SentEntries(journal);
    this.#check = setInterval(() => this.#look(), CHECK_MS).unref();
  }

  /**
   * Begins an incarnation, whose first entry these items are. What was not read by now is void, and refused, but for leaves:
   * they go on under the new name.
   */
  begin(by: Incarnation, first: readonly Item[]): void {
    const dropped = [...this.#sent.proposals, ...this.#waiting];
    const before = this.#sent.by;
    this.#waiting = [];
    this.#sent.begin(
      by,
      first.map(item => JSON.stringify(item)),
    );
    for (const proposal of dropped) {
      const { item } = proposal;
      // Whose session it is by then may be another server's, whose client has come back there.
      if (item.type === 'UserLeft') this.#wait({ ...item, was: item.was ?? before }, proposal);
      else this.#refuse(proposal);
    }
    this.#settle();
  }

  /**
   * Resolves to what has become of it. @throws {Refusal} NOT_RECORDED or DISK_FULL, and it has not happened and never will
   * @param inWords what the caller makes of the answer: a promise less for each message than with `then`
   */
  propose(item: Item): Promise<Answer>;
  propose<T>(item: Item, inWords: (answer: Answer) => T): Promise<T>;
  propose<T>(item: Item, inWords?: (answer: Answer) => T): Promise<T | Answer> {
    // A repetition has happened if the first one does: it would be refused by itself while that one is on its way.
    const again = this.#refs.outcomeOf(item)?.then(seqOf);
    if (again !== undefined) return inWords === undefined ? again : again.then(inWords);
    const { promise, resolve: tell, reject } = Promise.withResolvers<T | Answer>();
    const resolve = inWords === undefined ? tell : (answer: Answer) => tell(inWords(answer));
    const isFull = this.#waiting.length >= MAX_WAITING && item.type !== 'UserLeft';
    const text = JSON.stringify(item);
    if (this.#isClosed || isFull || !this.#fits(text)) reject(new Refusal('NOT_RECORDED'));
    else {
      this.#wait(item, { number: ++this.#proposed, resolve, reject }, text);
      this.#refs.add(item, promise);
    }
    return promise;
  }

  /** How many are not decided. */
  get size(): number {
    return this.#sent.proposals.length + this.#waiting.length;
  }

  /** Whether this message is on its way. */
  knows(session: SessionId, ref: string): boolean {
    return this.#refs.has(session, ref);
  }

  /** Resolves when all that was proposed until now is decided. */
  settled(): Promise<void> {
    if (this.#firstOpen === undefined) return Promise.resolve();
    return new Promise(resolve => this.#settling.push({ upTo: this.#proposed, resolve }));
  }

  /** An entry was read. Answers it if it is one of these. */
  read(folded: Folded): void {
    const answered = this.#sent.read(folded);
    if (answered === undefined) return;
    for (const [proposal, answer] of answered) this.#answer(proposal, answer);
    if (this.#waiting.length > 0) this.#pace.ask();
    this.#settle();
  }

  /** What is on its way may be lost. It is appended again soon, in its order. */
  appendAgain(): void {
    this.#sent.appendAgain();
  }

  /** What waits is refused, and all that comes later. What is on its way may still be decided. */
  stop(): void {
    this.#isClosed = true;
    const left = this.#waiting;
    this.#waiting = [];
    for (const proposal of left) this.#refuse(proposal);
    this.#settle();
  }

  /** What is on its way is refused as well, though it may have happened: nobody is there any more who is told so. */
  close(): void {
    this.stop();
    clearInterval(this.#check);
    this.#pace.close();
    const left = this.#sent.proposals;
    this.#sent.forget();
    for (const proposal of left) this.#refuse(proposal);
    this.#settle();
  }

  #answer(proposal: Proposal, answer: Answer = 'DONE'): void {
    const { item, resolve, reject } = proposal;
    this.#refs.decided(item);
    if (answer instanceof Refusal) reject(answer);
    else resolve(answer);
  }

  #refuse(proposal: Proposal): void {
    this.#answer(proposal, new Refusal(this.why()));
  }

  /** The first one that is not decided. */
  get #firstOpen(): Proposal | undefined {
    return this.#sent.firstOpen ?? this.#waiting[0];
  }

  #settle(): void {
    if (this.#settling.length === 0) return;
    const { number = Number.POSITIVE_INFINITY } = this.#firstOpen ?? {};
    const settled = this.#settling.filter(({ upTo }) => upTo < number);
    this.#settling = this.#settling.filter(({ upTo }) => upTo >= number);
    // Those who were answered have gone on by then.
    setImmediate(() => {
      for (const { resolve } of settled) resolve();
    });
  }

  /** Even the longest message does; but what does not would never be taken, and nothing after it. */
  #fits(text: string): boolean {
    const most = this.journal.maxBytes - ENVELOPE;
    return text.length * 3 <= most || utf8Bytes(text) <= most;
  }

  #wait(
    item: Item,
    { number, resolve, reject }: Pick<Proposal, 'number' | 'resolve' | 'reject'>,
    text = JSON.stringify(item),
  ): void {
    this.#waiting.push({ item, text, since: performance.now(), number, resolve, reject });
    this.#pace.ask();
  }

  #send(): void {
    while (this.#waiting.length > 0 && this.#sent.hasRoom) {
      const proposals = this.#waiting.splice(0, this.#fitting());
      this.#sent.append(
        proposals,
        proposals.map(({ text }) => text),
      );
    }
  }

  /** How many of those that wait go into one entry. */
  #fitting(): number {
    let bytes = ENVELOPE;
    let count = 0;
    for (const { text } of this.#waiting) {
      // Three bytes of UTF-8 for each unit are enough for all texts, and one is the comma.
      bytes += text.length * 3 + 1;
      if (count > 0 && (count >= MAX_ITEMS || bytes > this.journal.maxBytes)) break;
      count++;
    }
    return count;
  }

  #look(): void {
    this.#sent.look();
    const now = performance.now();
    const isLate = ({ item, since }: Proposal) => item.type !== 'UserLeft' && now - since > PATIENCE_MS;
    if (!this.#waiting.some(isLate)) return;
    const late = this.#waiting.filter(isLate);
    this.#waiting = this.#waiting.filter(proposal => !isLate(proposal));
    for (const proposal of late) this.#refuse(proposal);
    this.#settle();
  }
}

/** What a repetition of it is answered. */
function seqOf(first: unknown): Answer {
  return (first as Recorded).seq;
}
