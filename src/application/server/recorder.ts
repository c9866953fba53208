import type { Recorded, RoomEvent, Seq } from '../../domain/events.js';
import { Refusal } from '../../domain/refusal.js';
import type { SessionId } from '../../domain/session.js';
import { EventClock } from './event-clock.js';
import { StoreBusy } from './failures.js';
import { RecentRefs } from './recent-refs.js';
import type { Appended, EventStore, StoredRoom } from './room-log-ports.js';
import { Roster } from './roster.js';

/** More events than this do not wait for the end of a turn of the event loop. */
const MAX_BATCH = 1000;
/** Milliseconds after which a UserLeft that could not be recorded is tried again, unless an append comes first. */
const RETRY_MS = 1000;

/** How long another program may keep the store from writing before that is a refusal, in milliseconds. */
export const BUSY_PATIENCE_MS = 10_000;
const BUSY_RETRY_MS = 50;
/** How many appends wait for it at most: messages of the usual limit are 40 MB. */
const MAX_WAITING = 10_000;

interface PendingAppend {
  readonly event: RoomEvent;
  readonly resolve: (event: Appended<RoomEvent>) => void;
  readonly reject: (refusal: Refusal) => void;
  /** The event as it is to be recorded, the sequence number of the message that it repeats, or why it is refused. */
  decision: Recorded | Seq | Refusal | undefined;
}

/**
 * The writing half of a RecordingRoomLog: gives each event its sequence number and time, decides on names and
 * repetitions, and writes all that was appended in one turn of the event loop as one batch.
 */
export class Recorder {
  readonly #roster = new Roster();
  readonly #refs = new RecentRefs();
  #head: Seq = 0;
  #listener: ((batch: readonly Recorded[]) => void) | undefined;
  #waiting: PendingAppend[] = [];
  #settling: (() => void)[] = [];
  /** Set while an append waits for its first try. */
  #turnEnd: NodeJS.Immediate | undefined;
  #retry: NodeJS.Timeout | undefined;
  #isFull = false;
  #isFailing = false;
  #isClosed = false;
  /** Since when another program keeps the store from writing, by `performance.now()`. */
  #busySince: number | undefined;
  /** Whether everything waits for that. */
  #isWaiting = false;

  constructor(
    private readonly store: Pick<EventStore, 'write' | 'messageAt'>,
    private readonly clock = new EventClock(),
    private readonly busyPatienceMs = BUSY_PATIENCE_MS,
  ) {}

  /** Continues from what the store holds. */
  restore({ head, at, present, refs }: Pick<StoredRoom, 'head' | 'at' | 'present' | 'refs'>): void {
    this.#head = head;
    this.clock.restore(at);
    const inRoom = new Set<SessionId>();
    for (const known of present) {
      this.#roster.restore(known);
      inRoom.add(known.session);
    }
    for (const { session, ref, seq } of refs) {
      this.#refs.add(session, ref, seq);
      if (!inRoom.has(session)) this.#refs.leave(session);
    }
    this.#keep([]);
  }

  follow(listener: (batch: readonly Recorded[]) => void): void {
    this.#listener = listener;
  }

  append<E extends RoomEvent>(event: E): Promise<Appended<E>> {
    const { promise, resolve, reject } = Promise.withResolvers<Appended<RoomEvent>>();
    if (this.#isClosed || (this.#isWaiting && this.#waiting.length >= MAX_WAITING)) {
      reject(new Refusal('NOT_RECORDED'));
    } else if (this.#isWaiting) {
      this.#waiting.push({ event, resolve, reject, decision: undefined });
    } else {
      this.#waiting.push({ event, resolve, reject, decision: undefined });
      this.#turnEnd ??= setImmediate(() => this.#record());
      if (this.#waiting.length > MAX_BATCH && !this.#isFull && !this.#isFailing) {
        // Not within this call: the caller must have the promise before the follower is told of the event.
        this.#isFull = true;
        queueMicrotask(() => this.#record());
      }
    }
    return promise as Promise<Appended<E>>;
  }

  /** Whether a message is recorded, or waits for it. */
  knows(session: SessionId, ref: string): boolean {
    if (this.#refs.has(session, ref)) return true;
    return this.#waiting.some(({ event }) => {
      return event.type === 'MessageSent' && event.session === session && event.ref === ref;
    });
  }

