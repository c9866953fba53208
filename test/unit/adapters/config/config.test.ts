import { expect } from 'chai';
import { ClientConfig } from '../../../../src/adapters/config/client-config.js';
import { ConfigError, parseConfig } from '../../../../src/adapters/config/config.js';
import { ServerConfig } from '../../../../src/adapters/config/server-config.js';

describe('the configuration', () => {
  const server = (settings: Record<string, unknown>) =>
    parseConfig(ServerConfig, { dataDir: '/data', ...settings });

  it('needs nothing but to be told where data is kept', () => {
    expect(server({})).to.include({
      history: 'sqlite',
      keepMessages: 250_000,
      graceMs: 60_000,
      host: 'localhost',
      port: 8081,
      maxConnections: 10_000,
      maxLineBytes: 8192,
      maxMessageBytes: 4096,
      maxUsernameLength: 32,
      joinTimeoutMs: 10_000,
    });
    expect(parseConfig(ClientConfig, {})).to.include({ host: 'localhost', port: 8081 });
  });

  it('has times in milliseconds, whatever they were given in', () => {
    const config = server({ graceSeconds: '2', keepDays: 1 });
    expect(config).to.include({ graceMs: 2000, keepMs: 86_400_000, stallTimeoutMs: 30_000 });
    expect(config).to.not.have.any.keys('graceSeconds', 'keepDays');
    expect(parseConfig(ClientConfig, { retryForSeconds: 0 })).to.include({ retryForMs: 0 });
    expect(parseConfig(ClientConfig, { retryForSeconds: undefined })).to.not.have.property('retryForMs');
  });

  it('takes numbers as flags and environment have them, as text', () => {
    expect(server({ port: '80', maxRate: '5' })).to.include({ port: 80, maxRate: 5 });
  });

  const bad: [settings: Record<string, unknown>, says: string][] = [
    [{ port: -1 }, '--port (or TCP_SERVER_PORT) is a whole number from 0 to 65535'],
    [{ port: 65_536 }, '--port (or TCP_SERVER_PORT) is a whole number from 0 to 65535'],
    [{ port: 80.5 }, 'is a whole number'],
    [{ port: 'abc' }, 'is a whole number'],
    [{ port: ' ' }, 'is a whole number'],
    [{ host: '' }, 'The host is empty'],
    [{ maxConnections: 0 }, '--max-connections (or CHATTY_MAX_CONNECTIONS) is a whole number from 1'],
    [{ maxRate: 0 }, '--max-rate (or CHATTY_MAX_RATE) is a whole number from 1'],
    [{ maxMessageBytes: 8000 }, '--max-line-bytes must be at least 512 more than --max-message-bytes'],
    [{ logLevel: 'chatty' }, '--log-level (or CHATTY_LOG_LEVEL) is one of debug'],
    [{ dataDir: '' }, 'The data folder has no name: give one with --data-dir.'],
    [{ history: 'postgres' }, '--history is sqlite, memory, or where brokers are: nats://host:4222'],
    [{ history: '' }, 'The place of --history is empty'],
    [{ history: 'nats://:secret@host' }, 'has a password of nobody'],
    [{ room: 'a b' }, '--room has 1 to 32 letters, digits, - and _'],
    [{ room: 'main_KEPT' }, 'does not end in _KEPT'],
    [{ natsTlsCert: 'cert.pem' }, '--nats-tls-cert and --nats-tls-key are given together'],
    [{ replicas: '2' }, '--replicas (or CHATTY_REPLICAS) is one of 1, 3, 5.'],
    [{ synchronous: 'off' }, '--synchronous (or CHATTY_SYNCHRONOUS) is one of normal, full.'],
    [{ silenceTimeoutSeconds: 1 }, '--silence-timeout (or CHATTY_SILENCE_TIMEOUT) is a whole number from 3'],
    [{ prot: 1 }, 'prot'],
  ];
  for (const [settings, says] of bad) {
    it(`refuses ${JSON.stringify(settings)} and says what would do`, () => {
      expect(() => server(settings))
        .to.throw(ConfigError)
        .with.property('message')
        .that.includes(says);
    });
  }
});
