import type { ChangeKeys } from '../application/server/change-keys.js';
import type { ClaimRegister } from '../application/server/claim-register.js';
import type { NameOwnership } from '../application/server/name-ownership.js';
import type { ClaimStore, KeyProofs } from '../application/server/name-ports.js';
import type { ProveKey } from '../application/server/prove-key.js';
import { token } from './token.js';

/** The parts that are about whom names belong to. */
export const NAME_TOKENS = {
  ProveKey: token<ProveKey>('ProveKey'),
  ChangeKeys: token<ChangeKeys>('ChangeKeys'),
  NameOwnership: token<NameOwnership>('NameOwnership'),
  ClaimRegister: token<ClaimRegister>('ClaimRegister'),
  ClaimStore: token<ClaimStore>('ClaimStore'),
  KeyProofs: token<KeyProofs>('KeyProofs'),
};
