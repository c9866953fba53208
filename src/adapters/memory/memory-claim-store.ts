import type { Claim, ClaimStore } from '../../application/server/name-ports.js';
import { usernameKey } from '../../domain/name-key.js';

/** Keeps claims in the memory of this process: they are gone when it ends. */
export class MemoryClaimStore implements ClaimStore {
  readonly #claims = new Map<string, Claim>();

  open(): readonly Claim[] {
    return [...this.#claims.values()];
  }

  /** No other program gets here. */
  changed(): undefined {
    return undefined;
  }

  put(claim: Claim): void {
    this.#claims.set(usernameKey(claim.username), claim);
  }

  remove(username: string): void {
    this.#claims.delete(usernameKey(username));
  }

  close(): void {}
}
