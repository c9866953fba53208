import { expect } from 'chai';
import { parseClientConfig } from '../../../../src/adapters/config/client-config.js';
import {
  addressOf,
  formatServerName,
  parseServerName,
  type ServerName,
  serverListProblem,
  serverNameProblem,
} from '../../../../src/adapters/config/server-name.js';

const PIN = '16DOqXw4XpzKwr32xVpjX5cVvNE9DoFihQE1QckVAz-';

describe('how a server is named', () => {
  const names: [text: string, name: ServerName][] = [
    ['chat.example.org', { host: 'chat.example.org' }],
    ['chat.example.org:8081', { host: 'chat.example.org', port: 8081 }],
    [`chat.example.org:8081#${PIN}`, { host: 'chat.example.org', port: 8081, pin: PIN }],
    [`chat.example.org#${PIN}`, { host: 'chat.example.org', pin: PIN }],
    ['192.0.2.1:0', { host: '192.0.2.1', port: 0 }],
    ['2001:db8::1', { host: '2001:db8::1' }],
    [`[2001:db8::1]:8081#${PIN}`, { host: '2001:db8::1', port: 8081, pin: PIN }],
  ];
  for (const [text, name] of names)
    it(`reads ${text}, and writes it so`, () => {
      expect(serverNameProblem(text)).to.equal(undefined);
      expect(parseServerName(text)).to.deep.equal(name);
      expect(formatServerName(name)).to.equal(text);
    });

  it('reads an address in brackets without a port', () => {
    expect(serverNameProblem('[::1]')).to.equal(undefined);
    expect(parseServerName('[::1]')).to.deep.equal({ host: '::1' });
  });

  const wrong: [text: string, says: string][] = [
    ['', 'is HOST, HOST:PORT'],
    [':8081', 'is HOST, HOST:PORT'],
    ['chat.example.org:', 'port'],
    ['chat.example.org:http', 'port'],
    ['chat.example.org:65536', 'port'],
    ['chat.example.org:-1', 'port'],
    ['2001:db8::g', 'is HOST, HOST:PORT'],
    ['[chat.example.org:8081', 'is HOST, HOST:PORT'],
    ['two words', 'is HOST, HOST:PORT'],
    ['chat.example.org/room', 'is HOST, HOST:PORT'],
    ['"chat.example.org"', 'is HOST, HOST:PORT'],
    ['https://chat.example.org', 'not a URL'],
    ['chat.example.org#', 'not whole'],
    [`chat.example.org#${PIN.slice(1)}`, 'not whole'],
    [`chat.example.org#${PIN}x`, 'not whole'],
    [`chat.example.org#${PIN}#${PIN}`, 'not whole'],
    [`chat.example.org#${PIN.slice(1)}+`, 'not whole'],
  ];
  for (const [text, says] of wrong)
    it(`says what is wrong with ${JSON.stringify(text)}`, () => {
      expect(serverNameProblem(text)).to.include(says);
    });

  it('is called by its port where that is not the usual one', () => {
    expect(addressOf({ host: 'chat.example.org', port: 8081 })).to.equal('chat.example.org');
    expect(addressOf({ host: 'chat.example.org', port: 9000 })).to.equal('chat.example.org:9000');
    expect(addressOf({ host: '::1', port: 9000 })).to.equal('[::1]:9000');
  });

  it('takes the place of host and port, with the usual port where it has none', () => {
    const serversOf = (settings: Record<string, unknown>) => parseClientConfig(settings).servers;
    const named = { to: `chat.example.org#${PIN}`, host: 'other', port: '7' };
    expect(serversOf(named)).to.deep.equal([{ host: 'chat.example.org', port: 8081, pin: PIN }]);
    expect(serversOf({ host: 'other', port: '7' })).to.deep.equal([{ host: 'other', port: 7 }]);
    expect(parseClientConfig(named)).to.not.have.any.keys('to', 'host', 'port');
  });

  it('may be one of several, each with what it has', () => {
    expect(parseClientConfig({ to: ` a.example.org , [::1]:9000#${PIN}` }).servers).to.deep.equal([
      { host: 'a.example.org', port: 8081 },
      { host: '::1', port: 9000, pin: PIN },
    ]);
    const many = Array.from({ length: 16 }, (_, index) => `chat-${index}.example.org`).join(',');
    expect(serverListProblem(many)).to.equal(undefined);
    expect(serverListProblem(`${many},one-more`))
      .to.include('17')
      .and.include('16');
  });

  const wrongLists: [text: string, says: string][] = [
    ['two words', 'is HOST, HOST:PORT'],
    ['a,b:http,c', 'is wrong at b:http: it has a port'],
    [`a,b#${PIN.slice(1)}`, `is wrong at b#${PIN.slice(1)}: it has a key`],
    ['a,wss://b', 'is wrong at wss://b: it is HOST or HOST:PORT, not a URL.'],
    ['a,,b', 'has nothing at place 2'],
    ['a,', 'has nothing at place 2'],
    [`a,b:8081,B.#${PIN}`, `names B.#${PIN} twice`],
    ['[::1]:7,[0:0::1]:7', 'names [0:0::1]:7 twice'],
  ];
  for (const [text, says] of wrongLists)
    it(`says which part of ${JSON.stringify(text)} is wrong`, () => {
      expect(serverListProblem(text)).to.include(says);
    });
});
