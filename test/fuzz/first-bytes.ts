import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { Proxies } from '../../src/adapters/tcp/listen/proxies.js';
import { TlsLines } from '../../src/adapters/tls/listen/tls-lines.js';
import { StreamChannel } from '../../src/adapters/wire/listen/stream-channel.js';
import { testKey } from '../support/test-key.js';
import { target } from './target.js';

/** How long a server may take to be done with what a client sends and hangs up, in milliseconds. */
const PATIENCE_MS = 2000;

const HANDSHAKE = Buffer.from('1603010200010001fc0303', 'hex');
const PROXIED = Buffer.from('0d0a0d0a000d0a515549540a2111000ccb0071077f00000130391f91', 'hex');

const beginning = fc.oneof(
  fc.constant(Buffer.alloc(0)),
  fc.constant(HANDSHAKE),
  fc.constant(Buffer.from([0x16])),
  fc.constant(PROXIED),
  fc.constant(Buffer.concat([PROXIED, HANDSHAKE])),
  fc.constant(Buffer.from('PROXY TCP4 203.0.113.7 127.0.0.1 12345 8081\r\n')),
  fc.constant(Buffer.from('{"Join":"carl"}\n')),
);
const rest = fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes));
const pieces = fc.array(fc.nat(40), { maxLength: 6 });

/** Whatever a connection begins with, its line is down once the client has hung up, and nothing is thrown. */
export const firstBytes = target(
  fc.asyncProperty(beginning, rest, pieces, fc.boolean(), async (head, tail, cuts, isProxied) => {
    const closed = Promise.withResolvers<void>();
    const server = createServer(socket => accept(socket, isProxied, closed.resolve));
    try {
      const client = await dial(server);
      await sendIn(client, Buffer.concat([head, tail]), cuts);
      client.end();
      const late = new Promise<string>(resolve => setTimeout(resolve, PATIENCE_MS, 'late').unref());
      expect(await Promise.race([closed.promise, late])).to.not.equal('late');
      client.destroy();
    } finally {
      server.close();
    }
  }),
  300,
);

function accept(socket: Socket, isProxied: boolean, onClosed: () => void): void {
  const serve = (address: string | undefined) => {
    const lines = new TlsLines(testKey(), { allowPlaintext: false });
    const channel = lines.over(socket, new StreamChannel(socket, address, ''));
    channel.listen({
      onData: () => {},
      onRefused: () => channel.end('no\n', 50),
      onError: () => {},
      onEnd: () => channel.end(undefined, 50),
    });
    void channel.closed().then(onClosed);
  };
  if (isProxied) new Proxies({ proxies: '127.0.0.1' }).introduce(socket, serve, onClosed);
  else serve(socket.remoteAddress);
}

async function dial(server: Server): Promise<Socket> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const client = connect({ port: address.port, host: '127.0.0.1', noDelay: true });
  client.on('error', () => {});
  client.resume();
  await once(client, 'connect');
  return client;
}

async function sendIn(client: Socket, bytes: Buffer, cuts: readonly number[]): Promise<void> {
  let at = 0;
  for (const cut of cuts) {
    client.write(bytes.subarray(at, at + cut));
    at += cut;
    await new Promise(resolve => setImmediate(resolve));
  }
  client.write(bytes.subarray(at));
}
