import { expect } from 'chai';
import { ConfigError, parseConfig } from '../../../src/adapters/config/config.js';
import { LiveSettings } from '../../../src/adapters/config/live-settings.js';
import { ServerConfig, type ServerSettings } from '../../../src/adapters/config/server-config.js';
import { IdentityFailure, RoomLogFailure } from '../../../src/application/server/failures.js';
import { SettingsReload } from '../../../src/cli/reload.js';
import { MemoryLogger } from '../../doubles/memory-logger.js';

describe('SettingsReload', () => {
  const given = (settings: ServerSettings) => parseConfig(ServerConfig, { dataDir: '/data', ...settings });
  let logger: MemoryLogger;
  let settings: LiveSettings;
  beforeEach(() => {
    logger = new MemoryLogger();
    settings = new LiveSettings(given({}));
  });

  const entries = () => logger.entries.map(({ level, message, fields }) => [level, message, fields]);
  const reload = (read: () => Promise<ServerConfig>, onDone?: () => void) =>
    new SettingsReload(settings, read, logger, onDone).execute();

  it('says what has changed, from what to what, and what needs a restart', async () => {
    await reload(async () =>
      given({ messageRate: 5, graceSeconds: 120, publicAddress: 'a.example', port: 9000 }),
    );
    expect(entries()).to.deep.equal([
      [
        'info',
        'settings read again',
        { changed: ['public-address: none -> a.example', 'grace: 60 -> 120', 'message-rate: 10 -> 5'] },
      ],
      ['warn', 'these settings need a restart', { changed: ['port: 8081 -> 9000'] }],
    ]);
  });

  it('says so as well when nothing has changed', async () => {
    await reload(async () => given({}));
    expect(entries()).to.deep.equal([['info', 'settings read again', { changed: [] }]]);
  });

  const told = 'the settings cannot be read again: those before stay in use';

  it('changes nothing when anything is wrong, and says what', async () => {
    let done = 0;
    const before = settings.now;
    const failures = [
      new ConfigError(['chatty.yaml:1:1: no', 'chatty.yaml:2:1: no']),
      new IdentityFailure('NOT_FOUND', 'key.pem'),
      new RoomLogFailure('NO_LIST', 'members'),
    ];
    for (const failure of failures)
      await reload(
        () => Promise.reject(failure),
        () => done++,
      );
    expect(settings.now).to.equal(before);
    expect(done).to.equal(0);
    expect(logger.entries.map(({ message }) => message)).to.deep.equal([told, told, told]);
    const problems = logger.entries.map(({ fields }) => fields.problems ?? []);
    expect(problems[0]).to.deep.equal(failures[0]?.message.split('\n'));
    expect(problems[1]?.[0]).to.include('There is no file key.pem');
    expect(problems[2]?.[0]).to.include('The list of names members cannot be read');
  });

  it('reads once more after many have asked while it reads, however many', async () => {
    let reads = 0;
    const read = async () => given({ messageRate: ++reads });
    const again = new SettingsReload(settings, read, logger);
    await Promise.all(Array.from({ length: 1000 }, () => again.execute()));
    expect([reads, settings.now.messageRate]).to.deep.equal([2, 2]);
    await again.execute();
    expect(reads).to.equal(3);
  });

  it('tells of a fault as one, and reads again afterwards', async () => {
    const fault = new Error('a bug');
    const answers = [() => Promise.reject(fault), async () => given({ messageRate: 5 })];
    const again = new SettingsReload(settings, () => answers.shift()?.() ?? Promise.reject(fault), logger);
    await Promise.all([again.execute(), again.execute()]);
    expect(entries()[0]).to.deep.equal(['error', told, { err: fault }]);
    expect(settings.now.messageRate).to.equal(5);
  });
});
