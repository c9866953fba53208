import { Members } from '../../domain/members.js';
import { usernameKey } from '../../domain/name-key.js';
import { Refusal } from '../../domain/refusal.js';
import type { Claim, ClaimChanges, ClaimStore } from './name-ports.js';
import type { Logger } from './service-ports.js';

/** A claim, numbered so that Members can find it. */
export type KeptClaim = Claim & { readonly id: number };

/** How often a change is decided anew because somebody else was faster. */
const MAX_ATTEMPTS = 10;

/** The claims of a store as they are now, whoever has changed them, found by name and by what can be taken for it. */
export class KeptClaims {
  #claims = new Members<KeptClaim>(({ id }) => id);
  #lastId = 0;
  /**
   * Names that can be taken for others, by their keys, with one of those that were kept before: they were claimed at one
   * moment at two places.
   */
  readonly #alike = new Map<string, string>();
  #isUnreadable = false;

  constructor(
    private readonly store: Pick<ClaimStore, 'changed' | 'put' | 'remove'>,
    private readonly logger?: Pick<Logger, 'warn'>,
  ) {}

  /** As they are now; what cannot be read any more changes nothing. */
  look(): Members<KeptClaim> {
    try {
      const changes = this.store.changed();
      if (changes !== undefined) this.take(changes);
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

  /**
   * Keeps what `decide` makes of the claim that there is, and none when it makes nothing; it decides anew when somebody else
   * was faster. Resolves to what is kept. @throws {Refusal} DISK_FULL or NOT_RECORDED, and what `decide` throws
   */
  async change(
    username: string,
    decide: (claim: KeptClaim | undefined) => Claim | undefined,
  ): Promise<Claim | undefined> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const before = this.look().named(username);
      const after = decide(before);
      if (after === before) return after;
      const isKept = await this.#replace(before, after);
      this.look();
      if (isKept) return after;
    }
    throw new Refusal('NOT_RECORDED');
  }

  /** A claim on a name that this one, which was just claimed, can be taken for, and that has to give way to no other. */
  resembledBy(username: string): Claim | undefined {
    const other = this.#alike.get(usernameKey(username));
    return other === undefined ? undefined : this.look().named(other);
  }

  take(changes: ClaimChanges): void {
    if ('all' in changes) {
      this.#claims = new Members(({ id }) => id);
      for (const claim of changes.all) this.#add(claim);
      return;
    }
    for (const username of changes.removed) this.#remove(username);
    for (const claim of changes.put) {
      this.#remove(claim.username);
      this.#add(claim);
    }
  }

  async #replace(before: Claim | undefined, after: Claim | undefined): Promise<boolean> {
    if (after === undefined) return this.store.remove(before as Claim); // one of the two is there
    const { username, keys, claimedAt, usedAt } = after;
    return this.store.put({ username, keys, claimedAt, usedAt }, before);
  }

  #add(claim: Claim): void {
    const { username } = claim;
    const other = this.#claims.resembling(username)?.username;
    if (other !== undefined) {
      this.#alike.set(usernameKey(username), other);
      // Of those that an operator gave away it is not known which was before.
      if (claim.usedAt !== claim.claimedAt) this.#alike.set(usernameKey(other), username);
    }
    this.#claims.restore({ ...claim, id: ++this.#lastId });
  }

  #remove(username: string): void {
    const claim = this.#claims.named(username);
    if (claim !== undefined) this.#claims.remove(claim.id);
    const before = this.#claims.named(this.#alike.get(usernameKey(username)) ?? '');
    // It is found again by what can be taken for it.
    if (before !== undefined) this.#claims.restore(before);
    this.#alike.delete(usernameKey(username));
  }
}

/** A name under which something was changed, and what is kept there now. */
export interface ChangedName {
  readonly username: string;
  readonly claim: Claim | undefined;
}

/** As `changed` tells them. */
export function changesIn(names: Iterable<ChangedName>): ClaimChanges {
  const [put, removed]: [Claim[], string[]] = [[], []];
  for (const { username, claim } of names)
    if (claim === undefined) removed.push(username);
    else put.push(claim);
  return { put, removed };
}

/** Whether nothing was changed between the two. */
export function isSameClaim(one: Claim | undefined, other: Claim | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.username === other.username &&
    one.claimedAt === other.claimedAt &&
    one.usedAt === other.usedAt &&
    one.keys.length === other.keys.length &&
    one.keys.every((key, at) => key === other.keys[at])
  );
}
