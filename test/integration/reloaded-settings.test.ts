import { rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import sinon from 'sinon';
import type { ServerSettings } from '../../src/adapters/config/server-config.js';
import type { SERVER_SETTINGS } from '../../src/adapters/config/server-settings.js';
import { ServerKey } from '../../src/adapters/tls/listen/server-key.js';
import { StreamChannel } from '../../src/adapters/wire/listen/stream-channel.js';
import { invitationTo } from '../../src/cli/invitation.js';
import { TOKENS } from '../../src/container/tokens.js';
import { MemoryLogger } from '../doubles/memory-logger.js';
import { MemoryOutlet } from '../doubles/memory-outlet.js';
import { TestKey } from '../support/keys.js';
import { ELSEWHERE, has, Reloading, send, told, turns } from '../support/reloading.js';
import { sent, temporaryFolder } from '../support/room-logs.js';
import { SshClient } from '../support/ssh-client.js';
import { WebClient } from '../support/web-client.js';
import { WireClient } from '../support/wire-client.js';

type Table = typeof SERVER_SETTINGS;
type Reloaded = { [P in keyof Table]: Table[P]['reload'] extends 'restart' ? never : P }[keyof Table];

/** What can be seen of a setting while the server runs, before it changes and after. */
interface Case {
  /** What the server starts with. */
  readonly start?: ServerSettings;
  readonly to: ServerSettings;
  readonly before: unknown;
  readonly after: unknown;
  /** The server does not run; its log is the one that servers have. */
  readonly isAboutTheLog?: true;
  /** The server has ended when it was looked at: another one is looked at before. */
  readonly endsIt?: true;
  /** Time is what the case says. */
  readonly hasClock?: true;
  prepare?(server: Reloading): Promise<unknown>;
  /** @param prepared what `prepare` has resolved to */
  see(server: Reloading, prepared: never): unknown;
}

const DAY_MS = 86_400_000;
const FREE = { messageRate: 0, byteRate: 0, joinRate: 0, totalJoinRate: 0, connectRate: 0 };

describe('a setting that is reloaded', () => {
  const folder = temporaryFolder();
  const file = (name: string) => join(folder, name);
  const [carl, anna] = [new TestKey(), new TestKey()];
  const pins: string[] = [];
  let clock: sinon.SinonFakeTimers | undefined;

  before(async () => {
    writeFileSync(file('carls'), `${carl.line} carl\n`);
    writeFileSync(file('annas'), `${anna.line} anna\n`);
    for (const name of ['one', 'two']) {
      const key = new ServerKey({ folder: file(name) }, new MemoryLogger());
      await key.open();
      pins.push(key.pin);
    }
  });
  after(() => rmSync(folder, { recursive: true }));

  const certificate = (name: string) => ({
    tlsCert: file(`${name}/server-cert.pem`),
    tlsKey: file(`${name}/server-key.pem`),
  });
  const TLS: Case = {
    start: certificate('one'),
    to: certificate('two'),
    before: 0,
    after: 1,
    see: ({ container }) => pins.indexOf(container.get(TOKENS.ServerIdentity).pin),
  };

  /** Whether somebody from elsewhere who is here already is read later now. */
  const delay = (start: ServerSettings, to: ServerSettings, bytes = 10): Case => ({
    start: { ...FREE, ...start },
    to,
    before: false,
    after: true,
    prepare: server => server.join(ELSEWHERE),
    see: async (_, member: Awaited<ReturnType<Reloading['join']>>) => {
      member.receive(send('x'.repeat(bytes)), send('x'.repeat(bytes)), send('x'.repeat(bytes)));
      await turns();
      return has(member, 'Delayed');
    },
  });

  /** Whether two are let in who come one after the other. */
  const two = (start: ServerSettings, to: ServerSettings): Case => ({
    start: { ...FREE, ...start },
    to,
    before: [true, true],
    after: [true, false],
    see: async server => [await server.admits(ELSEWHERE), await server.admits(ELSEWHERE)],
  });

  /** Whether one who comes is hung up on. */
  const refusal = (start: ServerSettings, to: ServerSettings, address?: string): Case => ({
    start,
    to,
    before: false,
    after: true,
    prepare: server => server.join(address),
    see: async server => {
      const channels = [server.come(address), server.come(address)];
      await turns();
      const isRefused = channels[1]?.ended !== undefined;
      for (const channel of channels) channel.close();
      await turns();
      return isRefused;
    },
  });

  /** Whether a reader that takes nothing is dropped. */
  const straggler = (to: ServerSettings, messages: number): Case => ({
    to,
    before: false,
    after: true,
    hasClock: true,
    see: async ({ container }) => {
      const broadcaster = container.get(TOKENS.Broadcaster);
      const outlet = new MemoryOutlet(() => {});
      outlet.reading = false;
      outlet.write(Buffer.from('unread\n'));
      await turns();
      broadcaster.add(999, outlet);
      for (let seq = 1; seq <= messages; seq++)
        broadcaster.publish({ ...sent(1, 'carl', 'x'.repeat(4000)), seq, at: 1 });
      await turns();
      clock?.tick(messages === 1 ? 2000 : 0);
      return outlet.ended;
    },
  });

  const kept = (to: ServerSettings, before: number, after: number, bytes?: number): Case => ({
    to,
    before,
    after,
    hasClock: true,
    prepare: async server => {
      await server.say(before, bytes);
      clock?.tick(2 * DAY_MS);
    },
    see: server => server.messages(),
  });

  /** Whether one more can claim a name. */
  const claim = (start: ServerSettings, to: ServerSettings, isSameKey = false): Case => ({
    start,
    to,
    before: false,
    after: true,
    prepare: server => server.claims(carl.key),
    see: server => server.claims(isSameKey ? carl.key : undefined),
  });

  const welcome = (to: ServerSettings, field: string, before: number, after: number): Case => ({
    to,
    before,
    after,
    see: async server => told(await server.join(), 'Joined')[field],
  });

  const log = (to: ServerSettings, before: unknown, after: unknown): Case => ({
    to,
    before,
    after,
    isAboutTheLog: true,
    see: ({ container }) => {
      const write = sinon.stub(process.stderr, 'write');
      try {
        container.get(TOKENS.Logger).info({ address: ELSEWHERE }, 'seen');
        return write.args.map(([line]) => /192\.0\.2\.[\d/]+/.exec(String(line))?.[0]);
      } finally {
        write.restore();
      }
    },
  });

  const CASES: Record<Reloaded, Case> = {
    webOrigins: {
      start: { web: 0 },
      to: { webOrigins: 'https://chat.example.org' },
      before: false,
      after: true,
      see: ({ webPort }) =>
        WebClient.open(webPort, { Origin: 'https://chat.example.org' }).then(
          client => client.socket.terminate() === undefined,
          () => false,
        ),
    },
    proxies: {
      to: { proxies: '127.0.0.1' },
      before: false,
      after: true,
      see: async ({ port }) => {
        const client = await WireClient.connect(port);
        client.write('PROXY TCP4 192.0.2.7 192.0.2.8 1 2\r\n{"Join":"carl"}\n');
        const isIn = (await client.next()).startsWith('{"Joined"');
        await client.reset();
        return isIn;
      },
    },
    allowPlaintext: {
      to: { allowPlaintext: true },
      before: 'ENCRYPTION_NEEDED',
      after: 'read',
      see: async ({ container }) => {
        const socket = Object.assign(new PassThrough(), { remoteAddress: ELSEWHERE });
        const line = container.get(TOKENS.LineOver)(socket as unknown as Socket, new StreamChannel(socket));
        const seen = Promise.withResolvers<string>();
        const ignore = () => {};
        line.listen({
          onData: () => seen.resolve('read'),
          onRefused: seen.resolve,
          onError: ignore,
          onEnd: ignore,
        });
        socket.write('{');
        return seen.promise;
      },
    },
    tlsCert: TLS,
    tlsKey: TLS,
    publicAddress: {
      to: { publicAddress: 'chat.example.org' },
      before: undefined,
      after: 'chatty client:join NAME --to chat.example.org:8081#PIN',
      see: ({ settings }) => invitationTo(settings.now, [{ host: '127.0.0.1', port: 8081 }], 'PIN'),
    },
    logLevel: log({ logLevel: 'warn' }, ['192.0.2.0/24'], []),
    logAddresses: log({ logAddresses: 'full' }, ['192.0.2.0/24'], [ELSEWHERE]),
    namesFile: {
      start: { names: 'listed', namesFile: file('carls') },
      to: { namesFile: file('annas') },
      before: ['carl'],
      after: ['anna'],
      see: async ({ container }) => {
        const { claims } = container.get(TOKENS.NameOwnership);
        const owners = await Promise.all(['carl', 'anna'].map(name => claims?.ownerOf(name)));
        return owners.flatMap(owner => owner?.username ?? []);
      },
    },
    claimDays: {
      to: { claimDays: 1 },
      before: 'carl',
      after: undefined,
      hasClock: true,
      prepare: async server => {
        await server.claims(carl.key, 'carl');
        clock?.tick(2 * DAY_MS);
      },
      see: async ({ container }) =>
        (await container.get(TOKENS.NameOwnership).claims?.ownerOf('carl'))?.username,
    },
    namesPerKey: claim({ namesPerKey: 1 }, { namesPerKey: 2 }, true),
    claimsPerAddress: claim({ claimsPerAddress: 1 }, { claimsPerAddress: 2 }),
    maxClaims: claim({ maxClaims: 1 }, { maxClaims: 2 }),
    coalesceMs: {
      to: { coalesceMs: 1000 },
      before: true,
      after: false,
      see: async server => {
        const [author, reader] = [await server.join(), await server.join()];
        const content = `said once by ${server.newName()}`;
        author.receive(send(content));
        await turns();
        return reader.written.includes(content);
      },
    },
    keepMessages: kept({ keepMessages: 1 }, 3, 1),
    keepBytes: kept({ keepBytes: 64 * 1024 }, 30, 7, 4000),
    keepDays: kept({ keepDays: 1 }, 1, 0),
    joinHistory: {
      to: { joinHistory: 1 },
      before: 3,
      after: 1,
      prepare: server => server.say(3),
      see: async server => {
        const channel = await server.join(undefined, { history: 10 });
        await turns();
        return (told(channel, 'History').memos as unknown[]).length;
      },
    },
    graceSeconds: welcome({ graceSeconds: 7 }, 'graceMs', 60_000, 7000),
    drainSeconds: {
      to: { drainSeconds: 7 },
      before: 2,
      after: 7,
      endsIt: true,
      see: async ({ container }) => {
        const close = sinon.spy(container.get(TOKENS.Connections), 'close');
        await container.get(TOKENS.ChatServer).stop();
        return Math.round(close.firstCall.args[0] / 1000);
      },
    },
    silenceTimeoutSeconds: welcome({ silenceTimeoutSeconds: 7 }, 'silenceMs', 45_000, 7000),
    maxConnections: refusal({}, { maxConnections: 1 }),
    maxSsh: {
      start: { ssh: 0 },
      to: { maxSsh: 1 },
      before: [0, 0],
      after: [0, 5],
      see: async ({ sshPort }) => {
        const [one, two] = [await SshClient.connect(sshPort, 'one'), await SshClient.connect(sshPort, 'two')];
        const waiting = one.run('send');
        const second = await two.run('send hi');
        one.endInput('hi');
        return [await waiting, second];
      },
    },
    sshLoginTimeoutSeconds: {
      start: { ssh: 0 },
      to: { sshLoginTimeoutSeconds: 1 },
      before: false,
      after: true,
      see: async ({ sshPort }) => {
        const client = await SshClient.connect(sshPort, 'idle');
        const isCut = await Promise.race([client.closed.then(() => true), sleep(1500).then(() => false)]);
        client.close();
        return isCut;
      },
    },
    maxConnectionsPerAddress: refusal({}, { maxConnectionsPerAddress: 1 }, ELSEWHERE),
    noTrustLoopback: refusal({ maxConnectionsPerAddress: 1 }, { noTrustLoopback: true }, '127.0.0.1'),
    maxUsernameLength: {
      to: { maxUsernameLength: 3 },
      before: true,
      after: false,
      see: server => server.admits(undefined, 'carla'),
    },
    maxMessageBytes: {
      to: { maxMessageBytes: 3 },
      before: true,
      after: false,
      prepare: server => server.join(),
      see: async (_, member: Awaited<ReturnType<Reloading['join']>>) => {
        member.written = '';
        member.receive(send('hello'));
        await turns();
        return has(member, 'Accepted');
      },
    },
    maxLineBytes: {
      start: { maxMessageBytes: 100 },
      to: { maxLineBytes: 1024 },
      before: true,
      after: false,
      see: server => server.admits(undefined, undefined, { about: 'x'.repeat(2000) }),
    },
    maxLogBytes: straggler({ maxLogBytes: 64 * 1024 }, 40),
    stallTimeoutSeconds: straggler({ stallTimeoutSeconds: 1 }, 1),
    maxBacklogBytes: {
      to: { maxBacklogBytes: 64 * 1024 },
      before: false,
      after: true,
      prepare: server => server.join(),
      see: async (_, member: Awaited<ReturnType<Reloading['join']>>) => {
        member.backlog = 100_000;
        member.receive({ Ping: 1 });
        await turns();
        return member.ended !== undefined;
      },
    },
    messageRate: delay({}, { messageRate: 1, messageBurst: 1 }),
    messageBurst: delay({ messageRate: 1 }, { messageBurst: 1 }),
    byteRate: delay({}, { byteRate: 1, byteBurst: 1024 }, 1000),
    byteBurst: delay({ byteRate: 1 }, { byteBurst: 1024 }, 1000),
    connectRate: two({}, { connectRate: 1, connectBurst: 1 }),
    connectBurst: two({ connectRate: 1 }, { connectBurst: 1 }),
    joinRate: two({}, { joinRate: 1, joinBurst: 1 }),
    joinBurst: two({ joinRate: 1 }, { joinBurst: 1 }),
    totalJoinRate: two({}, { totalJoinRate: 1, totalJoinBurst: 1 }),
    totalJoinBurst: two({ totalJoinRate: 1 }, { totalJoinBurst: 1 }),
    maxRate: {
      to: { maxRate: 1 },
      before: false,
      after: true,
      see: async server => {
        const channel = await server.join();
        for (let n = 0; n < 20; n++) channel.receive({ Ping: n });
        await turns();
        return has(channel, 'Delayed');
      },
    },
    joinTimeoutSeconds: {
      to: { joinTimeoutSeconds: 1 },
      before: false,
      after: true,
      hasClock: true,
      see: server => {
        const channel = server.come();
        clock?.tick(2000);
        return channel.ended !== undefined;
      },
    },
    keepAliveSeconds: {
      to: { keepAliveSeconds: 1 },
      before: 15_000,
      after: 1000,
      see: async ({ port }) => {
        const set = sinon.spy(Socket.prototype, 'setKeepAlive');
        try {
          await (await WireClient.joined(port, 'carl')).reset();
          return set.lastCall.args[1];
        } finally {
          set.restore();
        }
      },
    },
  };

  const TIMERS = [
    'Date',
    'performance',
    'setTimeout',
    'clearTimeout',
    'setInterval',
    'clearInterval',
  ] as const;

  for (const [property, aCase] of Object.entries(CASES)) {
    const { start = {}, to, before, after, isAboutTheLog, endsIt, hasClock, prepare, see } = aCase;
    it(`takes effect while the server runs: ${property}`, async () => {
      expect(to).to.have.property(property);
      if (hasClock) clock = sinon.useFakeTimers({ now: Date.now(), toFake: [...TIMERS] });
      const open = () => (isAboutTheLog ? Reloading.withLog(start) : Reloading.start(start));
      const server = await open();
      const unchanged = endsIt ? await open() : server;
      try {
        const prepared = (await prepare?.(server)) as never;
        expect(await see(unchanged, prepared), 'before').to.deep.equal(before);
        server.change(to);
        expect(await see(server, prepared), 'after').to.deep.equal(after);
      } finally {
        clock?.restore();
        await unchanged.stop();
        await server.stop();
      }
    });
  }
});
