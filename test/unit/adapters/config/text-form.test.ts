import { homedir } from 'node:os';
import { expect } from 'chai';
import { ClientConfig } from '../../../../src/adapters/config/client-config.js';
import { ConfigError, parseConfig } from '../../../../src/adapters/config/config.js';
import { ServerConfig } from '../../../../src/adapters/config/server-config.js';

describe('what people write in addresses and paths', () => {
  const addresses: [given: string, meant: string][] = [
    ['[::1]', '::1'],
    [' chat.example.org\n', 'chat.example.org'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['[fe80::1%eth0]', 'fe80::1%eth0'],
    ['192.0.2.1', '192.0.2.1'],
    ['bücher.example', 'bücher.example'],
  ];
  for (const [given, meant] of addresses) {
    it(`takes ${JSON.stringify(given)} as the address ${meant}`, () => {
      expect(parseConfig(ClientConfig, { host: given }).host).to.equal(meant);
      expect(parseConfig(ServerConfig, { dataDir: '/data', host: given }).host).to.equal(meant);
    });
  }

  const paths: [given: string, meant: string][] = [
    ['~/chat', `${homedir()}/chat`],
    ['~', homedir()],
    ['/data/~old', '/data/~old'],
    ['chat room', 'chat room'],
    [' leading', ' leading'],
    ['/a/$b', '/a/$b'],
  ];
  for (const [given, meant] of paths) {
    it(`takes ${JSON.stringify(given)} as the folder ${meant}`, () => {
      expect(parseConfig(ServerConfig, { dataDir: given }).dataDir).to.equal(meant);
    });
  }

  const wrong: [settings: Record<string, string>, says: string][] = [
    [{ host: 'localhost:8081' }, '--host is a name or an address alone. Give the port with --port.'],
    [{ host: '[::1]:8081' }, '--host is a name or an address alone. Give the port with --port.'],
    [{ host: 'http://chat.example.org' }, '--host is a name or an address, not a URL.'],
    [{ host: '"localhost"' }, '--host is in quotation marks. Write it without.'],
    [{ host: 'chat.example.org/room' }, '--host is a name or an address, such as'],
    [{ host: 'two words' }, '--host is a name or an address, such as'],
    [{ host: '[name]' }, '--host is a name or an address, such as'],
    [{ dataDir: '~carl/chat' }, '--data-dir begins with ~, and it is not known whose folder that is.'],
    [{ dataDir: '$HOME/chat' }, '--data-dir begins with a variable that nothing has filled in.'],
    [{ dataDir: '%APPDATA%\\chat' }, '--data-dir begins with a variable that nothing has filled in.'],
    [{ dataDir: "'/data'" }, '--data-dir is in quotation marks. Write it without.'],
    [{ dataDir: 'file:///data' }, '--data-dir is a path, not a URL.'],
    [{ proxies: 'proxy.example.org' }, '--proxies is a list of addresses and networks, such as'],
    [{ proxies: '192.0.2.1,10.0.0.0/33' }, 'This is none: 10.0.0.0/33'],
    [{ proxies: '192.0.2.1,' }, '--proxies is a list'],
    [{ proxies: '10.0.0.0/8/8' }, '--proxies is a list'],
    [{ webOrigins: 'chat.example.org' }, '--web-origins is a list of origins, such as'],
    [{ webOrigins: 'https://a.example,ftp://b.example' }, 'This is none: ftp://b.example'],
    [{ webOrigins: 'https://a.example/room' }, 'This is none: https://a.example/room'],
    [{ webOrigins: 'https://a.example:443' }, 'This is none: https://a.example:443'],
    [{ publicAddress: 'https://chat.example.org' }, '--public-address is HOST or HOST:PORT, not a URL.'],
    [{ tlsCert: 'cert.pem' }, '--tls-cert and --tls-key are given together'],
    [{ tlsKey: 'key.pem' }, '--tls-cert and --tls-key are given together'],
  ];
  for (const [settings, says] of wrong) {
    it(`refuses ${JSON.stringify(settings)} with a word`, () => {
      expect(() => parseConfig(ServerConfig, { dataDir: '/data', ...settings }))
        .to.throw(ConfigError)
        .with.property('message')
        .that.includes(says);
    });
  }

  it('takes lists of addresses and networks', () => {
    const proxies = '192.0.2.1, 10.0.0.0/8,2001:db8::/32,::1';
    expect(parseConfig(ServerConfig, { dataDir: '/data', proxies }).proxies).to.equal(proxies);
  });

  it('takes lists of origins, as people copy them', () => {
    const webOrigins = 'https://chat.example.org/, http://[::1]:8080';
    expect(parseConfig(ServerConfig, { dataDir: '/data', webOrigins }).webOrigins).to.equal(
      'https://chat.example.org,http://[::1]:8080',
    );
  });

  it('does not look at a folder that is not used', () => {
    expect(parseConfig(ServerConfig, { history: 'memory', dataDir: '$HOME' })).to.include({
      history: 'memory',
    });
  });
});
