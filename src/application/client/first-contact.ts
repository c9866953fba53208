import type { JoinAnswer } from './client-connection.js';
import type { Connector } from './connector.js';
import {
  type Disconnection,
  disconnectionOf,
  isAboutServer,
  mayPass,
  type Outcome,
  outcomeOf,
  type Patience,
} from './outcome.js';
import { ConnectFailure, type ConnectFailureCode } from './ports.js';
import type { Reconnector, ReconnectorOwner } from './reconnector.js';

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

/** What came of an attempt. */
type Met = JoinAnswer | ConnectFailure;

/**
 * Comes into the room for the first time, at any of its addresses. Resolves to nothing when it is in, to an end when that will not be.
 * @throws {ConnectFailure} when the server cannot be reached
 */
export async function makeFirstContact(
  owner: Pick<ReconnectorOwner, 'username' | 'isOver'>,
  connector: Pick<Connector, 'enter' | 'passOver' | 'route'>,
  reconnector: Pick<Reconnector, 'reconnect'>,
  { patience = 'none', contactForMs = 0 }: FirstContactOptions,
): Promise<Outcome | undefined> {
  const { username } = owner;
  const { round, retryAfterMs } = await goRound(owner, connector);
  const rank = (met: Met) => {
    if (!(met instanceof ConnectFailure)) return mayPass(met, patience) ? 0 : 2;
    if (FINAL.includes(met.code)) return met.code === 'OTHER_KEY' ? 5 : 4;
    return contactForMs > 0 ? 1 : 3;
  };
  // What may pass first, then what a server has said, then why there is none: a key is the reason only where it is all there is.
  const met = round.reduce((a, b) => (rank(b) < rank(a) ? b : a));
  if (met instanceof ConnectFailure) {
    const failure = withOthers(met, round.length - 1);
    if (rank(met) !== 1) throw failure;
    const end = await reconnector.reconnect(
      { ...disconnectionBy(met, username), retryAfterMs },
      contactForMs,
    );
    if (end?.type === 'LOST') throw failure;
    return end;
  }
  if (met.type === 'JOINED') return undefined;
  const end = outcomeOf(met, username);
  if (!mayPass(met, patience)) return end;
  return reconnector.reconnect({ ...disconnectionOf(met, username), retryAfterMs }, undefined, end);
}

/**
 * Tries each address once, until there is an answer that holds at all of them: that one alone, or else all there were. `retryAfterMs`
 * is of the last server: what the others have said is known to the route.
 */
async function goRound(
  owner: Pick<ReconnectorOwner, 'username' | 'isOver'>,
  connector: Pick<Connector, 'enter' | 'passOver' | 'route'>,
): Promise<{ readonly round: readonly Met[]; readonly retryAfterMs: number }> {
  const { route } = connector;
  const round: Met[] = [];
  for (;;) {
    const met = await connector.enter().catch(asFailure);
    const meant = disconnectionBy(met, owner.username);
    const { retryAfterMs = 0 } = meant;
    const isIn = !(met instanceof ConnectFailure) && met.type === 'JOINED';
    if (isIn || !isAboutServer(meant)) return { round: [met], retryAfterMs };
    round.push(met);
    if (owner.isOver || !route.hasOther) return { round, retryAfterMs };
    if (met instanceof ConnectFailure) connector.passOver(met);
    route.moveOn(retryAfterMs);
  }
}

function disconnectionBy(met: Met, username: string): Disconnection {
  return met instanceof ConnectFailure ? { outage: { code: 'NOT_REACHED' } } : disconnectionOf(met, username);
}

function withOthers({ code, address, details }: ConnectFailure, others: number): ConnectFailure {
  return new ConnectFailure(code, address, { ...details, ...(others > 0 && { others }) });
}

function asFailure(error: unknown): ConnectFailure {
  if (error instanceof ConnectFailure) return error;
  throw error;
}
