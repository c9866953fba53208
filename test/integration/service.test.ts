import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Program, ROOT } from '../support/cli.js';
import { until } from '../support/until.js';
import { said, WireClient } from '../support/wire-client.js';

describe('a service of systemd', () => {
  let folder: string;
  const children: ChildProcess[] = [];
  const programs: Program[] = [];

  before(function () {
    const has = spawnSync('systemd-socket-activate', ['--version']).status === 0;
    if (has) return;
    if (process.env.CI !== undefined) throw new Error('CI has to have systemd');
    process.stderr.write('SKIPPED: the tests of a service need `systemd-socket-activate`\n');
    this.skip();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-service-'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    for (const program of programs.splice(0)) await program.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  async function freePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    server.close();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  }

  /** Listens as systemd does, and starts the server for the first connection. */
  function activate(port: number, more: readonly string[] = [], flags: readonly string[] = []): ChildProcess {
    const args = ['-l', `127.0.0.1:${port}`, ...more, process.execPath, join(ROOT, 'bin/run.js')];
    const options = ['server:start', '--data-dir', join(folder, 'data'), ...flags];
    const child = spawn('systemd-socket-activate', [...args, ...options], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    return child;
  }

  it('is started by the first who comes, who waits meanwhile, and listens where it was told', async () => {
    const port = await freePort();
    const child = activate(port);
    let out = '';
    child.stdout?.on('data', chunk => {
      out += String(chunk);
    });
    await until(async () => {
      const socket = connect({ port, host: '127.0.0.1' });
      const isOpen = await new Promise(resolve => {
        socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      });
      socket.destroy();
      return isOpen === true;
    });
    const carl = await WireClient.connect(port);
    carl.join('carl');
    await carl.next(line => line.startsWith('{"Joined"'));
    expect(out).to.include(`chatty listens on 127.0.0.1 port ${port}`);
    const david = await WireClient.joined(port, 'david');
    david.send('david', 'hi');
    await carl.next(line => line === said('david', 'hi'));
    child.kill('SIGTERM');
    await carl.next(line => line.includes('The server is stopping'));
    expect(await once(child, 'exit')).to.deep.equal([0, null]);
  });

  it('speaks at each socket what its name says, whatever its place', async () => {
    const ports = [await freePort(), await freePort(), await freePort()];
    const [web = 0, wire = 0, ssh = 0] = ports;
    const more = ['-l', `127.0.0.1:${wire}`, '-l', `127.0.0.1:${ssh}`];
    const names = '--fdname=chatty-web:chatty.socket:chatty-ssh.socket';
    const child = activate(web, [...more, names], ['--web', '1', '--ssh', '1']);
    let out = '';
    child.stdout?.on('data', chunk => {
      out += String(chunk);
    });
    const first = async (port: number, says: string) => {
      const socket = connect({ port, host: '127.0.0.1' }).on('error', () => {});
      socket.write(says);
      const chunk = await new Promise(resolve => {
        socket.once('data', resolve).once('close', resolve);
      });
      socket.destroy();
      return String(chunk).slice(0, 12);
    };
    await until(
      async () => (await first(web, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')) === 'HTTP/1.1 200',
      5000,
    );
    expect(await first(ssh, 'SSH-2.0-guest\r\n')).to.equal('SSH-2.0-chat');
    expect(await first(wire, '{"Join":"carl"}\n')).to.equal('{"Joined":{"');
    await until(() => out.includes(`port ${ssh} (ssh)`));
    expect(out)
      .to.include(`chatty listens on 127.0.0.1 port ${wire}\n`)
      .and.include(`http://localhost:${web}/`);
  });

  it('says when clients can connect, and that it stops', async () => {
    // In place of the real one, which has nobody to tell here.
    const told = join(folder, 'told');
    const notify = join(folder, 'systemd-notify');
    writeFileSync(notify, `#!/bin/sh\necho "$@" >>${told}\n`, { mode: 0o755 });
    const env = { NOTIFY_SOCKET: '/run/systemd/notify', PATH: `${folder}:${process.env.PATH}` };
    const [server] = await Program.server([], env);
    programs.push(server);
    const lines = () => (existsSync(told) ? readFileSync(told, 'utf8').trimEnd().split('\n') : []);
    await until(() => lines().length === 1);
    server.signal('SIGTERM');
    expect(await server.exit()).to.equal(0);
    await until(() => lines().length === 2);
    expect(lines()).to.deep.equal([
      `--no-block READY=1 MAINPID=${server.child.pid}`,
      '--no-block STOPPING=1',
    ]);
  });
});
