import type { JoinAnswer } from './client-connection.js';
import type { Connector } from './connector.js';
import { disconnectionOf, mayPass, type Outcome, outcomeOf, type Patience } from './outcome.js';
import { ConnectFailure, type ConnectFailureCode } from './ports.js';
import type { Reconnector } from './reconnector.js';

export interface FirstContactOptions {
  /** For what a first Join is tried again, as long as a lost connection is; for nothing when absent. */
  readonly patience?: Patience;
  /** How long a server that cannot be reached at first is tried again, in milliseconds; not at all when absent. */
  readonly contactForMs?: number;
}

/** Failures that stay until somebody does something about them. */
const FINAL: readonly ConnectFailureCode[] = [
  'UNKNOWN_HOST',
  'NOT_ENCRYPTED',
  'OTHER_KEY',
  'NO_KNOWN_SERVERS',
];

/**
 * Comes into the room for the first time. Resolves to nothing when it is in, to an end when that will not be.
 * @throws {ConnectFailure} when the server cannot be reached
 */
export async function enter(
  username: string,
  connector: Connector,
  reconnector: Reconnector,
  { patience = 'none', contactForMs = 0 }: FirstContactOptions,
): Promise<Outcome | undefined> {
  let answer: JoinAnswer;
  try {
    answer = await connector.enter();
  } catch (error) {
    const mayComeBack = error instanceof ConnectFailure && !FINAL.includes(error.code);
    if (!mayComeBack || contactForMs === 0) throw error;
    const end = await reconnector.reconnect({ outage: { code: 'NOT_REACHED' } }, contactForMs);
    if (end?.type === 'LOST') throw error;
    return end;
  }
  if (answer.type === 'JOINED') return undefined;
  const end = outcomeOf(answer, username);
  if (!mayPass(answer, patience)) return end;
  return reconnector.reconnect({ ...disconnectionOf(answer, username), end });
}
