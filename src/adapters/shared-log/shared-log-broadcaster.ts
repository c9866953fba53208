import type { Broadcaster, Outlet, WireFormat } from '../../application/server/broadcast-ports.js';
import { Meter } from '../../application/server/meter.js';
import type { Recorded } from '../../domain/events.js';
import type { SessionId } from '../../domain/session.js';
import { type Member, memberAtEnd, tellAll, tellNext } from './member.js';
import { MAX_BATCH_BYTES, SharedLog } from './shared-log.js';
import { Stragglers } from './stragglers.js';

/** How far a reader may fall behind before it is disconnected. */
export interface LagLimits {
  /** Bytes of events kept for readers that are behind; a reader that needs older ones is disconnected. */
  readonly maxLogBytes: number;
  /** Milliseconds in which a reader that is behind has to take something. */
  readonly stallTimeoutMs: number;
  /** Milliseconds that a message waits for others to travel with; 0 is not at all. */
  readonly coalesceMs: number;
}

/**
 * Joins and leaves alone cause a flush at most this often, in milliseconds, and so seldom that flushes take a fifth of
 * the time at most. Users who join one by one would cost a system call for each pair: 5,000 took a minute of CPU.
 */
const PRESENCE_INTERVAL_MS = 20;
const PRESENCE_FLUSH_SHARE = 4;

/** Most bytes that wait for a flush. */
const MAX_UNTOLD_BYTES = 4 * MAX_BATCH_BYTES;

/** How often stalled readers are looked for, in milliseconds. */
const STALL_CHECK_MS = 500;

/**
 * Serves every member from one log of bytes. Events that were recorded together are encoded once and become a batch;
 * each member whose outlet is empty is handed that same buffer in one write. The others are behind: they keep their
 * position, cost nothing while they wait, and catch up when their outlet is empty again. So a message costs a system
 * call per member when the room is quiet, and a fraction of one when it is busy. Measured in docs/adr/0005-shared-log.md
 */
