import type { Limit, Tally } from '../../../application/server/meter.js';
import { Refusal } from '../../../domain/refusal.js';
import { Allowance, type Rate } from './allowance.js';
import { IdleMap } from './idle-map.js';
import type { Origin } from './origins.js';

export interface ArrivalLimits {
  /** Users who may come in from one address. */
  readonly joins: Rate;
  /** The same of all addresses together. */
  readonly allJoins: Rate;
}

/** How long somebody waits for others who come in, at most, in milliseconds. A client expects an answer within two seconds. */
const LONGEST_WAIT_MS = 1500;

/** How many wait at a time, and at least, however low the rate is. */
const MAX_WAITING = 1000;
const MIN_WAITING = 8;

class Coming extends Allowance {
  get isIdle(): boolean {
    return this.isFull;
  }
}

/** Somebody who waits until not so many come in. */
interface Waiting {
  readonly coming: Coming;
  readonly isWanted: () => boolean;
  readonly resolve: () => void;
  readonly reject: (refusal: Refusal) => void;
}

/**
 * How many have come in from each origin, and in all: everybody here is told of each of them, and of each who leaves again. Who
 * is one too many of their origin is refused; where there are too many in all, they wait, and next is always whose origin has
 * sent the fewest lately. So a thousand addresses that flood together keep nobody else waiting.
 */
export class Arrivals {
  readonly #comings = new IdleMap<Origin, Coming>();
  readonly #all: Allowance;
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly limits: ArrivalLimits,
    private readonly reached?: Pick<Tally<Limit>, 'add'>,
  ) {
    this.#all = new Allowance(limits.allJoins);
  }

  /** One more wants to come in. @throws {Refusal} TOO_MANY_JOINS, with the time after which it works again */
  count(origin: Origin | undefined): void {
    if (origin === undefined || this.limits.joins.perSecond === 0) return;
    const retryAfterMs = Math.ceil(this.#comingOf(origin).takeIfThere(1));
    if (retryAfterMs <= 0) return;
    this.reached?.add('join-rate');
    throw tooMany(retryAfterMs);
  }

  /**
   * Resolves when they may, of all that want to; nothing when that is at once. Rejects with a Refusal, TOO_MANY_JOINS, when it
   * would be late.
   * @param isWanted whether they still want to
   */
  turn(origin: Origin | undefined, isWanted: () => boolean = () => true): Promise<void> | undefined {
    if (origin === undefined || this.limits.allJoins.perSecond === 0) return undefined;
    if (this.#waiting.length === 0 && this.#all.takeIfThere(1) === 0) return undefined;
    return this.#wait(this.#comingOf(origin), isWanted);
  }

  #comingOf(origin: Origin): Coming {
    return this.#comings.get(origin) ?? this.#comings.set(origin, new Coming(this.limits.joins));
  }

  #wait(coming: Coming, isWanted: () => boolean): Promise<void> {
    this.reached?.add('total-join-rate');
    return new Promise((resolve, reject) => {
      this.#waiting.push({ coming, isWanted, resolve, reject });
      if (this.#waiting.length > this.#maxWaiting) this.#take(last)?.reject(tooMany(LONGEST_WAIT_MS));
      this.#timer ??= setTimeout(() => this.#admit(), this.#waitMs);
    });
  }

  /** When it is looked again whether somebody may come in; the rate may be another one by then. */
  get #waitMs(): number {
    return Math.min(1000 / this.limits.allJoins.perSecond, LONGEST_WAIT_MS);
  }

  get #maxWaiting(): number {
    const inTime = (this.limits.allJoins.perSecond * LONGEST_WAIT_MS) / 1000;
    return Math.min(MAX_WAITING, Math.max(MIN_WAITING, inTime));
  }

  #admit(): void {
    this.#timer = undefined;
    this.#waiting = this.#waiting.filter(waiting => {
      const isWanted = waiting.isWanted();
      if (!isWanted) waiting.reject(tooMany(LONGEST_WAIT_MS));
      return isWanted;
    });
    while (this.#waiting.length > 0 && this.#all.takeIfThere(1) === 0) this.#take(first)?.resolve();
    if (this.#waiting.length > 0) this.#timer = setTimeout(() => this.#admit(), this.#waitMs);
  }

  /** Takes out who is before all others in this order. */
  #take(isBefore: (one: Waiting, other: Waiting) => boolean): Waiting | undefined {
    let at = 0;
    for (const [n, waiting] of this.#waiting.entries())
      if (isBefore(waiting, this.#waiting[at] ?? waiting)) at = n;
    return this.#waiting.splice(at, 1)[0];
  }
}

/** Of those whose origin has sent as few, who has waited longest. */
const first = (one: Waiting, other: Waiting) => one.coming.left > other.coming.left;
/** Of those whose origin has sent as many, who came last. */
const last = (one: Waiting, other: Waiting) => one.coming.left <= other.coming.left;

function tooMany(retryAfterMs: number): Refusal {
  return new Refusal('TOO_MANY_JOINS', undefined, { retryAfterMs });
}
