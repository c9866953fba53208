import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { ServerSettings } from '../../src/adapters/config/server-config.js';
import { TOKENS } from '../../src/container/tokens.js';
import { heldBytes } from '../support/held-memory.js';
import { needSsh, type SshHome, SshRoom } from '../support/ssh.js';
import { SshClient } from '../support/ssh-client.js';
import { until } from '../support/until.js';
import { WireClient } from '../support/wire-client.js';

describe('what is refused over ssh', () => {
  let room: SshRoom;
  let home: SshHome;

  before(needSsh);
  afterEach(() => room?.stop());

  async function start(settings: ServerSettings = {}): Promise<void> {
    room = await SshRoom.start(settings);
    ({ home } = room);
  }

  const reasons = () =>
    room.server.logger.entries.flatMap(({ message, fields }) =>
      message.startsWith('ssh connection') ? [String(fields.reason)] : [],
    );

  const turnedAway = () =>
    room.server.logger.entries.flatMap(({ message, fields }) =>
      message === 'connections turned away' ? [String(fields.reason)] : [],
    );
  const reached = (limit: string) => room.server.container.get(TOKENS.Meter).limits.counts[limit];

  async function plug(): Promise<Socket> {
    const socket = connect(home.port, '127.0.0.1');
    socket.on('error', () => {}).resume();
    await once(socket, 'connect');
    return socket;
  }

  it('files, forwarding of ports, sockets and agents, and a shell', async () => {
    await start();
    const forwarding = ['-o', 'ExitOnForwardFailure=yes', '-o', 'LogLevel=INFO'];
    const remote = await home.run('carl', ['who'], { options: [...forwarding, '-R', '0:127.0.0.1:9'] });
    expect([remote.code, remote.stderr]).to.satisfy(
      ([code, text]: [number, string]) => code === 255 && text.includes('remote port forwarding failed'),
    );
    const direct = await home.run('carl', [], { options: ['-W', '127.0.0.1:9', '-o', 'LogLevel=INFO'] });
    expect(direct.code).to.equal(255);
    const files = await home.run('carl', ['sftp'], { options: ['-s'] });
    expect([files.code, files.stderr]).to.satisfy(
      ([code, text]: [number, string]) => code === 255 && text.includes('subsystem request failed'),
    );
    const agent = await home.run('carl', ['who'], { options: ['-A', '-X'] });
    expect(agent.code).to.equal(0);
  });

  it('a second channel on the same connection', async () => {
    await start();
    const path = `${home.folder}/control`;
    const master = home.start('carl', { options: ['-M', '-S', path, '-T'] });
    await master.says('Warm Welcome');
    // Without a way of its own to the server, it has only that connection.
    const shared = ['-S', path, '-o', 'ControlMaster=no', '-o', 'ProxyCommand=false', '-o', 'LogLevel=INFO'];
    const second = await home.run('carl', ['who'], { options: shared });
    expect([second.code, second.stdout]).to.deep.equal([255, '']);
    expect(second.stderr).to.include('Session open refused by peer');
    expect(room.users).to.deep.equal(['carl']);
  });

  it('to stay at the door: in silence, with half a handshake, or logged in and asking for nothing', async () => {
    await start({ sshLoginTimeoutSeconds: 1 });
    const [silent, half] = [await plug(), await plug()];
    half.write('SSH-2.0-slow\r\n');
    const idle = home.start('carl', { options: ['-N'] });
    const asked = home.terminal('chatty'); // a reserved name: another is asked for
    await asked.says('Username: ');
    await Promise.all([once(silent, 'close'), once(half, 'close'), idle.exit(), asked.says('EXIT 255')]);
    expect(reasons().filter(reason => reason === 'NOT_JOINED_IN_TIME')).to.have.length(4);
    expect(reached('ssh-login-timeout')).to.equal(4);
  });

  it('more sessions than there may be', async () => {
    await start({ maxSsh: 1 });
    const carl = home.terminal('carl');
    await carl.says('Warm Welcome');
    const second = await home.run('anna', ['who']);
    expect([second.code, second.stderr]).to.deep.equal([5, 'The server is full. Try again later.\n']);
    expect([turnedAway(), reached('max-ssh')]).to.deep.equal([['TOO_MANY_SSH'], 1]);
    carl.type('\u0004');
    await carl.says('EXIT 0');
    expect((await home.run('anna', ['who'])).code).to.equal(0);
  });

  it('more connections of one address than there may be, which are counted with those over TCP', async () => {
    await start({ noTrustLoopback: true, maxConnectionsPerAddress: 2 });
    const others = [await WireClient.joined(room.server.port, 'anna')];
    const carl = home.terminal('carl');
    await carl.says('Warm Welcome');
    const { stdout, stderr } = await home.run('david', [], { options: ['-T'], input: 'send x\n' });
    expect(stdout + stderr).to.include('too many connections from your address');
    expect(room.users).to.deep.equal(['anna', 'carl']);
    expect(room.server.connections.load.transports).to.deep.equal({ tcp: 1, web: 0, ssh: 1 });
    await Promise.all(others.map(other => other.end()));
  });

  it('more connections of one address on their way in than there may be, of which the operator is told', async () => {
    await start({ noTrustLoopback: true, maxConnectionsPerAddress: 2 });
    const sockets = [await plug(), await plug()];
    const third = await home.run('carl', ['who']);
    expect(third.code).to.equal(255);
    expect(turnedAway()).to.deep.equal(['TOO_MANY_FROM_ADDRESS']);
    expect(reached('max-connections-per-address')).to.equal(1);
    for (const socket of sockets) socket.destroy();
    const crowd = await Promise.all(Array.from({ length: 2 }, plug));
    for (const socket of crowd) socket.destroy();
  });

  it('to be a crowd at the door: of one address who has waited longest gives way', async () => {
    await start({ noTrustLoopback: true });
    const crowd = await Promise.all(Array.from({ length: 8 }, plug));
    await sleep(600); // what everybody has, however many come
    expect((await home.run('carl', ['who'])).code).to.equal(0);
    expect(crowd.filter(socket => socket.destroyed).length).to.equal(1);
    for (const socket of crowd) socket.destroy();
  });

  it('whatever is not ssh', async () => {
    await start();
    for (let round = 0; round < 20; round++) {
      const socket = await plug();
      const closed = once(socket, 'close');
      if (round % 2 === 0) socket.write('SSH-2.0-noise\r\n');
      socket.end(randomBytes(20_000));
      await closed;
    }
    expect((await home.run('carl', ['who'])).code).to.equal(0);
    expect(room.server.logger.entries.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });

  it('to say nothing of whose connection it is, where a proxy passes them on', async () => {
    await start({ proxies: '127.0.0.1' });
    const hears = async (header: string) => {
      const socket = connect(home.port, '127.0.0.1').on('error', () => {});
      socket.write(`${header}SSH-2.0-guest\r\n`);
      const [first] = await Promise.race([
        once(socket, 'data'),
        once(socket, 'close').then(() => ['closed']),
      ]);
      socket.destroy();
      return String(first).slice(0, 14);
    };
    expect(await hears('PROXY TCP4 203.0.113.9 203.0.113.10 5555 22\r\n')).to.equal('SSH-2.0-chatty');
    expect(await hears('')).to.equal('closed');
    await until(() => reasons().length > 0);
    expect(
      room.server.logger.entries.find(({ message }) => message.startsWith('ssh'))?.fields.address,
    ).to.equal('203.0.113.9');
  });

  it('to be there no longer: who does not answer is out of the room, though nobody has hung up', async () => {
    await start({ keepAliveSeconds: 1 });
    const carl = home.start('carl', { options: ['-T'] });
    await carl.says('Warm Welcome');
    carl.signalAll('SIGSTOP');
    await until(() => room.users.length === 0);
    expect(reasons()).to.include('SILENT');
    carl.signalAll('SIGCONT');
    expect(await carl.exit()).to.equal(255);
  }).timeout(14_000); // less than without the setting

  it('nonsense in the midst of it: who speaks it is out of the room, and need not hang up for that', async () => {
    await start();
    const carl = await SshClient.connect(home.port, 'carl', false);
    void carl.run('').catch(() => {});
    await until(() => room.users.length === 1);
    carl.writeNonsense();
    await until(() => room.users.length === 0);
    carl.close();
  });

  it('to take nothing: who stops reading is cut, and nobody else notices', async () => {
    await start({ stallTimeoutSeconds: 4, messageRate: 0, byteRate: 0 });
    const carl = home.start('carl', { options: ['-T'] });
    await carl.says('Warm Welcome');
    const anna = home.terminal('anna');
    await anna.says('Warm Welcome');
    carl.signalAll('SIGSTOP');
    const david = await WireClient.joined(room.server.port, 'david');
    const before = heldBytes();
    const line = 'x'.repeat(4000);
    for (let count = 0; room.users.includes('carl') && count < 10_000; count++) {
      david.send('david', line);
      if (count % 10 === 0) await sleep(10);
    }
    await until(() => !room.users.includes('carl'));
    david.send('david', 'and on it goes');
    await anna.says('and on it goes');
    expect(heldBytes() - before).to.be.below(50 * 1024 * 1024);
    carl.signalAll('SIGCONT');
    expect([6, 255]).to.include(await carl.exit()); // whichever has seen it first: the room, or ssh
    await david.end();
  });
});
