import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { KnownServersFile } from '../../src/adapters/state/known-servers-file.js';
import type { KnownServers } from '../../src/application/client/ports.js';
import { MemoryKnownServers } from '../doubles/memory-known-servers.js';

const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chatty-known-'));
  folders.push(folder);
  return folder;
}

const ALL: Record<string, () => KnownServers> = {
  memory: () => new MemoryKnownServers(),
  'a file': () => new KnownServersFile(join(newFolder(), 'new')),
};

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

for (const [name, create] of Object.entries(ALL))
  describe(`KnownServers: ${name}`, () => {
    const server = { host: 'chat.example.org', port: 8081 };

    it('knows no server at first, and then its last pin', async () => {
      const known = create();
      expect(await known.pinOf(server)).to.equal(undefined);
      expect(await known.remember(server, 'one')).to.equal(true);
      await known.remember(server, 'two');
      expect(await known.pinOf(server)).to.equal('two');
    });

    it('knows each port of each host, in any case of letters', async () => {
      const known = create();
      await known.remember(server, 'one');
      await known.remember({ host: '2001:db8::1', port: 8081 }, 'six');
      expect(await known.pinOf({ host: 'CHAT.example.org', port: 8081 })).to.equal('one');
      expect(await known.pinOf({ ...server, port: 8082 })).to.equal(undefined);
      expect(await known.pinOf({ host: '2001:db8::1', port: 8081 })).to.equal('six');
    });
  });

describe('KnownServersFile', () => {
  const server = { host: 'chat.example.org', port: 8081 };
  let known: KnownServersFile;
  beforeEach(() => {
    known = new KnownServersFile(newFolder());
  });

  it('is for its owner alone, and can be read by another program', async () => {
    await known.remember(server, 'one');
    expect(statSync(known.location).mode & 0o777).to.equal(0o600);
    expect(JSON.parse(readFileSync(known.location, 'utf8'))).to.deep.equal({
      'chat.example.org:8081': 'one',
    });
  });

  for (const text of ['nonsense', '[]', 'null', '{"chat.example.org:8081":7}', ''])
    it(`does not take ${text || 'an empty file'} for a world without servers`, async () => {
      writeFileSync(known.location, text);
      const error = await known.pinOf(server).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.be.an('error');
      await known.remember(server, 'one');
      if (text !== '{"chat.example.org:8081":7}') expect(readFileSync(known.location, 'utf8')).to.equal(text);
    });

  it('does without what cannot be written', async () => {
    if (process.getuid?.() === 0) writeFileSync(`${known.location}`, '{}');
    chmodSync(join(known.location, '..'), 0o500);
    const nowhere = new KnownServersFile(join(known.location, 'below'));
    expect(await nowhere.remember(server, 'one')).to.equal(false);
    // Its own connections, one after the other, are to one server; another program knows nothing.
    expect(await nowhere.pinOf(server)).to.equal('one');
    const next = new KnownServersFile(join(known.location, 'below'));
    expect(await next.pinOf(server)).to.equal(undefined);
    chmodSync(join(known.location, '..'), 0o700);
  });
});
