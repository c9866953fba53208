import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { JetStreamApiError } from '@nats-io/jetstream';
import {
  type Authenticator,
  credsAuthenticator,
  errors,
  type NodeConnectionOptions,
} from '@nats-io/transport-node';
import { JournalFailure } from '../../application/server/cluster/journal.js';

/** Until a lost connection is tried again, in milliseconds, and how much more that is at random. */
const RECONNECT_MS = 100;
const JITTER_MS = 50;
/** How often a silent broker is asked whether it is there, in milliseconds; after two without an answer it is not. */
const PING_MS = 2000;

/** How a broker is reached, and who this server is to it. */
export interface NatsOptions {
  /** Each a host and a port. */
  readonly servers: readonly string[];
  /** As operators are told of them: without a password. */
  readonly place: string;
  /** Whether it has to be encrypted. */
  readonly isEncrypted: boolean;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
  /** A file with a JWT and the key to it, as `nsc` writes it. */
  readonly credsFile?: string | undefined;
  /** Of the authority that the broker's certificate is from, and this server's own certificate and its key; PEM. */
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** By which the broker's operators know the connection. */
  readonly name: string;
}

/** What the client is told. @throws {JournalFailure} when a file cannot be read */
export async function coreOptionsOf(options: NatsOptions): Promise<NodeConnectionOptions> {
  const { servers, isEncrypted, user, password, token, credsFile, caFile, certFile, keyFile, name } = options;
  const files = { caFile, certFile, keyFile };
  for (const file of Object.values(files)) if (file !== undefined) await read(file);
  const creds = credsFile === undefined ? undefined : await authenticatorOf(credsFile);
  const given = Object.fromEntries(Object.entries(files).filter(([, file]) => file !== undefined));
  // It hands them on to Node, of whose options it names a few.
  const tls: NodeConnectionOptions['tls'] & object = Object.assign(
    { checkServerIdentity: identityOf(servers) },
    given,
  );
  return {
    name,
    ...(creds === undefined ? {} : { authenticator: creds }),
    ...(token === undefined ? {} : { token }),
    ...(user === undefined ? {} : { user, pass: password ?? '' }),
    ...(isEncrypted || Object.keys(given).length > 0 ? { tls } : {}),
    noRandomize: true,
    noEcho: true,
    noAsyncTraces: true,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: RECONNECT_MS,
    reconnectJitter: JITTER_MS,
    reconnectJitterTLS: JITTER_MS,
    pingInterval: PING_MS,
    maxPingOut: 2,
  };
}

/** Reads the file again for each connection: credentials are renewed before they expire. @throws {JournalFailure} */
async function authenticatorOf(file: string): Promise<Authenticator> {
  let known = await read(file);
  const authenticate = credsAuthenticator(() => known);
  try {
    authenticate('nonce');
  } catch (cause) {
    throw new JournalFailure('NO_FILE', file, 'no credentials are in it', { cause });
  }
  return nonce => {
    const before = known;
    try {
      known = readFileSync(file);
      return authenticate(nonce);
    } catch {
      // It is gone, or being written: those before may still hold.
      known = before;
      return authenticate(nonce);
    }
  };
}

/** Where a broker is known by an address, the client has no name to look for in its certificate. */
function identityOf(servers: readonly string[]): typeof checkServerIdentity {
  const addresses = servers
    .map(server => server.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''))
    .filter(host => isIP(host) !== 0);
  return (name, certificate) => {
    const problem = checkServerIdentity(name, certificate);
    const isKnown = addresses.some(address => checkServerIdentity(address, certificate) === undefined);
    return isKnown ? undefined : problem;
  };
}

/** @throws {JournalFailure} */
async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new JournalFailure('NO_FILE', file, '', { cause });
  }
}

/** Why a start has failed that had reached a broker: it may have gone since. Faults, and what JetStream refuses, are themselves. */
export function startFailure(error: unknown, place: string): unknown {
  const isItself =
    error instanceof JournalFailure ||
    error instanceof JetStreamApiError ||
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof SyntaxError;
  return isItself ? error : toFailure(error, place);
}

/** Why a broker could not be reached. */
export function toFailure(cause: unknown, place: string): JournalFailure {
  const { code = '', message = '', reason = message } = (cause ?? {}) as Record<string, string | undefined>;
  const [found = ''] = reason.split('\n');
  const isRefused =
    cause instanceof errors.AuthorizationError || cause instanceof errors.UserAuthenticationExpiredError;
  if (isRefused) return new JournalFailure('NOT_ALLOWED', place, '', { cause });
  // It wants a certificate, or another one.
  if (/^ERR_SSL_.*ALERT.*CERT/.test(code)) return new JournalFailure('NOT_ALLOWED', place, found, { cause });
  if (/CERT|SIGNED|VERIFY|ISSUER/.test(code))
    return new JournalFailure('NOT_TRUSTED', place, found, { cause });
  return new JournalFailure('UNREACHABLE', place, found === 'timeout' ? '' : found, { cause });
}
