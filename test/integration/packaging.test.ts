import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { everyCommand } from '../../src/cli/program.js';
import { ROOT } from '../support/cli.js';

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
    for (const unit of [UNIT, UNIT.replace('.service', '.socket')]) {
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
    for (const file of ['chatty.service', 'Dockerfile'])
      for (const [, id = ''] of read(file).matchAll(/\b((?:server|client):\w+)/g))
        expect(ids, file).to.include(id);
  });

  it('copies into the image what the package has', () => {
    const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    for (const [, path = ''] of read('Dockerfile').matchAll(/\/src\/(\S+) \/opt/g))
      for (const one of path.split(' '))
        expect([...files, 'package.json', 'LICENSE']).to.include(one.replace('/src/', ''));
  });
});