  settled(): Promise<void> {
    if (this.#turnEnd === undefined && !this.#isWaiting) return Promise.resolve();
    return new Promise(resolve => this.#settling.push(resolve));
  }

  /** Records what waits, if it can; everything else, and every later append, is refused with NOT_RECORDED. */
  close(): void {
    if (this.#isClosed) return;
    this.#busySince = Number.NEGATIVE_INFINITY; // no patience any more
    this.#record();
    clearTimeout(this.#retry);
    this.#isClosed = true;
    clearImmediate(this.#turnEnd);
    for (const { reject } of this.#waiting) reject(new Refusal('NOT_RECORDED'));
    for (const resolve of this.#settling) resolve();
    this.#waiting = [];
  }

  #record(): void {
    clearImmediate(this.#turnEnd);
    clearTimeout(this.#retry);
    this.#turnEnd = undefined;
    this.#isFull = false;
    const pending = this.#waiting;
    const settling = this.#settling;
    this.#waiting = [];
    this.#settling = [];
    const batch = this.#decide(pending, this.clock.now());
    const failure = this.#write(batch);
    this.#isWaiting = failure === 'BUSY';
    if (failure === 'BUSY') {
      this.#waiting = [...pending, ...this.#waiting];
      this.#settling = [...settling, ...this.#settling];
      this.#undo(BUSY_RETRY_MS);
      return;
    }
    try {
      if (failure === undefined) this.#succeed(batch);
      else this.#undo(RETRY_MS);
    } finally {
      for (const each of pending) this.#answer(each, failure);
      for (const resolve of settling) resolve();
    }
  }

  /** Decides on every pending append as if the batch were recorded already. */
  #decide(pending: readonly PendingAppend[], at: number): Recorded[] {
    const batch: Recorded[] = [];
    for (const each of pending) {
      const seq = this.#head + batch.length + 1;
      each.decision = this.#objection(each.event, seq);
      if (each.decision !== undefined) continue;
      const recorded = { ...each.event, seq, at };
      each.decision = recorded;
      batch.push(recorded);
    }
    return batch;
  }

  #objection(event: RoomEvent, seq: Seq): Refusal | Seq | undefined {
    switch (event.type) {
      case 'UserJoined':
        return this.#roster.join(event);
      case 'UserLeft':
        this.#roster.leave(event.session);
        return undefined;
      case 'MessageSent':
        return event.ref === undefined ? undefined : this.#refs.add(event.session, event.ref, seq);
    }
  }

  #write(batch: readonly Recorded[]): Refusal | 'BUSY' | undefined {
    if (batch.length === 0) return undefined;
    try {
      this.store.write(batch);
      this.#isFailing = false;
      this.#busySince = undefined;
      return undefined;
    } catch (error) {
      this.#isFailing = true;
      if (error instanceof StoreBusy) {
        this.#busySince ??= performance.now();
        if (performance.now() - this.#busySince < this.busyPatienceMs) return 'BUSY';
      }
      return error instanceof Refusal ? error : new Refusal('NOT_RECORDED');
    }
  }

  #succeed(batch: readonly Recorded[]): void {
    this.#head += batch.length;
    this.#keep(batch);
    if (batch.length === 0) return;
    this.#listener?.(batch);
  }

  #keep(batch: readonly Recorded[]): void {
    this.#roster.keep();
    for (const { type, session } of batch) {
      if (type === 'UserLeft') this.#refs.leave(session);
      else if (type === 'UserJoined') this.#refs.join(session);
    }
    this.#refs.keep();
  }

  /** Nothing of the batch has happened. */
  #undo(retryMs: number): void {
    this.#roster.undo();
    this.#refs.undo();
    this.#retry = setTimeout(() => this.#record(), retryMs).unref();
  }

  #answer(each: PendingAppend, failure: Refusal | undefined): void {
    const { event, decision, resolve, reject } = each;
    if (typeof decision === 'number' && decision <= this.#head) this.#repeat(each, decision);
    else if (failure !== undefined && event.type === 'UserLeft') this.#waiting.push(each);
    else if (failure !== undefined) reject(failure);
    else if (decision instanceof Refusal) reject(decision);
    else if (typeof decision === 'object') resolve(decision);
  }

  /** Answers with the message as it was recorded, or with this one when that is no longer kept. */
  #repeat({ event, resolve, reject }: PendingAppend, seq: Seq): void {
    try {
      resolve({ ...(this.store.messageAt(seq) ?? { ...event, seq, at: this.clock.now() }), repeated: true });
    } catch {
      reject(new Refusal('NOT_RECORDED'));
    }
  }
}
