import type { RefusalCode } from '../../domain/refusal.js';
import type { TimesTaken } from '../server-status.js';
import type { EndReason } from './broadcast-ports.js';

/** The limits whose reaching is counted, by their flags. */
const LIMITS = [
  'message-rate',
  'byte-rate',
  'max-rate',
  'connect-rate',
  'join-rate',
  'total-join-rate',
  'max-connections',
  'max-connections-per-address',
  'max-ssh',
  'max-line-bytes',
  'max-message-bytes',
  'max-username-length',
  'join-timeout',
  'ssh-login-timeout',
  'silence-timeout',
  'stall-timeout',
  'max-log-bytes',
  'max-backlog-bytes',
] as const;

export type Limit = (typeof LIMITS)[number];

/** Refusals and ends that say by themselves which limit was reached. */
const LIMIT_OF: Readonly<Record<string, Limit>> = {
  MESSAGE_TOO_LONG: 'max-message-bytes',
  NAME_TOO_LONG: 'max-username-length',
  LINE_TOO_LONG: 'max-line-bytes',
  NOT_JOINED_IN_TIME: 'join-timeout',
  SILENT: 'silence-timeout',
  TOO_MANY_CONNECTIONS: 'max-connections',
  TOO_MANY_FROM_ADDRESS: 'max-connections-per-address',
  TOO_MANY_SSH: 'max-ssh',
};

// Counted from 0: whoever computes rates does not see the first of something that was not there before.
const ENDS = ['LEFT', 'TOO_SLOW', 'SILENT', 'REPLACED', 'FAULT'] satisfies EndReason[];
const REFUSALS = ['DISK_FULL', 'NOT_RECORDED'] satisfies RefusalCode[];

/** How often each of a few things has happened. */
export class Tally<K extends string> {
  readonly #counts: Partial<Record<K, number>> = {};

  /** @param known those that are counted from 0 */
  constructor(known: readonly K[] = []) {
    for (const key of known) this.#counts[key] = 0;
  }

  add(key: K): void {
    this.#counts[key] = (this.#counts[key] ?? 0) + 1;
  }

  get counts(): Readonly<Record<string, number>> {
    return { ...this.#counts } as Record<string, number>;
  }
}

/** Bounds that tell a quick machine from a slow one, in milliseconds. */
const BOUNDS_MS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500];

/** How long things took. */
export class Times {
  readonly #counts: number[] = Array(BOUNDS_MS.length + 1).fill(0);
  #sumMs = 0;

  add(ms: number): void {
    let at = 0;
    while (ms > (BOUNDS_MS[at] ?? Number.POSITIVE_INFINITY)) at++;
    this.#counts[at] = (this.#counts[at] as number) + 1;
    this.#sumMs += ms;
  }

  get taken(): TimesTaken {
    return { bounds: BOUNDS_MS, counts: [...this.#counts], sumMs: this.#sumMs };
  }
}

/**
 * Counts what happens, in plain numbers, where the work is done: once a batch, never once a delivery. Whoever wants to
 * know reads them, so what nobody looks at costs next to nothing.
 */
export class Meter {
  messages = 0;
  joins = 0;
  leaves = 0;
  /** Connections that were served. */
  accepted = 0;
  /** Sessions that went on with another connection. */
  resumed = 0;
  /** Clients that were told that messages are missing. */
  gaps = 0;
  /** Readers that were too slow. */
  dropped = 0;
  /** Batches that the history did not take. */
  failures = 0;
  /** From recorded to handed over, of the first message of each batch. */
  readonly delays = new Times();
  /** What the history took for a batch. */
  readonly writes = new Times();
  readonly refusals = new Tally<string>(REFUSALS);
  /** Connections, by why they ended. */
  readonly ended = new Tally<string>(ENDS);
  readonly limits = new Tally<Limit>(LIMITS);

  /** Somebody was told no. */
  refuse(code: string): void {
    this.refusals.add(code);
    this.#reach(code);
  }

  /** A connection has ended. */
  end(reason: string): void {
    this.ended.add(reason);
    this.#reach(reason);
  }

  /** A connection was cut, and was not told why. */
  turnAway(reason: string): void {
    this.#reach(reason);
  }

  #reach(code: string): void {
    const limit = LIMIT_OF[code];
    if (limit !== undefined) this.limits.add(limit);
  }
}
