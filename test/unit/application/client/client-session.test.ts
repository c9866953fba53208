import { expect } from 'chai';
import sinon from 'sinon';
import { MAX_UNCONFIRMED } from '../../../../src/application/chat-request.js';
import { ClientConnection } from '../../../../src/application/client/client-connection.js';
import type { ClientEvent } from '../../../../src/application/client/client-event.js';
import { ClientSession } from '../../../../src/application/client/client-session.js';
import { newSession } from '../../../../src/application/client/own-session.js';
import { joinedAs, ScriptedServer } from '../../../support/scripted.js';

describe('ClientSession', () => {
  let clock: sinon.SinonFakeTimers;
  let server: ScriptedServer;
  let session: ClientSession;
  let events: ClientEvent[];
  let faults: unknown[];
  let settled: number;
  let dead: ClientConnection[];

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    server = new ScriptedServer();
    events = [];
    faults = [];
    settled = 0;
    dead = [];
    session = new ClientSession({
      show: event => events.push(event),
      onSettled: () => settled++,
      onDead: connection => dead.push(connection),
      onFault: error => faults.push(error),
    });
  });
  afterEach(() => {
    session.end(true);
    clock.restore();
  });

  /** Goes on over a new connection, in the extended form or the basic one. */
  async function join(form: 'extended' | 'basic' = 'extended'): Promise<ClientConnection> {
    const attempt = server.links.length + 1;
    const extended = form === 'extended' && { extended: { ...session.bookmark, attempt } };
    const request = { username: 'carl', ...extended };
    const connection = new ClientConnection(attempt, server.newLink(), request, {
      onUnproven: () => {},
      onJoined: (joined, _, welcome) => session.begin(joined, welcome),
      onResponse: (_, response) => session.take(response),
      onEnd: (ended, end) => session.end(ended.isExtended || end === 'CLOSED'),
    });
    await connection.open();
    return connection;
  }

  const pass = (ms: number) => clock.tickAsync(ms);
  const only = <T extends ClientEvent['type']>(type: T) =>
    events.filter((event): event is Extract<ClientEvent, { type: T }> => event.type === type);
  const memo = (seq: number, content = `message ${seq}`) =>
    ({ type: 'Broadcast', memo: { username: 'david', content, seq, at: 0, kind: 'message' } }) as const;
  const heard = () => only('Memo').map(({ content }) => content);
  const contents = () => server.link.sent.map(sent => sent.split(' ')[1]);

  it('takes up what another program has not sent, under the refs that it had, and has it kept until it is answered', async () => {
    const kept: (readonly string[])[] = [];
    session.takeUp({
      ...newSession(),
      saved: { token: 't', attempt: 1, unsent: [{ ref: 'old-1', message: { content: 'said before' } }] },
      keep: unsent => kept.push(unsent.map(({ ref }) => ref)),
    });
    expect(only('Pending')).to.deep.equal([{ type: 'Pending', ref: 'old-1', content: 'said before' }]);
    session.wake(); // there is nothing yet that could have outlived a sleep
    await join();
    await pass(0);
    expect(server.link.sent).to.deep.equal(['old-1 said before']);
    await session.send({ content: 'new' });
    const [, ref = ''] = kept.at(-1) ?? [];
    expect(kept).to.deep.equal([['old-1', ref]]);
    server.link.says({ type: 'Accepted', ref: 'old-1', seq: 2, at: 0 });
    server.link.says({ type: 'Accepted', ref, seq: 3, at: 0 });
    await pass(0);
    expect(kept.slice(1)).to.deep.equal([[ref], []]);
    expect(only('Accepted').map(({ late }) => late)).to.deep.equal([true, false]);
  });

  describe('reading', () => {
    it('asks for a session of its own choice at first, so that it can resume it if the answer is lost', () => {
      expect(session.bookmark).to.have.keys('resume');
      expect(session.bookmark.resume).to.match(/^[0-9a-f-]{72}$/);
    });

    it('resumes where it stopped reading', async () => {
      await join();
      server.link.says(memo(7));
      expect(session.bookmark).to.deep.equal({ resume: 'token', epoch: 'one', since: 7 });
    });

    it('shows what it has missed once, whatever comes again', async () => {
      await join();
      server.link.says(memo(1), memo(2), memo(2));
      server.link.ends('LOST');
      await join();
      server.link.says(memo(1), memo(2), memo(3), memo(4));
      expect(heard()).to.deep.equal(['message 1', 'message 2', 'message 3', 'message 4']);
    });

    it('misses nothing when an answer comes ahead of what was said before it', async () => {
      await join();
      await session.send({ content: 'hi' });
      const [ref = ''] = server.link.refs;
      server.link.ends('LOST');
      await join();
      server.link.accepts(ref, 3);
      server.link.says(memo(1), memo(2), memo(4));
      expect(heard()).to.deep.equal(['message 1', 'message 2', 'message 4']);
    });

    it('passes over nothing that it has missed, whatever sequence number the server names', async () => {
      await join();
      server.link.says(memo(1));
      server.link.ends('LOST');
      server.onJoin = link => link.says(joinedAs('carl', { seq: 3 }), memo(2), memo(3));
      await join();
      expect(heard()).to.deep.equal(['message 1', 'message 2', 'message 3']);
    });

    it('begins where the server says when the log is another one, or shorter', async () => {
      await join();
      server.link.says(memo(100));
      server.link.ends('LOST');
      const gap = { from: 41, to: 100 };
      server.onJoin = link => link.says(joinedAs('carl', { epoch: 'two', seq: 40, gap }), memo(41));
      await join();
      expect(heard()).to.deep.equal(['message 100', 'message 41']);
      expect(session.bookmark).to.include({ since: 41, epoch: 'two' });
    });

    it('tells when all that was missed has been shown', async () => {
      await join();
      server.link.ends('LOST');
      server.onJoin = link => link.says(joinedAs('carl', { head: 2 }), memo(1), memo(2), memo(3));
      await join();
      expect(events.map(event => (event.type === 'Replayed' ? event.missed : event.type))).to.deep.equal([
        'Memo',
        'Memo',
        2,
        'Memo',
      ]);
    });

    it('shows every message in the basic form, which has no sequence numbers', async () => {
      await join('basic');
      const same = { type: 'Broadcast', memo: { username: 'david', content: 'hi' } } as const;
      server.link.says(same, same, memo(1), memo(1));
      expect(heard()).to.deep.equal(['hi', 'hi', 'message 1', 'message 1']);
    });

    it('shows what it does not know, and lets a server wait', async () => {
      await join();
      const room = Promise.withResolvers<void>();
      server.link.says({ type: 'Unknown', text: '{"Rooms":[]}' }, joinedAs());
      expect(events).to.deep.equal([{ type: 'UnknownResponse', text: '{"Rooms":[]}' }]);
      session.pauseUntil(room.promise);
      room.resolve();
      await pass(0);
      expect(server.link.commands).to.deep.equal(['pause', 'go on']);
      server.link.ends('LOST');
      session.pauseUntil(room.promise);
    });
  });

  describe('earlier messages', () => {
    const earlier = (at: number) =>
      ({ username: 'david', content: `at ${at}`, seq: at, at, kind: 'message' }) as const;

    it('are shown together, with how long ago the last one was', async () => {
      clock.setSystemTime(200_000);
      await join();
      server.link.says({ type: 'History', memos: [earlier(1000)], done: false });
      expect(events).to.deep.equal([]);
      server.link.says({ type: 'History', memos: [earlier(20_000)], done: true });
      expect(events).to.deep.equal([
        { type: 'Earlier', memos: [earlier(1000), earlier(20_000)], agoMs: 180_000 },
      ]);
    });

    it('are nothing when nothing was said, and never in the future', async () => {
      await join();
      server.link.says({ type: 'History', memos: [], done: true });
      expect(events).to.deep.equal([]);
      server.link.says({ type: 'History', memos: [{ username: 'david', content: 'hi' }], done: true });
      server.link.ends();
      await join();
      server.link.says({ type: 'History', memos: [earlier(99_000)], done: true });
      expect(only('Earlier').map(({ agoMs }) => agoMs)).to.deep.equal([0, 0]);
    });

    it('are taken once a connection, and no more of them than anybody asks for', async () => {
      await join();
      const many = Array.from({ length: 1000 }, (_, n) => earlier(n));
      for (let part = 0; part < 5; part++)
        server.link.says({ type: 'History', memos: many, done: part === 4 });
      server.link.says({ type: 'History', memos: many, done: true });
      expect(only('Earlier').map(({ memos }) => memos.length)).to.deep.equal([200]);
    });
  });

  describe('sending', () => {
    it('sends again over the next connection what is unconfirmed, under the same ref', async () => {
      await join();
      const [first] = server.links;
      for (const word of ['one', 'two', 'three']) await session.send({ content: word });
      first?.accepts(first.refs[0] ?? '', 8);
      first?.ends('LOST');
      await join();
      await pass(0);
      expect(server.link.sent).to.deep.equal(first?.sent.slice(1));
      expect(session.unsent).to.equal(2);
    });

    it('tells of a delay only while something is unsent', async () => {
      await join();
      server.link.says({ type: 'Delayed', ms: 2000 });
      await session.send({ content: 'too fast' });
      server.link.says({ type: 'Delayed', ms: 2000 });
      expect(only('Delayed')).to.deep.equal([{ type: 'Delayed', ms: 2000 }]);
    });

    it('takes an answer that comes twice once, and passes over one to nobody', async () => {
      await join();
      await session.send({ content: 'hi' });
      const [ref = ''] = server.link.refs;
      server.link.accepts(ref, 1);
      server.link.accepts(ref, 1);
      server.link.accepts('other', 9);
      expect(only('Accepted')).to.deep.equal([
        { type: 'Accepted', ref, content: 'hi', late: false, unsent: 0, seq: 1, at: 0 },
      ]);
      expect(settled).to.equal(1);
    });

    it('makes a speaker wait at the bound of unconfirmed messages, and keeps their order', async () => {
      await join();
      let said = 0;
      const all = (async () => {
        for (; said < MAX_UNCONFIRMED + 10; said++) await session.send({ content: String(said) });
      })();
      await pass(0);
      expect(said).to.equal(MAX_UNCONFIRMED);
      expect(session.isFull).to.equal(true);
      let seq = 0;
      while (seq < MAX_UNCONFIRMED + 10) {
        server.link.accepts(server.link.refs[seq] ?? '', ++seq);
        await pass(0);
      }
      await all;
      expect(contents()).to.deep.equal(Array.from({ length: MAX_UNCONFIRMED + 10 }, (_, n) => String(n)));
    });

    it('queues what is said while the connection is down, says so once, and sends it in order', async () => {
      await join();
      server.link.ends('LOST');
      await session.send({ content: 'one' });
      await session.send({ content: 'two' });
      expect(only('Queued')).to.have.length(1);
      await join();
      await pass(0);
      expect(contents()).to.deep.equal(['one', 'two']);
      server.link.ends('LOST');
      await session.send({ content: 'three' });
      expect(only('Queued')).to.have.length(2);
      await join();
      await pass(0);
      server.link.refs.forEach((ref, n) => {
        server.link.accepts(ref, n + 1);
      });
      expect(only('Accepted').map(({ late, unsent }) => [late, unsent])).to.deep.equal([
        [true, 2],
        [true, 1],
        [true, 0],
      ]);
    });

    it('says why a message was refused, and which', async () => {
      await join();
      await session.send({ content: 'hi' });
      const [ref = ''] = server.link.refs;
      server.link.says({ type: 'Refused', ref, code: 'DISK_FULL', content: 'Full.' });
      server.link.says({ type: 'Refused', code: 'X', content: 'Something else.' });
      server.link.says({ type: 'Refused', ref: 'unknown', code: 'X', content: 'Whatever.' });
      expect(only('Refused')).to.deep.equal([
        { type: 'Refused', reason: 'Full.', content: 'hi' },
        { type: 'Refused', reason: 'Something else.' },
        { type: 'Refused', reason: 'Whatever.' },
      ]);
      expect([settled, session.unsent]).to.deep.equal([1, 0]);
    });

    it('says by how much a message is too long, and does not keep it', async () => {
      await join();
      await session.send({ content: 'long' });
      expect(only('TooLong')).to.deep.equal([{ type: 'TooLong', content: 'long', limit: 10, actual: 20 }]);
      expect([settled, session.unsent]).to.deep.equal([1, 0]);
    });

    it('sends no faster than the connection takes it, and goes on over the next one', async () => {
      await join();
      const drained = Promise.withResolvers<void>();
      const [first] = server.links;
      if (first !== undefined) first.drained = drained.promise;
      const all = Promise.all(['one', 'two'].map(word => session.send({ content: word })));
      await pass(0);
      expect(first?.sent).to.have.length(1);
      first?.ends('LOST');
      drained.resolve();
      await all;
      await join();
      await pass(0);
      expect(contents()).to.deep.equal(['one', 'two']);
    });

    it('sends what is said in the same moment in which all before was sent', async () => {
      await join();
      const first = session.send({ content: 'one' });
      void first.then(() => session.send({ content: 'two' }));
      await first;
      await session.send({ content: 'three' });
      await pass(0);
      expect(contents()).to.have.length(3);
    });

    it('sends nothing after a Leave', async () => {
      const connection = await join();
      server.onLeave = () => {};
      connection.leave();
      await session.send({ content: 'too late' });
      expect(server.link.sent).to.deep.equal([]);
      expect(session.unsent).to.equal(1);
    });

    it('tells of what breaks', async () => {
      await join();
      await session.send({ content: 'boom' });
      expect(faults.map(String)).to.deep.equal(['Error: boom']);
    });

    it('makes nobody wait when there is no time', async () => {
      await join();
      for (let n = 0; n < MAX_UNCONFIRMED; n++) await session.send({ content: 'more' });
      const waiting = session.send({ content: 'one more' });
      const asking = session.request({ type: 'who' });
      session.hurry();
      await waiting;
      expect(await asking).to.deep.equal({ type: 'Unanswered', asked: 'who', why: 'NO_ANSWER' });
    });
  });

  describe('in the basic form', () => {
    it('sends nothing twice, and knows what may not have arrived', async () => {
      await join('basic');
      await session.send({ content: 'one' });
      expect(server.link.sent).to.deep.equal(['one']);
      server.link.ends('LOST');
      expect(session.unsettled).to.deep.equal({ unsure: 1 });
      await session.send({ content: 'two' });
      await join('basic');
      await pass(0);
      expect(server.link.sent).to.deep.equal(['two']);
      expect(only('Accepted').map(({ content, late }) => [content, late])).to.deep.equal([
        ['one', false],
        ['two', true],
      ]);
      server.link.ends('CLOSED');
      expect(session.unsettled).to.deep.equal({ unsure: 1 });
    });

    it('sends no Ping', async () => {
      await join('basic');
      await pass(600_000);
      expect(server.link.commands).to.deep.equal([]);
    });
  });

  describe('asking', () => {
    it('passes on the answer, and the refusal', async () => {
      await join();
      server.onRequest = (link, ref) =>
        link.says({ type: 'Users', ref, users: ['carl'], away: [], done: true });
      const users = { type: 'Users', users: ['carl'], away: [] };
      expect(await session.request({ type: 'who' })).to.deep.equal(users);
      server.onRequest = (link, ref) => link.says({ type: 'Refused', ref, code: 'X', content: 'No.' });
      expect(await session.request({ type: 'who' })).to.deep.equal({ type: 'Refused', reason: 'No.' });
      expect(events).to.deep.equal([]);
    });

    it('asks about keys where the name is proven, and nowhere else: a server that knows none would hang up', async () => {
      await join();
      const asked = { type: 'keys' } as const;
      const unanswered = { type: 'Unanswered', asked: 'keys', why: 'NOT_VERIFIED' };
      expect(await session.request(asked)).to.deep.equal(unanswered);
      server.link.ends('LOST');
      server.onJoin = link => link.says(joinedAs('carl', { verified: true }));
      await join();
      const keys = { username: 'carl', keys: ['SHA256:one'], own: 'SHA256:one' };
      server.onRequest = (link, ref) => link.says({ type: 'Keys', ref, ...keys, done: true });
      expect(await session.request(asked)).to.deep.equal({ type: 'Keys', ...keys });
    });

    it('answers with messages whatever their sequence numbers', async () => {
      await join();
      server.link.says(memo(9));
      const memos = [1, 2].map(seq => memo(seq).memo);
      server.onRequest = (link, ref) => link.says({ type: 'History', ref, memos, done: true });
      expect(await session.request({ type: 'history', limit: 5 })).to.deep.equal({ type: 'History', memos });
    });

    it('knows when there can be no answer', async () => {
      const asked = async () => {
        const answer = await session.request({ type: 'who' });
        return answer.type === 'Unanswered' && answer.why;
      };
      expect(await asked()).to.equal('NOT_CONNECTED');
      await join();
      const lost = asked();
      server.link.ends('LOST');
      expect(await lost).to.equal('NO_ANSWER');
      await join('basic');
      expect(await asked()).to.equal('NOT_OFFERED');
    });
  });

  describe('a connection that is dead', () => {
    beforeEach(() => {
      server.onPing = () => {};
    });

    it('is found out though it is not closed', async () => {
      const connection = await join();
      await pass(25_000);
      expect(server.link.commands).to.include('ping 1');
      expect(dead[0]).to.equal(connection);
    });

    it('is not one that is not read on purpose', async () => {
      await join();
      session.pauseUntil(new Promise(() => {}));
      await pass(600_000);
      expect(dead).to.deep.equal([]);
    });

    it('is not asked for while there is talk, and not one that answers', async () => {
      await join();
      for (let seq = 1; seq < 100; seq++) {
        await session.send({ content: 'hi' });
        server.link.accepts(server.link.refs.at(-1) ?? '', seq);
        await pass(1000);
      }
      expect(server.link.commands.filter(command => command.startsWith('ping'))).to.deep.equal([]);
      server.onPing = (link, id) => link.says({ type: 'Pong', id });
      await pass(600_000);
      expect(dead).to.deep.equal([]);
    });
  });
});
