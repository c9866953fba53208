import type { Recorded, Seq } from '../../../domain/events.js';
import type { EventStore, LogChange } from '../room-log-ports.js';
import type { Incarnation } from './entry.js';
import type { JournalEntry } from './journal.js';
import { JournalClock } from './journal-clock.js';
import type { RoomFold } from './room-fold.js';
import type { Folded, News } from './room-news.js';

/** How long after a write that failed it is tried again, in milliseconds. */
const RETRY_MS = 250;

/** After so long its clients are better off at another server, in milliseconds. */
const STUCK_MS = 10_000;

/** How much may wait meanwhile, in UTF-16 units: beyond it, this server cannot go on. */
const MAX_WAITING = 64 * 1024 * 1024;

/** What it tells, in order. */
export interface ReplicaListener {
  /** An entry was taken, and all that it changed is kept, and told. */
  folded(folded: Folded): void;
  recorded(batch: readonly Recorded[]): void;
  changed(change: LogChange): void;
  /** The copy has taken nothing for long. Told once, until it takes something again. */
  stuck(): void;
  /** The copy takes nothing any more, and too much waits. */
  overflowed(): void;
}

/** The copy could not be written. */
class CopyTrouble extends Error {}

/** Keeps a copy of what the entries mean, and tells of it: nothing is told before it is kept. */
export class RoomReplica {
  readonly clock = new JournalClock();
  #own: Incarnation = '';
  #waiting: JournalEntry[] = [];
  #waitingUnits = 0;
  /** What is to be done before the next entries, and how much of it is done: what failed is tried again. */
  #steps: (() => void)[] = [];
  #done = 0;
  #retry: NodeJS.Timeout | undefined;
  /** Since when the copy takes nothing, by `performance.now()`. */
  #troubledSince: number | undefined;
  #isStuck = false;
  #isPaused = false;
  #isClosed = false;
  /** What was recorded, up to the next of the steps. */
  #batch: Recorded[] = [];
  #isOther = false;

  /**
   * @param keptTo what the store holds already
   * @param last the event there, if it is still kept
   */
  constructor(
    readonly fold: RoomFold,
    private readonly store: Pick<EventStore, 'write' | 'erase'>,
    private readonly listener: ReplicaListener,
    private readonly keptTo: Seq,
    private readonly last?: Recorded,
  ) {}

  /** This server's own incarnation, from its first entry on. */
  set own(incarnation: Incarnation) {
    this.#own = incarnation;
  }

  /** Whether the last event that was kept by an earlier run is another one now. It takes nothing more then. */
  get isOther(): boolean {
    return this.#isOther;
  }

  /** Whether the copy has taken nothing for long, though there was something. */
  get isStuck(): boolean {
    return this.#isStuck;
  }

  take(entries: readonly JournalEntry[]): void {
    for (const entry of entries) {
      this.#waiting.push(entry);
      this.#waitingUnits += entry.text.length;
    }
    this.#run();
    if (this.#waitingUnits > MAX_WAITING && !this.#isClosed) this.listener.overflowed();
  }

  /** Takes no more entries until `resume`; also within those that it is taking. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#run();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
  }

  #run(): void {
    if (this.#retry !== undefined || this.#isClosed) return;
    try {
      this.#do();
      while (this.#waiting.length > 0 && !this.#isPaused && !this.#isClosed) {
        this.#fold();
        this.#do();
      }
      this.#troubledSince = undefined;
      this.#isStuck = false;
    } catch (error) {
      if (!(error instanceof CopyTrouble)) throw error;
      this.#troubledSince ??= performance.now();
      if (!this.#isStuck && performance.now() - this.#troubledSince > STUCK_MS) {
        this.#isStuck = true;
        this.listener.stuck();
      }
      this.#retry = setTimeout(() => {
        this.#retry = undefined;
        this.#run();
      }, RETRY_MS);
    }
  }

  /** Does the steps in their order; one that fails is the first the next time. @throws {CopyTrouble} */
  #do(): void {
    for (let step = this.#steps[this.#done]; step !== undefined; step = this.#steps[this.#done]) {
      this.#done++;
      try {
        step();
      } catch (error) {
        if (error instanceof CopyTrouble) this.#done--;
        throw error;
      }
    }
    this.#steps = [];
    this.#done = 0;
  }

  /** All that waits becomes one batch, as far as there is no pause in it. */
  #fold(): void {
    const all: Folded[] = [];
    const written: Recorded[] = [];
    for (const entry of this.#waiting) {
      const folded = this.fold.apply(entry);
      all.push(folded);
      this.#waitingUnits -= entry.text.length;
      for (const news of folded.news) {
        if (news.type !== 'recorded') continue;
        if (news.event.seq > this.keptTo) written.push(news.event);
        else if (news.event.seq === this.keptTo && this.#differs(news.event)) {
          this.#isOther = true;
          this.close();
          return;
        }
      }
      if (folded.by === this.#own && folded.n === 0 && folded.answers !== undefined) break;
    }
    this.#waiting = this.#waiting.slice(all.length);
    this.clock.heard(this.fold.at);
    if (written.length > 0) this.#steps.push(() => this.#keep(() => this.store.write(written)));
    for (const folded of all) this.#plan(folded);
    this.#tellGathered();
    for (const folded of all) this.#steps.push(() => this.listener.folded(folded));
  }

  #differs({ session, at }: Recorded): boolean {
    const { last } = this;
    return last !== undefined && (last.session !== session || last.at !== at);
  }

  /** What is said is gathered up to whatever else has happened. */
  #plan({ by, news }: Folded): void {
    for (const each of news) {
      if (each.type === 'recorded') this.#gather(each, by);
      else {
        this.#tellGathered();
        if (each.type === 'erased') this.#steps.push(() => this.#keep(() => this.store.erase(each.seq)));
        else this.#steps.push(() => this.#tell(each));
      }
    }
  }

  #gather({ event, told = event }: Extract<News, { type: 'recorded' }>, by: Incarnation): void {
    if (event.seq <= this.keptTo) return;
    // Those who join here are no news from elsewhere.
    this.#batch.push(by === this.#own && event.type === 'UserJoined' ? event : told);
  }

  #tellGathered(): void {
    const batch = this.#batch;
    this.#batch = [];
    if (batch.length > 0) this.#steps.push(() => this.listener.recorded(batch));
  }

  /** @throws {CopyTrouble} */
  #keep<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw new CopyTrouble('the copy cannot be written', { cause });
    }
  }

  #tell(news: Exclude<News, { type: 'erased' | 'recorded' }>): void {
    if (news.type === 'epoch') this.listener.changed(news);
    else if (news.type === 'moved') {
      const { user, to, because } = news;
      this.listener.changed({
        ...{ type: 'moved', because, user: this.clock.userHere(user) },
        to: to === this.#own ? 'here' : 'elsewhere',
      });
    } else if (news.type === 'absence') {
      const { session, isAway, by: server } = news;
      const waiting = news.waiting && this.clock.here(news.waiting);
      if (server !== this.#own)
        this.listener.changed({ type: 'absence', session, isAway, ...(waiting && { waiting }) });
    } else if (news.type === 'up' && news.incarnation === this.#own) {
      const lastSession = this.fold.servers.sessionsOf(this.#own);
      this.listener.changed({ type: 'numbered', lastSession });
    }
  }
}
