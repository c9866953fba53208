import { Refusal } from '../../../domain/refusal.js';
import { Allowance } from './allowance.js';
import { IdleMap } from './idle-map.js';
import type { Origin } from './origins.js';

export interface ArrivalLimits {
  /** Users who may come in from one address in a minute; no limit when 0. */
  readonly joinRate: number;
  /** As many at once. */
  readonly joinBurst: number;
}

class Coming extends Allowance {
  get isIdle(): boolean {
    return this.isFull;
  }
}

/** How many have come in from each origin: everybody here is told of each of them, and of each who leaves again. */
export class Arrivals {
  readonly #comings = new IdleMap<Origin, Coming>();

  constructor(private readonly limits: ArrivalLimits) {}

  /** One more wants to come in. @throws {Refusal} TOO_MANY_JOINS, with the time after which it works again */
  count(origin: Origin | undefined): void {
    const { joinRate, joinBurst } = this.limits;
    if (origin === undefined || joinRate === 0) return;
    const coming =
      this.#comings.get(origin) ?? this.#comings.set(origin, new Coming(joinRate / 60, joinBurst));
    const retryAfterMs = Math.ceil(coming.takeIfThere(1));
    if (retryAfterMs > 0) throw new Refusal('TOO_MANY_JOINS', undefined, { retryAfterMs });
  }
}
