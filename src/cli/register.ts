import type { Command } from '@oclif/core';
import { historyKind } from '../adapters/config/history.js';
import { SERVER_SETTINGS } from '../adapters/config/server-settings.js';
import type { Setting } from '../adapters/config/setting.js';
import { visible } from '../adapters/view/visible.js';
import type { ClaimRegister } from '../application/server/claim-register.js';
import { JournalFailure } from '../application/server/cluster/journal.js';
import { RoomLogFailure } from '../application/server/failures.js';
import { knownInTime } from '../application/server/known-in-time.js';
import type { KeyProofs } from '../application/server/name-ports.js';
import { FAILURES } from './archive.js';
import { EXIT, fail } from './exit.js';
import { flagsOf } from './flags.js';
import { NO_HISTORY, noJournal } from './server-exit.js';
import { type ParsedFlags, setUpServer } from './server-setup.js';
import { hasShared, isCopy } from './shared-room.js';

/** Settings of the server that say where its claims are. */
const PLACES = [
  ...['config', 'dataDir', 'history', 'room'],
  ...['natsCreds', 'natsTlsCa', 'natsTlsCert', 'natsTlsKey'],
] as (keyof typeof SERVER_SETTINGS)[];

export const REGISTER_FLAGS = flagsOf(
  Object.fromEntries(
    PLACES.map(property => {
      const { reload: _, ...setting }: Setting = SERVER_SETTINGS[property];
      return [property, setting as Setting];
    }),
  ),
);

const WITH_BROKERS =
  'The server with this folder has shared a room with others: the names are with its brokers. Give --history nats://… and --room as to that server, or its file with --config; or --history sqlite for names of before that.';

const NOWHERE = 'With --history memory only the server itself knows the names. Nothing was changed.';

/** What keeps the claims did not take the change, or did not say so. */
const UNDONE: Readonly<Record<string, string>> = {
  DISK_FULL: 'Not done: the disk is full where the claims are.',
  NOT_RECORDED: 'Not done: the claims cannot be written. Try again later.',
  OUTCOME_UNKNOWN:
    'It is not known whether that is done: what keeps the claims does not answer. Look with chatty server:names when it does, before you do it again.',
};

/** Does something with the claims where the flags say; what cannot be done is said in a line. */
export async function withRegister(
  command: Command,
  parsed: ParsedFlags,
  work: (parts: { readonly register: ClaimRegister; readonly proofs: KeyProofs }) => Promise<void>,
): Promise<void> {
  const [{ createRegister }, { TOKENS }] = await Promise.all([
    import('../container/server.js'),
    import('../container/tokens.js'),
  ]);
  const { config, origins } = await setUpServer(command, parsed);
  const kind = historyKind(config.history);
  if (kind === 'memory') fail(command, NOWHERE, EXIT.USAGE);
  if (origins.history === 'default' && (hasShared(config.dataDir) || isCopy(config.dataDir)))
    fail(command, WITH_BROKERS, EXIT.USAGE);
  const container = await createRegister(config);
  const register = container.get(TOKENS.ClaimRegister);
  try {
    await register.open();
    await knownInTime(work({ register, proofs: container.get(TOKENS.KeyProofs) }));
  } catch (error) {
    if (error instanceof JournalFailure) return fail(command, ...noJournal(error));
    const undone = error instanceof Error && 'code' in error ? UNDONE[String(error.code)] : undefined;
    if (error instanceof RoomLogFailure) fail(command, FAILURES[error.code](visible(error.path)), NO_HISTORY);
    if (undone === undefined) throw error;
    fail(command, undone, NO_HISTORY);
  } finally {
    await register.close();
  }
}
