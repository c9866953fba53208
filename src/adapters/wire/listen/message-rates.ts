import type { SessionId } from '../../../domain/session.js';
import { Allowance } from './allowance.js';

export interface MessageRateLimits {
  /** Messages a second of one user; no limit when 0. */
  readonly messageRate: number;
  /** As many at once. */
  readonly messageBurst: number;
}

/** How many are remembered before those are forgotten that have all that they could have. */
const SWEEP_AT = 1000;

/** How much each user may still say: a session has it, not a connection, so that nobody gets more by coming back. */
export class MessageRates {
  readonly #allowances = new Map<SessionId, Allowance>();
  #sweepAt = SWEEP_AT;

  constructor(private readonly limits: MessageRateLimits) {}

  /** So many messages were said; answers for how long no more are to be read, in milliseconds. */
  said(session: SessionId, count: number): number {
    const { messageRate, messageBurst } = this.limits;
    if (messageRate === 0) return 0;
    let allowance = this.#allowances.get(session);
    if (allowance === undefined) {
      allowance = new Allowance(messageRate, messageBurst);
      this.#sweep();
      this.#allowances.set(session, allowance);
    }
    return allowance.take(count);
  }

  #sweep(): void {
    if (this.#allowances.size < this.#sweepAt) return;
    for (const [session, allowance] of this.#allowances)
      if (allowance.isFull) this.#allowances.delete(session);
    this.#sweepAt = Math.max(SWEEP_AT, this.#allowances.size * 2);
  }
}
