import { rmSync } from 'node:fs';
import { MemoryClaimStore } from '../../src/adapters/memory/memory-claim-store.js';
import { NatsClaimStore } from '../../src/adapters/nats/nats-claim-store.js';
import { SqliteClaimStore } from '../../src/adapters/sqlite/sqlite-claim-store.js';
import { type ClaimLimits, ClaimRegister } from '../../src/application/server/claim-register.js';
import type { ClaimStore } from '../../src/application/server/name-ports.js';
import { natsConnection, roomsOfBroker } from './journals.js';
import { temporaryFolder } from './room-logs.js';

/** One store of claims, and what a test may do to it from outside. */
export interface ClaimsUnderTest {
  readonly store: ClaimStore;
  /** Another store on what this one keeps; absent when nothing outlives it. */
  reopen?(): ClaimStore;
  dispose(): void | Promise<void>;
}

/** One entry for every ClaimStore: called within a suite, it gives what makes one for a test. */
export const CLAIM_STORES: Record<string, () => () => ClaimsUnderTest | Promise<ClaimsUnderTest>> = {
  MemoryClaimStore: () => () => ({ store: new MemoryClaimStore(), dispose: () => {} }),
  SqliteClaimStore: () => () => {
    const folder = temporaryFolder();
    const reopen = () => new SqliteClaimStore(folder);
    return { store: reopen(), reopen, dispose: () => rmSync(folder, { recursive: true }) };
  },
  NatsClaimStore: () => {
    const rooms = roomsOfBroker();
    return async () => {
      const { broker, options } = await rooms();
      const made: ClaimStore[] = [];
      const reopen = () => {
        const store = new NatsClaimStore(natsConnection([broker]), options);
        made.push(store);
        return store;
      };
      // Also of a test that has failed none stays connected.
      const dispose = async () => {
        for (const store of made) await store.close();
      };
      return { store: reopen(), reopen, dispose };
    };
  },
};

export const FREELY: ClaimLimits = { claimMs: 1e12, maxNamesOfKey: 100, claimsPerDay: 1000, maxClaims: 1000 };

/** Claims that are open. */
export async function openRegister(
  limits: Partial<ClaimLimits> = {},
  store: ClaimStore = new MemoryClaimStore(),
): Promise<ClaimRegister> {
  const register = new ClaimRegister(store, { ...FREELY, ...limits });
  await register.open();
  return register;
}
