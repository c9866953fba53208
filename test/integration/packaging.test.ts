import { spawnSync } from 'node:child_process';
import {
  existsSync,
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
import { until } from '../support/until.js';

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
    const names = [
      'chatty.service',
      'chatty.socket',
      'chatty-web.socket',
      'chatty-ssh.socket',
      'chatty-backup.service',
      'chatty-backup.timer',
    ];
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

  describe('the script for backups', () => {
    let folder: string;
    let data: string;
    let copies: string;
    let server: Program | undefined;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'chatty backup '));
      [data, copies] = [join(folder, 'data'), join(folder, 'the copies')];
      chatty('');
    });
    afterEach(async () => {
      await server?.kill();
      server = undefined;
      rmSync(folder, { recursive: true, force: true });
    });

    /** The command that the script finds. @param before what a shell does first */
    function chatty(before: string): void {
      mkdirSync(join(folder, 'bin'), { recursive: true });
      const command = `#!/bin/sh\n${before}\nexec '${process.execPath}' '${join(ROOT, 'bin/run.js')}' "$@"\n`;
      writeFileSync(join(folder, 'bin/chatty'), command, { mode: 0o755 });
    }
    const start = async () => {
      [server] = await Program.server(['--data-dir', data]);
    };
    const env = () => ({ ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` });
    const script = join(ROOT, 'packaging/chatty-backup');
    const backUp = (days = '7') => spawnSync(script, [data, copies, days], { env: env(), encoding: 'utf8' });
    const kept = () => readdirSync(copies).filter(name => name !== '.lock');
    const old = (name: string) => {
      mkdirSync(join(copies, name), { recursive: true });
      utimesSync(join(copies, name), 1, 1);
    };

    it('copies all that cannot be made again', async () => {
      await start();
      const { status, stderr } = backUp();
      expect(status, stderr).to.equal(0);
      const [copy = '', ...others] = kept();
      expect(others).to.deep.equal([]);
      expect(copy).to.match(/^\d{8}T\d{6}Z$/);
      const files = ['claims.db', 'moderation.jsonl', 'room.db', 'server-cert.pem', 'server-key.pem'];
      expect(readdirSync(join(copies, copy))).to.deep.equal(files);
    });

    it('lets old copies go, but not the newest three, nor what is not its own', async () => {
      await start();
      const names = ['20250101T000000Z', '20250102T000000Z', '20250103T000000Z', 'of somebody else'];
      for (const name of names) old(name);
      const { status, stderr } = backUp();
      expect(status, stderr).to.equal(0);
      expect(kept()).to.have.length(4);
      expect(kept()).to.include.members(names.slice(1));
    });

    it('leaves nothing where it fails or is stopped, and takes nothing away then', async () => {
      for (const name of ['20250101T000000Z', '20250102T000000Z', '20250103T000000Z', '20250104T000000Z'])
        old(name);
      const before = kept();
      expect(backUp().status).to.be.above(0); // there is no history yet
      expect(kept()).to.deep.equal(before);
      await start();
      chatty('kill $PPID; exit 0');
      expect(backUp().status).to.equal(1);
      expect(kept()).to.deep.equal(before);
      expect(backUp('a week')).to.include({ status: 2 });
    });

    it('is not made twice at once', async () => {
      await start();
      const [begun, end] = [join(folder, 'begun'), join(folder, 'end')];
      chatty(`: > '${begun}'; while [ ! -e '${end}' ]; do sleep 0.1; done`);
      const first = Program.start(script, [data, copies], { PATH: env().PATH });
      await until(() => existsSync(begun));
      const second = backUp();
      expect(second.status).to.equal(1);
      expect(second.stderr).to.include('another one is at work');
      writeFileSync(end, '');
      expect(await first.exit(), first.stderr).to.equal(0);
      expect(kept()).to.have.length(1);
    });
  });
});
