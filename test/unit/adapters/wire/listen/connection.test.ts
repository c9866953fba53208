import { expect } from 'chai';
import sinon from 'sinon';
import { rate } from '../../../../../src/adapters/wire/listen/allowance.js';
import { Arrivals } from '../../../../../src/adapters/wire/listen/arrivals.js';
import { Connection, type ConnectionLimits } from '../../../../../src/adapters/wire/listen/connection.js';
import { Guest } from '../../../../../src/adapters/wire/listen/guest.js';
import { Questions, Turns } from '../../../../../src/adapters/wire/listen/turns.js';
import { Voices } from '../../../../../src/adapters/wire/listen/voices.js';
import { noticeText } from '../../../../../src/adapters/wire/notice.js';
import { Refusal } from '../../../../../src/domain/refusal.js';
import { MemoryChannel } from '../../../../doubles/memory-channel.js';
import { MemoryLogger } from '../../../../doubles/memory-logger.js';
import { SESSION, stubUseCases, tellSilence } from '../../../../support/stub-use-cases.js';

const LIMITS: ConnectionLimits = {
  maxLineBytes: 1024,
  maxBacklogBytes: 1000,
  joinTimeoutMs: 10_000,
  maxRate: 100,
};

describe('Connection', () => {
  let clock: sinon.SinonFakeTimers;
  let stubs: ReturnType<typeof stubUseCases>;
  let channel: MemoryChannel;
  let feed: { congestion: Promise<void> | undefined };
  let logger: MemoryLogger;
  let connection: Connection;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    stubs = stubUseCases();
    connect();
  });
  afterEach(() => clock.restore());

  function connect(limits: Partial<ConnectionLimits> = {}): void {
    channel = new MemoryChannel();
    feed = { congestion: undefined };
    logger = new MemoryLogger();
    const time = { turns: new Turns(), questions: new Questions() };
    const voices = new Voices({ messages: rate(0, 1), bytes: rate(0, 1) });
    const guest = new Guest(
      voices,
      new Arrivals({ joins: rate(0, 1), allJoins: rate(0, 1) }),
      undefined,
      () => {},
    );
    const all = { ...LIMITS, ...limits };
    connection = new Connection(1, channel, stubs.useCases, feed, all, logger, time, guest);
  }

  /** Promises that are resolved have been followed. */
  const settled = () => new Promise<void>(resolve => setImmediate(resolve));

  async function join(body: unknown = 'carl'): Promise<void> {
    channel.receive({ Join: body });
    await settled();
  }

  const lastWord = () => channel.lines.at(-1);
  const logged = () =>
    logger.entries.map(({ message, fields: { reason, code } }) =>
      [message, reason ?? code].filter(Boolean).join(': '),
    );

  it('lets a user join, and end by themselves', async () => {
    await join();
    channel.close();
    await settled();
    expect(stubs.disconnectUser.args.map(([session]) => session)).to.deep.equal([SESSION]);
    expect(logged()).to.deep.equal(['joined', 'connection ended: LEFT']);
    expect(logger.entries[0]?.fields).to.deep.equal({ connection: 1, session: SESSION, username: 'carl' });
  });

  it('tells the operator of a join that is refused, and no more of a name than its beginning', async () => {
    stubs.joinUser.rejects(new Refusal('NAME_TAKEN'));
    await join();
    await join('x'.repeat(900));
    const fields = logger.entries.map(entry => entry.fields);
    expect(logger.entries.map(({ message }) => message)).to.deep.equal(['join refused', 'join refused']);
    expect(fields[0]).to.deep.equal({ connection: 1, username: 'carl', code: 'NAME_TAKEN' });
    expect(fields[1]?.username).to.equal(`${'x'.repeat(64)}…`);
  });

  it('tells the operator from where it came, and how long it was', async () => {
    channel.address = '192.0.2.7';
    await join();
    clock.tick(1234);
    channel.close();
    await settled();
    const who = { connection: 1, session: SESSION, username: 'carl', address: '192.0.2.7' };
    expect(logger.entries.map(({ fields }) => fields)).to.deep.equal([
      who,
      { ...who, reason: 'LEFT', durationMs: 1234 },
    ]);
  });

  it('ends with its first reason, however it is ended again', async () => {
    await join();
    connection.end('STOPPING');
    connection.end('TOO_SLOW');
    channel.close();
    await settled();
    expect(lastWord()).to.deep.equal({
      Broadcast: { username: 'chatty', content: noticeText('STOPPING') },
    });
    expect(stubs.disconnectUser.callCount).to.equal(1);
    expect(logged()).to.deep.equal(['joined', 'connection ended: STOPPING']);
    await connection.closed();
  });

  it('gives up its session after the call that ends it, not during it', async () => {
    await join();
    connection.end('STOPPING');
    expect(stubs.disconnectUser.callCount).to.equal(0);
    await settled();
    expect(stubs.disconnectUser.callCount).to.equal(1);
  });

  it('ends a client that does not join in time', async () => {
    clock.tick(9999);
    expect(channel.ended).to.equal(undefined);
    clock.tick(1);
    await settled();
    expect(logged()).to.deep.equal(['connection ended: NOT_JOINED_IN_TIME']);
    expect(clock.countTimers()).to.equal(0);
  });

  it('ends a client that has said Join in time, and tells it that the log does not answer', async () => {
    stubs.joinUser.returns(new Promise(() => {}));
    await join();
    clock.tick(10_000);
    await settled();
    expect(logged()).to.deep.equal(['connection ended: CUT_OFF']);
  });

  it('waits no longer for a join that has come', async () => {
    await join();
    clock.tick(60_000);
    expect(channel.ended).to.equal(undefined);
  });

  it('answers nonsense once, then hangs up', async () => {
    channel.receive(Buffer.from('GET / HTTP/1.1\n\nmore\n'), { Join: 'carl' });
    await settled();
    expect(channel.lines).to.deep.equal([
      { Broadcast: { username: 'chatty', content: noticeText('NOT_JSON') } },
    ]);
    expect(stubs.joinUser.callCount).to.equal(0);
    expect(logged()).to.deep.equal(['connection ended: NOT_JSON']);
  });

  it('ends a line that is too long', async () => {
    channel.receive(Buffer.alloc(1025, 'x'));
    await settled();
    expect(logged()).to.include('connection ended: LINE_TOO_LONG');
  });

  it('ends at a fault inside the server, and logs it', async () => {
    const fault = new Error('a bug');
    stubs.joinUser.rejects(fault);
    await join();
    expect(logger.entries[0]).to.deep.equal({
      level: 'error',
      fields: { connection: 1, err: fault },
      message: 'fault while processing a command',
    });
    expect(logged().at(-1)).to.equal('connection ended: FAULT');
  });

  it('takes a line that breaks for one way of leaving', async () => {
    await join();
    channel.fail('ECONNRESET');
    await settled();
    expect(logged().slice(1)).to.deep.equal(['connection broke: ECONNRESET', 'connection ended: LEFT']);
    expect(logger.entries.at(-1)?.fields).to.include({ reason: 'LEFT', code: 'ECONNRESET' });
  });

  it('drops a client that asks without reading the answers', async () => {
    await join({ username: 'carl' });
    channel.backlog = 1001;
    channel.receive({ Ping: 1 });
    expect(lastWord()).to.deep.include({
      Closing: { code: 'TOO_SLOW', content: noticeText('TOO_SLOW'), seq: 0 },
    });
  });

  it('can be cut without a word', async () => {
    connection.destroy();
    await connection.closed();
    expect(channel.lines).to.deep.equal([]);
    expect(clock.countTimers()).to.equal(0);
  });

  describe('reading', () => {
    it('waits while a command is done, and goes on afterwards', async () => {
      const joining = Promise.withResolvers<number>();
      stubs.joinUser.returns(joining.promise);
      channel.receive({ Join: 'carl' });
      expect(channel.isPaused).to.equal(true);
      joining.resolve(SESSION);
      await settled();
      expect(channel.isPaused).to.equal(false);
    });

    const flood = () => channel.receive({ Send: { username: 'carl', content: 'x'.repeat(900) } });

    it('waits while readers cannot follow, if much was said lately, and for everything else', async () => {
      await join();
      const congestion = Promise.withResolvers<void>();
      const answering = Promise.withResolvers<void>();
      stubs.leaveUser.returns(answering.promise);
      for (let n = 0; n < 10; n++) flood();
      expect(channel.isPaused).to.equal(false);
      feed.congestion = congestion.promise;
      flood();
      expect(channel.isPaused).to.equal(true);
      feed.congestion = undefined;
      congestion.resolve();
      await settled();
      expect(channel.isPaused).to.equal(false);
      channel.receive({ Leave: 'carl' });
      expect(channel.isPaused).to.equal(true);
      answering.resolve();
      await settled();
      expect(channel.isPaused).to.equal(false);
    });

    it('does not wait for readers where little is said, and no longer than until little was', async () => {
      await join();
      feed.congestion = new Promise(() => {});
      for (let n = 0; n < 7; n++) flood();
      expect(channel.isPaused).to.equal(false);
      flood();
      flood();
      expect(channel.isPaused).to.equal(true);
      clock.tick(10_000);
      for (let turn = 0; turn < 3; turn++) await settled();
      expect(channel.isPaused).to.equal(false);
      flood();
      expect(channel.isPaused).to.equal(false);
      expect(stubs.sendMessage.callCount).to.equal(10);
    });

    it('goes on when the connection ends: unread bytes would turn the last lines into a reset', async () => {
      await join();
      feed.congestion = new Promise(() => {});
      for (let n = 0; n < 10; n++) flood();
      expect(channel.isPaused).to.equal(true);
      connection.end('STOPPING');
      await settled();
      expect(channel.isPaused).to.equal(false);
    });

    it('is slower than a sender who is faster than allowed, who is told of a delay that people notice', async () => {
      await join({ username: 'carl' });
      const sends = (count: number) => Buffer.from('{"Send":{"content":"hi"}}\n'.repeat(count));
      channel.receive(sends(99));
      expect(channel.isPaused).to.equal(false);
      channel.receive(sends(31));
      expect(channel.isPaused).to.equal(true);
      // The one that was too much is said, the others wait, each for its 10 ms.
      expect(lastWord()).to.deep.equal({ Delayed: { ms: 310 } });
      expect(stubs.sendMessage.callCount).to.equal(100);
      for (let n = 0; n < 15; n++) {
        clock.tick(10);
        await settled();
      }
      expect(stubs.sendMessage.callCount).to.be.within(114, 115);
      expect(channel.lines).to.have.length(2);
    });

    it('lets a sender be as fast again after a second', async () => {
      await join();
      const send = { Send: { username: 'carl', content: 'hi' } };
      channel.receive(...Array(99).fill(send));
      clock.tick(1000);
      channel.receive(...Array(100).fill(send));
      expect(channel.isPaused).to.equal(false);
    });
  });

  describe('silence', () => {
    beforeEach(() => tellSilence(stubs, 3000));

    const ticks = (count: number) => {
      for (let n = 0; n < count; n++) connection.tick();
    };

    it('ends an extended session, and a sound of it does not', async () => {
      await join({ username: 'carl' });
      ticks(3);
      channel.receive({ Ping: 1 });
      ticks(3);
      expect(channel.ended).to.equal(undefined);
      ticks(1);
      expect(lastWord()).to.deep.include({
        Closing: { code: 'SILENT', content: noticeText('SILENT'), seq: 0 },
      });
    });

    it('is what a basic session, and a client that has not joined, may keep', async () => {
      ticks(10);
      await join();
      ticks(10);
      expect(channel.ended).to.equal(undefined);
    });

    it('is not counted while the server reads nothing', async () => {
      await join({ username: 'carl' });
      feed.congestion = new Promise(() => {});
      const send = { Send: { content: 'x'.repeat(900) } };
      channel.receive(...Array(10).fill(send));
      ticks(10);
      expect(channel.ended).to.equal(undefined);
    });
  });
});
