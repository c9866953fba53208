import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { needsBroker } from '../support/brokers.js';
import { Program, ROOT } from '../support/cli.js';
import { until } from '../support/until.js';
import { notice, WireClient } from '../support/wire-client.js';

const PATIENCE_MS = 60_000;

describe('just cluster', function () {
  this.timeout(4 * PATIENCE_MS);
  needsBroker();

  let cluster: Program;
  const clients: WireClient[] = [];

  /** Starts it on a port of the system's choice, and resolves when people can join. */
  async function start(...flags: string[]): Promise<number> {
    cluster = Program.start(process.execPath, [
      join(ROOT, 'dist/scripts/local-cluster.js'),
      '--port',
      '0',
      ...flags,
    ]);
    await until(() => /Ctrl-C ends all/.test(cluster.stdout) || cluster.child.exitCode !== null, PATIENCE_MS);
    return Number(/--port (\d+)/.exec(cluster.stdout)?.[1] ?? expect.fail(cluster.stdout + cluster.stderr));
  }

  async function comeIn(port: number, name: string): Promise<WireClient> {
    const client = await WireClient.joined(port, name);
    clients.push(client);
    return client;
  }

  /** At which node somebody came in, as it says. */
  async function nodeOf(name: string): Promise<string> {
    const pattern = new RegExp(`(node \\d): ${name} has come in`);
    await until(() => pattern.test(cluster.stdout));
    return pattern.exec(cluster.stdout)?.[1] ?? '';
  }

  const pidOf = (part: string) =>
    Number(new RegExp(`^${part} +process (\\d+)`, 'm').exec(cluster.stdout)?.[1]);

  afterEach(async () => {
    for (const { duplex } of clients.splice(0)) duplex.destroy();
    // Killed, it would leave its folder.
    cluster.signal('SIGTERM');
    await cluster.exit();
    await cluster.kill();
  });

  it('makes one room of three servers behind one port, and leaves nothing behind', async () => {
    const port = await start();
    const folder = /log (\S+)\/broker\.log/.exec(cluster.stdout)?.[1] ?? '';
    expect(existsSync(folder)).to.equal(true);
    // That all are at one node by chance is as likely as 3 to the power of 15.
    const names = Array.from({ length: 16 }, (_, n) => `guest${n}`);
    const guests = await Promise.all(names.map(name => comeIn(port, name)));
    const nodes = new Set(await Promise.all(names.map(nodeOf)));
    expect(nodes.size).to.be.above(1);
    const [first, ...others] = guests;
    first?.send('guest0', 'Hello');
    for (const other of others) await other.next(line => line.includes('"content":"Hello"'));

    const parts = ['broker', 'node 1', 'node 2', 'node 3'].map(pidOf);
    cluster.signal('SIGINT');
    expect(await cluster.exit()).to.equal(0);
    for (const pid of parts) expect(() => process.kill(pid, 0)).to.throw('ESRCH');
    expect(existsSync(folder)).to.equal(false);
    for (const guest of guests) expect(guest.lines.some(notice('')), guest.lines.join('\n')).to.equal(true);
  });

  it('starts again what was killed, and says so', async () => {
    const port = await start('--nodes', '2');
    process.kill(pidOf('node 2'), 'SIGKILL');
    await until(() => cluster.stdout.includes('node 2 has ended (SIGKILL)'));
    await comeIn(port, 'carl');
    expect(await nodeOf('carl')).to.equal('node 1');
    await until(() => cluster.stdout.includes('node 2 is there again'));
    process.kill(pidOf('node 1'), 'SIGKILL');
    await until(() => cluster.stdout.includes('node 1 has ended (SIGKILL)'));
    // So that the broker is not there yet when the node is to be.
    await new Promise(resolve => setTimeout(resolve, 2000));
    process.kill(pidOf('broker'), 'SIGKILL');
    await until(() => /node 1 has ended \(code 4\): No broker answers/.test(cluster.stdout));
    await until(() => cluster.stdout.includes('node 1 is there again'));
  });

  it('ends when it is asked to before it has begun, and leaves nothing behind', async () => {
    cluster = Program.start(process.execPath, [join(ROOT, 'dist/scripts/local-cluster.js'), '--port', '0']);
    await until(() => cluster.stdout.includes('node 1 '), PATIENCE_MS);
    const folder = /log (\S+)\/broker\.log/.exec(cluster.stdout)?.[1] ?? '';
    cluster.signal('SIGINT');
    expect(await cluster.exit()).to.equal(0);
    expect(cluster.stderr).to.equal('');
    expect(existsSync(folder)).to.equal(false);
  });

  it('says what it takes', async () => {
    cluster = Program.start(process.execPath, [
      join(ROOT, 'dist/scripts/local-cluster.js'),
      '--nodes',
      'many',
    ]);
    expect(await cluster.exit()).to.equal(2);
    expect(cluster.stderr).to.include('--nodes has 1 to 20').and.to.include('usage: just cluster');
  });
});
