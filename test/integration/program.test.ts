import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Program, ROOT } from '../support/cli.js';

describe('the program', () => {
  const running: Program[] = [];
  const track = (program: Program) => {
    running.push(program);
    return program;
  };
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-data-'));
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map(program => program.kill()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('is the same without the bundle', async () => {
    const modules = join(ROOT, 'dist/src/cli/main.js');
    const run = (...args: string[]) => track(Program.start(process.execPath, [modules, ...args]));
    for (const args of [['--version'], [], ['--help'], ['server:start', '--help'], ['client', 'jion']]) {
      const [ours, bundled] = [run(...args), track(Program.chatty(args))];
      expect(await ours.exit()).to.equal(await bundled.exit());
      expect(ours.stdout + ours.stderr).to.equal(bundled.stdout + bundled.stderr);
    }
    const server = run('server:start', '--port', '0');
    await server.says('chatty listens on');
    expect(await server.signal('SIGTERM').exit()).to.equal(0);
  });

  describe('runs nothing that lies in a folder of data', () => {
    /** A plugin as oclif would load it, with a hook that leaves a file beside it. */
    function plant(place: string): void {
      mkdirSync(place, { recursive: true });
      const hook = `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'has-run'))}, '');`;
      writeFileSync(join(place, 'hook.js'), `${hook} module.exports = async () => {};`);
      const itself = { type: 'link', name: 'planted', root: place };
      const oclif = {
        hooks: { init: './hook.js', prerun: './hook.js' },
        plugins: [itself],
        commands: './hook.js',
      };
      const planted = { name: 'planted', version: '1.0.0', type: 'commonjs', main: './hook.js', oclif };
      writeFileSync(join(place, 'package.json'), JSON.stringify(planted));
      writeFileSync(join(place, '.oclifrc.cjs'), `${hook} module.exports = ${JSON.stringify(oclif)};`);
      writeFileSync(join(place, 'theme.json'), '{}');
    }

    const places: [title: string, place: () => string, env: () => Record<string, string>][] = [
      ['CHATTY_DATA_DIR', () => folder, () => ({ CHATTY_DATA_DIR: folder })],
      ['XDG_DATA_HOME', () => join(folder, 'chatty'), () => ({ XDG_DATA_HOME: folder })],
      ['XDG_CONFIG_HOME', () => join(folder, 'chatty'), () => ({ XDG_CONFIG_HOME: folder })],
      ['CHATTY_CONFIG_DIR', () => folder, () => ({ CHATTY_CONFIG_DIR: folder })],
      ['CHATTY_CACHE_DIR', () => folder, () => ({ CHATTY_CACHE_DIR: folder })],
    ];
    for (const [title, place, env] of places) {
      it(`that ${title} names`, async () => {
        plant(place());
        const server = track(Program.chatty(['server:start', '--port', '0'], env()));
        await server.says('chatty listens on');
        expect(await server.signal('SIGTERM').exit()).to.equal(0);
        expect(await track(Program.chatty(['client:settings'], env())).exit()).to.equal(0);
        expect(await track(Program.chatty(['--help'], env())).exit()).to.equal(0);
        expect(readdirSync(folder)).to.not.include('has-run');
      });
    }

    it('where it is started', async () => {
      plant(folder);
      const bin = join(ROOT, 'bin/run.js');
      const env = { NODE_ENV: 'development', OCLIF_NEXT_VERSION: '9', CHATTY_DEBUG: '1' };
      for (const args of [['--help'], ['client:settings']])
        expect(await track(Program.start(process.execPath, [bin, ...args], env, folder)).exit()).to.equal(0);
      expect(readdirSync(folder)).to.not.include('has-run');
    });
  });

  it('runs as a user that the system does not know, without SHELL and HOME', async function () {
    if (process.getuid?.() !== 0) {
      process.stderr.write('SKIPPED: only root can run a program as somebody else\n');
      this.skip();
    }
    const command = `cd / && exec setpriv --reuid 65532 --regid 65532 --clear-groups env -u SHELL -u HOME -u XDG_CONFIG_HOME`;
    const nobody = (args: string) =>
      track(
        Program.start('sh', ['-c', `${command} ${process.execPath} ${join(ROOT, 'bin/run.js')} ${args}`]),
      );
    const server = nobody('server:start --port 0 --history memory');
    await server.says('chatty listens on');
    expect(await server.signal('SIGTERM').exit()).to.equal(0);
    for (const args of ['--help', 'client:settings']) {
      const program = nobody(args);
      expect(await program.exit(), program.stderr).to.equal(0);
    }
  });
});
