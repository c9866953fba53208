import type { Broadcaster, Outlet, WireFormat } from '../../application/server/ports.js';
import type { Recorded } from '../../domain/events.js';
import type { SessionId } from '../../domain/session.js';
import { type Batch, MAX_BATCH_BYTES, type OwnEvents, SharedLog } from './shared-log.js';
import { type Straggler, Stragglers } from './stragglers.js';

/** What a reader may fall behind before it is disconnected. */
export interface LagLimits {
  /** Bytes of events kept for readers that are behind; who needs more is disconnected. */
  readonly maxLogBytes: number;
  /** Milliseconds in which a reader that is behind has to take something. */
  readonly stallTimeoutMs: number;
  /** Milliseconds that a message waits for others to travel with; 0 is not at all. */
  readonly coalesceMs: number;
}

/**
 * Comings and goings alone cause a flush no oftener than this, in milliseconds, and than would take a fifth of the
 * time. Those who join one by one would else cost a system call for each pair: 5,000 took a minute of CPU.
 */
const PRESENCE_INTERVAL_MS = 20;
const PRESENCE_FLUSH_SHARE = 4;

/** Most bytes that wait to be told. */
const MAX_UNTOLD_BYTES = 4 * MAX_BATCH_BYTES;

/** How often readers that are behind are looked at, in milliseconds. */
const STALL_CHECK_MS = 500;

/** One member's place in the log. */
interface Member extends Straggler {
  readonly session: SessionId;
  readonly outlet: Outlet;
  /** Everything before this position has been handed to the outlet. */
  position: number;
  /** Whether it waits for its outlet to be empty again, or to be ready; it is among the stragglers then. */
  isBehind: boolean;
  /** Whether something else is to be told first. */
  isHeld: boolean;
  movedAt: number;
}

/**
 * Tells everybody from one log of bytes. The events that were recorded together are encoded once and become a
 * batch; then each member whose outlet is empty is handed that same buffer in one write. The
 * others are behind: they keep their place, cost nothing while they wait, and catch up when their outlet is
 * empty again. So a message costs a system call per member when the room is quiet, and a fraction of one when it
 * is busy. See docs/adr/0005-shared-log.md for the measurements.
 */
export class SharedLogBroadcaster implements Broadcaster {
  readonly #members = new Map<SessionId, Member>();
  readonly #behind: Stragglers<Member>;
  readonly #logs = new Map<WireFormat, SharedLog>();
  /** The next flush: when the caller is done, or at a time. */
  #isDue = false;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = 0;
  /** When the last flush ended, and how long it took; milliseconds. */
  #flushedAt = 0;
  #flushTook = 0;
  #stallTimer: NodeJS.Timeout | undefined;

  constructor(private readonly limits: LagLimits) {
    this.#behind = new Stragglers(limits.maxLogBytes);
  }

  get congestion(): Promise<void> | undefined {
    return this.#behind.congestion;
  }

  add(session: SessionId, outlet: Outlet, ready?: Promise<void>): void {
    this.remove(session);
    const log = this.#log(outlet.format);
    const isHeld = ready !== undefined;
    const member: Member = {
      session,
      outlet,
      log,
      position: log.end,
      isBehind: false,
      isHeld,
      movedAt: performance.now(),
    };
    this.#members.set(session, member);
    if (!isHeld) return;
    this.#fallBehind(member);
    void ready.then(() => {
      member.isHeld = false;
      this.#onTaken(member);
    });
  }

  remove(session: SessionId): void {
    const member = this.#members.get(session);
    if (member === undefined) return;
    // What was said before it went is still its own to hear, however little it has read.
    if (!member.outlet.ended && !member.isHeld) this.#handAll(member);
    this.#forget(member);
  }

