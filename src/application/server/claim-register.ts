import { Members } from '../../domain/members.js';
import { Refusal } from '../../domain/refusal.js';
import { Username } from '../../domain/username.js';
import { AgeClock } from './age-clock.js';
import { ClaimQuota } from './claim-quota.js';
import type { Claim, ClaimStore, NameClaims } from './name-ports.js';
import type { Logger } from './ports.js';

export interface ClaimLimits {
  /** How long a claim lasts whose owner is not seen, in milliseconds. */
  readonly claimMs: number;
  /** Most names of one key, and of all together. */
  readonly maxNamesOfKey: number;
  /** Most names that are claimed from one place on one day. */
  readonly claimsPerDay: number;
  readonly maxClaims: number;
}

/** Most keys of one name: a person's devices. */
export const MAX_KEYS_OF_NAME = 10;

/**
 * How exactly it is known when an owner was here last, in milliseconds, and in parts of what a claim lasts, if that is less:
 * each time that it is noted is a write.
 */
const SEEN_MS = 86_400_000;
const SEEN_PARTS = 24;

/** After so long it is known whether somebody came back, or stayed: in milliseconds. */
const TRIED_MS = 2 * SEEN_MS;

/** A claim, numbered so that Members can find it. */
type Numbered = Claim & { readonly id: number };

/** Decides in this process which name is whose; its store keeps it, and may be changed by the operator meanwhile. */
export class ClaimRegister implements NameClaims {
  readonly isComplete = false;
  #claims = new Members<Numbered>(({ id }) => id);
  #clock: AgeClock;
  readonly #quota: ClaimQuota;
  #lastId = 0;
  #isUnreadable = false;

  constructor(
    private readonly store: ClaimStore,
    private readonly limits: ClaimLimits,
    private readonly logger?: Pick<Logger, 'warn'>,
  ) {
    this.#clock = new AgeClock(0, logger);
    this.#quota = new ClaimQuota(limits);
  }

  async open(): Promise<void> {
    const claims = this.store.open();
    this.#clock = new AgeClock(Math.max(0, ...claims.map(({ usedAt }) => usedAt)), this.logger);
    this.#take(claims);
    this.#removeExpired();
  }

  async ownerOf(username: string): Promise<Claim | undefined> {
    return this.#standing(this.#now.named(username));
  }

