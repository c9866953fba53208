import { isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, getCACertificates, type TLSSocket } from 'node:tls';
import type { ServerAddress } from '../../../application/chat-request.js';
import { ConnectFailure, type KnownServers } from '../../../application/client/ports.js';
import type { Dial, Dialed } from '../../wire/connect/line-link.js';
import { canonicalHost, isLoopback } from '../../wire/endpoint.js';
import { pinOfCertificate } from '../pin.js';

/** How long a server may take to agree on the encryption, in milliseconds. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** Which server is meant. */
export interface TlsServer {
  readonly address: ServerAddress;
  /** Of its key, as the person was told. */
  readonly pin?: string | undefined;
}

/** Opens a line to a server: an encrypted one, unless it is on this machine or the person wants none. @throws {ConnectFailure} */
export async function dialServer(
  dial: Dial<Duplex>,
  { plaintext, ...server }: TlsServer & { readonly plaintext: boolean },
  known: KnownServers,
  signal?: AbortSignal,
): Promise<Dialed<Duplex>> {
  const isPlain = plaintext || (server.pin === undefined && isHere(server.address.host));
  return isPlain ? dial(signal) : dialTls(dial, server, known, signal);
}

function isHere(given: string): boolean {
  const host = canonicalHost(given);
  return host === 'localhost' || (isIP(host) !== 0 && isLoopback(host));
}

/** An encrypted line, and whose it is. */
interface Shaken {
  readonly socket: TLSSocket;
  readonly pin: string;
  /** Whether an authority of this system says that it is the host's. */
  readonly isCertified: boolean;
}

/**
 * Opens an encrypted line to the server that is meant: the one with the key that the person was told, else the one that was
 * there the last time, else one that an authority certifies, else whichever is there, whose key counts from then on.
 * Nothing is said to another.
 * @throws {ConnectFailure}
 */
export async function dialTls(
  dial: Dial<Duplex>,
  server: TlsServer,
  known: KnownServers,
  signal?: AbortSignal,
): Promise<Dialed<Duplex>> {
  const { address } = server;
  const before = await knownPin(known, server);
  const expected = server.pin ?? before;
  if (expected === undefined) return trustAtFirstSight(dial, address, known, signal);
  const { socket, pin } = await shakeHands(dial, address, [], signal);
  if (pin === expected) {
    if (pin !== before) await known.remember(nameOf(address), pin);
    return { stream: socket, peer: { name: pin, isEncrypted: true } };
  }
  socket.destroy();
  const isGiven = server.pin !== undefined;
  if (!isGiven) {
    const other = await shakeHands(dial, address, authorities(), signal);
    if (other.isCertified) {
      await known.remember(nameOf(address), other.pin);
      return { stream: other.socket, peer: { name: other.pin, isEncrypted: true } };
    }
    other.socket.destroy();
  }
  throw new ConnectFailure('OTHER_KEY', address, { found: pin, isGiven });
}

async function trustAtFirstSight(
  dial: Dial<Duplex>,
  address: ServerAddress,
  known: KnownServers,
  signal: AbortSignal | undefined,
): Promise<Dialed<Duplex>> {
  const { socket, pin, isCertified } = await shakeHands(dial, address, authorities(), signal);
  const isWritten = await known.remember(nameOf(address), pin);
  const isNew = !isCertified && ({ isNew: true, ...(!isWritten && { isUnwritten: true as const }) } as const);
  return { stream: socket, peer: { name: pin, isEncrypted: true, ...isNew } };
}

/** A server has one name, however somebody spells it: a key is trusted at first sight only once. */
function nameOf({ host, port }: ServerAddress): ServerAddress {
  return { host: canonicalHost(host), port };
}

/** Who was told the key does not need what was there the last time. */
async function knownPin(known: KnownServers, { address, pin }: TlsServer): Promise<string | undefined> {
  try {
    return await known.pinOf(nameOf(address));
  } catch (cause) {
    if (pin !== undefined) return undefined;
    throw new ConnectFailure('NO_KNOWN_SERVERS', address, { cause, path: known.location });
  }
}

/** Those of the system beside Node's own. */
function authorities(): string[] {
  return [...getCACertificates('default'), ...getCACertificates('system')];
}

class HungUp extends Error {
  override readonly name = 'HungUp';
}

/** Whether the other end was gone before it had said anything that is not TLS. */
function isHangUp(cause: unknown): boolean {
  return (
    cause instanceof HungUp || (cause instanceof Error && 'code' in cause && cause.code === 'ECONNRESET')
  );
}

/**
 * Whose key it is that the other end has is for the caller to judge: a session that was resumed would not tell, so none is.
 * @param trusted certificates of authorities; none spares the time to read them
 */
async function shakeHands(
  dial: Dial<Duplex>,
  address: ServerAddress,
  trusted: string[],
  signal: AbortSignal | undefined,
): Promise<Shaken> {
  const { stream } = await dial(signal);
  const { host } = nameOf(address);
  const socket = connect({
    socket: stream as Socket,
    host,
    ...(isIP(host) === 0 && { servername: host }),
    minVersion: 'TLSv1.3',
    ca: trusted,
    rejectUnauthorized: false,
  });
  const timer = setTimeout(() => socket.destroy(new Error('timeout')), HANDSHAKE_TIMEOUT_MS);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(new HungUp()));
    });
  } catch (cause) {
    stream.destroy();
    const code = isHangUp(cause) ? 'HUNG_UP' : 'NOT_ENCRYPTED';
    throw new ConnectFailure(signal?.aborted ? 'TIMED_OUT' : code, address, { cause });
  } finally {
    clearTimeout(timer);
  }
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) {
    socket.destroy();
    throw new ConnectFailure('NOT_ENCRYPTED', address);
  }
  return { socket, pin: pinOfCertificate(certificate), isCertified: socket.authorized };
}
