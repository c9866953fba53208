import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { everyCommand } from '../../src/cli/program.js';
import { Program, ROOT } from '../support/cli.js';

const UNIT = join(ROOT, 'packaging/chatty.service');

/** What a unit may have to do with the rest of the machine at most, of 10. */
const MAX_EXPOSURE = 1.5;

describe('packaging', () => {
  const read = (file: string) => readFileSync(join(ROOT, 'packaging', file), 'utf8');

  before(function () {
    if (spawnSync('systemd-analyze', ['--version']).status === 0) return;
    if (process.env.CI !== undefined) throw new Error('CI has to have systemd-analyze');
    process.stderr.write('SKIPPED: the tests of the systemd unit need `systemd-analyze`\n');
    this.skip();
  });

  it('has units in which systemd finds nothing wrong', () => {
    const names = ['chatty.service', 'chatty.socket', 'chatty-backup.service', 'chatty-backup.timer'];
    for (const unit of names.map(name => join(ROOT, 'packaging', name))) {
      const { stdout, stderr, status } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], {
        encoding: 'utf8',
      });
      expect([status, stdout + stderr], unit).to.deep.equal([0, '']);
    }
  });

  it('lets the unit do little', () => {
    const args = ['security', '--offline=true', '--no-pager', UNIT];
    const { stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
    const exposure = Number(/exposure level for chatty\.service: ([\d.]+)/.exec(stdout)?.[1]);
    expect(exposure).to.be.within(0, MAX_EXPOSURE);
  });

  it('calls commands that there are', async () => {
    const ids = (await everyCommand()).map(({ id }) => id);
    for (const file of ['chatty.service', 'Dockerfile', 'chatty-backup', 'build-image.sh'])
      for (const [, id = ''] of read(file).matchAll(/\b((?:server|client):\w+)/g))
        expect(ids, file).to.include(id);
  });

  it('copies into the image what the package has', () => {
    const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    for (const [, path = ''] of read('Dockerfile').matchAll(/\/src\/(\S+) \/opt/g))
      for (const one of path.split(' '))
        expect([...files, 'package.json', 'LICENSE']).to.include(one.replace('/src/', ''));
  });

  it('copies all that cannot be made again, whole or not at all, and lets old copies go', async function () {
    this.timeout(30_000);
    const folder = mkdtempSync(join(tmpdir(), 'chatty-backup-'));
    const [data, copies, bin] = ['data', 'copies', 'bin'].map(name => join(folder, name)) as [
      string,
      string,
      string,
    ];
    mkdirSync(bin);
    const command = `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'bin/run.js')}' "$@"\n`;
    writeFileSync(join(bin, 'chatty'), command, { mode: 0o755 });
    const backUp = () =>
      spawnSync(join(ROOT, 'packaging/chatty-backup'), [data, copies, '7'], {
        env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
        encoding: 'utf8',
      });
    try {
      const failed = backUp();
      expect(failed.status, failed.stderr).to.be.above(0);
      expect(readdirSync(copies).filter(name => !name.startsWith('.'))).to.deep.equal([]);
      const [server] = await Program.server(['--data-dir', data]);
      for (const name of ['20250101T000000Z', 'of somebody else']) {
        mkdirSync(join(copies, name));
        utimesSync(join(copies, name), 1, 1);
      }
      const done = backUp();
      expect(done.status, done.stderr).to.equal(0);
      await server.kill();
      const [copy = '', ...others] = readdirSync(copies);
      expect(others).to.deep.equal(['of somebody else']);
      expect(copy).to.match(/^\d{8}T\d{6}Z$/);
      const files = ['claims.db', 'moderation.jsonl', 'room.db', 'server-cert.pem', 'server-key.pem'];
      expect(readdirSync(join(copies, copy))).to.deep.equal(files);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
