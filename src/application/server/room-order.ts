import type { Measure, Person } from '../../domain/measures.js';
import type { Moderation } from '../../domain/moderation.js';
import { Refusal, type RefusalCode, type RefusalDetails } from '../../domain/refusal.js';
import type { User } from '../../domain/user.js';

/** Who may come in and who may speak, as operators have decided. */
export class RoomOrder {
  /**
   * @param fingerprintOf of a key with which a name was proven
   * @param now in milliseconds since 1970
   */
  constructor(
    readonly moderation: Moderation,
    readonly fingerprintOf: (key: string) => string,
    private readonly now: () => number = Date.now,
  ) {}

  /** Whether anybody may have to be silent. */
  get isStrict(): boolean {
    return this.moderation.isStrict;
  }

  /** Somebody in the room, as far as it is known who that is. */
  personOf({ username, session: { key, address } }: User): Person {
    return this.person(username, key, address);
  }

  /** @param key with which the name was proven */
  person(username: string, key: string | undefined, address: string | undefined): Person {
    return { username, address, key: key === undefined ? undefined : this.fingerprintOf(key) };
  }

  /** @throws {Refusal} BANNED */
  admit(username: string, key: string | undefined, address: string | undefined): void {
    const ban = this.moderation.measureAgainst(this.person(username, key, address), 'ban', this.now());
    if (ban !== undefined) throw this.#refusal('BANNED', ban);
  }

  /** Somebody is about to say something. @throws {Refusal} MUTED or SLOW_MODE */
  listenTo(user: User): void {
    const [person, now] = [this.personOf(user), this.now()];
    const mute = this.moderation.measureAgainst(person, 'mute', now);
    if (mute !== undefined) throw this.#refusal('MUTED', mute);
    const retryAfterMs = this.moderation.waitOf(person, now);
    if (retryAfterMs > 0) throw new Refusal('SLOW_MODE', undefined, { retryAfterMs });
    this.moderation.spoke(person, now);
  }

  #refusal(code: RefusalCode, measure: Measure): Refusal {
    return new Refusal(code, undefined, detailsOf(measure, this.now()));
  }
}

/** What somebody is told of a measure against them. */
export function detailsOf(
  { by, until, reason }: Pick<Measure, 'by' | 'until' | 'reason'>,
  now: number,
): RefusalDetails {
  const end = until !== undefined && { until, retryAfterMs: Math.max(0, until - now) };
  return { by, ...end, ...(reason !== undefined && { reason }) };
}