  async resembling(username: string): Promise<Claim | undefined> {
    // Of several, the first may have expired.
    for (;;) {
      const claim = this.#now.resembling(username);
      if (claim === undefined || this.#standing(claim) !== undefined) return claim;
    }
  }

  async claim(username: string, key: string, origin?: string): Promise<Claim | undefined> {
    // Nothing may come between the look and the claim.
    const owner = this.#standing(this.#now.named(username));
    if (owner !== undefined) return owner;
    const { maxNamesOfKey, maxClaims } = this.limits;
    if (this.#claims.size >= maxClaims) this.#removeExpired();
    // Anybody can add the key of somebody else to a name of their own; it is never the only one there.
    const names = [...this.#claims].filter(({ keys }) => keys.length === 1 && keys[0] === key).length;
    if (names >= maxNamesOfKey || !this.#quota.allows(origin)) return undefined;
    const now = Date.now();
    if (this.#claims.size >= maxClaims && !this.#makePlace()) return undefined;
    this.#quota.count(origin);
    return this.#put({ username, keys: [key], claimedAt: now, usedAt: now });
  }

  async touch(username: string): Promise<void> {
    const claim = this.#now.named(username);
    const now = Date.now();
    // Never earlier than it was: no claim becomes old because a clock was wrong.
    const isOld =
      claim !== undefined && now - claim.usedAt > Math.min(SEEN_MS, this.limits.claimMs / SEEN_PARTS);
    if (isOld) this.#put({ ...claim, usedAt: now });
  }

  async addKey(username: string, key: string): Promise<Claim> {
    const claim = this.#existing(username);
    if (claim.keys.includes(key)) return claim;
    const actual = claim.keys.length;
    if (actual >= MAX_KEYS_OF_NAME) throw new Refusal('KEY_LIMIT', { limit: MAX_KEYS_OF_NAME, actual });
    return this.#put({ ...claim, keys: [...claim.keys, key] });
  }

  async removeKey(username: string, key: string): Promise<Claim> {
    const claim = this.#existing(username);
    if (!claim.keys.includes(key)) throw new Refusal('KEY_UNKNOWN');
    return this.#put({ ...claim, keys: claim.keys.filter(other => other !== key) });
  }

  /**
   * Gives a name to a key, whoever had it.
   * @throws {Refusal} NAME_RESEMBLES another one that has an owner, or the code of a name that breaks the rules
   */
  async assign(username: string, key: string): Promise<Claim> {
    const objection = this.objectionTo(username);
    if (objection !== undefined) throw objection;
    const now = Date.now();
    // Later than it was claimed, as of somebody who came back: it gives way to nobody.
    return this.#put({ username, keys: [key], claimedAt: now, usedAt: now + 1 });
  }

  /** Why a name cannot be given to anybody. */
  objectionTo(username: string): Refusal | undefined {
    try {
      Username.parse(username, Number.POSITIVE_INFINITY);
    } catch (refusal) {
      return refusal as Refusal;
    }
    const claims = this.#now;
    const resembled = claims.named(username) ? undefined : claims.resembling(username)?.username;
    return resembled === undefined ? undefined : new Refusal('NAME_RESEMBLES', undefined, { resembled });
  }

  async release(username: string): Promise<boolean> {
    const claim = this.#now.named(username);
    if (claim !== undefined) this.#remove(claim);
    return claim !== undefined;
  }

  async list(): Promise<readonly Claim[]> {
    return [...this.#now];
  }

  async close(): Promise<void> {
    this.store.close();
  }

  /** As they are in the store. One that cannot be read any more changes nothing. */
  get #now(): Members<Numbered> {
    try {
      const changed = this.store.changed();
      if (changed !== undefined) this.#take(changed);
      this.#isUnreadable = false;
    } catch (err) {
      if (!this.#isUnreadable)
        this.logger?.warn(
          { err },
          'the claims cannot be read again: those before hold, and nobody makes new ones',
        );
      this.#isUnreadable = true;
    }
    return this.#claims;
  }

  #take(claims: readonly Claim[]): void {
    this.#claims = new Members(({ id }) => id);
    for (const claim of claims) this.#claims.restore({ ...claim, id: ++this.#lastId });
  }

  #existing(username: string): Numbered {
    const claim = this.#now.named(username);
    if (claim === undefined) throw new Refusal('KEY_NEEDED');
    return claim;
  }

  /** Nothing when it has expired; it is removed then. */
  #standing(claim: Numbered | undefined): Claim | undefined {
    if (claim === undefined || !this.#isExpired(claim)) return claim;
    this.#remove(claim);
    return undefined;
  }

  #isExpired({ usedAt }: Claim): boolean {
    return this.#clock.now() - usedAt > this.limits.claimMs;
  }

  #removeExpired(): void {
    for (const claim of [...this.#claims]) this.#standing(claim);
  }

  /** Whoever claims many names to use up the places of others was here once for each: those go first. */
  #makePlace(): boolean {
    const now = this.#clock.now();
    const onceHere = [...this.#claims].filter(
      ({ keys, claimedAt, usedAt }) => keys.length === 1 && usedAt === claimedAt && now - usedAt >= TRIED_MS,
    );
    const oldest = onceHere.toSorted((one, other) => one.usedAt - other.usedAt)[0];
    if (oldest !== undefined) this.#remove(oldest);
    return oldest !== undefined;
  }

  /** In place of the claim on this name that there was. @throws {Refusal} DISK_FULL or NOT_RECORDED */
  #put({ username, keys, claimedAt, usedAt }: Claim): Claim {
    const claim = { username, keys, claimedAt, usedAt };
    this.store.put(claim);
    const before = this.#claims.named(username);
    if (before !== undefined) this.#claims.remove(before.id);
    this.#claims.restore({ ...claim, id: ++this.#lastId });
    return claim;
  }

  #remove(claim: Numbered): void {
    this.store.remove(claim.username);
    this.#claims.remove(claim.id);
  }
}
