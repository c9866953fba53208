import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Program } from '../support/cli.js';

describe('settings', () => {
  const running: Program[] = [];
  let home: string;
  let file: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'chatty-config-'));
    file = join(home, 'chatty', 'settings.json');
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map(program => program.kill()));
    rmSync(home, { recursive: true, force: true });
  });

  const run = (args: string[], env: Record<string, string> = {}) => {
    const program = Program.chatty(args, { XDG_CONFIG_HOME: home, ...env });
    running.push(program);
    return program;
  };
  const settings = async (...args: string[]) => {
    const program = run(['client:settings', ...args]);
    return { exit: await program.exit(), stdout: program.stdout, stderr: program.stderr };
  };
  const write = (text: string) => {
    mkdirSync(join(home, 'chatty'), { recursive: true });
    writeFileSync(file, text);
  };

  it('are shown, remembered and forgotten', async () => {
    expect(await settings()).to.deep.include({
      exit: 0,
      stdout: `Nothing is remembered; it would be in ${file}\n`,
    });
    expect(existsSync(file)).to.equal(false);
    expect(await settings('username', 'carl')).to.deep.equal({ exit: 0, stdout: '', stderr: '' });
    await settings('port', '9000');
    expect(JSON.parse(readFileSync(file, 'utf8'))).to.deep.equal({ username: 'carl', port: 9000 });
    expect(await settings('username')).to.include({ stdout: 'carl\n' });
    expect(await settings()).to.include({ stdout: `port: 9000\nusername: carl\nIn ${file}\n` });
    expect(await settings('username', '--unset')).to.include({ exit: 0 });
    expect(await settings('username')).to.include({ exit: 0, stdout: '' });
  });

  const wrong: [args: string[], says: RegExp][] = [
    [['port', 'abc'], /^--port \(or TCP_SERVER_PORT\) is a whole number from 0 to 65535\.\n$/],
    [['bell', 'loud'], /^--bell \(or CHATTY_BELL\) is one of off, mentions, all\.\n$/],
    [['color', 'blue'], /^--color \(or CHATTY_COLOR\) is one of auto, always, never\.\n$/],
    [['username', ''], /^A username is not empty\.\n$/],
    [
      ['history', '5'],
      /^Expected history to be one of: to, host, port, username, key, bell, color, .*\. See chatty client:settings --help\n$/,
    ],
    [['--unset'], /^Which one\?/],
    [['bell', 'all', '--unset'], /^Either a value or --unset/],
  ];
  for (const [args, says] of wrong) {
    it(`say what is wrong with ${args.join(' ')}, and exit with 2`, async () => {
      const { exit, stderr } = await settings(...args);
      expect([exit, stderr]).to.satisfy(([code, text]: [number, string]) => code === 2 && says.test(text));
      expect(existsSync(file)).to.equal(false);
    });
  }

  it('are what a client goes by, after flags and environment', async () => {
    const [server, port] = await Program.server(['--log-level', 'silent']);
    running.push(server);
    write(JSON.stringify({ host: '127.0.0.1', port, username: 'carl' }));
    const remembered = run(['client:join']).endInput('leave\n');
    expect(await remembered.exit()).to.equal(0);
    expect(remembered.stdout).to.include('Warm Welcome, carl');
    const environment = run(['client:join'], { CHATTY_USERNAME: 'david' }).endInput('leave\n');
    expect(await environment.exit()).to.equal(0);
    expect(environment.stdout).to.include('Warm Welcome, david');
    const flag = run(['client:join', '--port', '1'], { CHATTY_USERNAME: 'david' }).endInput();
    expect(await flag.exit()).to.equal(3);
    expect(await run(['client:send', 'hi']).exit()).to.equal(0);
  });

  it('are named when no server is where they say', async () => {
    write(JSON.stringify({ port: 1 }));
    const carl = run(['client:join', 'carl']).endInput();
    expect(await carl.exit()).to.equal(3);
    expect(carl.stderr).to.equal(
      `No server answers on port 1 of localhost. Start one with chatty server:start, or name another with --host and --port. The address is remembered in ${file}: see chatty client:settings.\n`,
    );
  });

  const broken: [title: string, text: string, says: RegExp][] = [
    [
      'is not JSON',
      '{"port": ',
      /^The settings in .*settings\.json are not a JSON object, and are ignored\..*\n$/,
    ],
    ['holds a list', '[1]', /^The settings in .*settings\.json are not a JSON object/],
    [
      'holds a wrong value',
      '{"bell": "loud", "username": "carl"}',
      /^The setting bell in .*settings\.json is ignored\. --bell \(or CHATTY_BELL\) is one of off, mentions, all\.\n$/,
    ],
  ];
  for (const [title, text, says] of broken) {
    it(`are named in one line when the file ${title}, and the client goes on`, async () => {
      const [server, port] = await Program.server(['--log-level', 'silent']);
      running.push(server);
      write(text);
      const carl = run(['client:join', 'carl', '--port', String(port)]).endInput('leave\n');
      expect(await carl.exit()).to.equal(0);
      expect(carl.stderr).to.match(says);
      expect(carl.stderr.trimEnd().split('\n')).to.have.length(1);
      expect(readFileSync(file, 'utf8')).to.equal(text);
    });
  }

  it('are not the business of a server', async () => {
    write(JSON.stringify({ host: 'chat.example.org', port: 1 }));
    const server = run(['server:start', '--port', '0']);
    await server.says('chatty listens on 127.0.0.1');
    expect(server.stderr).to.not.include('settings');
  });

  it('that cannot be written end the command with 1', async () => {
    writeFileSync(join(home, 'chatty'), 'a file is in the way');
    const { exit, stderr } = await settings('bell', 'all');
    expect(exit).to.equal(1);
    expect(stderr).to.match(/^The settings in .* cannot be written: nothing is remembered\.\n$/);
  });
});
