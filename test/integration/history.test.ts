import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Program, ROOT } from '../support/cli.js';

describe('the history of a server', () => {
  const running: Program[] = [];
  let root: string;
  let data: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'chatty-owned-'));
    data = join(root, 'data');
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map(program => program.kill()));
    rmSync(root, { recursive: true, force: true });
  });

  const run = async (...args: string[]) => {
    const program = Program.chatty(args, { CHATTY_DATA_DIR: data });
    running.push(program);
    const exit = await program.exit();
    return { exit, stdout: program.stdout, stderr: program.stderr };
  };
  const start = async () => {
    const [server, port] = await Program.server(['--data-dir', data]);
    running.push(server);
    return [server, String(port)] as const;
  };
  const say = (port: string, text: string) => run('client:send', '--username', 'carl', '--port', port, text);

  it('is backed up while the server runs, and restored when it does not', async () => {
    const [server, port] = await start();
    await say(port, 'one');
    const file = join(root, 'backup.db');
    const backup = await run('server:backup', file);
    expect(backup).to.include({ exit: 0, stderr: '' });
    expect(backup.stdout).to.match(
      /backup\.db holds 1 message, the last event at \d{4}-\d\d-\d\d \d\d:\d\d\.\n$/,
    );
    await say(port, 'two');

    const refused = await run('server:restore', file);
    expect(refused).to.include({ exit: 4, stdout: '' });
    expect(refused.stderr).to.match(
      / is in use: a chatty server runs with this history\. Stop it first\.\n$/,
    );

    // As after a crash: the last message is in room.db-wal alone.
    await server.kill();
    const restored = await run('server:restore', file);
    expect(restored).to.include({ exit: 0, stderr: '' });
    expect(restored.stdout).to.match(
      /^The history is now that of .*: 1 message, .*\nThe one before is kept in .*\n$/,
    );

    const [, again] = await start();
    await say(again, 'three');
    const text = await run('server:export', '--format', 'text');
    expect(text.stdout.match(/carl: \w+/g)).to.deep.equal(['carl: one', 'carl: three']);
    expect(readdirSync(data).filter(name => name.includes('replaced'))).to.have.length(1);
  });

  it('is not taken for that of a room that the server shares with others', async () => {
    const copy = join(data, 'rooms/main/an-id');
    mkdirSync(copy, { recursive: true });
    const [server, port] = await start();
    await say(port, 'one');
    expect(await server.signal('SIGTERM').exit()).to.equal(0);
    renameSync(join(data, 'room.db'), join(copy, 'room.db'));
    const file = join(root, 'backup.db');
    for (const args of [['server:export'], ['server:backup', file], ['server:restore', file]]) {
      const refused = await run(...args);
      expect(refused).to.include({ exit: 4, stdout: '' });
      expect(refused.stderr).to.include(`shares a room with others. Its copy of that room is in ${copy}:`);
    }
    for (const folder of [data, copy]) {
      const names = await run('server:names', '--data-dir', folder);
      expect(names).to.include({ exit: 2, stdout: '' });
      expect(names.stderr).to.include('the names are with its brokers');
    }
    expect(readdirSync(copy)).to.not.include('claims.db');
    const backup = await run('server:backup', file, '--data-dir', copy);
    expect(backup).to.include({ exit: 0, stderr: '' });
    const onto = await run('server:restore', file, '--data-dir', copy);
    expect(onto).to.include({ exit: 4, stdout: '' });
    expect(onto.stderr).to.include('is a copy of a room that several servers share');
    const alone = join(root, 'alone');
    mkdirSync(alone);
    expect(await run('server:restore', file, '--data-dir', alone)).to.include({ exit: 0, stderr: '' });
    renameSync(join(alone, 'room.db'), join(data, 'room.db'));
    const both = await run('server:export');
    expect(both.exit).to.equal(0);
    expect(both.stderr).to.match(/^This is about the history that the server with .* keeps alone; .*\n$/);
  });

  it('is exported as a JSON object a line, or as text in which nobody can forge a line', async () => {
    const [, port] = await start();
    await say(port, 'two\n2026-01-01 00:00  bob: lines');
    expect((await run('server:topic', 'tea')).exit).to.equal(0);
    const { exit, stdout } = await run('server:export');
    expect(exit).to.equal(0);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(events.map(({ kind }) => kind)).to.deep.equal(['joined', 'message', 'left', 'notice']);
    expect(events[3]).to.deep.include({
      content: 'chatty has set the topic: tea',
      change: { type: 'topic', by: 'chatty', topic: 'tea' },
    });
    expect(events[1]).to.have.all.keys('seq', 'at', 'kind', 'username', 'content');
    expect(events[1]).to.include({ username: 'carl', content: 'two\n2026-01-01 00:00  bob: lines' });

    const text = await run('server:export', '--format', 'text');
    const lines = text.stdout.trimEnd().split('\n');
    expect(lines).to.have.length(5);
    expect(lines[4]).to.match(/^[-\d: ]+ {2}-!- chatty has set the topic: tea$/);
    expect(lines[2]).to.match(/^ {16} {2}\| 2026-01-01 00:00 {2}bob: lines$/);
  });

  it('is exported into a pipe that is closed early without a word', async () => {
    const [, port] = await start();
    await Promise.all([say(port, 'x'.repeat(4000))]);
    const out = execFileSync('bash', [
      '-c',
      '"$0" "$1" server:export --data-dir "$2" | head -1',
      process.execPath,
      join(ROOT, 'bin', 'run.js'),
      data,
    ]);
    expect(String(out)).to.include('"kind":"joined"');
  });

  it('says in one line that an export cannot be written', async () => {
    const [, port] = await start();
    await say(port, 'one');
    const { stdout } = spawnSync(
      'bash',
      [
        '-c',
        '"$0" "$1" server:export --data-dir "$2" 2>&1 >/dev/full; echo "$?"',
        process.execPath,
        join(ROOT, 'bin', 'run.js'),
        data,
      ],
      { encoding: 'utf8' },
    );
    expect(stdout).to.match(/^The output cannot be written: ENOSPC.*\n11\n$/);
  });

  const wrong: [args: string[], exit: number, says: RegExp][] = [
    [['server:backup'], 2, /^FILE is missing\. See chatty server:backup --help\n$/],
    [
      ['server:restore', '/no/such.db'],
      4,
      /^There is no history at \/no\/such\.db\. Check the name, and --data-dir\.\n$/,
    ],
    [['server:export'], 4, /^There is no history at .*room\.db\./],
    [['server:export', '--format', 'xml'], 2, /^Expected --format=xml to be one of: json, text\./],
  ];
  for (const [args, exit, says] of wrong) {
    it(`tells in one line why ${args.join(' ')} cannot be done`, async () => {
      const result = await run(...args);
      expect(result).to.include({ exit, stdout: '' });
      expect(result.stderr).to.match(says);
      expect(existsSync(data)).to.equal(false);
    });
  }
});
