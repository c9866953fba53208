import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { testKey } from './test-key.js';

/** Two ends of one line, near and far. */
export type Line = readonly [near: Duplex, far: Duplex];

/** A line inside this process; like a socket, and unlike a bare duplexPair, it is down when one end is. */
export async function memoryLine(): Promise<Line> {
  const [near, far] = duplexPair();
  near.once('close', () => far.destroy());
  far.once('close', () => near.destroy());
  return [near, far];
}

/** A line through the network stack. */
export async function socketLine(): Promise<Line> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const accepted = once(server, 'connection');
  const far = connect({ port: address.port, host: '127.0.0.1' });
  const [[near]] = await Promise.all([accepted, once(far, 'connect')]);
  server.close();
  return [near as Socket, far];
}

/** A line through the network stack that is encrypted, once the handshake is over. */
export async function encryptedLine(): Promise<Line> {
  const [near, far] = (await socketLine()) as [Socket, Socket];
  const server = new TLSSocket(near, { isServer: true, secureContext: testKey().context });
  const client = connectTls({ socket: far, rejectUnauthorized: false });
  await Promise.all([once(server, 'secure'), once(client, 'secureConnect')]);
  return [server, client];
}
