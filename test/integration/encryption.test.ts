import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { Program } from '../support/cli.js';
import { until } from '../support/until.js';
import { said, WireClient } from '../support/wire-client.js';

const run = promisify(execFile);

/** OpenSSL, where it is installed; CI has it. */
const HAS_OPENSSL = spawnSync('openssl', ['version']).status === 0;

describe('encryption', () => {
  let programs: Program[];
  let folder: string;
  beforeEach(() => {
    programs = [];
    folder = mkdtempSync(join(tmpdir(), 'chatty-tls-'));
  });
  afterEach(async () => {
    await Promise.all(programs.map(program => program.kill()));
    rmSync(folder, { recursive: true, force: true });
  });

  /** A server that people elsewhere could reach, its port, and the end of what it hands out: `#` and the pin. */
  async function start(args: string[] = [], data = 'data'): Promise<[Program, port: number, pin: string]> {
    const all = ['--data-dir', join(folder, data), '--public-address', 'chat.example.org', ...args];
    const [server, port] = await Program.server(all);
    programs.push(server);
    await server.says('From elsewhere:');
    const [, named, pin] = /--to chat\.example\.org:(\d+)(#[\w-]{43})$/m.exec(server.stdout) ?? [];
    expect(Number(named)).to.equal(port);
    return [server, port, pin ?? expect.fail('no pin')];
  }

  function client(command: string, ...args: string[]): Program {
    const program = Program.chatty([command, ...args]);
    programs.push(program);
    return program;
  }

  it('lets people join with the line that the server prints, into the room of those who speak in plain text', async () => {
    const [, port, pin] = await start();
    const david = await WireClient.joined(port, 'david');
    const carl = client('client:join', 'carl', '--to', `localhost:${port}${pin}`);
    await carl.says('Warm Welcome');
    await david.next(line => line === said('carl', 'Joined'));
    carl.type('send in secret\n');
    await david.next(line => line === said('carl', 'in secret'));
    david.send('david', 'heard');
    await carl.says('david: heard');
    carl.endInput();
    expect(await carl.exit()).to.equal(0);
    await david.end();
  });

  it('says in its log who could not be spoken to, and why', async () => {
    const [server, port] = await start();
    const old = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion: 'TLSv1.2' });
    old.on('error', () => {});
    await new Promise(resolve => old.once('close', resolve));
    const known =
      /"reason":"LEFT","durationMs":\d+,"code":"ERR_SSL_UNSUPPORTED_PROTOCOL","msg":"connection ended"/;
    await until(() => known.test(server.stderr));
  });

  it('does not join a server with another key', async () => {
    const [server, port] = await start();
    const other = client(
      'client:send',
      '--username',
      'bot',
      '--to',
      `localhost:${port}#${'A'.repeat(43)}`,
      'hi',
    );
    expect(await other.exit()).to.equal(12);
    expect(other.stderr).to.match(
      /another key .* nothing was said to it.*--to 'localhost:\d+#[\w-]{43}'\.\n$/s,
    );
    expect(server.stderr).to.not.include('"bot"');
  });

  it('is the same server after a restart, and clients are back by themselves', async () => {
    const [server, port, pin] = await start();
    const carl = client('client:join', 'carl', '--listen', '--to', `localhost:${port}${pin}`);
    await carl.says('Warm Welcome');
    await server.kill();
    await carl.says('Trying again');
    const [, , again] = await start(['--port', String(port)]);
    expect(again).to.equal(pin);
    await carl.says('You are back');
  });

  it('reads its certificate again at SIGHUP, and goes on', async () => {
    const [server, port, pin] = await start();
    const carl = client('client:join', 'carl', '--listen', '--to', `localhost:${port}${pin}`);
    await carl.says('Warm Welcome');
    const other = await start([], 'other');
    for (const name of ['server-key.pem', 'server-cert.pem'])
      writeFileSync(join(folder, 'data', name), readFileSync(join(folder, 'other', name)));
    server.signal('SIGHUP');
    await until(() => server.stderr.includes('read again'));
    const bot = client('client:send', '--username', 'bot', '--to', `localhost:${port}${other[2]}`, 'new key');
    expect(await bot.exit()).to.equal(0);
    await carl.says('bot: new key');
  });

  it('does not start with a key that it cannot use, and says what to do', async () => {
    const [server] = await start();
    await server.kill();
    const key = join(folder, 'data', 'server-key.pem');
    writeFileSync(key, 'nonsense');
    const failed = client('server:start', '--port', '0', '--data-dir', join(folder, 'data'));
    expect(await failed.exit()).to.equal(5);
    expect(failed.stderr).to.include(`${key} holds no key that can be used`);
    const half = client('server:start', '--port', '0', '--tls-key', key);
    expect(await half.exit()).to.equal(2);
    expect(half.stderr).to.include('--tls-cert and --tls-key are given together');
  });

  it('is what openssl takes for TLS 1.3, and nothing older', async function () {
    if (!HAS_OPENSSL) {
      if (process.env.CI !== undefined) throw new Error('openssl is missing');
      process.stderr.write('SKIPPED: the tests against another TLS need `openssl`\n');
      this.skip();
    }
    const [, port] = await start();
    const connect = (version: string) =>
      run('sh', ['-c', `openssl s_client -connect 127.0.0.1:${port} ${version} </dev/null 2>&1 || true`]);
    expect((await connect('-tls1_3')).stdout).to.include('New, TLSv1.3');
    expect((await connect('-tls1_2')).stdout).to.match(/alert protocol version/);
  });
});
