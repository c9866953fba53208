import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { COMMANDS, Program } from '../support/cli.js';
import { WireClient } from '../support/wire-client.js';

describe('the first contact', () => {
  const running: Program[] = [];
  const run = (args: string[], env: Record<string, string> = {}) => {
    const program = Program.chatty(args, env);
    running.push(program);
    return program;
  };
  async function start(): Promise<number> {
    const [server, port] = await Program.server(['--log-level', 'silent']);
    running.push(server);
    return port;
  }
  afterEach(async () => {
    await Promise.all(running.splice(0).map(program => program.kill()));
  });

  it('shows the two things that a newcomer wants when nothing is asked for', async () => {
    const program = run([]);
    expect(await program.exit()).to.equal(0);
    expect(program.stdout).to.equal(`Chat in the terminal: one room per server.

  chatty server:start        start a server here
  chatty client:join NAME    join the one here; --host HOST joins another

chatty --help shows everything that there is.
`);
  });

  it('says its version in no time: it loads next to nothing for it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chatty-loaded-'));
    try {
      const program = run(['--version'], { NODE_V8_COVERAGE: folder });
      expect(await program.exit()).to.equal(0);
      expect(program.stdout).to.match(/^chatty\/\d+\.\d+\.\d+ \S+ node-v\d+\.\d+\.\d+\n$/);
      const loaded = filesLoaded(folder);
      expect(loaded.map(file => basename(file))).to.include('main.js');
      const bytes = loaded.reduce((sum, file) => sum + statSync(file).size, 0);
      expect(bytes).to.be.below(32 * 1024); // of 3 MB
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const wrong: [args: string[], says: string][] = [
    [['jion'], 'There is no command jion. chatty --help shows everything that there is.'],
    [
      ['client:jion'],
      'There is no command client:jion. Did you mean chatty client:join? chatty --help shows everything that there is.',
    ],
    [
      ['client', 'jion'],
      'There is no command client:jion. Did you mean chatty client:join? chatty --help shows everything that there is.',
    ],
    [
      ['join', 'carl'],
      'There is no command join. Did you mean chatty client:join? chatty --help shows everything that there is.',
    ],
    [
      ['start'],
      'There is no command start. Did you mean chatty server:start? chatty --help shows everything that there is.',
    ],
    [['\u001b[2Jx'], 'There is no command <U+001B>[2Jx. chatty --help shows everything that there is.'],
    [
      ['client:join', '--hots', 'here'],
      'Nonexistent flag: --hots. Did you mean --host? See chatty client:join --help',
    ],
    [['client:join', '--frobnicate'], 'Nonexistent flag: --frobnicate. See chatty client:join --help'],
    [['client:join', 'carl', 'david'], 'Unexpected argument: david. See chatty client:join --help'],
    [['client', 'join', '--port'], 'Flag --port expects a value. See chatty client:join --help'],
    [['server:start', 'here'], 'Unexpected argument: here. See chatty server:start --help'],
    [['completion'], 'SHELL (bash, zsh, fish) is missing. See chatty completion --help'],
  ];
  for (const [args, says] of wrong) {
    it(`says in one line what is wrong with ${JSON.stringify(args.join(' '))}, and exits with 2`, async () => {
      const program = run(args);
      expect(await program.exit()).to.equal(2);
      expect(program.stderr).to.equal(`${says}\n`);
      expect(program.stdout).to.equal('');
    });
  }

  it('lists every command in one row, and how to begin, however help is asked for', async () => {
    for (const args of [['--help'], ['-h'], ['help']]) {
      const program = run(args);
      expect(await program.exit()).to.equal(0);
      const rows = program.stdout.split('\n');
      const at = rows.indexOf('COMMANDS');
      const listed = rows
        .slice(at + 1, at + 1 + COMMANDS.length)
        .map(row => /^ {2}(\S+) {2,}\S/.exec(row)?.[1]);
      expect(listed).to.deep.equal(COMMANDS);
      expect(rows[at + 1 + COMMANDS.length]).to.equal('');
      expect(program.stdout).to.match(/^ {2}chatty server:start .*\n {2}chatty client:join NAME /m);
    }
  });

  for (const command of ['client:join', 'client:send', 'client:settings', 'server:start', 'completion']) {
    it(`has help with examples for ${command}`, async () => {
      const program = run([command, '--help']);
      expect(await program.exit()).to.equal(0);
      expect(program.stdout).to.include('EXAMPLES').and.include(`chatty ${command}`);
    });
  }

  it('shows no old flag in the help', async () => {
    const program = run(['client:join', '--help']);
    expect(await program.exit()).to.equal(0);
    expect(program.stdout)
      .to.include('--show-history')
      .and.not.match(/ --history|JOIN_HISTORY/);
  });

  it('tells somebody who came to a server that never answers', async () => {
    const silent = createServer(socket => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const carl = run(['client:join', 'carl', '--host', '127.0.0.1', '--port', String(port)]);
    expect(await carl.exit()).to.equal(8);
    expect(carl.stderr).to.match(/accepts the connection but does not answer/);
    silent.close();
  });

  describe('--json', () => {
    it('writes one object for each thing that happens, and nothing earlier', async () => {
      const port = await start();
      const david = await WireClient.joined(port, 'david');
      david.send('david', 'before');
      const bot = run(['client:join', 'bot', '--json', '--port', String(port)]);
      await bot.says('Welcome');
      david.send('david', 'hello \u200e bot');
      await bot.says('hello');
      expect(await bot.endInput('send hi\nleave\n').exit()).to.equal(0);
      const events = bot.stdout
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line));
      expect(events.length).to.be.at.least(2);
      expect(bot.stdout).to.not.include('before');
      expect(bot.stderr).to.equal('');
    });

    it('can be asked for by the environment', async () => {
      const port = await start();
      const bot = run(['client:join', 'bot', '--port', String(port)], { CHATTY_JSON: 'true' });
      expect(await bot.endInput('leave\n').exit()).to.equal(0);
      for (const line of bot.stdout.trimEnd().split('\n')) expect(() => JSON.parse(line)).to.not.throw();
    });
  });

  for (const [flag, words] of [
    ['color', 'auto, always, never'],
    ['bell', 'off, mentions, all'],
    ['notify', 'off, osc9, osc777'],
  ] as const) {
    it(`says what --${flag} can be, from flag and environment`, async () => {
      const variable = `CHATTY_${flag.toUpperCase()}`;
      const says = `--${flag} (or ${variable}) is one of ${words}.\n`;
      for (const program of [
        run(['client:join', 'carl', `--${flag}`, 'x']),
        run(['client:join', 'carl'], { [variable]: 'x' }),
      ]) {
        expect(await program.exit()).to.equal(2);
        expect(program.stderr).to.equal(says);
      }
    });
  }
});

/** The files that a program has run, out of what V8 has noted of it. */
function filesLoaded(folder: string): string[] {
  return readdirSync(folder).flatMap(name => {
    const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { result: { url: string }[] };
    return result.flatMap(({ url }) => (url.startsWith('file:') ? [fileURLToPath(url)] : []));
  });
}