export class SharedLogBroadcaster implements Broadcaster {
  readonly #members = new Map<SessionId, Member>();
  readonly #behind: Stragglers<Member>;
  readonly #sharedLogs = new Map<WireFormat, SharedLog>();
  /** The next flush: when the caller is done, or by a timer. */
  #isDue = false;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = 0;
  /** When the last flush ended, and how long it took; milliseconds. */
  #flushedAt = 0;
  #flushTook = 0;
  /** Since when a message waits to be told, by `performance.now()`. */
  #untoldSince: number | undefined;
  #stallTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly limits: LagLimits,
    private readonly meter: Pick<Meter, 'delays' | 'dropped' | 'limits'> = new Meter(),
  ) {
    this.#behind = new Stragglers(limits);
  }

  get congestion(): Promise<void> | undefined {
    return this.#behind.congestion;
  }

  get load() {
    let [logBytes, deliveries] = [0, 0];
    for (const sharedLog of this.#sharedLogs.values()) {
      logBytes += sharedLog.end - sharedLog.start;
      deliveries += sharedLog.deliveries;
    }
    return { behind: this.#behind.size, logBytes, deliveries, isCongested: this.congestion !== undefined };
  }

  add(session: SessionId, outlet: Outlet, ready?: Promise<void>): void {
    this.remove(session);
    const sharedLog = this.#sharedLog(outlet.format);
    const member = memberAtEnd(session, outlet, sharedLog, ready !== undefined);
    this.#members.set(session, member);
    if (ready === undefined) return;
    this.#fallBehind(member);
    void ready.then(() => {
      member.isHeld = false;
      this.#onTaken(member);
    });
  }

  remove(session: SessionId): void {
    const member = this.#members.get(session);
    if (member === undefined) return;
    // It is still told everything that was published before, however little it has read.
    if (!member.outlet.ended && !member.isHeld) tellAll(member);
    this.#forget(member);
  }

  publish(event: Recorded): void {
    if (this.#members.size === 0) return;
    if (event.type === 'MessageSent') this.#untoldSince ??= performance.now();
    let untold = 0;
    for (const sharedLog of this.#sharedLogs.values()) {
      sharedLog.append(event);
      untold = Math.max(untold, sharedLog.untold);
    }
    // A batch can have megabytes: flushing early detects congestion early.
    if (untold > Math.min(MAX_UNTOLD_BYTES, this.limits.maxLogBytes / 4)) this.#flush();
    else this.#flushIn(event.type === 'MessageSent' ? this.limits.coalesceMs : this.#presenceDelay());
  }

  flush(): void {
    this.#flush();
    for (const member of this.#behind) {
      if (!member.isHeld) while (tellNext(member));
    }
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#isDue = false;
    this.#timer = undefined;
    const began = performance.now();
    for (const sharedLog of this.#sharedLogs.values()) sharedLog.flush();
    for (const member of this.#members.values()) {
      if (!member.isBehind) this.#tell(member);
    }
    this.#trim();
    this.#flushedAt = performance.now();
    this.#flushTook = this.#flushedAt - began;
    if (this.#untoldSince === undefined) return;
    this.meter.delays.add(this.#flushedAt - this.#untoldSince);
    this.#untoldSince = undefined;
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

  /** How long joins and leaves may wait for a message or for each other. */
  #presenceDelay(): number {
    const interval = Math.max(PRESENCE_INTERVAL_MS, PRESENCE_FLUSH_SHARE * this.#flushTook);
    return this.#flushedAt + interval - performance.now();
  }

  #sharedLog(format: WireFormat): SharedLog {
    let sharedLog = this.#sharedLogs.get(format);
    if (sharedLog === undefined) {
      sharedLog = new SharedLog(format);
      this.#sharedLogs.set(format, sharedLog);
    }
    return sharedLog;
  }

  /** Hands over batch after batch while the outlet takes them. */
  #tell(member: Member): void {
    if (member.outlet.ended) return; // it will be removed soon
    while (member.outlet.backlog === 0) {
      if (!tellNext(member)) return;
    }
    member.movedAt = performance.now();
    if (!member.isBehind) this.#fallBehind(member);
    member.outlet.whenTaken(() => this.#onTaken(member));
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

  /** Keeps only what a member still needs, up to the limit; a member that needs older events is dropped. */
  #trim(): void {
    for (const sharedLog of this.#sharedLogs.values()) {
      let needed = sharedLog.end;
      for (const member of this.#behind) {
        if (member.sharedLog === sharedLog && member.position < needed) needed = member.position;
      }
      sharedLog.forgetBefore(needed);
      if (sharedLog.kept > this.limits.maxLogBytes) sharedLog.forgetBeyond(this.limits.maxLogBytes);
    }
    for (const member of this.#behind) {
      if (member.position < member.sharedLog.start) this.#drop(member, 'max-log-bytes');
    }
    this.#behind.weigh(this.#members.size);
  }

  #dropStalled(): void {
    const latest = performance.now() - this.limits.stallTimeoutMs;
    for (const member of this.#behind) {
      if (member.movedAt < latest) this.#drop(member, 'stall-timeout');
    }
    this.#weighIfCongested();
    if (this.#behind.size > 0) return;
    clearInterval(this.#stallTimer);
    this.#stallTimer = undefined;
  }

  #drop(member: Member, limit: 'max-log-bytes' | 'stall-timeout'): void {
    this.meter.dropped++;
    this.meter.limits.add(limit);
    this.#forget(member);
    member.outlet.end('TOO_SLOW');
  }

  #forget(member: Member): void {
    this.#members.delete(member.session);
    this.#behind.delete(member);
    if (this.#members.size === 0) this.#trim(); // no member needs any of it
    this.#weighIfCongested();
  }

  /** Between flushes congestion can only end, not begin. */
  #weighIfCongested(): void {
    if (this.#behind.congestion !== undefined) this.#behind.weigh(this.#members.size);
  }
}
