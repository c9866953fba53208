import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Program, ROOT } from '../support/cli.js';
import { HeldSocket } from '../support/held-socket.js';
import { restart } from '../support/restart.js';
import { Stranger } from '../support/stranger.js';
import { until } from '../support/until.js';
import { said, WireClient } from '../support/wire-client.js';

const LIMITED = ['--no-trust-loopback', '--max-connections-per-address', '100'];
const FREE = ['--connect-rate', '0', '--join-rate', '0', '--total-join-rate', '0'];

describe('a restart', () => {
  describe('of a room of fifty that talks', () => {
    for (const [how, order] of [
      ['by SIGTERM', {}],
      [
        'with all of them from one address, which may not connect so often',
        { flags: LIMITED, flagsAtFirst: FREE },
      ],
      ['with a socket that stays, encrypted', { keepsSocket: true, isEncrypted: true }],
    ] as const)
      it(`${how}: everybody is back within seconds, and nobody notices`, async () => {
        const result = await restart({ clients: 50, senders: 5, everyMs: 50, ...order });
        expect(result.said).to.be.above(50);
        expect(result).to.include({ lost: 0, twice: 0, disordered: 0, presence: 0, anew: 0, lines: 0 });
        expect(result.back - result.listening).to.be.below(3000);
      });
  });

  describe('and its process', () => {
    let folder: string;
    const programs: Program[] = [];
    let held: HeldSocket | undefined;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'chatty-restart-'));
    });
    afterEach(async () => {
      await held?.close();
      held = undefined;
      await Promise.all(programs.splice(0).map(program => program.kill()));
      rmSync(folder, { recursive: true, force: true });
    });

    it('serves those who connected while the server was down, where the socket stayed', async () => {
      const run = [process.execPath, join(ROOT, 'bin/run.js'), 'server:start', '--data-dir', folder];
      const socket = await HeldSocket.open(run);
      held = socket;
      socket.start();
      await until(() => socket.stdout.includes('chatty listens on'));
      const before = await WireClient.joined(socket.port, 'before');
      await socket.end('SIGTERM');
      await before.closed;
      const [carl, david] = [await WireClient.connect(socket.port), await WireClient.connect(socket.port)];
      carl.join('carl');
      socket.start();
      await carl.next(line => line.startsWith('{"Joined"'));
      david.join('david');
      await carl.next(line => line === said('david', 'Joined'));
      expect(socket.stdout).to.include(`chatty listens on 127.0.0.1 port ${socket.port}`);
    });

    it('says so when what was handed over is no socket', async () => {
      const run = ['-c', 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@" 3< /dev/null', 'sh', process.execPath];
      const server = Program.start('sh', [
        ...run,
        join(ROOT, 'bin/run.js'),
        'server:start',
        '--data-dir',
        folder,
      ]);
      programs.push(server);
      expect(await server.exit()).to.equal(3);
      expect(server.stderr).to.include('(LISTEN_FDS) is no TCP socket');
    });

    it('ends within --drain, however little somebody reads, and says how many were late', async () => {
      const [server, port] = await Program.server(['--data-dir', folder, '--drain', '1']);
      programs.push(server);
      const talker = await WireClient.joined(port, 'talker');
      const stalled = await WireClient.joined(port, 'stalled');
      stalled.socket.pause();
      for (let n = 0; n < 3000; n++) talker.send('talker', 'x'.repeat(4000));
      talker.write('{"Send":{"username":"talker","content":""}}\n'); // the refusal says that all before was read
      await talker.next(line => line.includes('An empty message'));
      const began = performance.now();
      expect(await server.signal('SIGTERM').exit()).to.equal(0);
      expect(performance.now() - began).to.be.within(900, 25_000);
      const [line = '{}'] = server.stderr.split('\n').filter(one => one.includes('everybody was told'));
      expect(JSON.parse(line)).to.include({ told: 2, late: 1 });
    });

    it('waits for nobody long who can come back', async () => {
      const [server, port] = await Program.server(['--data-dir', folder, '--drain', '30']);
      programs.push(server);
      const asleep = await Stranger.connect(port);
      await asleep.ask('Join', { username: 'asleep' }, 'Joined');
      asleep.wire.socket.pause();
      const began = performance.now();
      expect(await server.signal('SIGTERM').exit()).to.equal(0);
      expect(performance.now() - began).to.be.within(400, 25_000);
      expect(server.stderr).to.match(/"told":1,"late":1,/);
      asleep.wire.socket.resume();
      expect((await asleep.next('Closing')).body).to.include({ code: 'STOPPING', retryAfterMs: 500 });
    });

    it('waits for nobody long who has not joined', async () => {
      const [server, port] = await Program.server(['--data-dir', folder, '--drain', '30']);
      programs.push(server);
      const silent = await WireClient.connect(port);
      silent.send('silent', 'hi');
      await silent.next(line => line.includes('You have not joined yet'));
      silent.socket.pause();
      const began = performance.now();
      expect(await server.signal('SIGTERM').exit()).to.equal(0);
      expect(performance.now() - began).to.be.within(400, 25_000);
      silent.socket.destroy();
    });

    it('ends at once at a second signal, whoever reads', async () => {
      const [server, port] = await Program.server(['--data-dir', folder, '--drain', '30']);
      programs.push(server);
      const talker = await WireClient.joined(port, 'talker');
      const stalled = await WireClient.joined(port, 'stalled');
      stalled.socket.pause();
      for (let n = 0; n < 3000; n++) talker.send('talker', 'x'.repeat(4000));
      talker.write('{"Send":{"username":"talker","content":""}}\n');
      await talker.next(line => line.includes('An empty message'));
      server.signal('SIGTERM');
      await talker.next(line => line.includes('The server is stopping'));
      expect(await server.signal('SIGTERM').exit()).to.equal('SIGTERM');
    });
  });
});
