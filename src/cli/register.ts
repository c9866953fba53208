import type { Command } from '@oclif/core';
import { visible } from '../adapters/view/visible.js';
import type { ClaimRegister } from '../application/server/claim-register.js';
import { RoomLogFailure } from '../application/server/failures.js';
import type { KeyProofs } from '../application/server/name-ports.js';
import { FAILURES } from './archive.js';
import { chosenFolder } from './data-folder.js';
import { fail } from './exit.js';
import { NO_HISTORY } from './server-exit.js';

/** Does something with the claims in the folder that the flags name; what cannot be done is said in a line. */
export async function withRegister(
  command: Command,
  flags: Record<string, unknown>,
  work: (parts: { readonly register: ClaimRegister; readonly proofs: KeyProofs }) => Promise<void>,
): Promise<void> {
  const [{ createRegister }, { TOKENS }] = await Promise.all([
    import('../container/server.js'),
    import('../container/tokens.js'),
  ]);
  const container = await createRegister(chosenFolder(command, flags));
  const register = container.get(TOKENS.ClaimRegister);
  try {
    await register.open();
    await work({ register, proofs: container.get(TOKENS.KeyProofs) });
  } catch (error) {
    if (!(error instanceof RoomLogFailure)) throw error;
    fail(command, FAILURES[error.code](visible(error.path)), NO_HISTORY);
  } finally {
    await register.close();
  }
}
