import { type ChangedName, changesIn, isSameClaim } from '../../application/server/kept-claims.js';
import type { Claim, ClaimChanges, ClaimStore } from '../../application/server/name-ports.js';
import { usernameKey } from '../../domain/name-key.js';

/** Keeps claims in the memory of this process: they are gone when it ends. */
export class MemoryClaimStore implements ClaimStore {
  readonly #claims = new Map<string, Claim>();
  /** What was changed since the last look. */
  #changed = new Map<string, ChangedName>();

  async open(): Promise<readonly Claim[]> {
    return [...this.#claims.values()];
  }

  changed(): ClaimChanges | undefined {
    const changed = this.#changed;
    if (changed.size === 0) return undefined;
    this.#changed = new Map();
    return changesIn(changed.values());
  }

  async put(claim: Claim, before: Claim | undefined): Promise<boolean> {
    return this.#set(claim.username, claim, before);
  }

  async remove(claim: Claim): Promise<boolean> {
    return this.#set(claim.username, undefined, claim);
  }

  async close(): Promise<void> {}

  #set(username: string, claim: Claim | undefined, before: Claim | undefined): boolean {
    const name = usernameKey(username);
    if (!isSameClaim(this.#claims.get(name), before)) return false;
    if (claim === undefined) this.#claims.delete(name);
    else this.#claims.set(name, claim);
    this.#changed.delete(name); // it is the last one now
    this.#changed.set(name, { username, claim });
    return true;
  }
}
