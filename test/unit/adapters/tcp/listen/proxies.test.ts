import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { readProxyHeader } from '../../../../../src/adapters/tcp/listen/proxy-header.js';
import { TcpServer } from '../../../../../src/adapters/tcp/listen/tcp-server.js';
import type { Channel } from '../../../../../src/adapters/wire/listen/channel.js';
import { MemoryLogger } from '../../../../doubles/memory-logger.js';
import { until } from '../../../../support/until.js';

/** A header of version 2. */
function version2(command: number, family: number, body: Buffer): Buffer {
  const fixed = Buffer.from('0d0a0d0a000d0a515549540a00000000', 'hex');
  fixed[12] = command;
  fixed[13] = family;
  fixed.writeUInt16BE(body.length, 14);
  return Buffer.concat([fixed, body]);
}

const TCP4 = version2(0x21, 0x11, Buffer.from([203, 0, 113, 7, 127, 0, 0, 1, 0x30, 0x39, 0x1f, 0x91]));
const TCP6 = version2(0x21, 0x21, Buffer.from(`20010db8${'0'.repeat(23)}1${'0'.repeat(32)}30391f91`, 'hex'));

describe('the header of a proxy', () => {
  const headers: [what: string, bytes: Buffer, address: string | undefined][] = [
    ['version 2, IPv4', TCP4, '203.0.113.7'],
    ['version 2, IPv6', TCP6, '2001:db8:0:0:0:0:0:1'],
    [
      'version 2, with more about it',
      version2(0x21, 0x11, Buffer.concat([TCP4.subarray(16), Buffer.alloc(60)])),
      '203.0.113.7',
    ],
    ['version 2, of its own', version2(0x20, 0x00, Buffer.alloc(0)), undefined],
    ['version 1, IPv4', Buffer.from('PROXY TCP4 203.0.113.7 127.0.0.1 12345 8081\r\n'), '203.0.113.7'],
    ['version 1, IPv6', Buffer.from('PROXY TCP6 2001:db8::1 ::1 12345 8081\r\n'), '2001:db8::1'],
    ['version 1, of its own', Buffer.from('PROXY UNKNOWN\r\n'), undefined],
  ];
  for (const [what, bytes, address] of headers)
    it(`is read when it is whole: ${what}`, () => {
      for (let length = 0; length < bytes.length; length++)
        expect(readProxyHeader(bytes.subarray(0, length)), `${length} bytes`).to.equal(undefined);
      const header = readProxyHeader(Buffer.concat([bytes, Buffer.from('{"Join"')]));
      expect(header).to.deep.equal({ length: bytes.length, ...(address !== undefined && { address }) });
    });

  for (const [what, bytes] of Object.entries({
    'a line of the wire': Buffer.from('{"Join":"carl"}\n'),
    TLS: Buffer.from([0x16, 3, 1]),
    'another version': version2(0x31, 0x11, TCP4.subarray(16)),
    'another command': version2(0x22, 0x11, TCP4.subarray(16)),
    'a socket of another kind': version2(0x21, 0x12, TCP4.subarray(16)),
    'an address that is cut': version2(0x21, 0x11, Buffer.alloc(4)),
    'an endless one': version2(0x21, 0x11, Buffer.alloc(5000)),
    'version 1 without an end': Buffer.from(`PROXY TCP4 ${'1'.repeat(120)}`),
    'version 1 with another family': Buffer.from('PROXY TCP5 203.0.113.7 127.0.0.1 12345 8081\r\n'),
    'version 1 with no address': Buffer.from('PROXY TCP4 carl 127.0.0.1 12345 8081\r\n'),
    'version 1 with too little': Buffer.from('PROXY TCP4 203.0.113.7\r\n'),
  }))
    it(`is not ${what}`, () => {
      expect(readProxyHeader(bytes)).to.equal('invalid');
    });

  it('is one, or none, or not whole, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.constant(TCP4),
          fc.constant(TCP6),
          fc.constant(Buffer.from('PROXY TCP4 1.2.3.4 1.2.3.4 1 1\r\n')),
        ),
        fc.uint8Array({ maxLength: 8 }),
        fc.nat(60),
        (header, bytes, at) => {
          const changed = Buffer.from(header);
          changed.set(bytes.slice(0, Math.max(0, changed.length - at)), Math.min(at, changed.length));
          const read = readProxyHeader(changed);
          if (read === undefined || read === 'invalid') return;
          expect(read.length).to.be.at.most(changed.length);
          expect(read.address ?? '').to.match(/^[\d.:a-f]*$/i);
        },
      ),
    );
  });
});

