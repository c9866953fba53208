import { ContainerModule } from 'inversify';
import type { LiveSettings } from '../adapters/config/live-settings.js';
import type { Journal } from '../application/server/cluster/journal.js';
import type { ClaimStore, KeyProofs } from '../application/server/name-ports.js';
import type { Logger } from '../application/server/service-ports.js';
import { TOKENS } from './tokens.js';

/** What users do with their keys. */
export const keyUseCases = new ContainerModule(async ({ bind }) => {
  const [{ ProveKey }, { ChangeKeys }] = await Promise.all([
    import('../application/server/prove-key.js'),
    import('../application/server/change-keys.js'),
  ]);
  const { ChatRoom, ResumeTokens, KeyProofs, NameOwnership } = TOKENS;
  bind(TOKENS.ProveKey).toResolvedValue(
    (...parts) => new ProveKey(...parts),
    [ChatRoom, ResumeTokens, KeyProofs, NameOwnership],
  );
  bind(TOKENS.ChangeKeys).toResolvedValue(
    (...parts) => new ChangeKeys(...parts),
    [ChatRoom, KeyProofs, NameOwnership],
  );
});

// Whom names belong to: one of the next three is loaded.

/** Nobody. */
export const openNames = new ContainerModule(async ({ bind }) => {
  const { NameOwnership } = await import('../application/server/name-ownership.js');
  bind(TOKENS.NameOwnership).toResolvedValue(() => new NameOwnership());
});

/** Whoever first joins with a key. */
export const claimedNames = new ContainerModule(async ({ bind }) => {
  const [{ NameOwnership }, { ClaimRegister }, { RefusedKeys }] = await Promise.all([
    import('../application/server/name-ownership.js'),
    import('../application/server/claim-register.js'),
    import('../application/server/refused-keys.js'),
  ]);
  bind(TOKENS.NameOwnership).toResolvedValue<
    [ClaimStore, LiveSettings, KeyProofs, Logger, Journal | undefined]
  >(
    (store, settings, proofs, logger, journal) => {
      const limits = settings.view(({ claimMs, namesPerKey, claimsPerAddress, maxClaims }) => ({
        ...{ claimMs, maxClaims },
        maxNamesOfKey: namesPerKey,
        claimsPerDay: claimsPerAddress,
      }));
      return new NameOwnership(new ClaimRegister(store, limits, logger), new RefusedKeys(proofs, journal));
    },
    [
      TOKENS.ClaimStore,
      TOKENS.LiveSettings,
      TOKENS.KeyProofs,
      TOKENS.Logger,
      // Where servers share a room.
      { serviceIdentifier: TOKENS.Journal, optional: true },
    ],
  );
});

/** The claims of a folder, as the operator handles them: none of them expires, and there are as many as are wanted. */
export const handledNames = new ContainerModule(async ({ bind }) => {
  const { ClaimRegister } = await import('../application/server/claim-register.js');
  const most = Number.POSITIVE_INFINITY;
  bind(TOKENS.ClaimRegister).toResolvedValue(
    store =>
      new ClaimRegister(store, { claimMs: most, maxNamesOfKey: most, claimsPerDay: most, maxClaims: most }),
    [TOKENS.ClaimStore],
  );
});
