import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { SERVER_SETTINGS } from '../../src/adapters/config/server-settings.js';
import { Program } from '../support/cli.js';

describe('server:config', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-config-'));
    file = join(folder, 'chatty.yaml');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function run(args: string[], env: Record<string, string> = {}) {
    const program = Program.chatty(['server:config', ...args], env);
    const code = await program.exit();
    return { code, stdout: program.stdout, stderr: program.stderr };
  }

  it('shows every setting, and whether it is from the command line, the environment, the file, or nowhere', async () => {
    writeFileSync(file, 'port: 9000\nkeep-days: 30\nmessage-burst: 70\n');
    const env = { CHATTY_KEEP_DAYS: '7', CHATTY_MESSAGE_BURST: '80', CHATTY_CONFIG: file };
    const { code, stdout, stderr } = await run(['--message-burst', '90'], env);
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.match(new RegExp(`^port: 9000 +# ${file}:1:7 \\(restart\\)$`, 'm'));
    expect(stdout).to.match(/^keep-days: 7 +# CHATTY_KEEP_DAYS$/m);
    expect(stdout).to.match(/^message-burst: 90 +# --message-burst$/m);
    expect(stdout).to.match(/^history: sqlite +# default \(restart\)$/m);
    expect(stdout).to.match(/^# tls-cert: +# default \(new connections\)$/m);
    expect(stdout.trimEnd().split('\n')).to.have.length(Object.keys(SERVER_SETTINGS).length - 1);
    writeFileSync(file, stdout);
    expect(await run(['--config', file, '--check'])).to.deep.equal({ code: 0, stdout: '', stderr: '' });
  });

  it('shows no password, wherever it is from', async () => {
    writeFileSync(file, 'history: nats://carl:secret@one,two\n');
    for (const [args, env] of [
      [['--history', 'nats://carl:secret@one,two'], {}],
      [[], { CHATTY_HISTORY: 'nats://carl:secret@one,two' }],
      [['--config', file], {}],
    ] as const) {
      const { code, stdout, stderr } = await run([...args], env);
      expect([code, stderr]).to.deep.equal([0, '']);
      expect(stdout).to.match(/^history: "?nats:\/\/carl:\*\*\*@one,nats:\/\/two"? +# /m);
      expect(stdout).to.not.include('secret');
    }
    const { code, stderr } = await run(['--history', 'nats://carl:secret@one/room']);
    expect(code).to.equal(2);
    expect(stderr)
      .to.match(/^--history names brokers as /)
      .and.not.include('secret');
  });

  it('takes every word for on and off from the environment, and complains of others', async () => {
    const words = {
      on: true,
      Yes: true,
      TRUE: true,
      '1': true,
      off: false,
      no: false,
      FALSE: false,
      '0': false,
    };
    for (const [word, isOn] of Object.entries(words)) {
      const { stdout } = await run([], { CHATTY_NO_TRUST_LOOPBACK: word });
      expect(stdout, word).to.match(new RegExp(`^no-trust-loopback: ${isOn} +# CHATTY`, 'm'));
    }
    const { code, stderr } = await run(['--check'], { CHATTY_NO_TRUST_LOOPBACK: 'enabled' });
    expect([code, stderr]).to.deep.equal([
      2,
      '--no-trust-loopback (or CHATTY_NO_TRUST_LOOPBACK) is on or off: true or false.\n',
    ]);
  });

  it('says all that is wrong with the file at once', async () => {
    writeFileSync(file, 'mesage-rate: 1\nport: many\n');
    const { code, stdout, stderr } = await run(['--config', file, '--check']);
    expect([code, stdout]).to.deep.equal([2, '']);
    expect(stderr.split('\n')).to.deep.equal([
      `${file}:1:1: There is no setting mesage-rate. Did you mean message-rate?`,
      `${file}:2:7: --port (or TCP_SERVER_PORT) is a whole number from 0 to 65535.`,
      '',
    ]);
  });

  it('is what a server starts with', async () => {
    writeFileSync(file, `port: 0\nhost: 127.0.0.1\ndata-dir: ${join(folder, 'data')}\ntopic: tea\n`);
    const wrong = Program.chatty(['server:start', '--config', file]);
    expect(await wrong.exit()).to.equal(2);
    expect(wrong.stderr).to.include(`${file}:4:1: There is no setting topic`);
    writeFileSync(file, `port: 0\nhost: 127.0.0.1\ndata-dir: ${join(folder, 'data')}\n`);
    const server = Program.chatty(['server:start', '--config', file]);
    await server.says('chatty listens on 127.0.0.1 port');
    server.signal('SIGTERM');
    expect(await server.exit()).to.equal(0);
  });
});
