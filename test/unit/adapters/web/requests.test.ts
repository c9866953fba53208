import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { forwardedFor } from '../../../../src/adapters/web/forwarded.js';
import { pageOf } from '../../../../src/adapters/web/page-file.js';
import { FOREIGN, pageOrigin } from '../../../../src/adapters/web/page-origin.js';
import { switchingProtocols, upgradeProblem, wantsWebSocket } from '../../../../src/adapters/web/upgrade.js';

const request = (headers: Record<string, string>, method = 'GET') =>
  ({ method, headers }) as unknown as IncomingMessage;

describe('whose page it is', () => {
  const here = { isEncrypted: false, isProxied: false, peer: '127.0.0.1' };
  const encrypted = { isEncrypted: true, isProxied: false, peer: '192.0.2.1' };
  const elsewhere = { isEncrypted: false, isProxied: false, peer: '192.0.2.1' };
  const proxied = { isEncrypted: false, isProxied: true, peer: '127.0.0.1' };

  const names = new Set(['chat.example.org']);

  const own: [what: string, origin: string, host: string, visit: typeof here][] = [
    ['on this machine', 'http://localhost:8080', 'localhost:8080', here],
    ['on this machine, by address', 'http://127.0.0.1:8080', '127.0.0.1:8080', here],
    ['on this machine, by address of IPv6', 'http://[::1]:8080', '[::1]:8080', { ...here, peer: '::1' }],
    ['under a name that only this machine has', 'http://chat.localhost:8080', 'chat.localhost:8080', here],
    ['encrypted', 'https://chat.example.org:8443', 'chat.example.org:8443', encrypted],
    ['encrypted, at the port of its scheme', 'https://chat.example.org', 'chat.example.org', encrypted],
    [
      'encrypted, with a port that says nothing',
      'https://chat.example.org',
      'Chat.Example.org:443',
      encrypted,
    ],
    ['in plain text, where that may be', 'http://192.0.2.9:8080', '192.0.2.9:8080', elsewhere],
    ['by a proxy that encrypts', 'https://chat.example.org', 'chat.example.org', proxied],
    ['by a proxy that does not', 'http://chat.example.org', 'chat.example.org', proxied],
    [
      'in plain text, by a name that it has',
      'http://chat.example.org:8080',
      'Chat.Example.org:8080',
      elsewhere,
    ],
    ['in plain text, through a port of this machine', 'http://localhost:8080', 'localhost:8080', elsewhere],
  ];
  for (const [what, origin, host, visit] of own)
    it(`is one of the server's own: ${what}`, () => {
      expect(pageOrigin(request({ origin, host }), new Set(), visit, names)).to.equal(origin);
    });

  const foreign: [what: string, origin: string, host: string, visit: typeof here][] = [
    ['of another host', 'https://evil.example', 'chat.example.org', encrypted],
    ['of another port', 'https://chat.example.org:444', 'chat.example.org', encrypted],
    ['that was not encrypted', 'http://chat.example.org', 'chat.example.org', encrypted],
    ['that was encrypted by nobody', 'https://chat.example.org', 'chat.example.org', elsewhere],
    ['of no host', 'null', 'chat.example.org', encrypted],
    ['of a file', 'file://', 'localhost:8080', here],
    ['of a name that somebody lets point here', 'http://evil.example:8080', 'evil.example:8080', here],
    ['of such a name, in plain text from elsewhere', 'http://evil.example', 'evil.example', elsewhere],
    ['of such a name, by a proxy that does not encrypt', 'http://evil.example', 'evil.example', proxied],
    [
      'of a name of the server that points to this machine',
      'http://chat.example.org',
      'chat.example.org',
      here,
    ],
    ['of a host that is none', 'http://a b', 'a b', here],
    ['of a host that begins like this machine', 'http://localhost.evil', 'localhost.evil', here],
    ['with more than an origin', 'https://chat.example.org/', 'chat.example.org', encrypted],
  ];
  for (const [what, origin, host, visit] of foreign)
    it(`is somebody else's: one ${what}`, () => {
      expect(pageOrigin(request({ origin, host }), new Set(), visit, names)).to.equal(FOREIGN);
    });

  it('is one that the operator has named', () => {
    const named = new Set(['https://chat.example.org']);
    const asked = request({ origin: 'https://chat.example.org', host: '10.0.0.7:8080' });
    expect(pageOrigin(asked, named, here)).to.equal('https://chat.example.org');
    expect(pageOrigin(request({ origin: 'https://evil.example', host: 'x' }), named, here)).to.equal(FOREIGN);
    expect(pageOrigin(request({ origin: '', host: 'x' }), new Set(), here)).to.equal(FOREIGN);
  });

  it("is nobody's where no browser asks", () => {
    expect(pageOrigin(request({ host: 'localhost' }), new Set(), here)).to.equal(undefined);
  });
});