  publish(event: Recorded): void {
    if (this.#members.size === 0) return;
    let untold = 0;
    for (const log of this.#logs.values()) {
      log.append(event);
      untold = Math.max(untold, log.untold);
    }
    // A batch can have megabytes: told in time, those who send them are asked to wait in time.
    if (untold > Math.min(MAX_UNTOLD_BYTES, this.limits.maxLogBytes / 4)) this.#flush();
    else this.#flushIn(event.type === 'MessageSent' ? this.limits.coalesceMs : this.#presenceDelay());
  }

  flush(): void {
    this.#flush();
    for (const member of this.#behind) {
      if (!member.isHeld) while (this.#tellNext(member));
    }
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#isDue = false;
    this.#timer = undefined;
    const began = performance.now();
    for (const log of this.#logs.values()) log.flush();
    for (const member of this.#members.values()) {
      if (!member.isBehind) this.#tell(member);
    }
    this.#trim();
    this.#flushedAt = performance.now();
    this.#flushTook = this.#flushedAt - began;
  }

  /** Flushes after `delayMs` or earlier; 0 is when the caller is done. */
  #flushIn(delayMs: number): void {
    if (this.#isDue) return;
    if (delayMs <= 0) {
      this.#isDue = true;
      process.nextTick(() => {
        if (this.#isDue) this.#flush();
      });
      return;
    }
    const at = performance.now() + delayMs;
    if (this.#timer !== undefined && this.#timerAt <= at) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => this.#flush(), delayMs);
  }

  /** How long comings and goings may wait, for a message to ride with or for each other. */
  #presenceDelay(): number {
    const interval = Math.max(PRESENCE_INTERVAL_MS, PRESENCE_FLUSH_SHARE * this.#flushTook);
    return this.#flushedAt + interval - performance.now();
  }

  #log(format: WireFormat): SharedLog {
    let log = this.#logs.get(format);
    if (log === undefined) {
      log = new SharedLog(format);
      this.#logs.set(format, log);
    }
    return log;
  }

  /** Hands over batch after batch while the outlet takes them. */
  #tell(member: Member): void {
    if (member.outlet.ended) return; // its leave is on the way
    while (member.outlet.backlog === 0) {
      if (!this.#tellNext(member)) return;
    }
    member.movedAt = performance.now();
    if (!member.isBehind) this.#fallBehind(member);
    member.outlet.whenTaken(() => this.#onTaken(member));
  }

  /** Hands over what is left of one batch, but for the member's own events; false at the end of the log. */
  #tellNext(member: Member): boolean {
    const batch = member.log.batchAt(member.position);
    if (batch === undefined) return false;
    this.#hand(member, batch);
    return true;
  }

  /** Hands over all that was published, told or not, however full the outlet. */
  #handAll(member: Member): void {
    while (this.#tellNext(member));
    if (member.position === member.log.end) return;
    const open = member.log.copyOpen();
    if (open !== undefined) this.#hand(member, open);
  }

  #hand(member: Member, batch: Batch): void {
    const { outlet } = member;
    const from = member.position - batch.start;
    member.position = batch.start + batch.bytes.length;
    outlet.lastSeq = batch.lastSeq;
    const own = batch.own.get(member.session);
    if (own !== undefined) outlet.writeAll(asTold(batch.bytes, from, own));
    else outlet.write(from === 0 ? batch.bytes : batch.bytes.subarray(from));
  }

  #onTaken(member: Member): void {
    if (this.#members.get(member.session) !== member || member.outlet.ended) return;
    member.isBehind = false;
    this.#behind.delete(member);
    this.#tell(member);
    this.#weighIfCongested();
  }

  #fallBehind(member: Member): void {
    member.isBehind = true;
    this.#behind.add(member);
    this.#stallTimer ??= setInterval(() => this.#dropStalled(), STALL_CHECK_MS).unref();
  }

  /** Keeps only what somebody still needs, and no more than the limit: who needs older events is dropped. */
  #trim(): void {
    for (const log of this.#logs.values()) {
      let needed = log.end;
      for (const member of this.#behind) {
        if (member.log === log && member.position < needed) needed = member.position;
      }
      log.forgetBefore(needed);
      if (log.kept > this.limits.maxLogBytes) log.forgetBeyond(this.limits.maxLogBytes);
    }
    for (const member of this.#behind) {
      if (member.position < member.log.start) this.#drop(member);
    }
    this.#behind.weigh(this.#members.size);
  }

  #dropStalled(): void {
    const latest = performance.now() - this.limits.stallTimeoutMs;
    for (const member of this.#behind) {
      if (member.movedAt < latest) this.#drop(member);
    }
    this.#weighIfCongested();
    if (this.#behind.size > 0) return;
    clearInterval(this.#stallTimer);
    this.#stallTimer = undefined;
  }

  #drop(member: Member): void {
    this.#forget(member);
    member.outlet.end('TOO_SLOW');
  }

  #forget(member: Member): void {
    this.#members.delete(member.session);
    this.#behind.delete(member);
    if (this.#members.size === 0) this.#trim(); // nobody needs any of it
    this.#weighIfCongested();
  }

  /** Between flushes the only news can be good news. */
  #weighIfCongested(): void {
    if (this.#behind.congestion !== undefined) this.#behind.weigh(this.#members.size);
  }
}

/** A batch from a place on as an author is told of it: with something else, or nothing, for what they have said. */
function asTold(bytes: Buffer, from: number, own: readonly OwnEvents[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = from;
  for (const events of own) {
    if (events.to <= at) continue; // from before they came
    if (events.from > at) pieces.push(bytes.subarray(at, events.from));
    if (events.instead !== '') pieces.push(Buffer.from(events.instead));
    at = events.to;
  }
  if (at < bytes.length) pieces.push(bytes.subarray(at));
  return pieces;
}
