import type { SessionId } from '../../../domain/session.js';
import type { Allowance } from './allowance.js';
import type { Arrivals } from './arrivals.js';
import type { Origin } from './origins.js';
import type { Voice, Voices } from './voices.js';

/** What a connection may do for where it is from, and what others from there have done. */
export class Guest {
  #voice: Voice | undefined;

  /**
   * @param origin nothing for who is trusted
   * @param onEntered called when they have come in
   * @param light what they may work at once until they have, together with all others from there
   */
  constructor(
    private readonly voices: Voices,
    private readonly arrivals: Arrivals,
    readonly origin: Origin | undefined,
    private readonly onEntered: () => void,
    readonly light?: Allowance,
  ) {}

  /** Somebody wants to come in. @throws {Refusal} TOO_MANY_JOINS */
  arrive(): void {
    this.arrivals.count(this.origin);
  }

  /** Resolves when they may, rejects with a Refusal when that would be late; nothing when it is at once. */
  turn(isWanted: () => boolean): Promise<void> | undefined {
    return this.arrivals.turn(this.origin, isWanted);
  }

  /** They are in; answers with what they may say. */
  enter(session: SessionId): Voice {
    this.leave();
    this.onEntered();
    this.#voice = this.voices.enter(session, this.origin);
    return this.#voice;
  }

  /** Does nothing when they have not come in. */
  leave(): void {
    if (this.#voice !== undefined) this.voices.leave(this.#voice, this.origin);
    this.#voice = undefined;
  }
}
