import type { Broadcaster, Outlet, WireFormat } from '../../application/ports.js';
import type { RoomEvent } from '../../domain/events.js';
import type { User } from '../../domain/user.js';
import { type Batch, MAX_BATCH_BYTES, SharedLog } from './shared-log.js';
import { type Straggler, Stragglers } from './stragglers.js';

/** What a reader may fall behind before it is disconnected. */
export interface LagLimits {
  /** Bytes of events kept for readers that are behind; who needs more is disconnected. */
  readonly maxLogBytes: number;
  /** Milliseconds in which a reader that is behind has to take something. */
  readonly stallTimeoutMs: number;
  /** Milliseconds that a message waits for others to travel with; 0 is the end of the turn of the event loop. */
  readonly coalesceMs: number;
}

/**
 * Comings and goings alone cause a flush no oftener than this, in milliseconds, and than would take a fifth of the
 * time. Those who join one by one would else cost a system call for each pair: 5,000 took a minute of CPU.
 */
const PRESENCE_INTERVAL_MS = 20;
const PRESENCE_FLUSH_SHARE = 4;

/** Most bytes that wait for the end of a turn. */
const MAX_UNTOLD_BYTES = 4 * MAX_BATCH_BYTES;

/** How often readers that are behind are looked at, in milliseconds. */
const STALL_CHECK_MS = 500;

/** One member's place in the log. */
interface Member extends Straggler {
  readonly user: User;
  readonly outlet: Outlet;
  /** Everything before this position has been handed to the outlet. */
  position: number;
  /** Whether it waits for its outlet to be empty again; it is among the stragglers then. */
  isBehind: boolean;
  movedAt: number;
}

/**
 * Tells everybody from one log of bytes. The events of one turn of the event loop are encoded once and become a
 * batch; at the end of the turn each member whose outlet is empty is handed that same buffer in one write. The
 * others are behind: they keep their place, cost nothing while they wait, and catch up when their outlet is
 * empty again. So a message costs a system call per member when the room is quiet, and a fraction of one when it
 * is busy. See docs/adr/0005-shared-log.md for the measurements.
 */
export class SharedLogBroadcaster implements Broadcaster {
  readonly #members = new Map<User, Member>();
  readonly #behind: Stragglers<Member>;
  readonly #logs = new Map<WireFormat, SharedLog>();
  /** The next flush: at the end of this turn, or at a time. */
  #atTurnEnd: NodeJS.Immediate | undefined;
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

  add(user: User, outlet: Outlet): void {
    const log = this.#log(outlet.format);
    this.#members.set(user, { user, outlet, log, position: log.end, isBehind: false, movedAt: 0 });
  }

  remove(user: User): void {
    const member = this.#members.get(user);
    if (member === undefined) return;
    // What was said before it went is still its own to hear, however little it has read.
    if (!member.outlet.ended) this.#handAll(member);
    this.#forget(member);
  }

  publish(event: RoomEvent): void {
    if (this.#members.size === 0) return;
    let untold = 0;
    for (const log of this.#logs.values()) {
      log.append(event);
      untold = Math.max(untold, log.untold);
    }
    // One socket can bring megabytes within a turn: told in time, its sender is asked to wait in time.
    if (untold > Math.min(MAX_UNTOLD_BYTES, this.limits.maxLogBytes / 4)) this.#flush();
    else this.#flushIn(event.type === 'MessageSent' ? this.limits.coalesceMs : this.#presenceDelay());
  }

  flush(): void {
    this.#flush();
    for (const member of this.#behind) while (this.#tellNext(member));
  }

  #flush(): void {
    clearImmediate(this.#atTurnEnd);
    clearTimeout(this.#timer);
    this.#atTurnEnd = undefined;
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

  /** Flushes after `delayMs` or earlier; 0 is the end of this turn. */
  #flushIn(delayMs: number): void {
    if (this.#atTurnEnd !== undefined) return;
    if (delayMs <= 0) {
      this.#atTurnEnd = setImmediate(() => this.#flush());
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
    const from = member.position - batch.start;
    member.position = batch.start + batch.bytes.length;
    const own = batch.own.get(member.user);
    if (own !== undefined) member.outlet.writeAll(others(batch.bytes, from, own));
    else member.outlet.write(from === 0 ? batch.bytes : batch.bytes.subarray(from));
  }

  #onTaken(member: Member): void {
    if (this.#members.get(member.user) !== member || member.outlet.ended) return;
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
    this.#members.delete(member.user);
    this.#behind.delete(member);
    if (this.#members.size === 0) this.#trim(); // nobody needs any of it
    this.#weighIfCongested();
  }

  /** Between flushes the only news can be good news. */
  #weighIfCongested(): void {
    if (this.#behind.congestion !== undefined) this.#behind.weigh(this.#members.size);
  }
}

/** The pieces of a batch, from a place on, around one author's own events: [from, to, from, to, …]. */
function others(bytes: Buffer, from: number, own: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = from;
  for (let index = 0; index <= own.length; index += 2) {
    const ownFrom = own[index] ?? bytes.length;
    if (ownFrom > at) pieces.push(bytes.subarray(at, ownFrom));
    at = Math.max(at, own[index + 1] ?? at);
  }
  return pieces;
}
