import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates, TLSSocket } from 'node:tls';
import { expect } from 'chai';
import { dialTcp } from '../../../../../src/adapters/tcp/connect/dial-tcp.js';
import { dialServer } from '../../../../../src/adapters/tls/connect/dial-tls.js';
import { ServerKey } from '../../../../../src/adapters/tls/listen/server-key.js';
import { ConnectFailure } from '../../../../../src/application/client/ports.js';
import { MemoryKnownServers } from '../../../../doubles/memory-known-servers.js';
import { MemoryLogger } from '../../../../doubles/memory-logger.js';
import { until } from '../../../../support/until.js';

describe('dialling a server', () => {
  const HOST = 'chat.example.org';
  let known: MemoryKnownServers;
  let close: (() => void)[];
  let heard: string;
  beforeEach(() => {
    known = new MemoryKnownServers();
    close = [];
    heard = '';
  });
  afterEach(() => {
    for (const each of close) each();
  });

  /** Listens on the loopback; its sockets are `wrapped`. @returns its port */
  async function listen(wrapped: (socket: Socket) => Socket): Promise<number> {
    const server = createServer(socket => {
      const line = wrapped(socket);
      for (const each of [socket, line]) each.on('error', () => {});
      line.on('data', chunk => {
        heard += String(chunk);
      });
      close.push(() => socket.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    close.push(() => server.close());
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  }

  async function newKey(): Promise<ServerKey> {
    const key = new ServerKey({}, new MemoryLogger());
    await key.open();
    return key;
  }

  const listenWith = (key: ServerKey) =>
    listen(socket => new TLSSocket(socket, { isServer: true, secureContext: key.context }));

  /** As if the name led to the loopback. */
  async function dial(
    port: number,
    more: { pin?: string; plaintext?: boolean; host?: string; signal?: AbortSignal } = {},
  ) {
    const { host = HOST, plaintext = false, signal, ...rest } = more;
    const address = { host, port };
    const line = (wanted?: AbortSignal) => dialTcp({ host: '127.0.0.1', port }, wanted);
    const dialed = await dialServer(line, { address, plaintext, ...rest }, known, signal);
    close.push(() => dialed.stream.destroy());
    return dialed;
  }

  async function failure(...args: Parameters<typeof dial>): Promise<ConnectFailure> {
    const error = await dial(...args).then(
      () => expect.fail('it was dialled'),
      (reason: unknown) => reason,
    );
    if (!(error instanceof ConnectFailure)) throw error;
    return error;
  }

  it('gives up when nobody waits any more, before it is connected and while the other end says nothing', async () => {
    const port = await listen(socket => socket);
    expect((await failure(port, { signal: AbortSignal.abort() })).code).to.equal('TIMED_OUT');
    for (const plaintext of [false, true]) {
      const giveUp = new AbortController();
      const dialing = failure(port, { plaintext, signal: giveUp.signal });
      if (plaintext) giveUp.abort();
      else await until(() => heard !== '');
      giveUp.abort();
      expect((await dialing).code).to.equal('TIMED_OUT');
    }
  });

  it('trusts a key at first sight, says so, and expects it from then on', async () => {
    const key = await newKey();
    const port = await listenWith(key);
    const first = await dial(port);
    expect(first.peer).to.deep.equal({ name: key.pin, isEncrypted: true, isNew: true });
    expect((await dial(port)).peer).to.deep.equal({ name: key.pin, isEncrypted: true });
    first.stream.write('hello');
    await until(() => heard === 'hello');
  });

  it('says that it is not written down whom it trusts', async () => {
    const key = await newKey();
    const port = await listenWith(key);
    known.remember = async () => false;
    const peer = { name: key.pin, isEncrypted: true, isNew: true, isUnwritten: true };
    expect((await dial(port)).peer).to.deep.equal(peer);
  });

  it('refuses another key than the last time, and says nothing to it', async () => {
    await known.remember({ host: HOST, port: await listenWith(await newKey()) }, 'x');
    const key = await newKey();
    const port = await listenWith(key);
    await known.remember({ host: HOST, port }, 'another');
    const { code, details } = await failure(port);
    expect([code, details.found, details.isGiven]).to.deep.equal(['OTHER_KEY', key.pin, false]);
    expect(heard).to.equal('');
    expect(await known.pinOf({ host: HOST, port })).to.equal('another');
  });

  it('wants the key that was given, whatever was there the last time', async () => {
    const key = await newKey();
    const port = await listenWith(key);
    await known.remember({ host: HOST, port }, 'another');
    expect((await dial(port, { pin: key.pin })).peer.name).to.equal(key.pin);
    expect(await known.pinOf({ host: HOST, port })).to.equal(key.pin);
    const { code, details } = await failure(port, { pin: 'x'.repeat(43) });
    expect([code, details.found, details.isGiven]).to.deep.equal(['OTHER_KEY', key.pin, true]);
    expect(await known.pinOf({ host: HOST, port })).to.equal(key.pin);
  });

  describe('with a certificate of an authority of the system', () => {
    const before = getCACertificates('default');
    afterEach(() => setDefaultCACertificates(before));

    async function certified(): Promise<[ServerKey, number]> {
      const key = await newKey();
      setDefaultCACertificates([...before, key.certificate]);
      return [key, await listenWith(key)];
    }

    it('has nothing to say about a key that is certified for the host, and follows it when it changes', async () => {
      const [key, port] = await certified();
      expect((await dial(port, { host: 'chatty' })).peer).to.deep.equal({ name: key.pin, isEncrypted: true });
      await known.remember({ host: 'chatty', port }, 'the one before');
      expect((await dial(port, { host: 'chatty' })).peer.name).to.equal(key.pin);
      expect(await known.pinOf({ host: 'chatty', port })).to.equal(key.pin);
    });

    it('does not take a certificate for another host for an excuse', async () => {
      const [, port] = await certified();
      await known.remember({ host: HOST, port }, 'the one before');
      expect((await failure(port)).code).to.equal('OTHER_KEY');
    });

    it('does not let it stand for the key that was given', async () => {
      const [, port] = await certified();
      expect((await failure(port, { host: 'chatty', pin: 'x'.repeat(43) })).code).to.equal('OTHER_KEY');
    });
  });

  it('says nothing to a server that does not encrypt', async () => {
    const port = await listen(socket => {
      socket.write('{"Broadcast":{"username":"chatty","content":"no"}}\n');
      return socket;
    });
    expect((await failure(port)).code).to.equal('NOT_ENCRYPTED');
    const closing = await listen(socket => socket.destroy());
    expect((await failure(closing)).code).to.equal('HUNG_UP');
  });

  it('speaks in plain text on the machine itself, and where the person wants it', async () => {
    const port = await listen(socket => socket.once('data', () => socket.write('what?\n')));
    for (const host of [
      'localhost',
      'LOCALHOST',
      '127.0.0.1',
      'localhost.',
      '127.1.2.3',
      '127.1',
      '::1',
      '0:0::1',
    ])
      expect((await dial(port, { host })).peer.isEncrypted, host).to.equal(false);
    expect((await dial(port, { plaintext: true })).peer.isEncrypted).to.equal(false);
    expect((await failure(port, { host: '128.0.0.1' })).code).to.equal('NOT_ENCRYPTED');
  });

  it('encrypts on the machine itself with a key that was given', async () => {
    const key = await newKey();
    const port = await listenWith(key);
    expect((await dial(port, { host: 'localhost', pin: key.pin })).peer.name).to.equal(key.pin);
  });

  it('does not need to know what was there the last time with a key that was given', async () => {
    const key = await newKey();
    const port = await listenWith(key);
    known.pinOf = async () => {
      throw new Error('damaged');
    };
    expect((await dial(port, { pin: key.pin })).peer.name).to.equal(key.pin);
    expect((await failure(port, { pin: 'x'.repeat(43) })).code).to.equal('OTHER_KEY');
  });

  for (const [host, ...spellings] of [
    ['chat.example.org', 'CHAT.example.org.', 'chat．example．org'],
    ['xn--bcher-kva.example', 'bücher.example', 'BÜCHER.EXAMPLE'],
    ['2001:db8::1', '2001:DB8:0:0::1', '2001:0db8::0001'],
    ['192.0.2.1', '::ffff:192.0.2.1', '192.0.513'],
    ['fe80::1%lo', 'FE80::1%lo'],
  ])
    it(`trusts ${host} at first sight once, however it is spelled`, async () => {
      const port = await listenWith(await newKey());
      expect((await dial(port, { host: host ?? '' })).peer.isNew).to.equal(true);
      for (const spelling of spellings)
        expect((await dial(port, { host: spelling })).peer.isNew, spelling).to.equal(undefined);
    });

  it('goes no further when it cannot know what was there the last time', async () => {
    const port = await listenWith(await newKey());
    known.pinOf = async () => {
      throw new Error('damaged');
    };
    const { code, details } = await failure(port);
    expect([code, details.path]).to.deep.equal(['NO_KNOWN_SERVERS', 'memory']);
  });

  it('says what keeps it from the server, as without encryption', async () => {
    const port = await listenWith(await newKey());
    for (const each of close.splice(0)) each();
    expect((await failure(port)).code).to.equal('REFUSED');
  });
});
