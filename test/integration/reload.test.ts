import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Program, ROOT } from '../support/cli.js';
import { until } from '../support/until.js';
import { WireClient } from '../support/wire-client.js';

describe('SIGHUP', () => {
  let folder: string;
  let file: string;
  let server: Program;
  let port: number;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-reload-'));
    file = join(folder, 'chatty.yaml');
    write('keep-messages: 5');
    [server, port] = await Program.server(['--config', file, '--byte-rate', '4096']);
  });
  afterEach(async () => {
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  function write(...lines: string[]): void {
    const always = ['host: 127.0.0.1', `data-dir: ${join(folder, 'data')}`];
    writeFileSync(file, [...always, ...lines, ''].join('\n'));
  }

  type Line = { readonly level: number; readonly msg: string } & Record<string, unknown>;
  const logged = (words: string): Line[] =>
    server.stderr
      .split('\n')
      .filter(line => line.includes(`"msg":"${words}"`))
      .map(line => JSON.parse(line));

  async function reload(words: string): Promise<Line> {
    const before = logged(words).length;
    server.signal('SIGHUP');
    await until(() => logged(words).length > before);
    return logged(words).at(-1) as Line;
  }

  it('makes what has changed in the file so, and keeps whoever is connected', async () => {
    const [carl, anna] = [await WireClient.joined(port, 'carl'), await WireClient.joined(port, 'anna')];
    write('keep-messages: 50', 'max-message-bytes: 5', 'byte-rate: 1', 'port: 9000');
    const { changed } = await reload('settings read again');
    expect(changed).to.deep.equal(['keep-messages: 5 -> 50', 'max-message-bytes: 4096 -> 5']);
    expect(logged('these settings need a restart')).to.deep.equal([]); // --port is on the command line
    carl.send('carl', 'a long one');
    expect(await carl.next(line => line.includes('chatty'))).to.include('5');
    carl.send('carl', 'short');
    await anna.next(line => line.includes('short'));
    expect(logged('connection ended')).to.deep.equal([]);
  });

  it('names what needs a restart, each time', async () => {
    for (let n = 0; n < 2; n++) {
      write('synchronous: full', 'log-addresses: full');
      await reload('these settings need a restart');
    }
    const named = logged('these settings need a restart').map(({ level, changed }) => [level, changed]);
    expect(named).to.deep.equal(Array(2).fill([40, ['synchronous: normal -> full']]));
    expect(logged('settings read again').map(({ changed }) => changed)).to.deep.equal([
      ['log-addresses: short -> full', 'keep-messages: 5 -> 250000'],
      [],
    ]);
  });

  it('ends nothing while a server starts, and is answered when it has', async () => {
    // As soon as the command itself is loaded.
    const hook = `import { registerHooks } from 'node:module';
      const resolve = (name, context, next) => {
        if (name.includes('/start-')) process.kill(process.pid, 'SIGHUP');
        return next(name, context);
      };
      registerHooks({ resolve });`;
    const early = Program.chatty(['server:start', '--port', '0', '--history', 'memory', '--config', file], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}`,
    });
    try {
      await early.says('chatty listens on');
      await until(() => early.stderr.includes('settings read again'));
    } finally {
      await early.kill();
    }
  });

  it('ends no server whose output is on a disk that is full', async function () {
    if (!existsSync('/dev/full')) this.skip();
    const run = [process.execPath, join(ROOT, 'bin/run.js'), 'server:start', '--port', '0', '--config', file];
    const full = Program.start('sh', ['-c', 'exec "$@" > /dev/full', 'sh', ...run, '--history', 'memory']);
    try {
      const again = () => full.stderr.includes('settings read again');
      await until(() => full.stderr.includes('"listening"'));
      write('public-address: chat.example.org');
      full.signal('SIGHUP');
      await until(again);
      expect(await full.signal('SIGTERM').exit()).to.equal(0);
    } finally {
      await full.kill();
    }
  });

  const failed = 'the settings cannot be read again: those before stay in use';

  it('changes nothing when anything in the file is wrong, and says where', async () => {
    write('keep-messages: 50', 'mesage-rate: 1', 'grace: long');
    const { level, problems } = await reload(failed);
    expect([level, problems]).to.deep.equal([
      50,
      [
        `${file}:4:1: There is no setting mesage-rate. Did you mean message-rate?`,
        `${file}:5:8: --grace (or CHATTY_GRACE) is a whole number from 0 to 86400.`,
      ],
    ]);
    write('keep-messages: 6', 'tls-cert: none.pem', 'tls-key: none.pem');
    expect(String((await reload(failed)).problems)).to.include('There is no file none.pem');
    rmSync(file);
    expect(String((await reload(failed)).problems)).to.include(`${file} is not there`);
    expect(logged('settings read again')).to.deep.equal([]);
    write('keep-messages: 7');
    expect((await reload('settings read again')).changed).to.deep.equal(['keep-messages: 5 -> 7']);
  });

  it('prints the line to hand out when it is another one', async () => {
    write('keep-messages: 5', 'public-address: chat.example.org');
    await reload('settings read again');
    await server.says(`From elsewhere: chatty client:join NAME --to chat.example.org:${port}#`);
    await reload('settings read again');
    expect(server.stdout.match(/From elsewhere/g)).to.have.length(1);
  });

  it('removes what exceeds another limit of the history, also when nobody says anything', async () => {
    const carl = await WireClient.joined(port, 'carl');
    for (let n = 0; n < 5; n++) carl.send('carl', `message ${n}`);
    await carl.leave('carl');
    await until(() => logged('session ended').length === 1);
    write('keep-messages: 2');
    await reload('settings read again');
    const kept = async () => {
      const program = Program.chatty(['server:export', '--data-dir', join(folder, 'data')]);
      await program.exit();
      return program.stdout.match(/message \d/g);
    };
    await until(async () => (await kept())?.length === 2);
    expect(await kept()).to.deep.equal(['message 3', 'message 4']);
  });
});
