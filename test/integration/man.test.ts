import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { everyCommand } from '../../src/cli/program.js';
import { ROOT } from '../support/cli.js';

const HAS_GROFF = spawnSync('groff', ['--version']).status === 0;

describe('manual pages', () => {
  const folder = join(ROOT, 'man');
  const pages = readdirSync(folder);

  it('are there for each command, with all of its flags, variables and words', async () => {
    const commands = (await everyCommand()).filter(({ id }) => id !== 'help');
    const names = commands.map(({ id }) => `chatty-${id.replaceAll(':', '-')}.1`);
    expect(pages.toSorted()).to.deep.equal([...names, 'chatty.1'].sort());
    const { man } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(man, 'what npm installs').to.have.members(pages.map(page => `man/${page}`));
    for (const [index, { flags, args, summary = '' }] of commands.entries()) {
      const page = readFileSync(join(folder, names[index] ?? ''), 'utf8').replaceAll('\\-', '-');
      expect(page).to.include(summary.slice(1).replace(/\.$/, ''));
      for (const { name, env } of Object.values(flags)) {
        expect(page, names[index]).to.include(`--${name}`);
        if (env !== undefined) expect(page, names[index]).to.include(`Environment: ${env}.`);
      }
      for (const { name } of Object.values(args)) expect(page).to.include(name.toUpperCase());
    }
  });

  it('list every command on the first one', async () => {
    const page = readFileSync(join(folder, 'chatty.1'), 'utf8').replaceAll('\\-', '-');
    for (const { id } of await everyCommand())
      if (id !== 'help') expect(page).to.include(`chatty-${id.replaceAll(':', '-')}\\fR(1)`);
  });

  it('have nothing that groff finds wrong', function () {
    if (!HAS_GROFF) {
      if (process.env.CI !== undefined) throw new Error('CI has to have groff');
      process.stderr.write('SKIPPED: the test of manual pages needs `groff`\n');
      this.skip();
    }
    for (const page of pages) {
      const args = ['-man', '-ww', '-z', '-Tutf8', join(folder, page)];
      const { stderr, status } = spawnSync('groff', args, { encoding: 'utf8' });
      expect([status, stderr], page).to.deep.equal([0, '']);
    }
    const shown = execFileSync('groff', ['-man', '-Tutf8', join(folder, 'chatty-server-start.1')]);
    expect(String(shown)).to.include('Environment: TCP_SERVER_PORT.');
  });
});
