import { expect } from 'chai';
import { parseConfig } from '../../../../src/adapters/config/config.js';
import { LiveSettings } from '../../../../src/adapters/config/live-settings.js';
import { ServerConfig, type ServerSettings } from '../../../../src/adapters/config/server-config.js';

describe('LiveSettings', () => {
  const given = (settings: ServerSettings) => parseConfig(ServerConfig, { dataDir: '/data', ...settings });
  let settings: LiveSettings;
  beforeEach(() => {
    settings = new LiveSettings(given({}));
  });

  it('shows each part what it goes by, and the same object when that changes', () => {
    const view = settings.view(({ messageRate, graceMs, tlsCert }) => ({
      rate: messageRate,
      graceMs,
      tlsCert,
    }));
    expect(view).to.deep.equal({ rate: 10, graceMs: 60_000, tlsCert: undefined });
    settings.change(given({ messageRate: 5, graceSeconds: 2, tlsCert: 'cert.pem', tlsKey: 'key.pem' }));
    expect(view).to.deep.equal({ rate: 5, graceMs: 2000, tlsCert: 'cert.pem' });
    settings.change(given({}));
    expect(view).to.deep.equal({ rate: 10, graceMs: 60_000, tlsCert: undefined });
  });

  it('keeps what needs a restart, and says each time that it is another one', () => {
    const view = settings.view(({ port, dataDir }) => ({ port, dataDir }));
    for (let n = 0; n < 2; n++) {
      const changes = settings.change(given({ port: 9000, dataDir: '/other', joinHistory: n }));
      expect(changes.filter(({ reload }) => reload === 'restart')).to.deep.equal([
        { flag: 'port', from: '8081', to: '9000', reload: 'restart' },
        { flag: 'data-dir', from: '/data', to: '/other', reload: 'restart' },
      ]);
      expect(changes.map(({ flag }) => flag)).to.include('join-history');
    }
    expect(view).to.deep.equal({ port: 8081, dataDir: '/data' });
    expect([settings.now.port, settings.now.joinHistory]).to.deep.equal([8081, 1]);
  });

  it('tells no password of another place of the history', () => {
    const [change] = settings.change(given({ history: 'nats://carl:secret@broker' }));
    expect(change).to.include({ flag: 'history', from: 'sqlite', to: 'nats://carl:***@broker' });
  });

  it('keeps what goes with a setting that needs a restart as it is', () => {
    settings = new LiveSettings(given({ names: 'listed', namesFile: 'one' }));
    const next: unknown[] = [];
    settings.onChange(({ namesFile }) => {
      next.push(namesFile);
      return () => {};
    });
    const changes = settings.change(given({ messageRate: 5 }));
    expect(changes.map(({ flag, reload }) => [flag, reload])).to.deep.include.members([
      ['names', 'restart'],
      ['names-file', 'restart'],
      ['message-rate', 'at once'],
    ]);
    const [again] = settings.change(given({ names: 'listed', namesFile: 'two', messageRate: 5 }));
    expect(again).to.deep.equal({ flag: 'names-file', from: 'one', to: 'two', reload: 'at once' });
    expect(next).to.deep.equal(['one', 'two']);
    expect(settings.now).to.include({ names: 'listed', namesFile: 'two', messageRate: 5 });
  });

  it('prepares everything before anything changes', () => {
    const view = settings.view(({ messageRate }) => ({ messageRate }));
    const seen: unknown[] = [];
    settings.onChange(next => () => seen.push([next.messageRate, view.messageRate]));
    let isWrong = true;
    settings.onChange(() => {
      if (isWrong) throw new Error('no such file');
      return () => {};
    });
    expect(() => settings.change(given({ messageRate: 5 }))).to.throw('no such file');
    expect([view.messageRate, settings.now.messageRate, seen.length]).to.deep.equal([10, 10, 0]);
    isWrong = false;
    settings.change(given({ messageRate: 5 }));
    expect(seen).to.deep.equal([[5, 5]]);
  });
});