describe('whose request a proxy passes on', () => {
  const proxies = new Set(['10.0.0.1', '10.0.0.2', '2001:db8::1']);
  const cases: [what: string, header: string | undefined, address: string | undefined][] = [
    ['the one it names', '192.0.2.1', '192.0.2.1'],
    ['the last that is no proxy', '198.51.100.1, 192.0.2.1,10.0.0.2, 10.0.0.1', '192.0.2.1'],
    ['not one that a client has made up', '127.0.0.1, 192.0.2.1', '192.0.2.1'],
    ['the first, when all are proxies', '10.0.0.2, 10.0.0.1', '10.0.0.2'],
    ['with a port', '192.0.2.1:4711', '192.0.2.1'],
    ['of IPv6', '2001:db8::7, 2001:db8::1', '2001:db8::7'],
    ['of IPv6 in brackets', '[2001:db8::7]:4711', '2001:db8::7'],
    ['as far as it can be read', 'unknown, 10.0.0.2', '10.0.0.2'],
    ['nobody, if it is nonsense', '192.0.2.1, somebody', undefined],
    ['nobody, if it is empty', '', undefined],
    ['nobody, if it says nothing', undefined, undefined],
  ];
  for (const [what, header, address] of cases)
    it(what, () => {
      const headers = header === undefined ? {} : { 'x-forwarded-for': header };
      expect(forwardedFor({ headers }, one => proxies.has(one))).to.equal(address);
    });
});

describe('a request for a WebSocket', () => {
  const good = {
    upgrade: 'WebSocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };

  it('is answered as RFC 6455 has it', () => {
    expect(wantsWebSocket(request(good))).to.equal(true);
    expect(upgradeProblem(request(good))).to.equal(undefined);
    expect(switchingProtocols(request(good)).split('\r\n')).to.deep.equal([
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
      '',
      '',
    ]);
  });

  for (const [what, headers, method] of [
    ['by POST', {}, 'POST'],
    ['of another version', { 'sec-websocket-version': '8' }, 'GET'],
    ['without a key', { 'sec-websocket-key': '' }, 'GET'],
    ['with a key that is none', { 'sec-websocket-key': 'short==' }, 'GET'],
  ] as const)
    it(`is none ${what}`, () => {
      expect(upgradeProblem(request({ ...good, ...headers }, method))).to.be.a('string');
    });

  it('is none for another protocol', () => {
    expect(wantsWebSocket(request({ upgrade: 'h2c' }))).to.equal(false);
    expect(wantsWebSocket(request({}))).to.equal(false);
  });
});

describe('what the page may do', () => {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

  it('is what its own scripts and styles do, and to talk to its server', () => {
    const { policy } = pageOf(
      '<style>a{}</style><script>one()</script>\n<script type="module">\ntwo()\n</script>',
    );
    expect(policy.split('; ')).to.deep.equal([
      "default-src 'none'",
      `script-src ${hash('one()')} ${hash('\ntwo()\n')}`,
      `style-src ${hash('a{}')}`,
      "connect-src 'self'",
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
  });

  it('is nothing where it has none', () => {
    expect(pageOf('<title>x</title>').policy).to.include("script-src 'none'; style-src 'none'");
  });

  it('has another tag when it is another', () => {
    expect(pageOf('a').tag).to.equal(pageOf('a').tag);
    expect(pageOf('a').tag).to.not.equal(pageOf('b').tag);
  });
});
