import { expect } from 'chai';
import { ClientConfig } from '../../../../src/adapters/config/client-config.js';
import { ConfigError, parseConfig } from '../../../../src/adapters/config/config.js';
import { ServerConfig } from '../../../../src/adapters/config/server-config.js';

describe('the configuration', () => {
  it('needs nothing', () => {
    expect(parseConfig(ServerConfig, {})).to.include({
      host: 'localhost',
      port: 8081,
      maxConnections: 10_000,
      maxLineBytes: 8192,
      maxMessageBytes: 4096,
      maxUsernameLength: 32,
      joinTimeoutSeconds: 10,
    });
    expect(parseConfig(ClientConfig, {})).to.include({ host: 'localhost', port: 8081 });
  });

  const bad: [settings: Record<string, unknown>, says: string][] = [
    [{ port: -1 }, '--port is a whole number from 0 to 65535'],
    [{ port: 65_536 }, '--port is a whole number from 0 to 65535'],
    [{ port: 80.5 }, '--port is a whole number'],
    [{ port: '80' }, '--port is a whole number'],
    [{ host: '' }, 'The host is empty'],
    [{ maxConnections: 0 }, '--max-connections is a whole number from 1'],
    [{ maxRate: 0 }, '--max-rate is a whole number from 1'],
    [{ maxMessageBytes: 8000 }, '--max-line-bytes must be at least 512 more than --max-message-bytes'],
    [{ logLevel: 'chatty' }, 'logLevel'],
    [{ prot: 1 }, 'prot'],
  ];
  for (const [settings, says] of bad) {
    it(`refuses ${JSON.stringify(settings)} and says what would do`, () => {
      expect(() => parseConfig(ServerConfig, settings))
        .to.throw(ConfigError)
        .with.property('message')
        .that.includes(says);
    });
  }
});
