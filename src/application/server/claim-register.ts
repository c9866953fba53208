import { usernameKey } from '../../domain/name-key.js';
import { Refusal } from '../../domain/refusal.js';
import { Username } from '../../domain/username.js';
import { AgeClock } from './age-clock.js';
import { ClaimQuota } from './claim-quota.js';
import { isSameClaim, type KeptClaim, KeptClaims } from './kept-claims.js';
import { knownInTime } from './known-in-time.js';
import type { Claim, ClaimStore, NameClaims } from './name-ports.js';
import type { Logger } from './service-ports.js';

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

/** Decides which name is whose; its store keeps it, and others may change what is there at any time. */
export class ClaimRegister implements NameClaims {
  readonly isComplete = false;
  readonly #kept: KeptClaims;
  #clock: AgeClock;
  readonly #quota: ClaimQuota;
  /** Claims that are being made: to the limits they count already. */
  readonly #making = new Set<{ readonly username: string; readonly key: string }>();

  constructor(
    private readonly store: ClaimStore,
    private readonly limits: ClaimLimits,
    private readonly logger?: Pick<Logger, 'warn'>,
  ) {
    this.#kept = new KeptClaims(store, logger);
    this.#clock = new AgeClock(0, logger);
    this.#quota = new ClaimQuota(limits);
  }

