import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { SettingsFile } from '../../../../src/adapters/config/settings-file.js';
import { SettingsFailure } from '../../../../src/application/client/preferences.js';

describe('SettingsFile', () => {
  let folder: string;
  let settings: SettingsFile;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-settings-'));
    settings = new SettingsFile(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (text: string) => writeFileSync(settings.location, text);
  const failure = (doing: Promise<unknown>) =>
    doing.then(
      () => 'done',
      error => (error instanceof SettingsFailure ? error.code : error),
    );

  it('is for nobody else to read, and leaves nothing beside it', async () => {
    await settings.choose('bell', 'all');
    expect(statSync(settings.location).mode & 0o777).to.equal(0o600);
    expect(readdirSync(folder)).to.deep.equal(['settings.json']);
  });

  it('keeps what it does not know, in its place', async () => {
    write('{ "theme": { "dark": true }, "bell": "off", "later": 1 }');
    await settings.choose('bell', 'all');
    await settings.choose('host', 'here');
    expect(JSON.parse(readFileSync(settings.location, 'utf8'))).to.deep.equal({
      theme: { dark: true },
      later: 1,
      bell: 'all',
      host: 'here',
    });
    expect(await settings.read()).to.deep.equal({ bell: 'all', host: 'here' });
  });

  it('gives values of any kind back as they are', async () => {
    write('{ "port": "abc", "username": null }');
    expect(await settings.read()).to.deep.equal({ port: 'abc', username: null });
  });

  for (const text of ['', '{', '[]', 'null', '"carl"', '\u0000\u0001']) {
    it(`finds that ${JSON.stringify(text)} is no object, and leaves it alone`, async () => {
      write(text);
      expect(await failure(settings.read())).to.equal('NOT_JSON');
      expect(await failure(settings.choose('bell', 'all'))).to.equal('NOT_JSON');
      expect(readFileSync(settings.location, 'utf8')).to.equal(text);
    });
  }

  it('says that a folder in its place cannot be read', async () => {
    mkdirSync(settings.location);
    expect(await failure(settings.read())).to.equal('NOT_READABLE');
  });

  it('says that it cannot write where a file is in the way, and goes on afterwards', async () => {
    const blocked = new SettingsFile(join(folder, 'file', 'chatty'));
    writeFileSync(join(folder, 'file'), '');
    expect(await blocked.read()).to.deep.equal({});
    expect(await failure(blocked.choose('bell', 'all'))).to.equal('NOT_WRITABLE');
    rmSync(join(folder, 'file'));
    expect(await failure(blocked.choose('bell', 'all'))).to.equal('done');
  });

  it('follows a link to where the file really is', async () => {
    mkdirSync(join(folder, 'target'));
    const real = join(folder, 'target', 'mine.json');
    writeFileSync(real, '{}');
    symlinkSync(real, settings.location);
    await settings.choose('bell', 'off');
    expect(lstatSync(settings.location).isSymbolicLink()).to.equal(true);
    expect(JSON.parse(readFileSync(real, 'utf8'))).to.deep.equal({ bell: 'off' });
    expect(readdirSync(join(folder, 'target'))).to.deep.equal(['mine.json']);
  });
});
