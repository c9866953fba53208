import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect } from 'chai';
import { ListeningPort } from '../../../../src/adapters/tcp/listen/listening-port.js';
import { TlsLines } from '../../../../src/adapters/tls/listen/tls-lines.js';
import { pageOf } from '../../../../src/adapters/web/page-file.js';
import { WebServer } from '../../../../src/adapters/web/web-server.js';
import type { Channel } from '../../../../src/adapters/wire/listen/channel.js';
import type { NoticeCode } from '../../../../src/adapters/wire/notice.js';
import { MemoryLogger } from '../../../doubles/memory-logger.js';
import { testKey } from '../../../support/test-key.js';
import { until } from '../../../support/until.js';
import { answerTo, get, upgrade } from '../../../support/web-client.js';

describe('WebServer', () => {
  let server: WebServer;
  let port: number;
  let accepted: Channel[];
  let heard: string[];
  /** How the server ends everybody at once, if it does. */
  let end: NoticeCode | undefined;

  async function start({ isOwn = true, proxies = '', page = 'the page' } = {}): Promise<void> {
    accepted = [];
    heard = [];
    end = undefined;
    const accept = (channel: Channel) => {
      accepted.push(channel);
      channel.listen({
        onData: chunk => heard.push(String(chunk)),
        onRefused: reason => channel.end(`${reason}\n`, 500, reason),
        onError: () => {},
        onEnd: () => channel.end(undefined, 500, 'LEFT'),
      });
      if (end !== undefined) channel.end(`${end}\n`, 500, end);
    };
    const logger = new MemoryLogger();
    const tls = new TlsLines(testKey(), { allowPlaintext: false, isOwn: () => isOwn });
    server = new WebServer(
      0,
      { origins: '', maxLineBytes: 100 },
      pageOf(page),
      { accept },
      logger,
      (port, scheme, receive) =>
        new ListeningPort(
          { host: '127.0.0.1', port, keepAliveMs: 15_000, proxies, ...(scheme && { scheme }) },
          receive,
          logger,
        ),
      (...socket) => tls.over(...socket),
    );
    const [address] = await server.start();
    port = address?.port ?? expect.fail('no address');
    expect(address?.scheme).to.equal('http');
  }
  afterEach(async () => {
    for (const channel of accepted) channel.destroy();
    await server.stop();
  });

  for (const proxies of ['', '127.0.0.1'])
    describe(`for plain text from elsewhere${proxies && ', through a proxy'}`, () => {
      beforeEach(() => start({ isOwn: false, proxies }));
      const asked = { Host: 'chat.example.org:8443', 'X-Forwarded-For': '192.0.2.1' };

      it('sends on to the same place, encrypted, what can be asked there', async () => {
        const answer = await answerTo(port, get('/?a', asked));
        expect(answer).to.match(/^HTTP\/1\.1 308 .*Location: https:\/\/chat\.example\.org:8443\/\r\n/s);
        expect(answer).to.not.include('the page');
        expect(heard).to.deep.equal([]);
      });

      it('refuses what cannot', async () => {
        const hosts = { Host: 'chat.example.org/evil', 'X-Forwarded-For': '192.0.2.1' };
        for (const request of [
          get('/', hosts),
          get('http://evil.example/', asked),
          upgrade({ ...asked, Origin: 'http://chat.example.org:8443' }),
        ])
          expect(await answerTo(port, request)).to.match(/^HTTP\/1\.1 403 .*Use https\.\n$/s);
      });

      it('serves who encrypts', async () => {
        expect(await answerTo(port, get('/', asked), true)).to.match(/^HTTP\/1\.1 200 .*the page$/s);
        const answer = answerTo(port, upgrade({ ...asked, Origin: 'https://chat.example.org:8443' }), true);
        await until(() => accepted.at(-1)?.server === 'https://chat.example.org:8443');
        accepted.at(-1)?.end('bye\n', 500, 'STOPPING');
        expect((await answer).endsWith('\r\n\r\n\x81\x04bye\n\x88\x02\x03\xe9')).to.equal(true);
      });
    });

  it('is known to clients that are no browsers as it is over TCP', async () => {
    await start();
    const plain = connect({ port, host: '127.0.0.1' });
    plain.write(upgrade());
    await once(plain, 'data');
    expect(accepted[0]?.server).to.equal(`127.0.0.1:${port}`);
    const encrypted = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    encrypted.write(upgrade());
    await once(encrypted, 'data');
    expect(accepted[1]?.server).to.equal(testKey().pin);
    plain.destroy();
    encrypted.destroy();
  });

  it('hears what comes together with the request for a WebSocket', async () => {
    await start();
    const client = connect({ port, host: '127.0.0.1' });
    client.write(
      Buffer.concat([
        Buffer.from(upgrade()),
        Buffer.from('818312345678', 'hex'),
        Buffer.from([0x7a, 0x5d, 0x5c]),
      ]),
    );
    await until(() => heard.length > 0);
    expect(heard).to.deep.equal(['hi\n']);
    client.destroy();
  });

  it('tells who is refused before they ask: the page, the WebSocket, and who asks for nothing', async () => {
    await start();
    end = 'TOO_MANY_CONNECTIONS';
    const page = await answerTo(port, get('/'));
    expect(page).to.match(
      /^HTTP\/1\.1 503 .*Retry-After: 10\r\n.*The server is full\. Try again later\.\n$/s,
    );
    const line = await answerTo(port, upgrade());
    expect(line.endsWith('\r\n\r\n\x81\x15TOO_MANY_CONNECTIONS\n\x88\x02\x03\xf5')).to.equal(true);
    expect(await answerTo(port, '')).to.equal('');
  });

  it('answers who has asked, also when the connection is over meanwhile', async () => {
    await start();
    const answer = answerTo(port, get('/'));
    await until(() => accepted.length === 1);
    accepted[0]?.end(undefined, 500, 'LEFT');
    expect(await answer).to.match(/the page$/s);
  });

  it('goes on sending a page that is on its way when its time is over', async () => {
    const page = 'x'.repeat(16 * 1024 * 1024);
    await start({ page });
    const client = connect({ port, host: '127.0.0.1' });
    client.write(get('/'));
    await once(client, 'readable');
    const [channel = expect.fail()] = accepted;
    channel.end(undefined, 20, 'NOT_JOINED_IN_TIME');
    await new Promise(resolve => setTimeout(resolve, 100));
    let length = 0;
    client.on('data', chunk => {
      length += chunk.length;
    });
    await once(client, 'close');
    expect(length).to.be.above(page.length);
  });

  it('cannot be told anything before it is a WebSocket', async () => {
    await start();
    const client = connect({ port, host: '127.0.0.1' });
    await until(() => accepted.length === 1);
    const [channel = expect.fail()] = accepted;
    channel.write('one\n');
    channel.writeAll([Buffer.from('two\n')]);
    channel.pause();
    channel.resume();
    expect(channel.backlog).to.equal(0);
    await new Promise<void>(resolve => channel.whenTaken(resolve));
    client.write(upgrade());
    const [answer] = await once(client, 'data');
    expect(String(answer)).to.match(/^HTTP\/1\.1 101 .*\r\n\r\n$/s);
    channel.write('three\n');
    const [frame] = await once(client, 'data');
    expect(String(frame)).to.include('three');
    client.destroy();
    await channel.closed();
  });
});