  async open(): Promise<void> {
    const all = await this.store.open();
    this.#clock = new AgeClock(Math.max(0, ...all.map(({ usedAt }) => usedAt)), this.logger);
    this.#kept.take({ all });
    // Those that cannot be removed now are nobody's all the same.
    await knownInTime(this.#removeExpired()).catch(() => {});
  }

  ownerOf(username: string): Promise<Claim | undefined> {
    return this.#kept.change(username, claim => this.#standing(claim));
  }

  async resembling(username: string): Promise<Claim | undefined> {
    // Of several, the first may have expired.
    for (;;) {
      const claim = this.#kept.look().resembling(username);
      if (claim === undefined || this.#standing(claim) !== undefined) return claim;
      await this.ownerOf(claim.username);
    }
  }

  async claim(username: string, key: string, origin?: string): Promise<Claim | undefined> {
    if (this.#kept.look().size >= this.limits.maxClaims) await this.#removeExpired();
    const owner = await this.ownerOf(username);
    if (owner !== undefined) return owner;
    const now = Date.now();
    const made = { username, keys: [key], claimedAt: now, usedAt: now };
    const making = { username, key };
    // Nothing comes between the look at the limits and this.
    if (this.#namesOf(making) >= this.limits.maxNamesOfKey || !this.#quota.take(origin))
      return this.#standing(this.#kept.look().named(username));
    this.#making.add(making);
    let claim: Claim | undefined;
    try {
      const hasPlace = await this.#makePlace(making);
      const kept = await this.#kept.change(
        username,
        other => this.#standing(other) ?? (hasPlace ? made : undefined),
      );
      if (kept === made) await this.#requireUnlike(made);
      claim = kept;
      return claim;
    } finally {
      this.#making.delete(making);
      if (claim !== made) this.#quota.giveBack(origin);
    }
  }

  async touch(username: string): Promise<void> {
    const now = Date.now();
    await this.#kept.change(username, claim => {
      // Never earlier than it was: no claim becomes old because a clock was wrong.
      const isOld =
        claim !== undefined && now - claim.usedAt > Math.min(SEEN_MS, this.limits.claimMs / SEEN_PARTS);
      return isOld ? { ...claim, usedAt: now } : claim;
    });
  }

  addKey(username: string, key: string, by: string): Promise<Claim> {
    return this.#changeKeys(username, by, keys => {
      if (keys.includes(key)) return keys;
      const actual = keys.length;
      if (actual >= MAX_KEYS_OF_NAME) throw new Refusal('KEY_LIMIT', { limit: MAX_KEYS_OF_NAME, actual });
      return [...keys, key];
    });
  }

  removeKey(username: string, key: string, by: string): Promise<Claim> {
    return this.#changeKeys(username, by, keys => {
      if (!keys.includes(key)) throw new Refusal('KEY_UNKNOWN');
      return keys.filter(other => other !== key);
    });
  }

  /**
   * Gives a name to a key, whoever had it.
   * @throws {Refusal} NAME_RESEMBLES another one that has an owner, or the code of a name that breaks the rules
   */
  async assign(username: string, key: string): Promise<Claim> {
    const now = Date.now();
    // Later than it was claimed, as of somebody who came back: it gives way to nobody.
    const claim = { username, keys: [key], claimedAt: now, usedAt: now + 1 };
    await this.#kept.change(username, () => {
      const objection = this.objectionTo(username);
      if (objection !== undefined) throw objection;
      return claim;
    });
    return claim;
  }

  /** Why a name cannot be given to anybody. */
  objectionTo(username: string): Refusal | undefined {
    try {
      Username.parse(username, Number.POSITIVE_INFINITY);
    } catch (refusal) {
      return refusal as Refusal;
    }
    const claims = this.#kept.look();
    const resembled = claims.named(username) ? undefined : claims.resembling(username)?.username;
    return resembled === undefined ? undefined : new Refusal('NAME_RESEMBLES', undefined, { resembled });
  }

  async release(username: string): Promise<boolean> {
    let wasThere = false;
    await this.#kept.change(username, claim => {
      wasThere = claim !== undefined;
      return undefined;
    });
    return wasThere;
  }

  async list(): Promise<readonly Claim[]> {
    return [...this.#kept.look()];
  }

  close(): Promise<void> {
    return this.store.close();
  }

  /** @throws {Refusal} KEY_NEEDED when there is no claim, or none of whoever asks */
  async #changeKeys(
    username: string,
    by: string,
    change: (keys: readonly string[]) => readonly string[],
  ): Promise<Claim> {
    const changed = await this.#kept.change(username, claim => {
      if (claim?.keys.includes(by) !== true) throw new Refusal('KEY_NEEDED');
      const keys = change(claim.keys);
      return keys === claim.keys ? claim : { ...claim, keys };
    });
    return changed as Claim;
  }

  /** Nothing when it has expired. */
  #standing<C extends Claim>(claim: C | undefined): C | undefined {
    return claim === undefined || this.#clock.now() - claim.usedAt > this.limits.claimMs ? undefined : claim;
  }

  async #removeExpired(): Promise<void> {
    for (const claim of [...this.#kept.look()])
      if (this.#standing(claim) === undefined) await this.ownerOf(claim.username);
  }

  /**
   * Of those who claim names at one moment that can be taken for each other the one has it whose claim was kept first.
   * @throws {Refusal} NAME_RESEMBLES
   */
  async #requireUnlike(made: Claim): Promise<void> {
    const resembled = this.#standing(this.#kept.resembledBy(made.username))?.username;
    if (resembled === undefined) return;
    await this.#kept.change(made.username, claim => (isSameClaim(claim, made) ? undefined : claim));
    throw new Refusal('NAME_RESEMBLES', undefined, { resembled });
  }

  /** How many names are a key's alone: anybody can add the key of somebody else to a name of their own. */
  #namesOf(making: { readonly username: string; readonly key: string }): number {
    const { key } = making;
    const names = [...this.#kept.look()].filter(({ keys }) => keys.length === 1 && keys[0] === key).length;
    return names + this.#madeBeside(making, key);
  }

  /** How many other names are being claimed, by this key or by anybody. */
  #madeBeside({ username }: { readonly username: string }, by?: string): number {
    const claims = this.#kept.look();
    const own = usernameKey(username);
    const names = [...this.#making]
      .filter(other => (by === undefined || other.key === by) && claims.named(other.username) === undefined)
      .map(other => usernameKey(other.username));
    return new Set(names.filter(name => name !== own)).size;
  }

  /**
   * Whether there is a place for one more. Whoever claims many names to use up the places of others was here once for
   * each: those go first.
   */
  async #makePlace(making: { readonly username: string }): Promise<boolean> {
    for (;;) {
      if (this.#kept.look().size + this.#madeBeside(making) < this.limits.maxClaims) return true;
      const oldest = this.#oldestOnceHere();
      if (oldest === undefined) return false;
      await this.#kept.change(oldest.username, claim => (claim === oldest ? undefined : claim));
    }
  }

  #oldestOnceHere(): KeptClaim | undefined {
    const now = this.#clock.now();
    const onceHere = [...this.#kept.look()].filter(
      ({ keys, claimedAt, usedAt }) => keys.length === 1 && usedAt === claimedAt && now - usedAt >= TRIED_MS,
    );
    return onceHere.toSorted((one, other) => one.usedAt - other.usedAt)[0];
  }
}
