import { expect } from 'chai';
import sinon from 'sinon';
import type { ClientEvent } from '../../../../src/application/client/client-event.js';
import {
  Membership,
  type MembershipOptions,
  type MembershipOutcome,
} from '../../../../src/application/client/membership.js';
import { ConnectFailure, type LinkEnd, type SavedSession } from '../../../../src/application/client/ports.js';
import { admit, joinedAs, ScriptedServer } from '../../../support/scripted.js';

const UP_TO_30_S = 30_001;

describe('Membership', () => {
  let clock: sinon.SinonFakeTimers;
  let server: ScriptedServer;
  let events: ClientEvent[];
  let membership: Membership;
  let end: MembershipOutcome | undefined;

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    server = new ScriptedServer();
    events = [];
    end = undefined;
  });
  afterEach(() => {
    membership.leave('unsaid');
    clock.restore();
  });

  /** Comes in, or tries. What is thrown is told to `failed`. */
  async function stay(options: MembershipOptions = {}, failed: (error: unknown) => void = () => {}) {
    membership = new Membership(server.newLink, event => events.push(event), { random: () => 1, ...options });
    void membership.stay('carl').then(
      result => {
        end = result;
      },
      (error: unknown) => failed(error),
    );
    await pass(0);
  }

  const pass = (ms: number) => clock.tickAsync(ms);
  const types = () => events.map(({ type }) => type);
  const only = <T extends ClientEvent['type']>(type: T) =>
    events.filter((event): event is Extract<ClientEvent, { type: T }> => event.type === type);
  const memo = (seq: number, content = `message ${seq}`) =>
    ({ type: 'Broadcast', memo: { username: 'david', content, seq, at: 0, kind: 'message' } }) as const;
  const heard = () => only('Memo').map(({ content }) => content);

  /** A server of the basic form, which does not understand an extended Join. */
  function knowsOnlyBasic(end: LinkEnd | undefined) {
    server.onJoin = (link, { username, extended }) => {
      if (extended === undefined) link.says(joinedAs(username));
      else if (end !== undefined) link.ends(end);
    };
  }

  it('tells of a server that nothing was known of, before it is welcome there', async () => {
    server.onJoin = (link, request) => {
      Object.assign(link, { peer: { name: 'pin', isEncrypted: true, isNew: true } });
      admit(link, request);
    };
    await stay();
    expect(types()).to.deep.equal(['NewServer', 'Welcome']);
    server.onJoin = (link, request) => {
      Object.assign(link, { peer: { name: 'pin', isEncrypted: true, isNew: true, isUnwritten: true } });
      admit(link, request);
    };
    await stay();
    expect(events.filter(({ type }) => type === 'NewServer')).to.deep.equal([
      { type: 'NewServer', pin: 'pin' },
      { type: 'NewServer', pin: 'pin', isUnwritten: true },
    ]);
  });

  describe('a server that lets nobody stay', () => {
    const MINUTES = 60_000;

    it('is asked no faster after it has let somebody in for a moment', async () => {
      server.onJoin = (link, request) => {
        admit(link, request);
        link.ends('LOST');
      };
      await stay({ random: () => 0.99 });
      await pass(5 * MINUTES);
      expect(server.links.length).to.be.within(12, 20);
    });

    it('is asked no faster when it refuses, takes back, or says what nobody asked for', async () => {
      const closing = { type: 'Closing', content: 'No.', seq: 2 ** 53 - 1 } as const;
      await stay({ random: () => 0.99 });
      server.onJoin = link => link.says(closing, joinedAs('carl', {}), joinedAs('eve', {}), closing);
      server.link.says(closing);
      await pass(5 * MINUTES);
      expect(server.links.length).to.be.within(12, 20);
    });
  });

  describe('with what another program of the person has left', () => {
    const own = (saved: Partial<SavedSession> = {}) => ({
      saved: { token: 'left behind', attempt: 7, ...saved },
      readTo: sinon.spy(),
      forget: sinon.spy(),
      release: sinon.spy(),
    });

    it('takes the session up, tells so, keeps the place, and forgets it when it has left', async () => {
      const saved = own({ epoch: 'one', since: 3 });
      membership = new Membership(server.newLink, event => events.push(event));
      server.onJoin = link => link.says(joinedAs('carl', { resumed: true, seq: 3, head: 4 }));
      void membership.stay('carl', saved);
      await pass(0);
      const { resume, since, epoch, attempt = 0 } = server.link.joinRequest?.extended ?? {};
      expect([resume, since, epoch]).to.deep.equal(['left behind', 3, 'one']);
      expect(attempt).to.be.above(7);
      expect(only('Welcome')[0]).to.deep.include({ resumed: true });
      expect(saved.readTo.lastCall.args).to.deep.equal(['one', 3]);
      server.link.says(memo(4));
      expect(saved.readTo.lastCall.args).to.deep.equal(['one', 4]);
      expect(only('Replayed')).to.deep.equal([{ type: 'Replayed', missed: 1 }]);
      membership.leave('settled');
      await pass(0);
      expect(saved.forget.callCount).to.equal(1);
    });

    it('forgets a session that never was: the server said no, or could not be reached', async () => {
      const memo = { username: 'carl', content: 'Sorry' };
      for (const [answer, forgets] of [
        [() => server.link.says({ type: 'Duplicate', memo }), 1],
        [() => server.link.says({ type: 'Refused', code: 'NAME_RESERVED', content: 'No.' }), 1],
        [() => server.link.ends('SERVER_STOPPING'), 0],
      ] as const) {
        const saved = own({ attempt: 0 });
        membership = new Membership(server.newLink, event => events.push(event));
        server.onJoin = () => answer();
        await membership.stay('carl', saved);
        expect(saved.forget.callCount).to.equal(forgets);
        expect(saved.release.callCount).to.equal(1 - forgets);
      }
      const [unreached, before] = [own({ attempt: 0 }), own()];
      server.vanish();
      for (const saved of [unreached, before]) {
        membership = new Membership(server.newLink, event => events.push(event));
        await membership.stay('carl', saved).catch(() => {});
      }
      expect([unreached.forget.callCount, before.forget.callCount]).to.deep.equal([1, 0]);
    });

    it('tells what of the time in between is no longer kept', async () => {
      membership = new Membership(server.newLink, event => events.push(event));
      server.onJoin = link => link.says(joinedAs('carl', { seq: 9, head: 9, gap: { from: 4, to: 9 } }));
      void membership.stay('carl', own({ epoch: 'one', since: 3 }));
      await pass(0);
      expect(only('Welcome')[0]).to.deep.include({ gap: { from: 4, to: 9 } });
    });

    it('keeps what it has when it goes without a word', async () => {
      const saved = own();
      membership = new Membership(server.newLink, event => events.push(event));
      server.onJoin = link => link.says(joinedAs('carl'));
      void membership.stay('carl', saved);
      await pass(0);
      membership.leave('unsaid');
      await pass(0);
      expect(saved.forget.callCount).to.equal(0);
      expect(saved.release.callCount).to.equal(1);
      expect(only('Welcome')[0]).to.not.have.property('resumed');
    });
  });

  describe('at the first connection', () => {
    it('asks for the extended form, and for earlier messages', async () => {
      await stay({ history: 20 });
      const { extended } = server.link.joinRequest ?? {};
      expect(extended).to.deep.include({ history: 20, attempt: 1 }).and.to.not.have.property('since');
      // Of its own choice, so that it can come back even if the answer is lost.
      expect(extended?.resume).to.match(/^[0-9a-f-]{72}$/);
      expect(events[0]).to.deep.equal({
        type: 'Welcome',
        username: 'carl',
        content: 'Warm Welcome',
        users: ['carl'],
        count: 1,
        head: 0,
        maxMessageBytes: 4096,
      });
    });

    it('hangs up the connection that was let in second', async () => {
      server.onJoin = (link, { extended }) => {
        if (extended !== undefined) return;
        link.says(joinedAs());
        server.links[0]?.says(joinedAs('carl', {}));
      };
      await stay();
      await pass(2500);
      expect(server.links.map(link => link.isClosed)).to.deep.equal([true, false]);
      expect(types()).to.deep.equal(['Welcome']);
    });

    it('ends when the name is taken, in either form', async () => {
      server.onJoin = link => link.says({ type: 'Duplicate', memo: { username: 'carl', content: 'Sorry' } });
      await stay();
      expect(end).to.deep.equal({ type: 'NAME_TAKEN', username: 'carl' });
      server.onJoin = (link, { extended }) => {
        if (extended === undefined) link.says({ type: 'Duplicate', memo: { username: 'carl', content: '' } });
      };
      end = undefined;
      await stay();
      await pass(11_000);
      expect(end).to.deep.equal({ type: 'NAME_TAKEN', username: 'carl' });
    });

    it('ends with the reason when it is not admitted', async () => {
      const reasons = [
        { type: 'Refused', code: 'NAME_RESERVED', content: 'Reserved.' },
        { type: 'Broadcast', memo: { username: 'chatty', content: 'Reserved.' } },
        { type: 'Closing', content: 'Reserved.', seq: 0 },
      ] as const;
      for (const reason of reasons) {
        server.onJoin = link => link.says(reason);
        await stay();
        const aboutName = reason.type === 'Refused' && { aboutName: true };
        expect(end).to.deep.equal({ type: 'NOT_ADMITTED', reason: 'Reserved.', ...aboutName });
      }
    });

    it('ends as the server does', async () => {
      server.onJoin = link => link.says({ type: 'Closing', end: 'SERVER_STOPPING', content: '', seq: 0 });
      await stay();
      expect(end).to.deep.equal({ type: 'SERVER_STOPPING' });
    });

    it('knows what is not chatty, by what it says or does not say', async () => {
      server.onJoin = link => {
        for (let n = 0; n < 5; n++) link.says({ type: 'Unknown', text: 'HTTP/1.1 400' });
      };
      await stay();
      expect(end).to.deep.equal({ type: 'NOT_CHATTY' });
      // The end says what it is; what it said is a page of a web server, or worse.
      expect(types()).to.deep.equal([]);
      server.onJoin = () => {};
      end = undefined;
      await stay({ joinTimeoutMs: 3000 });
      await pass(4999);
      expect(end).to.equal(undefined);
      await pass(10);
      expect(end).to.deep.equal({ type: 'NO_ANSWER' });
    });

    it('fails when nobody can be reached', async () => {
      server.vanish();
      let error: unknown;
      await stay({}, thrown => {
        error = thrown;
      });
      expect(error).to.be.instanceOf(ConnectFailure);
    });

    it('is over at once when it is told to, whatever it waits for', async () => {
      server.onOpen = () => new Promise(() => {});
      await stay();
      membership.leave('soon');
      await pass(0);
      expect(end).to.deep.equal({ type: 'LEFT' });
      expect(server.link.isClosed).to.equal(true);
      server = new ScriptedServer();
      server.onJoin = () => {};
      await stay();
      membership.leave('unsaid');
      server.link.says(joinedAs('carl', {}));
      await pass(60_000);
      expect(server.links).to.have.length(1);
      expect(events).to.deep.equal([]);
    });
  });

  describe('reconnecting', () => {
    it('resumes its session where it stopped reading, and sends again what is unconfirmed', async () => {
      await stay({ history: 20 });
      const [first] = server.links;
      for (const word of ['one', 'two', 'three']) await membership.session.send({ content: word });
      first?.says(memo(7));
      first?.accepts(first.refs[0] ?? '', 8);
      first?.ends('LOST');
      await pass(UP_TO_30_S);
      expect(server.links).to.have.length(2);
      expect(server.link.joinRequest).to.deep.equal({
        username: 'carl',
        extended: { history: 0, resume: 'token', epoch: 'one', since: 8, attempt: 2 },
      });
      expect(server.link.sent).to.deep.equal(first?.sent.slice(1));
      expect(only('Reconnected')).to.deep.equal([
        { type: 'Reconnected', extended: true, resumed: true, count: 1, head: 0 },
      ]);
    });

    it('begins where the server says when the log is another one, or shorter', async () => {
      await stay();
      server.link.says(memo(100));
      server.link.ends('LOST');
      const gap = { from: 41, to: 100 };
      server.onJoin = link =>
        link.says(joinedAs('carl', { epoch: 'two', seq: 40, gap, resumed: false }), memo(41));
      await pass(300);
      expect(heard()).to.deep.equal(['message 100', 'message 41']);
      expect(only('Reconnected')).to.deep.equal([
        { type: 'Reconnected', extended: true, resumed: false, gap, count: 1, head: 0 },
      ]);
      server.link.ends('LOST');
      await pass(600);
      expect(server.link.joinRequest?.extended).to.include({ since: 41, epoch: 'two' });
    });

    it('jumps over a gap, and tells of it once', async () => {
      await stay();
      server.link.says(memo(100));
      server.link.ends('LOST');
      const gap = { from: 101, to: 200 };
      server.onJoin = link => link.says(joinedAs('carl', { seq: 200, gap }));
      await pass(300);
      server.onJoin = admit;
      server.link.ends('LOST');
      await pass(600);
      expect(server.link.joinRequest?.extended?.since).to.equal(200);
      expect(only('Reconnected').map(back => back.gap)).to.deep.equal([gap, undefined]);
    });

    it('begins with short waits again only after a connection that held', async () => {
      await stay();
      const waits = () => only('Reconnecting').map(({ inMs }) => inMs);
      for (const heldMs of [0, 9000, 10_000, 0]) {
        await pass(heldMs);
        server.link.ends('LOST');
        await pass(0);
        await pass(waits().at(-1) ?? 0);
      }
      expect(waits()).to.deep.equal([250, 500, 250, 500]);
    });

    it('comes back when the server does not answer the Join', async () => {
      await stay();
      server.onJoin = () => {};
      server.link.ends('LOST');
      await pass(300);
      await pass(10_000);
      expect(server.link.isClosed).to.equal(true);
      server.onJoin = admit;
      await pass(600);
      expect(only('Reconnecting').map(({ outage }) => outage.code)).to.deep.equal(['LOST', 'NO_ANSWER']);
      expect(types().at(-1)).to.equal('Reconnected');
    });

    it('comes back when a server that stops has told it to, and no line is shown of that', async () => {
      await stay();
      events = [];
      const stopping = { type: 'Closing', end: 'SERVER_STOPPING', content: '', seq: 1 } as const;
      server.link.says({ ...stopping, retryAfterMs: 700 });
      await pass(949);
      expect(only('Reconnecting')).to.deep.equal([
        { type: 'Reconnecting', outage: { code: 'SERVER_STOPPING' }, inMs: 950, unsent: 0, isNews: false },
      ]);
      void membership.session.send({ content: 'meanwhile' });
      await pass(1);
      expect(only('Reconnected')[0]).to.deep.include({ resumed: true, isNews: false });
      expect(server.link.sent.join()).to.match(/meanwhile$/);
      expect(types()).to.deep.equal(['Reconnecting', 'Pending', 'Queued', 'Reconnected']);
    });

    it('comes back after every end that the server tells, but for one', async () => {
      await stay();
      for (const [end, outage] of [
        ['SERVER_STOPPING', { code: 'SERVER_STOPPING' }],
        ['BEHIND', { code: 'BEHIND' }],
        ['LOST', { code: 'LOST' }],
        [undefined, { code: 'SERVER_SAYS', notice: 'Because.' }],
      ] as const) {
        events = [];
        server.link.says({ type: 'Closing', ...(end && { end }), content: 'Because.', seq: 1 });
        await pass(11_000);
        expect(only('Reconnecting')[0]?.outage).to.deep.equal(outage);
        expect(types().slice(-2)).to.deep.equal(['Reconnected', 'Replayed']);
      }
      for (const linkEnd of ['SERVER_STOPPING', 'NOT_CHATTY', 'CLOSED'] as const) {
        events = [];
        server.link.ends(linkEnd);
        await pass(11_000);
        expect(types()).to.deep.equal(['Reconnecting', 'Reconnected', 'Replayed']);
      }
    });

    it('does not fight for a session that was resumed elsewhere', async () => {
      const replaced = [
        () => server.link.says({ type: 'Closing', end: 'REPLACED', content: '', seq: 1 }),
        () => server.link.ends('REPLACED'),
        () => {
          server.onJoin = link => link.says({ type: 'Closing', end: 'REPLACED', content: '', seq: 1 });
          server.link.ends('LOST');
        },
      ];
      for (const replace of replaced) {
        await stay();
        await membership.session.send({ content: 'hi' });
        replace();
        await pass(UP_TO_30_S);
        expect(end).to.deep.equal({ type: 'REPLACED', unsent: 1 });
        end = undefined;
      }
    });

    it('comes back at once when it is told to, and says so where it is not away', async () => {
      await stay();
      membership.reconnectNow();
      expect(types().at(-1)).to.equal('NotAway');
      let isUp = false;
      server.onJoin = (link, { username }) =>
        isUp ? link.says(joinedAs(username, { resumed: true })) : link.ends('CLOSED');
      server.link.ends('CLOSED');
      await pass(60_000);
      isUp = true;
      membership.reconnectNow();
      await pass(0);
      expect(types().at(-1)).to.equal('Reconnected');
    });

    it('asks after a sleep whether the connection holds, and comes back at once where it is away', async () => {
      await stay();
      expect(server.link.commands.at(-1)).to.not.match(/^ping/);
      membership.wake();
      expect(server.link.commands.at(-1)).to.match(/^ping/);
      let isUp = false;
      server.onJoin = (link, { username }) =>
        isUp ? link.says(joinedAs(username, { resumed: true })) : link.ends('CLOSED');
      server.link.ends('CLOSED');
      await pass(60_000);
      isUp = true;
      membership.wake();
      await pass(0);
      expect(types().at(-1)).to.equal('Reconnected');
    });

    it('gives up after as long as it was told, with what is unsent', async () => {
      await stay({ retryForMs: 10_000 });
      server.vanish();
      server.link.ends('LOST');
      await membership.session.send({ content: 'hi' });
      await pass(9999);
      expect(end).to.equal(undefined);
      await pass(1);
      expect(end).to.deep.equal({ type: 'LOST', unsent: 1 });
    });

    it('takes the basic form when an older server has taken its place', async () => {
      await stay();
      knowsOnlyBasic('NOT_UNDERSTOOD');
      server.link.ends('LOST');
      await pass(5000);
      expect(server.link.joinRequest).to.deep.equal({ username: 'carl' });
      expect(only('Reconnected')).to.deep.equal([{ type: 'Reconnected', extended: false, resumed: false }]);
    });

    it('comes back under the name as the server spells it', async () => {
      server.onJoin = link => link.says(joinedAs('Carl', {}));
      await stay();
      server.link.ends('LOST');
      await pass(300);
      expect(server.link.joinRequest?.username).to.equal('Carl');
    });

    it('fails when something breaks on the way back', async () => {
      let error: unknown;
      await stay({}, thrown => {
        error = thrown;
      });
      server.onOpen = () => {
        throw new Error('broken');
      };
      server.link.ends('LOST');
      await pass(300);
      expect(String(error)).to.equal('Error: broken');
    });

    it('finds out that the server is dead though nobody says so', async () => {
      server.onPing = () => {};
      await stay();
      await pass(25_000);
      expect(server.links[0]?.commands).to.include('ping 1');
      expect(server.links[0]?.isClosed).to.equal(true);
      expect(only('Reconnecting')[0]?.outage).to.deep.equal({ code: 'NO_SIGN_OF_LIFE' });
    });

    it('stays with a server that answers', async () => {
      await stay();
      await pass(600_000);
      expect(server.links).to.have.length(1);
    });

    it('hears nothing more of a line that it has given up', async () => {
      await stay();
      const [old] = server.links;
      old?.says({ type: 'Closing', content: 'Oh.', seq: 1 });
      await pass(300);
      old?.says(memo(50));
      old?.ends('LOST');
      expect(heard()).to.deep.equal([]);
      expect(types().at(-1)).to.equal('Reconnected');
    });
  });

  describe('with a server of the basic form', () => {
    beforeEach(async () => {
      knowsOnlyBasic('NOT_UNDERSTOOD');
      await stay();
    });

    it('is welcome without more than a name', () => {
      expect(server.link.joinRequest).to.deep.equal({ username: 'carl' });
      expect(events).to.deep.equal([{ type: 'Welcome', username: 'carl', content: 'Warm Welcome' }]);
    });

    it('tries the extended form again when it reconnects', async () => {
      server.onJoin = admit;
      server.link.ends('LOST');
      await pass(300);
      expect(server.link.joinRequest?.extended).to.include({ attempt: 3 });
      await membership.session.send({ content: 'hi' });
      expect(server.link.refs).to.have.length(1);
    });

    it('says how many messages may not have arrived, when the connection broke', async () => {
      await membership.session.send({ content: 'one' });
      await membership.session.send({ content: 'two' });
      server.vanish();
      server.link.ends('LOST');
      await pass(10);
      membership.leave('soon');
      await pass(0);
      expect(end).to.deep.equal({ type: 'LEFT', unsure: 2 });
    });

    it('knows only by an orderly end that it has left', async () => {
      server.onLeave = link => link.ends('LOST');
      membership.leave('settled');
      await pass(0);
      expect(end).to.deep.equal({ type: 'LOST' });
    });

    it('shows a response that it does not know', async () => {
      server.link.says({ type: 'Unknown', text: '{}' });
      expect(events.at(-1)).to.deep.equal({ type: 'UnknownResponse', text: '{}' });
    });
  });

  it('ends with what breaks', async () => {
    let error: unknown;
    await stay({}, thrown => {
      error = thrown;
    });
    void membership.session.send({ content: 'boom' });
    await pass(0);
    expect(String(error)).to.equal('Error: boom');
  });

  describe('leaving', () => {
    it('waits until all is confirmed, and says nothing more then', async () => {
      await stay();
      await membership.session.send({ content: 'hi' });
      membership.leave('settled');
      expect(server.link.commands).to.not.include('leave');
      server.link.accepts(server.link.refs[0] ?? '', 1);
      expect(server.link.commands.at(-1)).to.equal('leave');
      await membership.session.send({ content: 'too late' });
      expect(server.link.sent).to.have.length(1);
    });

    it('says Leave once', async () => {
      server.onLeave = () => {};
      await stay();
      membership.leave('settled');
      membership.leave('now');
      expect(server.link.commands).to.deep.equal(['leave']);
    });

    it('comes back to send what is unsent, and says that it does', async () => {
      await stay();
      server.link.ends('LOST');
      await membership.session.send({ content: 'hi' });
      membership.leave('settled');
      expect(events.at(-1)).to.deep.equal({ type: 'Leaving', unsent: 1 });
      await pass(300);
      server.link.accepts(server.link.refs[0] ?? '', 1);
      await pass(0);
      expect(end).to.deep.equal({ type: 'LEFT' });
    });

    it('comes back to say so when the connection is down, that the name is free', async () => {
      await stay();
      server.link.ends('LOST');
      await pass(100);
      membership.leave('settled');
      await pass(300);
      await pass(0);
      expect(end).to.deep.equal({ type: 'LEFT' });
      expect(server.links).to.have.length(2);
      expect(server.link.commands.at(-1)).to.equal('leave');
      expect(clock.countTimers()).to.equal(0);
    });

    it('leaves without a word when the connection stays down', async () => {
      await stay();
      server.vanish();
      server.link.ends('LOST');
      await pass(100);
      membership.leave('settled');
      await pass(4900);
      expect(end).to.equal(undefined);
      await pass(200);
      expect(end).to.deep.equal({ type: 'LEFT' });
      expect(clock.countTimers()).to.equal(0);
    });

    it('ends as soon as the line is down when it is in a hurry', async () => {
      await stay();
      await membership.session.send({ content: 'hi' });
      membership.leave('soon');
      server.link.ends('LOST');
      await pass(0);
      expect(end).to.deep.equal({ type: 'LEFT', unsent: 1 });
    });

    it('has left however the line ends, since all was confirmed', async () => {
      await stay();
      server.onLeave = link => link.ends('LOST');
      membership.leave('settled');
      membership.leave('settled');
      await pass(0);
      expect(end).to.deep.equal({ type: 'LEFT' });
      expect(server.link.commands).to.deep.equal(['leave']);
    });

    it('leaves at once when it is told to, and tells how much is unsent', async () => {
      await stay();
      await membership.session.send({ content: 'hi' });
      membership.leave('now');
      await pass(0);
      expect(server.link.commands.at(-1)).to.equal('leave');
      expect(end).to.deep.equal({ type: 'LEFT', unsent: 1 });
    });

    it('waits for the end of the line for a bounded time', async () => {
      server.onLeave = () => {};
      await stay();
      membership.leave('now');
      await pass(4999);
      expect(end).to.equal(undefined);
      await pass(1);
      expect(end).to.deep.equal({ type: 'LEFT' });
    });

    it('is over at once when it is told to while the connection is down, or on its way', async () => {
      await stay();
      server.link.ends('LOST');
      await membership.session.send({ content: 'hi' });
      membership.leave('now');
      await pass(0);
      expect(end).to.deep.equal({ type: 'LEFT', unsent: 1 });
      end = undefined;
      await stay();
      server.onJoin = () => {};
      server.link.ends('LOST');
      await pass(300);
      membership.leave('soon');
      await pass(60_000);
      expect(end).to.deep.equal({ type: 'LEFT' });
    });
  });
});