describe('a TCP server behind proxies', () => {
  let server: TcpServer;
  let accepted: Channel[];
  let heard: string;
  let port: number;
  /** When they are listened to. */
  let turn: Promise<void>;
  const logger = new MemoryLogger();
  const clients: Socket[] = [];

  async function listen(proxies: string): Promise<void> {
    accepted = [];
    heard = '';
    turn = Promise.resolve();
    const accept = async (channel: Channel) => {
      accepted.push(channel);
      await turn;
      channel.listen({
        onData: chunk => {
          heard += String(chunk);
        },
        onRefused: () => {},
        onError: () => {},
        onEnd: () => {},
      });
    };
    server = new TcpServer({ host: '127.0.0.1', port: 0, keepAliveMs: 15_000, proxies }, { accept }, logger);
    const [address] = await server.start();
    port = address?.port ?? expect.fail('no address');
  }
  afterEach(async () => {
    await server.stop();
    for (const channel of accepted) channel.destroy();
    for (const client of clients.splice(0)) client.destroy();
  });

  async function dial(): Promise<Socket> {
    const client = connect({ port, host: '127.0.0.1', noDelay: true });
    client.on('error', () => {});
    clients.push(client);
    await once(client, 'connect');
    return client;
  }

  it('believes them whose connection it is, however the header is cut', async () => {
    await listen('192.0.2.1, 127.0.0.0/8');
    const client = await dial();
    for (const byte of TCP4) {
      client.write(Buffer.from([byte]));
      await new Promise(resolve => setImmediate(resolve));
    }
    client.write('first');
    await until(() => heard === 'first');
    expect(accepted[0]?.address).to.equal('203.0.113.7');
    client.write(' second');
    await until(() => heard === 'first second');
    accepted[0]?.write('answer');
    expect(String((await once(client, 'data'))[0])).to.equal('answer');
  });

  it('hears what comes with the header', async () => {
    await listen('127.0.0.1');
    (await dial()).write(Buffer.concat([TCP6, Buffer.from('hello')]));
    await until(() => heard === 'hello');
    expect(accepted[0]?.address).to.equal('2001:db8:0:0:0:0:0:1');
  });

  it('loses nothing of what is said by who has to wait until they are served', async () => {
    await listen('127.0.0.1');
    const served = Promise.withResolvers<void>();
    turn = served.promise;
    const client = await dial();
    client.write(Buffer.concat([TCP4, Buffer.from('first ')]));
    await until(() => accepted.length === 1);
    client.write('second');
    await new Promise(resolve => setTimeout(resolve, 30));
    served.resolve();
    await until(() => heard === 'first second');
  });

  it('takes the connection of a proxy that looks whether it is there for its own', async () => {
    await listen('127.0.0.1');
    (await dial()).write(version2(0x20, 0, Buffer.alloc(0)));
    await until(() => accepted.length === 1);
    expect(accepted[0]?.address).to.equal('127.0.0.1');
  });

  it('cuts what comes from them without a header, and says so in the log', async () => {
    await listen('127.0.0.1');
    const client = await dial();
    client.write('{"Join":"carl"}\n');
    await once(client, 'close');
    expect(accepted).to.deep.equal([]);
    expect(logger.entries.at(-1)?.message).to.equal('a proxy did not say whose connection it is');
    expect(logger.entries.at(-1)?.fields).to.deep.equal({ proxy: '127.0.0.1' });
  });

  it('waits for none when it is stopped', async () => {
    await listen('127.0.0.1');
    const client = await dial();
    client.write(TCP4.subarray(0, 5));
    await new Promise(resolve => setTimeout(resolve, 20));
    const before = logger.entries.length;
    await server.stop();
    await once(client, 'close');
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(logger.entries.slice(before)).to.deep.equal([]);
  });

  it('names them in its log as the operator has', async () => {
    server = new TcpServer(
      { host: '::', port: 0, keepAliveMs: 15_000, proxies: '127.0.0.1' },
      { accept: () => {} },
      logger,
    );
    const [address] = await server.start();
    port = address?.port ?? expect.fail('no address');
    const client = await dial();
    client.write('x');
    await once(client, 'close');
    expect(logger.entries.at(-1)?.fields).to.deep.equal({ proxy: '127.0.0.1' });
  });

  it('believes nobody else', async () => {
    await listen('192.0.2.1,2001:db8::/32');
    (await dial()).write(TCP4);
    await until(() => heard.length > 0);
    expect(accepted[0]?.address).to.equal('127.0.0.1');
  });
});
