import { expect } from 'chai';
import sinon from 'sinon';
import {
  Conversation,
  type ConversationOptions,
  type ConversationOutcome,
} from '../../../../src/application/client/conversation.js';
import { newSession } from '../../../../src/application/client/own-session.js';
import type { OwnSessions } from '../../../../src/application/client/ports.js';
import { MemoryView } from '../../../doubles/memory-view.js';
import { joinedAs, type ScriptedLink, ScriptedServer } from '../../../support/scripted.js';

describe('Conversation', () => {
  let server: ScriptedServer;
  let view: MemoryView;

  beforeEach(() => {
    server = new ScriptedServer();
    view = new MemoryView();
  });

  const converse = (name: string | undefined = 'carl', options: ConversationOptions = {}) =>
    new Conversation(server.newLink, view, { random: () => 1, ...options }).execute(name);
  const words = () => server.link.sent.map(sent => sent.slice(sent.indexOf(' ') + 1));
  /** Everything but the course of the own messages. */
  const shown = () => view.events.filter(({ type }) => type !== 'Pending' && type !== 'Accepted');

  /** A server that confirms everything as soon as it is said. */
  function confirmAll() {
    let seq = 0;
    server.onJoin = (link, { username }) => {
      const { send } = link;
      link.send = async (content, ref = '') => {
        await send.call(link, content, ref);
        link.accepts(ref, ++seq);
      };
      link.says(joinedAs(username, {}));
    };
  }

  describe('with a server that confirms', () => {
    beforeEach(confirmAll);

    it('tries to come back at once when somebody wants that, and says where there is no need to', async () => {
      view.isInteractive = true;
      view.type('/reconnect', '/leave');
      expect(await converse()).to.deep.equal({ type: 'LEFT' });
      expect(view.events.map(({ type }) => type)).to.deep.equal(['Welcome', 'NotAway']);
    });

    it('counts as unsent what somebody typed who never came in', async () => {
      server.onJoin = (link, { username }) =>
        link.says({ type: 'Refused', code: 'NAME_RESERVED', content: `${username} is reserved.` });
      view.isInteractive = true;
      view.type('hello', 'who', '/who', 'all');
      view.endInput();
      view.ask = async () => undefined;
      expect(await converse()).to.deep.equal({ type: 'NO_USERNAME', unsent: 3 });
    });

    it('joins, sends what is typed after send, and leaves', async () => {
      view.type('send Hello   World', '  send  spaces ', 'leave', 'send too late');
      expect(await converse()).to.deep.equal({ type: 'LEFT' });
      expect(words()).to.deep.equal(['Hello   World', 'spaces']);
      expect(server.link.commands.at(-1)).to.equal('leave');
      expect(view.events.map(({ type }) => type)).to.deep.equal([
        'Welcome',
        'Pending',
        'Accepted',
        'Pending',
        'Accepted',
      ]);
    });

    it('asks somebody who is there for another name, and nobody else', async () => {
      const admit = server.onJoin;
      server.onJoin = (link, request) => {
        if (request.username === 'carl')
          link.says({ type: 'Duplicate', memo: { username: 'carl', content: 'Sorry' } });
        else if (request.username === 'admin')
          link.says({ type: 'Refused', code: 'NAME_RESERVED', content: 'Reserved.' });
        else admit(link, request);
      };
      expect(await converse()).to.deep.equal({ type: 'NAME_TAKEN', username: 'carl' });
      view = new MemoryView();
      view.isInteractive = true;
      view.type('admin', 'anna', 'hello', '/me waves', 'leave');
      expect(await converse()).to.deep.equal({ type: 'LEFT' });
      expect(shown().slice(0, 2)).to.deep.equal([
        { type: 'NameRefused', username: 'carl' },
        { type: 'NameRefused', username: 'admin', reason: 'Reserved.' },
      ]);
      expect(words()).to.deep.equal(['hello', 'waves']);
    });

    it('tells since when the user of a taken name is away, and waits for the name when told to', async () => {
      const admit = server.onJoin;
      const memo = { username: 'carl', content: 'Sorry' };
      const holder = { awayMs: 12_000, freeInMs: 48_000 };
      for (const [typed, name] of [
        ['', 'carl'],
        ['anna', 'anna'],
      ] as const) {
        let refusals = 2;
        server.onJoin = (link, request) => {
          if (request.username === 'carl' && refusals-- > 0) link.says({ type: 'Duplicate', memo, holder });
          else admit(link, request);
        };
        view = new MemoryView();
        view.isInteractive = true;
        view.type(typed, '/leave');
        expect(await converse()).to.deep.equal({ type: 'LEFT' });
        expect(shown()[0]).to.deep.equal({ type: 'NameRefused', username: 'carl', holder });
        expect(server.link.joinRequest?.username).to.equal(name);
      }
    });

    describe('when another program of the same person has the name', () => {
      const other = { pid: 4711, sinceMs: 5 };
      const held = (): OwnSessions => ({
        claim: async (_, takesOver) => (takesOver ? newSession() : other),
      });

      it('ends, and says which', async () => {
        expect(await converse('carl', { sessions: held() })).to.deep.equal({
          type: 'HERE_ALREADY',
          username: 'carl',
          pid: 4711,
        });
      });

      it('asks somebody who is there whether to go on here', async () => {
        view.isInteractive = true;
        view.type('n');
        expect(await converse('carl', { sessions: held() })).to.deep.equal({ type: 'LEFT' });
        view = new MemoryView();
        view.isInteractive = true;
        view.type('Yes', '/leave');
        expect(await converse('carl', { sessions: held() })).to.deep.equal({ type: 'LEFT' });
        expect(shown()[0]).to.deep.equal({ type: 'HereAlready', username: 'carl', ...other });
        view = new MemoryView();
        view.isInteractive = true;
        view.endInput();
        expect(await converse('carl', { sessions: held() })).to.include({ type: 'HERE_ALREADY' });
      });

      it('waits no longer than until it is interrupted', async () => {
        const ending = converse('carl', { sessions: held(), waitForOwnMs: 60_000 });
        view.close();
        expect(await ending).to.include({ type: 'HERE_ALREADY' });
      });
    });

    it('stays when the input ends and it only listens, until it is interrupted', async () => {
      const ending = converse('carl', { listens: true });
      await view.seen(({ type }) => type === 'Welcome');
      view.endInput();
      await new Promise(resolve => setTimeout(resolve, 20));
      expect(server.link.commands).to.not.include('leave');
      view.close();
      expect(await ending).to.deep.equal({ type: 'LEFT' });
    });

    it('asks for a name when none was given, until there is one', async () => {
      view.type('', '  ', ' carl ', 'leave');
      expect(await new Conversation(server.newLink, view).execute()).to.deep.equal({ type: 'LEFT' });
      expect(view.questions).to.deep.equal(['Username: ', 'Username: ', 'Username: ']);
      expect(view.events[0]).to.deep.include({ type: 'Welcome', username: 'carl' });
    });

    it('counts the lines of a script that failed', async () => {
      view.type('sned', 'send', 'send ok', 'leave');
      expect(await converse()).to.deep.equal({ type: 'LEFT', failed: 2 });
    });

    it('tells somebody who is there that the outbox is full, and takes the next command', async () => {
      server.onJoin = (link, { username }) => link.says(joinedAs(username, {}));
      view.isInteractive = true;
      view.type(...Array.from({ length: 257 }, (_, n) => `${n}`), 'leave');
      const end = converse();
      await view.seen(({ type }) => type === 'OutboxFull');
      expect(shown().at(-1)).to.deep.equal({ type: 'OutboxFull', content: '256', unsent: 256 });
      view.close();
      expect(await end).to.deep.include({ type: 'LEFT', unsent: 256 });
    });

    it('leaves at once when it is interrupted while it waits to leave', async () => {
      server.onJoin = (link, { username }) => link.says(joinedAs(username, {}));
      view.type('send hi', 'leave');
      const end = converse();
      await view.seen(({ type }) => type === 'Pending');
      await new Promise(resolve => setImmediate(resolve));
      view.close();
      expect(await end).to.deep.equal({ type: 'LEFT', unsent: 1 });
    });

    it('ends without a name when the input does', async () => {
      view.endInput();
      expect(await new Conversation(server.newLink, view).execute()).to.deep.equal({ type: 'NO_USERNAME' });
    });

    it('sends what was typed before the end of the input, then leaves', async () => {
      view.type('send last words');
      view.endInput();
      expect(await converse()).to.deep.equal({ type: 'LEFT' });
      expect(words()).to.deep.equal(['last words']);
    });

    it('goes on after what the view has answered, and after an empty message', async () => {
      view.type('', 'sned hi', 'send', 'help', 'send ok', 'leave');
      await converse();
      expect(view.answered.map(({ type }) => type)).to.deep.equal(['nothing', 'unknown', 'help']);
      expect(shown().slice(1)).to.deep.equal([{ type: 'NothingToSend' }]);
      expect(words()).to.deep.equal(['ok']);
    });

    it('goes at once when it is interrupted before it has a name, or a line', async () => {
      view.close();
      expect(await new Conversation(server.newLink, view).execute()).to.deep.equal({ type: 'LEFT' });
      server.onOpen = () => new Promise(() => {});
      expect(await converse()).to.deep.equal({ type: 'LEFT', isInterrupted: true });
    });

    it('goes at once when it is interrupted before the server has answered', async () => {
      server.onJoin = () => view.close();
      expect(await converse()).to.deep.equal({ type: 'LEFT', isInterrupted: true });
      expect(server.link.commands).to.deep.equal([]);
    });

    it('says what was typed before it is interrupted, then leaves without waiting', async () => {
      server.onJoin = (link, { username }) => link.says(joinedAs(username, {}));
      view.type('send hi');
      const end = converse();
      await view.seen(({ type }) => type === 'Pending');
      view.close();
      expect(await end).to.deep.equal({ type: 'LEFT', unsent: 1, isInterrupted: true });
      expect(words()).to.deep.equal(['hi']);
      expect(server.link.commands.at(-1)).to.equal('leave');
    });

    it('lets the server wait while the view is full', async () => {
      const room = Promise.withResolvers<void>();
      view.full = room.promise;
      view.type('leave');
      const end = converse();
      room.resolve();
      await end;
      expect(server.link.commands).to.include.members(['pause', 'go on']);
    });

    it('closes link and view whatever goes wrong', async () => {
      view.type('send boom');
      const error = await converse().catch((error: Error) => error);
      expect(error).to.be.an('error').with.property('message', 'boom');
      expect(server.link.isClosed).to.equal(true);
      expect(await view.ask('?')).to.equal(undefined);
    });

    it('closes link and view when the view fails', async () => {
      view.commands = () => {
        throw new Error('EIO');
      };
      const error = await converse().catch((error: Error) => error);
      expect(error).to.be.an('error').with.property('message', 'EIO');
      expect(server.link.isClosed).to.equal(true);
    });
  });

  describe('asking', () => {
    const memo = { username: 'david', content: 'keys', seq: 3, at: 0, kind: 'message' } as const;

    it('goes further back, after history and after search, until there is no more', async () => {
      const asked: string[] = [];
      const page = (seqs: number[]) => seqs.map(seq => ({ ...memo, seq }));
      const answers = [page([8, 9]), page([6, 7]), [], page([9, 7]), page([3])];
      server.onRequest = (link, ref) => {
        asked.push(link.commands.at(-1) ?? '');
        const type = asked.at(-1)?.startsWith('search') ? 'Found' : 'History';
        link.says({ type, ref, memos: answers.shift() ?? [], done: true });
      };
      view.type('more', 'history 2', 'more', 'more', 'more', 'search keys', 'more', 'leave');
      await converse();
      expect(asked.map(command => command.replace(/ q\d/, ''))).to.deep.equal([
        'history {"limit":2}',
        'history {"limit":2,"before":8}',
        'history {"limit":2,"before":6}',
        'search {"words":"keys","limit":20}',
        'search {"words":"keys","limit":20,"before":7}',
      ]);
      expect(view.events.filter(({ type }) => type === 'NothingMore')).to.have.length(2);
    });

    it('asks who is here, for the last messages, and for messages with words', async () => {
      const answers: ((link: ScriptedLink, ref: string) => void)[] = [
        (link, ref) => link.says({ type: 'Users', ref, users: ['carl'], away: [], done: true }),
        (link, ref) => link.says({ type: 'History', ref, memos: [memo], done: true }),
        (link, ref) => link.says({ type: 'Found', ref, memos: [memo], done: true }),
        (link, ref) => link.says({ type: 'Found', ref, memos: Array(20).fill(memo), done: true }),
        (link, ref) => link.says({ type: 'Refused', ref, code: 'X', content: 'No.' }),
      ];
      server.onRequest = (link, ref) => answers.shift()?.(link, ref);
      view.type('who', 'history 5', 'search keys', 'search key', 'who', 'leave');
      expect(await converse()).to.deep.equal({ type: 'LEFT', failed: 1 });
      expect(server.link.commands).to.deep.equal([
        'who q1 {}',
        'history q2 {"limit":5}',
        'search q3 {"words":"keys","limit":20}',
        'search q4 {"words":"key","limit":20}',
        'who q5 {}',
        'leave',
      ]);
      expect(view.events.slice(1)).to.deep.equal([
        { type: 'Users', users: ['carl'], away: [] },
        { type: 'History', memos: [memo], more: false },
        { type: 'Found', memos: [memo], more: false, words: 'keys' },
        { type: 'Found', memos: Array(20).fill(memo), more: true, words: 'key' },
        { type: 'Refused', reason: 'No.' },
      ]);
    });

    it('says that a server of the basic form has no answer', async () => {
      server.onJoin = (link, { username, extended }) =>
        extended === undefined ? link.says(joinedAs(username)) : link.ends('NOT_UNDERSTOOD');
      view.type('who', 'history', 'search keys', 'leave');
      await converse();
      expect(view.events.slice(1)).to.deep.equal(
        ['who', 'history', 'search'].map(asked => ({ type: 'Unanswered', asked, why: 'NOT_OFFERED' })),
      );
    });
  });

  describe('when the connection is lost', () => {
    let clock: sinon.SinonFakeTimers;
    let end: ConversationOutcome | undefined;

    beforeEach(async () => {
      clock = sinon.useFakeTimers();
      void converse().then(result => {
        end = result;
      });
      end = undefined;
      await clock.tickAsync(0);
    });
    afterEach(async () => {
      view.close();
      await clock.tickAsync(60_000);
      clock.restore();
    });

    it('says so, and does not repeat itself with each attempt', async () => {
      server.vanish();
      server.link.ends('LOST');
      await clock.tickAsync(600_000);
      const told = view.events.filter(event => event.type === 'Reconnecting' && event.isNews);
      expect(
        told.map(event => event.type === 'Reconnecting' && [event.outage.code, event.inMs]),
      ).to.deep.equal([
        ['LOST', 250],
        ['NOT_REACHED', 500],
        ['NOT_REACHED', 8000],
        ['NOT_REACHED', 16_000],
      ]);
      server.appear();
      await clock.tickAsync(30_000);
      server.link.ends('LOST');
      await clock.tickAsync(0);
      const last = view.events.slice(-3).map(({ type }) => type);
      expect(last).to.deep.equal(['Reconnected', 'Replayed', 'Reconnecting']);
    });

    it('keeps what is typed, and sends it when it is back, before it leaves', async () => {
      server.vanish();
      server.link.ends('LOST');
      view.type('send one', 'send two', 'who', 'leave');
      await clock.tickAsync(1000);
      expect(
        shown()
          .slice(-5)
          .map(({ type }) => type),
      ).to.include.members(['Queued', 'Unanswered', 'Leaving']);
      server.appear();
      confirmAll();
      await clock.tickAsync(30_000);
      expect(words()).to.deep.equal(['one', 'two']);
      expect(end).to.deep.equal({ type: 'LEFT' });
    });

    it('says that no answer comes', async () => {
      view.type('who');
      await clock.tickAsync(0);
      server.link.ends('LOST');
      await clock.tickAsync(0);
      expect(shown()).to.deep.include({ type: 'Unanswered', asked: 'who', why: 'NO_ANSWER' });
    });

    it('goes at once when it is interrupted, and tells what is unsent', async () => {
      server.vanish();
      server.link.ends('LOST');
      view.type('send one');
      await clock.tickAsync(1000);
      view.close();
      await clock.tickAsync(0);
      expect(end).to.deep.equal({ type: 'LEFT', unsent: 1, isInterrupted: true });
    });

    it('asks for nothing more when the stay is over', async () => {
      view.type('send one');
      await clock.tickAsync(0);
      server.link.ends('REPLACED');
      view.type('send two');
      await clock.tickAsync(0);
      expect(end).to.deep.equal({ type: 'REPLACED', unsent: 1 });
      expect(words()).to.deep.equal(['one']);
    });
  });
});
