import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Checkout, UNCOVERED } from '../support/checkout.js';
import { Program } from '../support/cli.js';
import { until } from '../support/until.js';
import { notice, WireClient } from '../support/wire-client.js';

/** The `just` that is installed, or the one of npm; both are the same program. */
const JUST =
  spawnSync('just', ['--version']).status === 0
    ? ['just']
    : ['npx', '--yes', '-p', 'rust-just@1.57.0', 'just'];

describe('the justfile', function () {
  this.timeout(120_000);
  let checkout: Checkout;
  before(() => {
    checkout = new Checkout();
  });
  after(() => checkout.remove());

  function just(args: string[], env: Record<string, string> = {}): Program {
    const [command = '', ...rest] = JUST;
    return Program.start(command, [...rest, ...args], { ...UNCOVERED, ...env }, checkout.root);
  }

  async function done(...args: string[]): Promise<string> {
    const program = just(args).endInput();
    const code = await program.exit();
    expect(code, `just ${args.join(' ')}:\n${program.stdout}\n${program.stderr}`).to.equal(0);
    return program.stdout + program.stderr;
  }

  it('lists what can be done, each with a word about it', async () => {
    const list = await done('--list');
    const recipes = [
      ...['build', 'build-with-tests', 'clean', 'test', 'test-unit', 'test-integration', 'lint', 'check'],
      ...['run-chatty-tcp-server', 'run-chatty-tcp-client-carl-join', 'run-chatty-tcp-client-david-join'],
      ...['run-chatty-tcp-client-lucio-join', 'run-chatty-tcp-client-join-no-username', 'join'],
    ];
    for (const recipe of recipes) expect(list).to.match(new RegExp(`^ +${recipe} .*# \\w`, 'm'));
  });

  it('builds, checks, lints, tests and cleans', async () => {
    await done('build');
    expect(existsSync(join(checkout.root, 'bundle/main.js'))).to.equal(true);
    await done('check');
    await done('lint');
    // All of them run already, in this very run: a few of each kind show that the recipe finds them.
    checkout.keepTests('^(ChatRoom|the import rule|EventStore: MemoryEventStore)');
    const tests = await done('test-unit');
    for (const kind of ['ChatRoom', 'the import rule', 'EventStore: MemoryEventStore'])
      expect(tests).to.match(new RegExp(`^ +${kind}$`, 'm'));
    expect(tests).to.match(/\d+ passing/);
    await done('clean');
    for (const made of ['dist', 'bundle']) expect(existsSync(join(checkout.root, made))).to.equal(false);
  });

  // These hold this very test, so they are looked at, not run: run, they would never end.
  for (const recipe of ['test', 'test-integration', 'build-with-tests']) {
    it(`has ${recipe} run the npm script of its kind`, async () => {
      expect(await done('--dry-run', recipe)).to.match(/^npm (test|run --silent test:integration)$/m);
    });
  }

  it('runs a server and lets people join it', async () => {
    const server = just(['run-chatty-tcp-server', '--port', '0']);
    await until(() => /port \d+/.test(server.stdout), 60_000);
    const port = /port (\d+)/.exec(server.stdout)?.[1] ?? '';
    const watcher = await WireClient.joined(Number(port), 'watcher');
    const joins: [recipe: string[], name: string, input: string][] = [
      [['run-chatty-tcp-client-carl-join'], 'carl', ''],
      [['run-chatty-tcp-client-david-join'], 'david', ''],
      [['run-chatty-tcp-client-lucio-join'], 'lucio', ''],
      [['run-chatty-tcp-client-join-no-username'], 'anna', 'anna\n'],
      [['join', "O'Neil"], "O'Neil", ''],
    ];
    for (const [recipe, name, input] of joins) {
      const client = just(recipe, { TCP_SERVER_PORT: port }).endInput(`${input}send I am ${name}\nleave\n`);
      await watcher.next(line => line.includes(`I am ${name}`));
      expect(await client.exit()).to.equal(0);
    }
    server.signalAll('SIGTERM');
    await watcher.next(notice('stopping'));
    await watcher.closed;
    await server.exit();
  });
});
