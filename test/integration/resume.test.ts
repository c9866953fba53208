import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import sinon from 'sinon';
import type { ServerSettings } from '../../src/adapters/config/server-config.js';
import { dialTcp } from '../../src/adapters/tcp/connect/dial-tcp.js';
import { LineLink } from '../../src/adapters/wire/connect/line-link.js';
import type { SessionRequest } from '../../src/application/chat-request.js';
import { Program } from '../support/cli.js';
import { Guest } from '../support/rooms.js';
import { type StartedServer, startServer } from '../support/server.js';
import { until } from '../support/until.js';
import { said, WireClient } from '../support/wire-client.js';

const NEW = { attempt: 1 };

describe('a session', () => {
  let folder: string;
  let server: StartedServer | undefined;
  const programs: Program[] = [];
  const guests: Guest[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-data-'));
  });
  afterEach(async () => {
    for (const { link } of guests.splice(0)) link.close();
    await server?.stop();
    server = undefined;
    await Promise.all(programs.splice(0).map(program => program.kill()));
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(settings: ServerSettings = {}): Promise<number> {
    await server?.stop();
    server = await startServer({ history: 'sqlite', dataDir: folder, ...settings });
    return server.port;
  }

  async function guest(port: number, username: string, extended: SessionRequest = NEW): Promise<Guest> {
    const one = await Guest.joined(
      { connect: () => new LineLink(() => dialTcp({ host: '127.0.0.1', port })) },
      username,
      extended,
    );
    guests.push(one);
    return one;
  }

  const back = ({ welcome: { resume, epoch } }: Guest, since: number): SessionRequest => ({
    resume,
    epoch,
    since,
    history: 0,
    attempt: 2,
  });

  it('outlives its connection by the grace time, and no longer', async () => {
    const port = await start({ graceSeconds: 1 });
    const carl = await WireClient.joined(port, 'carl');
    const david = await guest(port, 'david');
    await carl.next(line => line === said('david', 'Joined'));
    david.link.close();
    await delay(500);
    const again = await guest(port, 'david', back(david, 2));
    expect(again.welcome.resumed).to.equal(true);
    const lines = server?.logger.entries.map(({ message, fields }) => [message, fields.username]);
    expect(lines).to.deep.include.members([
      ['joined', 'david'],
      ['session resumed', 'david'],
    ]);
    again.link.close();
    await carl.next(line => line === said('david', 'Left'));
    const ofDavid = server?.logger.entries.filter(({ fields }) => fields.username === 'david') ?? [];
    expect(ofDavid.map(({ message, fields }) => [message, fields.reason])).to.deep.equal([
      ['joined', undefined],
      ['connection ended', 'LEFT'],
      ['session resumed', undefined],
      ['connection ended', 'LEFT'],
      ['session ended', 'NOT_RESUMED'],
    ]);
    expect(new Set(ofDavid.map(({ fields }) => fields.session)).size).to.equal(1);
    expect(carl.lines.slice(1)).to.deep.equal([said('david', 'Joined'), said('david', 'Left')]);
  });

  it('ends for the room when there is no grace', async () => {
    const port = await start({ graceSeconds: 0 });
    const carl = await WireClient.joined(port, 'carl');
    (await guest(port, 'david')).link.close();
    await carl.next(line => line === said('david', 'Left'));
  });

  it('whose client is silent for too long loses its connection, and one that pings does not', async () => {
    const port = await start({ silenceTimeoutSeconds: 3 });
    const [silent, alive] = [await guest(port, 'silent'), await guest(port, 'alive')];
    const pings = setInterval(() => alive.link.ping(1), 1000);
    try {
      expect((await silent.answer('Closing')).end).to.equal('LOST');
      expect(await silent.ended()).to.equal('LOST');
      await delay(1000);
      expect(alive.end).to.equal(undefined);
    } finally {
      clearInterval(pings);
    }
  });

  it('that sends faster than allowed is told how long it waits, and loses nothing', async () => {
    const port = await start({ maxRate: 10 });
    const carl = await guest(port, 'carl');
    for (let n = 0; n < 25; n++) await carl.link.send({ content: String(n) }, String(n));
    expect((await carl.answer('Delayed')).ms).to.be.within(250, 3000);
    for (let n = 0; n < 25; n++) await carl.answer('Accepted', ({ ref }) => ref === String(n));
  });

  it('is told where it was when the server stopped, and goes on there when it is back', async () => {
    let port = await start();
    const [carl, david] = [await guest(port, 'carl'), await guest(port, 'david')];
    const basic = await WireClient.joined(port, 'basic');
    await carl.link.send({ content: 'before' }, 'a');
    await david.hears('carl: before');
    port = await start();
    expect(await david.answer('Closing')).to.include({ end: 'SERVER_STOPPING', seq: 4 });
    await basic.closed;
    const again = await guest(port, 'david', back(david, 4));
    expect(again.welcome).to.include({ resumed: true });
    expect(again.welcome.users).to.deep.equal(['carl', 'david']);
    await again.hears('basic: Left');
    const carlAgain = await guest(port, 'carl', back(carl, 4));
    await carlAgain.link.send({ content: 'before' }, 'a'); // its answer was lost, it thinks
    await carlAgain.link.send({ content: 'after' }, 'b');
    expect(await carlAgain.answer('Accepted', ({ ref }) => ref === 'a')).to.include({ seq: 4 });
    await again.hears('carl: after');
    expect(again.heard).to.deep.equal(['basic: Left', 'carl: after']);
  });

  for (const [how, jumpMs] of [
    ['back by an hour', -3_600_000],
    ['ahead by a month', 30 * 86_400_000],
  ] as const)
    it(`goes on after a restart though the clock was set ${how} meanwhile`, async () => {
      const clock = sinon.useFakeTimers({ toFake: ['Date'], now: Date.now() });
      try {
        let port = await start();
        const [carl, david] = [await guest(port, 'carl'), await guest(port, 'david')];
        await carl.link.send({ content: 'before' }, 'a');
        await david.hears('carl: before');
        await server?.stop();
        clock.setSystemTime(Date.now() + jumpMs);
        port = await start();
        const again = await guest(port, 'david', back(david, 2));
        expect(again.welcome).to.include({ resumed: true }).and.not.have.property('gap');
        const carlAgain = await guest(port, 'carl', back(carl, 3));
        expect(carlAgain.welcome).to.include({ resumed: true });
        await carlAgain.link.send({ content: 'before' }, 'a'); // its answer was lost, it thinks
        await carlAgain.link.send({ content: 'after' }, 'b');
        await again.hears('carl: after');
        expect(again.heard).to.deep.equal(['carl: before', 'carl: after']);
      } finally {
        clock.restore();
      }
    });

  it('survives a server that is killed, with everything that was accepted', async () => {
    const [first, firstPort] = await Program.server(['--data-dir', folder]);
    programs.push(first);
    const [carl, david] = [await guest(firstPort, 'carl'), await guest(firstPort, 'david')];
    for (let n = 0; n < 200; n++) await carl.link.send({ content: `message ${n}` }, String(n));
    await carl.answer('Accepted', ({ ref }) => ref === '99');
    await first.kill();
    const accepted = carl.responses.flatMap(one => (one.type === 'Accepted' ? [one] : []));
    const [second, port] = await Program.server(['--data-dir', folder]);
    programs.push(second);
    const again = await guest(port, 'david', back(david, 2));
    expect(again.welcome).to.include({ resumed: true }).and.not.have.property('gap');
    for (const { ref } of accepted) await again.hears(`carl: message ${ref}`);
    const carlAgain = await guest(port, 'carl', back(carl, 1));
    for (let n = 0; n < 200; n++) await carlAgain.link.send({ content: `message ${n}` }, String(n));
    await carlAgain.answer('Accepted', ({ ref }) => ref === '199');
    await again.hears('carl: message 199');
    expect(again.heard).to.deep.equal(Array.from({ length: 200 }, (_, n) => `carl: message ${n}`));
    for (const { ref, seq } of accepted) {
      expect(await carlAgain.answer('Accepted', one => one.ref === ref)).to.include({ seq });
    }
  });

  it('is resumed by the program itself, and nothing that was typed meanwhile is lost', async () => {
    const start = async (...args: string[]) => {
      const [program, port] = await Program.server(['--data-dir', folder, ...args]);
      programs.push(program);
      return [program, port] as const;
    };
    const client = (port: number, name: string) => {
      const program = Program.client(port, [name]);
      programs.push(program);
      return program;
    };
    const [first, port] = await start();
    const [carl, david] = [client(port, 'carl'), client(port, 'david')];
    await carl.says('Warm Welcome');
    await david.says('Warm Welcome');
    carl.type('send before\n');
    await david.says('carl: before');
    await first.kill();
    await carl.says('Trying again');
    carl.type('send in the tunnel\n');
    await start('--port', String(port));
    await david.says('carl: in the tunnel');
    carl.type('who\nhistory 5\nsearch tunn from:carl\nleave\n');
    expect(await carl.exit()).to.equal(0);
    expect(await david.endInput().exit()).to.equal(0);
    expect(david.stdout.match(/carl: (before|in the tunnel|Left)/g)).to.deep.equal([
      'carl: before',
      'carl: in the tunnel',
      'carl: Left',
    ]);
    expect(carl.stdout.match(/carl: in the tunnel/g)).to.have.length(2); // in history and search
    expect(carl.stdout).to.match(/2 are here: (carl, david|david, carl)\./);
  });

  it('that is disconnected because it reads too slowly goes on where it was', async () => {
    const port = await start({ maxLogBytes: 256 * 1024 });
    const [carl, slow] = [await guest(port, 'carl'), await guest(port, 'slow')];
    const fast = await WireClient.joined(port, 'fast');
    const go = Promise.withResolvers<void>();
    slow.link.pauseUntil(go.promise);
    let sent = 0;
    const closed = () => server?.logger.entries.some(({ fields }) => fields.reason === 'TOO_SLOW') ?? false;
    while (!closed() && sent < 40_000) {
      for (let n = 0; n < 100; n++) await carl.link.send({ content: `${++sent} ${'x'.repeat(3000)}` });
      await fast.next(line => line.includes(`"${sent} `));
    }
    go.resolve();
    const { end, seq } = await slow.answer('Closing');
    expect(end).to.equal('BEHIND');
    expect(await slow.ended()).to.equal('BEHIND');
    const again = await guest(port, 'slow', back(slow, seq));
    expect(again.welcome).to.include({ resumed: true }).and.not.have.property('gap');
    await again.hears(new RegExp(`^carl: ${sent} `));
    const numbers = [...slow.heard, ...again.heard].flatMap(line => /^carl: (\d+) /.exec(line)?.[1] ?? []);
    expect(numbers.map(Number)).to.deep.equal(Array.from({ length: sent }, (_, n) => n + 1));
  });

  it('is in nobody else’s way while it catches up', async () => {
    const port = await start();
    const [carl, david] = [await guest(port, 'carl'), await guest(port, 'david')];
    david.link.close();
    for (let n = 0; n < 20_000; n++)
      await carl.link.send({ content: `${n} ${'y'.repeat(200)}` }, n === 19_999 ? 'last' : undefined);
    await carl.answer('Accepted', ({ ref }) => ref === 'last');
    const again = await guest(port, 'david', back(david, 2));
    await carl.link.send({ content: 'meanwhile' }, 'm');
    await carl.answer('Accepted', ({ ref }) => ref === 'm');
    expect(again.heard.length).to.be.below(10_000);
    await again.hears('carl: meanwhile');
    await until(() => again.heard.length >= 20_001);
    expect(again.heard.map(line => /^carl: (\w+)/.exec(line)?.[1])).to.deep.equal([
      ...Array.from({ length: 20_000 }, (_, n) => String(n)),
      'meanwhile',
    ]);
  });

  it('says why the server cannot start: the history is in use, or the folder is a file', async () => {
    const [first] = await Program.server(['--data-dir', folder]);
    programs.push(first);
    for (const [dataDir, says] of [
      [folder, /The history in .* is in use by another chatty server\. Stop that one, or/],
      ['/dev/null/chatty', /\/dev\/null\/chatty/],
      ['', /The data folder has no name/],
    ] as const) {
      const second = Program.chatty(['server:start', '--port', '0', '--data-dir', dataDir]);
      expect(await second.exit(), dataDir).to.equal(dataDir === '' ? 2 : 4);
      expect(second.stderr).to.match(says);
      expect(second.stderr.trimEnd().split('\n')).to.have.length(1);
    }
    expect(await first.signal('SIGTERM').exit()).to.equal(0);
  });
});
