import { spawnSync } from 'node:child_process';
import { lstatSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { HostKey } from '../../src/adapters/ssh/host-key.js';
import { IdentityFailure } from '../../src/application/server/failures.js';
import { TOKENS } from '../../src/container/tokens.js';
import { Program } from '../support/cli.js';
import { type StartedServer, startServer } from '../support/server.js';
import { needSsh, SshHome, SshRoom } from '../support/ssh.js';
import { until } from '../support/until.js';
import { said, WireClient } from '../support/wire-client.js';

/** The processes that a program has started. */
function childrenOf(pid: number | undefined): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? [] : children.split(' ').map(Number);
}

describe('with ssh', () => {
  let server: StartedServer;
  let home: SshHome;
  let room: SshRoom;

  before(needSsh);
  beforeEach(async () => {
    room = await SshRoom.start();
    ({ server, home } = room);
  });
  afterEach(() => room?.stop());

  const names = () => Array.from(server.room.users, ({ username }) => username);

  describe('a person', () => {
    it('talks with people who came over TCP, at the prompt of the client', async () => {
      const david = await WireClient.joined(server.port, 'david');
      const carl = home.terminal('carl', { keys: [home.newKey('ed25519')] });
      await carl.says('Warm Welcome, carl');
      await david.next(line => line === said('carl', 'Joined'));
      carl.type('hello from ssh\r');
      await david.next(line => line === said('carl', 'hello from ssh'));
      david.send('david', 'hello from TCP');
      await carl.says('hello from TCP');
      carl.type('/who\r');
      await carl.says('-!- \u001b[0m2 are here');
      carl.type('/leave\r');
      await david.next(line => line === said('carl', 'Left'));
      await carl.says('EXIT 0');
      await david.end();
    });

    it('has a view that follows the size of the terminal', async () => {
      const carl = home.terminal('carl', {}, 60, 12);
      await carl.says('Warm Welcome, carl');
      const [shell] = childrenOf(carl.child.pid);
      const pty = readlinkSync(`/proc/${shell}/fd/0`);
      expect(spawnSync('stty', ['-F', pty, 'cols', '33', 'rows', '9']).status).to.equal(0);
      for (const ssh of childrenOf(shell)) process.kill(ssh, 'SIGWINCH');
      // The view asks where the corner of the new screen is.
      await until(() => /\[9999;9999H/.test(carl.stdout));
      carl.type(`${'x'.repeat(40)}\r`);
      await until(() => names().length === 1);
      await carl.says(`${'x'.repeat(10)}\r\n`);
    });

    it('sees plain lines where the terminal can do nothing but print, and no colors where none are wanted', async () => {
      const carl = home.terminal('carl', { options: ['-o', 'SetEnv=TERM=dumb'] });
      await carl.says('Warm Welcome, carl');
      expect(carl.stdout).to.not.include('\u001b[');
      const anna = home.terminal('anna', { options: ['-o', 'SetEnv=NO_COLOR=1'] });
      await anna.says('Warm Welcome, anna');
      expect(anna.stdout).to.not.include('[38;').and.to.not.include(';3');
    });

    it('leaves by Ctrl-D, by Ctrl-C twice, and when the line is cut', async () => {
      const [one, two, three] = [home.terminal('one'), home.terminal('two'), home.terminal('three')];
      for (const each of [one, two, three]) await each.says('Warm Welcome');
      one.type('\u0004');
      await one.says('EXIT 0');
      two.type('\u0003');
      await two.says('Ctrl-C again to leave');
      two.type('\u0003');
      await two.says('EXIT 0');
      three.signalAll('SIGKILL');
      await until(() => names().length === 0);
    });

    it('is not stopped by Ctrl-Z, and neither is the server', async () => {
      const carl = home.terminal('carl');
      await carl.says('Warm Welcome');
      carl.type('\u001a');
      carl.type('still here\r');
      await carl.says('still here');
      expect(names()).to.deep.equal(['carl']);
    });

    it('is told that the server stops, and that they have to come back by hand', async () => {
      const carl = home.terminal('carl');
      await carl.says('Warm Welcome');
      await server.stop();
      await carl.says('The server has stopped. Join again when it is back.');
      await carl.says('EXIT 7');
    });

    it('who is kicked does not come back by themselves', async () => {
      const carl = home.terminal('carl');
      await carl.says('Warm Welcome');
      await server.container.get(TOKENS.ModerateRoom).execute('machine', { action: 'kick', target: 'carl' });
      await carl.says('You were kicked from the room');
      await carl.says('EXIT 5');
      expect(names()).to.deep.equal([]);
    });

    it('leaves nothing on the disk of the server', async () => {
      const dataDir = join(home.folder, 'data');
      const carl = home.terminal('carl');
      await carl.says('Warm Welcome');
      carl.type('/bell off\r');
      await carl.says('The bell is off');
      carl.type('/leave\r');
      await carl.says('EXIT 0');
      expect(() => statSync(dataDir)).to.throw('ENOENT');
    });
  });

  describe('a script', () => {
    it('asks who is here without coming in', async () => {
      const david = await WireClient.joined(server.port, 'david');
      expect(await home.run('carl', ['who'])).to.deep.equal({ code: 0, stdout: 'david\n', stderr: '' });
      expect(names()).to.deep.equal(['david']);
      expect((await home.run('bad name', ['who'])).code).to.equal(5);
      await david.end();
    });

    it('sends what is given, or piped in as one message or line by line', async () => {
      const david = await WireClient.joined(server.port, 'david');
      const silent = { code: 0, stdout: '', stderr: '' };
      expect(await home.run('bot', ['send', 'The', 'build is done.'])).to.deep.equal(silent);
      await david.next(line => line === said('bot', 'The build is done.'));
      expect(await home.run('bot', ['send'], { input: 'two\nlines\n' })).to.deep.equal(silent);
      await david.next(line => line === said('bot', 'two ⏎ lines'));
      expect(await home.run('bot', ['send', '--lines'], { input: 'one\nafter the other\n' })).to.deep.equal(
        silent,
      );
      await david.next(line => line === said('bot', 'after the other'));
      await david.end();
    });

    it('learns by the exit status what went wrong', async () => {
      const long = 'x'.repeat(5000);
      const tooLong = await home.run('bot', ['send'], { input: long });
      expect([tooLong.code, tooLong.stderr]).to.satisfy(
        ([code, text]: [number, string]) => code === 10 && text.includes('With --split'),
      );
      expect((await home.run('bot', ['send', '--split'], { input: long })).code).to.equal(0);
      expect((await home.run('bot', ['send'], { input: ' ' })).code).to.equal(2);
      expect((await home.run('bot', ['send', '--lines', 'x'])).code).to.equal(2);
      expect((await home.run('bot', ['send'], { input: '\ud800' })).code).to.equal(0);
      expect((await home.run('admin', ['send', 'x'])).code).to.equal(5);
      const unknown = await home.run('bot', ['ls', '-l']);
      expect([unknown.code, unknown.stderr]).to.satisfy(
        ([code, text]: [number, string]) => code === 2 && text.startsWith('Here is no shell, but a room.'),
      );
      expect((await home.run('bot', ['help'])).stdout).to.include('who is here');
    });

    it('talks in lines without a terminal', async () => {
      const david = await WireClient.joined(server.port, 'david');
      const input = 'send Hello World\nwho\nleave\n';
      const { code, stdout } = await home.run('bot', [], { input, options: ['-T'] });
      expect([code, stdout]).to.satisfy(
        ([exit, text]: [number, string]) => exit === 0 && text.includes('2 are here: david, bot.'),
      );
      await david.next(line => line === said('bot', 'Hello World'));
      await david.end();
    });
  });

  it('does not start where the port is taken, and says which flag chooses another', async () => {
    const program = Program.chatty([
      'server:start',
      '--port',
      '0',
      '--ssh',
      String(home.port),
      '--host',
      '127.0.0.1',
    ]);
    expect(await program.exit()).to.equal(3);
    expect(program.stderr).to.include(`Port ${home.port} of 127.0.0.1 is in use.`);
    expect(program.stderr).to.include('choose another with --ssh.');
  });

  describe('the host key', () => {
    it('is kept for its owner alone, printed at the start, and the same after it', async () => {
      const args = ['--ssh', '0', '--data-dir', join(home.folder, 'data')];
      const printed: string[] = [];
      for (const _ of [1, 2]) {
        const [program] = await Program.server(args);
        await program.says('Over ssh:');
        const [, port, print] = /ssh -p (\d+) NAME@localhost \((SHA256:\S+)\)$/m.exec(program.stdout) ?? [];
        expect(program.stdout).to.include(`chatty listens on 127.0.0.1 port ${port} (ssh)`);
        const guest = new SshHome(Number(port));
        expect((await guest.run('carl', ['who'])).code).to.equal(0);
        const seen = spawnSync('ssh-keygen', ['-lf', guest.knownHosts], { encoding: 'utf8' }).stdout;
        expect(seen).to.include(print);
        printed.push(print ?? '');
        await guest.close();
        program.signal('SIGTERM');
        expect(await program.exit()).to.equal(0);
      }
      expect(printed[0]).to.equal(printed[1]);
      const file = join(home.folder, 'data', 'ssh-host-key');
      expect(statSync(file).mode & 0o777).to.equal(0o600);
    });

    it('is never replaced: a server that cannot use it does not start', async () => {
      const dataDir = join(home.folder, 'data');
      await (await startServer({ ssh: 0, history: 'sqlite', dataDir })).stop();
      const file = join(dataDir, 'ssh-host-key');
      writeFileSync(file, 'nonsense');
      const failed = await startServer({ ssh: 0, history: 'sqlite', dataDir }).catch(
        (error: unknown) => error,
      );
      expect(failed).to.be.instanceOf(IdentityFailure).with.property('code', 'BAD_HOST_KEY');
      expect(readFileSync(file, 'utf8')).to.equal('nonsense');
    });

    it('is not made anew where a link says that it is elsewhere, and it is not there now', () => {
      const file = join(home.folder, 'ssh-host-key');
      symlinkSync(join(home.folder, 'not-mounted', 'key'), file);
      const open = () => new HostKey(home.folder, () => expect.fail('made anew')).open();
      expect(open).to.throw(IdentityFailure).with.property('code', 'NOT_READABLE');
      expect(lstatSync(file).isSymbolicLink()).to.equal(true);
    });
  });
});
