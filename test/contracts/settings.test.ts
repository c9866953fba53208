import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { SettingsFile } from '../../src/adapters/config/settings-file.js';
import type { Settings } from '../../src/application/client/preferences.js';
import { MemorySettings } from '../doubles/memory-settings.js';

/** Settings under test, in a folder that is not there yet. */
const ADAPTERS: Record<string, (folder: string) => Settings> = {
  SettingsFile: folder => new SettingsFile(folder),
  MemorySettings: () => new MemorySettings(),
};

for (const [name, create] of Object.entries(ADAPTERS)) {
  describe(`Settings: ${name}`, () => {
    let home: string;
    let settings: Settings;
    beforeEach(() => {
      home = mkdtempSync(join(tmpdir(), 'chatty-settings-'));
      settings = create(join(home, 'not', 'there'));
    });
    afterEach(() => rmSync(home, { recursive: true, force: true }));

    it('says where it keeps them', () => {
      expect(settings.location).to.not.equal('');
    });

    it('remembers nothing before anything was chosen', async () => {
      expect(await settings.read()).to.deep.equal({});
    });

    it('remembers what was chosen, and the last word on each', async () => {
      await settings.choose('username', 'carl');
      await settings.choose('port', 9000);
      await settings.choose('username', 'дед');
      expect(await settings.read()).to.deep.equal({ username: 'дед', port: 9000 });
    });

    it('forgets what is chosen no more, and nothing else', async () => {
      await settings.choose('username', 'carl');
      await settings.choose('bell', 'all');
      await settings.choose('username', undefined);
      await settings.choose('host', undefined);
      expect(await settings.read()).to.deep.equal({ bell: 'all' });
    });

    it('does what is chosen at once in order', async () => {
      await Promise.all([
        settings.choose('bell', 'all'),
        settings.choose('color', 'never'),
        settings.choose('bell', 'off'),
      ]);
      expect(await settings.read()).to.deep.equal({ bell: 'off', color: 'never' });
    });
  });
}
