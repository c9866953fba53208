import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { ServerSettings } from '../../src/adapters/config/server-config.js';
import { type StartedServer, startServer } from '../support/server.js';
import { until } from '../support/until.js';
import { answerTo, get, upgrade, WebClient } from '../support/web-client.js';
import { said, WireClient } from '../support/wire-client.js';

const PAGE = readFileSync(
  join(fileURLToPath(new URL('../../..', import.meta.url)), 'bundle/page.html'),
  'latin1',
);

const bodyOf = (answer: string) => answer.slice(answer.indexOf('\r\n\r\n') + 4);
const headerOf = (answer: string, name: string) => new RegExp(`^${name}: (.*)\\r$`, 'im').exec(answer)?.[1];
const notice = (line: string) => line.startsWith('{"Broadcast":{"username":"chatty"');

describe('the web', () => {
  let server: StartedServer;
  let port: number;

  async function start(settings: ServerSettings = {}): Promise<void> {
    server = await startServer({ web: 0, ...settings });
    port = server.webPort;
  }
  afterEach(() => server.stop());

  describe('as pages', () => {
    beforeEach(() => start());

    it('is one page, which may do what it was made to do', async () => {
      const answer = await answerTo(port, get('/'));
      expect(answer).to.match(/^HTTP\/1\.1 200 OK\r\n/);
      expect(bodyOf(answer)).to.equal(PAGE);
      expect(headerOf(answer, 'Content-Type')).to.equal('text/html; charset=utf-8');
      expect(headerOf(answer, 'Content-Security-Policy')).to.match(
        /^default-src 'none'; script-src 'sha256-[\w+/]{43}=' ?.*; connect-src 'self'; .*frame-ancestors 'none'$/,
      );
      expect(headerOf(answer, 'X-Content-Type-Options')).to.equal('nosniff');
      expect(headerOf(answer, 'Referrer-Policy')).to.equal('no-referrer');
      expect(headerOf(answer, 'Cross-Origin-Opener-Policy')).to.equal('same-origin');
      expect(headerOf(answer, 'Permissions-Policy')).to.include('camera=()');
      expect(headerOf(answer, 'Strict-Transport-Security')).to.equal(undefined);
    });

    it('is smaller for who can make it larger, and not sent again to who has it', async () => {
      const answer = await answerTo(port, get('/', { 'Accept-Encoding': 'br, gzip' }));
      expect(headerOf(answer, 'Content-Encoding')).to.equal('gzip');
      expect(gunzipSync(Buffer.from(bodyOf(answer), 'latin1')).toString('latin1')).to.equal(PAGE);
      const tag = headerOf(answer, 'ETag') ?? expect.fail('no tag');
      const again = { 'Accept-Encoding': 'gzip', 'If-None-Match': `"x", W/${tag}` };
      expect(await answerTo(port, get('/', again))).to.match(/^HTTP\/1\.1 304 /);
      const other = await answerTo(port, get('/', { ...again, 'Accept-Encoding': 'gzip;q=0' }));
      expect(other).to.match(/^HTTP\/1\.1 200 /);
      expect(headerOf(other, 'Content-Encoding')).to.equal(undefined);
    });

    it('has a head', async () => {
      const answer = await answerTo(port, get('/', {}, 'HEAD'));
      expect(headerOf(answer, 'Content-Length')).to.equal(String(PAGE.length));
      expect(bodyOf(answer)).to.equal('');
    });

    const others: [what: string, request: string, answer: RegExp][] = [
      ['another path', get('/etc/passwd'), /^HTTP\/1\.1 404 .*The chat is at \/\.\n$/s],
      ['a path that leads up', get('/../../etc/passwd'), /^HTTP\/1\.1 404 /],
      ['what robots ask', get('/robots.txt'), /^HTTP\/1\.1 200 .*Disallow: \/\n$/s],
      ['an icon', get('/favicon.ico'), /^HTTP\/1\.1 204 /],
      ['the page with a question', get('/?a=b'), /^HTTP\/1\.1 200 /],
      ['the chat without an upgrade', get('/chat'), /^HTTP\/1\.1 426 /],
      ['another protocol', get('/', { Connection: 'Upgrade', Upgrade: 'h2c' }), /^HTTP\/1\.1 200 /],
      ['a WebSocket elsewhere', upgrade({}, '/elsewhere'), /^HTTP\/1\.1 404 /],
      [
        'POST',
        `${get('/', { 'Content-Length': '5' }, 'POST')}hello`,
        /^HTTP\/1\.1 405 .*Allow: GET, HEAD\r/s,
      ],
      ['OPTIONS', get('*', {}, 'OPTIONS'), /^HTTP\/1\.1 405 /],
      ['CONNECT', get('example.org:443', {}, 'CONNECT'), /^$/],
      ['no host', 'GET / HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
      ['nonsense', '{"Join":"carl"}\n', /^HTTP\/1\.1 400 /],
      ['very long headers', get('/', { X: 'x'.repeat(9000) }), /^HTTP\/1\.1 431 /],
      [
        'a foreign page',
        upgrade({ Origin: 'https://evil.example' }),
        /^HTTP\/1\.1 403 .*--web-origins\.\n$/s,
      ],
      [
        'a page of a host that is not this one',
        upgrade({ Host: 'a.example', Origin: 'http://a.example' }),
        /^HTTP\/1\.1 403 /,
      ],
      [
        'another version',
        upgrade({ 'Sec-WebSocket-Version': '8' }),
        /^HTTP\/1\.1 400 .*Sec-WebSocket-Version: 13\r/s,
      ],
    ];
    for (const [what, request, answer] of others)
      it(`answers who asks for ${what}, and hangs up`, async () => {
        expect(await answerTo(port, request)).to.match(answer);
        await until(() => server.logger.entries.at(-1)?.message === 'connection ended');
      });

    it('answers one request on a connection, however many come', async () => {
      const answer = await answerTo(port, get('/robots.txt').repeat(50));
      expect(answer.match(/HTTP\/1\.1/g)).to.have.length(1);
    });

    it('is encrypted on the same port', async () => {
      expect(bodyOf(await answerTo(port, get('/'), true))).to.equal(PAGE);
    });
  });

  describe('as a line', () => {
    it('leads into the room of those who come over TCP, in either form', async () => {
      await start();
      const carl = await WireClient.joined(server.port, 'carl');
      const david = await WebClient.joined(port, 'david');
      expect(server.connections.load.transports).to.include({ web: 1 });
      await carl.next(line => line === said('david', 'Joined'));
      const lucio = await WebClient.joined(port, { username: 'lucio' });
      david.say({ Send: { username: 'david', content: 'from a page' } });
      await carl.next(line => line === said('david', 'from a page'));
      await lucio.next(line => line.includes('"content":"from a page","seq":4'));
      lucio.say({ Send: { content: 'one', ref: '1' } }, { Send: { content: 'two', ref: '2' } });
      await lucio.next(line => line.startsWith('{"Accepted":{"ref":"2"'));
      await david.next(line => line === said('lucio', 'two'));
      carl.send('carl', 'hello, pages');
      await david.next(line => line === said('carl', 'hello, pages'));
      david.say({ Leave: 'david' });
      expect(await david.closed()).to.equal(1000);
      await carl.next(line => line === said('david', 'Left'));
      lucio.socket.close();
      await until(() =>
        server.logger.entries.some(({ fields }) => fields.username === 'lucio' && fields.reason === 'LEFT'),
      );
      await carl.end();
    });

    it('lets in who is no browser, and pages that the operator has named', async () => {
      await start({ webOrigins: 'https://chat.example.org' });
      for (const headers of [{}, { Origin: 'https://chat.example.org' }] as Record<string, string>[]) {
        const client = await WebClient.open(port, headers);
        client.say({ Join: { username: 'carl' } });
        await client.next(line => line.startsWith('{"Joined"'));
        client.say({ Leave: 'carl' });
        await client.closed();
      }
    });

    it("is encrypted, with the server's own key", async () => {
      await start();
      const client = await WebClient.open(port, undefined, true);
      client.say({ Join: 'carl' });
      await client.next(line => line.startsWith('{"Joined"'));
      client.socket.close();
    });

    it('hears why it ends, and by its code', async () => {
      await start();
      const carl = await WebClient.joined(port, 'carl');
      carl.socket.send('nonsense\n');
      expect(await carl.next(notice)).to.include('not JSON');
      expect(await carl.closed()).to.equal(1008);
      const long = await WebClient.open(port);
      long.socket.send('x'.repeat(10_000));
      expect(await long.next(notice)).to.include('too long');
      expect(await long.closed()).to.equal(1009);
      const binary = await WebClient.open(port);
      binary.socket.send(Buffer.from('{"Join":"carl"}\n'));
      expect(await binary.closed()).to.equal(1003);
      const bytes = await WebClient.joined(port, 'bytes');
      bytes.socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false });
      expect(await bytes.next(notice)).to.include('not UTF-8');
    });

    it('is told that the server stops', async () => {
      await start();
      const carl = await WebClient.joined(port, { username: 'carl' });
      await server.stop();
      expect(await carl.closed()).to.equal(1001);
      expect(carl.lines.at(-1)).to.include('"code":"STOPPING"');
    });

    it('takes up a session after a line that was cut, and misses nothing', async () => {
      await start();
      const david = await WireClient.joined(server.port, 'david');
      const carl = await WebClient.joined(port, { username: 'carl' });
      const { resume, epoch, seq } = JSON.parse(carl.lines[0] ?? '').Joined;
      carl.socket.terminate();
      david.send('david', 'meanwhile');
      const back = await WebClient.open(port);
      back.say({ Join: { username: 'carl', resume, epoch, since: seq, attempt: 2, history: 0 } });
      expect(await back.next(line => line.startsWith('{"Joined"'))).to.include('"resumed":true');
      await back.next(line => line.includes('"content":"meanwhile"'));
      expect(david.lines.filter(line => line.includes('carl'))).to.deep.equal([said('carl', 'Joined')]);
      back.socket.close();
      await david.end();
    });

    it('is cut when it does not read, as any other, and nobody waits for it', async () => {
      await start({ stallTimeoutSeconds: 1, keepBytes: 64 * 1024 * 1024 });
      const carl = await WireClient.joined(server.port, 'carl');
      const david = await WebClient.joined(port, { username: 'david' });
      const reader = await WebClient.joined(port, { username: 'reader' });
      david.socket.pause();
      const words = 'x'.repeat(4000);
      let said = 0;
      while (!server.logger.entries.some(({ fields }) => fields.reason === 'TOO_SLOW') && said < 40_000) {
        for (let n = 0; n < 50; n++, said++) carl.send('carl', `${said} ${words}`);
        await new Promise(resolve => setTimeout(resolve, 5));
      }
      expect(server.logger.entries.some(({ fields }) => fields.reason === 'TOO_SLOW')).to.equal(true);
      carl.send('carl', 'the end');
      await reader.next(line => line.includes('"content":"the end"'));
      david.socket.resume();
      expect(await david.closed()).to.equal(1008);
      expect(david.lines.at(-1)).to.include('"code":"TOO_SLOW"');
      reader.socket.close();
      await carl.end();
    });
  });

  describe('with limits', () => {
    it('cuts who asks slowly, or nothing, or upgrades and does not join', async () => {
      await start({ joinTimeoutSeconds: 1 });
      const idle = await WebClient.open(port);
      const answers = await Promise.all([
        answerTo(port, 'GET / HTTP/1.1\r\nHo'),
        answerTo(port, ''),
        answerTo(port, Buffer.of(0x16), false),
      ]);
      expect(answers).to.deep.equal(['', '', '']);
      expect(await idle.closed()).to.equal(1008);
      expect(idle.lines.at(-1)).to.include('You did not join in time');
      await until(
        () =>
          server.logger.entries.filter(({ fields }) => fields.reason === 'NOT_JOINED_IN_TIME').length === 4,
      );
    }).timeout(9000); // less than without the setting

    it('tells who finds no place, in the page and in its line', async () => {
      await start({ maxConnections: 1 });
      const carl = await WireClient.joined(server.port, 'carl');
      const page = await answerTo(port, get('/'));
      expect(page).to.match(/^HTTP\/1\.1 503 .*The server is full\. Try again later\.\n$/s);
      const david = await WebClient.open(port);
      expect(await david.next(notice)).to.include('The server is full');
      expect(await david.closed()).to.equal(1013);
      await carl.end();
    });

    it('counts pages and lines of one address together with what comes over TCP', async () => {
      await start({ maxConnectionsPerAddress: 2, noTrustLoopback: true });
      const carl = await WireClient.joined(server.port, 'carl');
      const david = await WebClient.joined(port, 'david');
      expect(await answerTo(port, get('/'))).to.include('There are too many connections from your address');
      david.socket.close();
      await david.closed();
      await until(() =>
        server.logger.entries.some(
          ({ fields, message }) => message === 'connection ended' && fields.username === 'david',
        ),
      );
      expect(await answerTo(port, get('/'))).to.match(/^HTTP\/1\.1 200 /);
      await carl.end();
    });

    it('lets through the door as many as over TCP', async () => {
      await start({ connectRate: 60, connectBurst: 1, noTrustLoopback: true });
      const since = performance.now();
      const answers = await Promise.all(Array.from({ length: 4 }, () => answerTo(port, get('/robots.txt'))));
      expect(answers.filter(answer => answer.startsWith('HTTP/1.1 200 '))).to.have.length(3);
      expect(answers).to.include(''); // it would have waited for long
      expect(performance.now() - since).to.be.above(1900);
    });
  });

  describe('behind proxies', () => {
    const FORWARDED = { 'X-Forwarded-For': '198.51.100.9, 203.0.113.7' };
    const PROXY = 'PROXY TCP4 203.0.113.7 127.0.0.1 12345 8080\r\n';
    beforeEach(() => start({ proxies: '127.0.0.1', maxConnectionsPerAddress: 1 }));

    const addresses = () =>
      server.logger.entries
        .filter(({ message }) => message === 'connection ended')
        .map(({ fields }) => fields.address);

    it('believes them whose requests they pass on', async () => {
      expect(await answerTo(port, get('/', FORWARDED))).to.match(/^HTTP\/1\.1 200 /);
      expect(await answerTo(port, get('/', FORWARDED), true)).to.match(/^HTTP\/1\.1 200 /);
      expect(await answerTo(port, PROXY + get('/'))).to.match(/^HTTP\/1\.1 200 /);
      await until(() => addresses().length === 3);
      expect(new Set(addresses())).to.deep.equal(new Set(['203.0.113.7']));
    });

    it('counts the lines of one address', async () => {
      const own = { Host: 'chat.example.org', Origin: 'https://chat.example.org', ...FORWARDED };
      const carl = await WebClient.open(port, own);
      carl.say({ Join: 'carl' });
      await carl.next(line => line.startsWith('{"Joined"'));
      const second = await WebClient.open(port, own);
      expect(await second.next(notice)).to.include('too many connections from your address');
      const elsewhere = await WebClient.open(port, { ...own, 'X-Forwarded-For': '192.0.2.8' });
      elsewhere.say({ Join: 'david' });
      await elsewhere.next(line => line.startsWith('{"Joined"'));
      carl.socket.close();
      elsewhere.socket.close();
    });

    it('believes them as well that it is their own', async () => {
      await answerTo(port, get('/', { 'X-Forwarded-For': '127.0.0.1' }));
      await until(() => addresses().length === 1);
      expect(addresses()).to.deep.equal(['127.0.0.1']);
      expect(server.logger.entries.filter(({ level }) => level === 'warn')).to.deep.equal([]);
    });

    it('takes a request of which they say nothing for their own, and says so in the log', async () => {
      expect(await answerTo(port, get('/'))).to.match(/^HTTP\/1\.1 200 /);
      expect(server.logger.entries).to.deep.include({
        level: 'warn',
        message: 'a proxy did not say whose connection it is',
        fields: { proxy: '127.0.0.1' },
      });
    });

    it('cuts who says nothing at all, in a few seconds, and when it stops', async () => {
      const half = answerTo(port, 'GET / HTTP/1.1\r\n');
      const silent = answerTo(port, 'P');
      await new Promise(resolve => setTimeout(resolve, 30));
      await server.stop();
      expect(await Promise.all([half, silent])).to.deep.equal(['', '']);
    });
  });
});
