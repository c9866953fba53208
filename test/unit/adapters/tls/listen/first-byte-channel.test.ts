import { once } from 'node:events';
import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { expect } from 'chai';
import sinon from 'sinon';
import { TlsLines, type TlsLinesOptions } from '../../../../../src/adapters/tls/listen/tls-lines.js';
import type { Channel } from '../../../../../src/adapters/wire/listen/channel.js';
import { StreamChannel } from '../../../../../src/adapters/wire/listen/stream-channel.js';
import { testKey } from '../../../../support/test-key.js';
import { until } from '../../../../support/until.js';

describe('lines by their first byte', () => {
  let server: Server;
  let clients: Socket[];
  let channel: Channel | undefined;
  let heard: string[];
  beforeEach(() => {
    clients = [];
    heard = [];
    channel = undefined;
  });
  afterEach(() => {
    channel?.destroy();
    for (const client of clients) client.destroy();
    server.close();
  });

  const lastHeard = () => heard.at(-1);

  /** A client's socket, and the server's channel over it. */
  async function connect(options: Partial<TlsLinesOptions> = {}): Promise<[Socket, Channel]> {
    const lines = new TlsLines(testKey(), { allowPlaintext: false, ...options });
    server = createServer(socket => {
      channel = lines.over(socket, new StreamChannel(socket, '192.0.2.1', 'here:1'));
      channel.listen({
        onData: chunk => heard.push(String(chunk)),
        onRefused: reason => heard.push(`refused ${reason}`),
        onError: error => heard.push(`error ${error.code}`),
        onEnd: () => heard.push('end'),
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const client = connectTcp({ port: address.port, host: '127.0.0.1', noDelay: true });
    client.on('error', () => {});
    clients.push(client);
    await once(client, 'connect');
    await until(() => channel !== undefined);
    return [client, channel as Channel];
  }

  const encrypt = (socket: Socket, more = {}) => connectTls({ socket, rejectUnauthorized: false, ...more });

  it('hears plain text from the machine itself, from the first byte on', async () => {
    const [client, near] = await connect();
    client.write('{');
    await until(() => lastHeard() === '{');
    client.write('"Join"');
    await until(() => heard.join('') === '{"Join"');
    near.write('hello\n');
    const [answer] = await once(client, 'data');
    expect(String(answer)).to.equal('hello\n');
    expect(near).to.include({ server: 'here:1', isEncrypted: false });
    client.end();
    await until(() => lastHeard() === 'end');
  });

  it('hears what is encrypted, however the handshake is cut, under the name of the key', async () => {
    const [client, near] = await connect();
    const write = client.write.bind(client);
    // One byte in each write, as the worst of networks would have it.
    const bytewise = new (await import('node:stream')).Duplex({
      read() {},
      write(chunk: Buffer, _, done) {
        for (const byte of chunk) write(Buffer.from([byte]));
        done();
      },
    });
    client.on('data', chunk => bytewise.push(chunk));
    const far = connectTls({ socket: bytewise, rejectUnauthorized: false });
    await once(far, 'secureConnect');
    far.write('secret');
    await until(() => lastHeard() === 'secret');
    expect(near).to.include({ server: testKey().pin, isEncrypted: true });
    expect(near.address).to.equal('192.0.2.1');
    near.write('answer');
    const [answer] = await once(far, 'data');
    expect(String(answer)).to.equal('answer');
    far.end();
    await until(() => lastHeard() === 'end');
  });

  it('refuses plain text from elsewhere, and hears nothing of it', async () => {
    const [client, near] = await connect({ isOwn: () => false });
    client.write('{"Join":"carl"}\n');
    await until(() => lastHeard() === 'refused ENCRYPTION_NEEDED');
    near.end('go away\n', 1000);
    const [answer] = await once(client, 'data');
    expect(String(answer)).to.equal('go away\n');
    await near.closed();
    expect(heard[0]).to.equal('refused ENCRYPTION_NEEDED');
  });

  it('allows plain text from elsewhere where the operator does', async () => {
    const [client] = await connect({ isOwn: () => false, allowPlaintext: true });
    client.write('hi');
    await until(() => lastHeard() === 'hi');
  });

  it('allows what is encrypted from everywhere', async () => {
    const [client] = await connect({ isOwn: () => false });
    const far = encrypt(client);
    far.write('secret');
    await until(() => lastHeard() === 'secret');
    far.destroy();
  });

  it('says nothing to who has had no time to say whether they speak TLS', async () => {
    const [client, near] = await connect({ isOwn: () => false });
    near.end('full\n', 1000);
    await once(client.resume(), 'close');
    expect(client.bytesRead).to.equal(0);
  });

  it('says at once what it has to say where plain text is allowed', async () => {
    const [client, near] = await connect();
    near.end('full\n', 1000);
    expect(String((await once(client, 'data'))[0])).to.equal('full\n');
  });

  it('speaks in plain text to whoever is silent', async () => {
    const [client, near] = await connect({ isOwn: () => false });
    const now = performance.now();
    const clock = sinon.stub(performance, 'now').returns(now + 1000);
    near.end('too late\n', 1000);
    clock.restore();
    const [answer] = await once(client, 'data');
    expect(String(answer)).to.equal('too late\n');
    client.end();
    await near.closed();
    expect(near.isDown).to.equal(true);
  });

  it('ends when a silent client ends, or is cut', async () => {
    const [client, near] = await connect();
    client.end();
    await until(() => lastHeard() === 'end');
    near.destroy();
    await near.closed();
  });

  it('is down after it was cut, without having heard anything', async () => {
    const [client, near] = await connect();
    near.destroy();
    await near.closed();
    await until(() => lastHeard() === 'end');
    await once(client, 'close');
  });

  for (const [what, bytes] of Object.entries({
    'a handshake that is nonsense': Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05, 1, 2, 3, 4, 5]),
    'a first byte of a handshake and then text': Buffer.from('\x16{"Join":"carl"}\n'),
    'a record that is too long': Buffer.from([0x16, 0x03, 0x01, 0xff, 0xff, 0]),
  }))
    it(`ends at ${what}`, async () => {
      const [client, near] = await connect();
      client.write(bytes);
      await near.closed();
      expect(heard.filter(line => !/^(?:error|end)/.test(line))).to.deep.equal([]);
      expect(heard).to.include('end');
    });

  it('is cut in time in the middle of a handshake', async () => {
    const [client, near] = await connect();
    client.write(Buffer.from([0x16, 0x03, 0x01]));
    await until(() => near.server === testKey().pin);
    near.end('too late\n', 50);
    await near.closed();
    expect(heard).not.to.include('too late\n');
  });

  it('speaks TLS 1.3 only', async () => {
    const [client, near] = await connect();
    const far = encrypt(client, { maxVersion: 'TLSv1.2' });
    const [error] = await once(far, 'error');
    expect(String(error)).to.match(/version/i);
    await near.closed();
  });

  for (const kind of ['plain', 'encrypted'])
    it(`reads nothing while it is paused, on a line that is ${kind}`, async () => {
      const [client, near] = await connect();
      const isEncrypted = kind === 'encrypted';
      const far = isEncrypted ? encrypt(client) : client;
      near.pause();
      far.write('first');
      if (isEncrypted) await once(far, 'secureConnect');
      far.write('second');
      await new Promise(resolve => setTimeout(resolve, 30));
      expect(heard.join('')).to.equal('');
      near.resume();
      await until(() => heard.join('') === 'firstsecond');
      far.destroy();
    });

  it('is an encrypted stream on top of the socket itself', async () => {
    const [client] = await connect();
    const far = encrypt(client);
    await once(far, 'secureConnect');
    expect(far).to.be.instanceOf(TLSSocket);
    expect(far.getProtocol()).to.equal('TLSv1.3');
    far.destroy();
  });
});
