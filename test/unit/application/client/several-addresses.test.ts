import { expect } from 'chai';
import sinon from 'sinon';
import type { ClientEvent } from '../../../../src/application/client/client-event.js';
import {
  Membership,
  type MembershipOptions,
  type MembershipOutcome,
} from '../../../../src/application/client/membership.js';
import { ConnectFailure, type ConnectFailureCode } from '../../../../src/application/client/ports.js';
import {
  admit,
  joinedAs,
  type OnJoin,
  type ScriptedLink,
  ScriptedServer,
} from '../../../support/scripted.js';

/** What is at an address: a server, or a reason why there is none. */
type There = OnJoin | ConnectFailureCode | 'NOTHING_ANSWERS';

const silent: OnJoin = () => {};
const full: OnJoin = link => link.says({ type: 'Closing', seq: 0, content: 'The server is full.' });
const crowded: OnJoin = link =>
  link.says({ type: 'Refused', code: 'TOO_MANY_JOINS', content: 'Later.', retryAfterMs: 4000 });
const taken: OnJoin = link => link.says({ type: 'Duplicate', memo: { username: 'carl', content: 'Sorry' } });

describe('a room with several addresses', () => {
  let clock: sinon.SinonFakeTimers;
  let server: ScriptedServer;
  let events: ClientEvent[];
  let membership: Membership;
  let end: MembershipOutcome | undefined;
  let failure: unknown;
  let there: There[];

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    server = new ScriptedServer();
    events = [];
    end = undefined;
    failure = undefined;
    there = [admit, admit, admit];
    server.onOpen = async link => {
      const what = there[link.address];
      if (what === 'NOTHING_ANSWERS') await link.closed;
      const code = what === 'NOTHING_ANSWERS' ? 'TIMED_OUT' : what;
      const details = { found: 'another', isGiven: true };
      if (typeof code === 'string')
        throw new ConnectFailure(code, { host: 'abc', port: link.address }, details);
    };
    server.onJoin = (link, request) => {
      const what = there[link.address];
      if (typeof what === 'function') what(link, request);
    };
  });
  afterEach(() => {
    membership.leave('unsaid');
    clock.restore();
  });

  /** In the order in which they are named, where random says nothing else. */
  async function stay(options: MembershipOptions = {}) {
    membership = new Membership(server.newLink, event => events.push(event), {
      random: () => 0.5,
      addresses: ['a', 'b', 'c'],
      ...options,
    });
    void membership.stay('carl').then(
      result => {
        end = result;
      },
      (error: unknown) => {
        failure = error;
      },
    );
    await pass(0);
  }

  /** A few more than that: a timer of 0 ms has its turn, too. */
  const pass = (ms: number) => clock.tickAsync(ms + 10);
  const only = <T extends ClientEvent['type']>(type: T) =>
    events.filter((event): event is Extract<ClientEvent, { type: T }> => event.type === type);
  /** Where was connected to, in order. */
  const visits = () => server.links.map(({ address }) => 'abc'[address]).join('');
  const failed = () => (failure instanceof ConnectFailure ? failure : expect.fail(`${failure}`));
  const loses = (link: ScriptedLink = server.link) => link.ends('LOST');

  it('is joined at one of them, and says which', async () => {
    await stay();
    expect([visits(), only('Welcome')[0]?.address]).to.deep.equal(['a', 'a']);
  });

  describe('on coming in', () => {
    const passed: [what: string, there: There, ms: number][] = [
      ['refuses connections', 'REFUSED', 0],
      ['has no such name', 'UNKNOWN_HOST', 0],
      ['has another key', 'OTHER_KEY', 0],
      ['does not encrypt', 'NOT_ENCRYPTED', 0],
      ['is not there at all', 'NOTHING_ANSWERS', 3000],
      ['takes connections and says nothing', silent, 2000],
      ['stops', link => link.says({ type: 'Closing', seq: 0, content: 'Bye.', end: 'SERVER_STOPPING' }), 0],
      ['is full', full, 0],
      ['lets nobody in for a while', crowded, 0],
      ['says what nobody understands', link => link.ends('NOT_CHATTY'), 0],
    ];
    for (const [what, nobody, ms] of passed)
      it(`passes over an address that ${what}`, async () => {
        there[0] = nobody;
        await stay();
        await pass(ms);
        expect(only('Welcome')[0]?.address).to.equal('b');
        expect(only('Reconnecting')).to.deep.equal([]);
      });

    it('takes a name that is taken, a ban and a wrong key for what they are, everywhere', async () => {
      for (const code of ['NAME_RESERVED', 'BANNED', 'KEY_UNKNOWN']) {
        there[0] = link => link.says({ type: 'Refused', code, content: 'No.' });
        await stay();
        expect(end?.type, code).to.equal('NOT_ADMITTED');
      }
      there[0] = taken;
      await stay();
      expect([end?.type, visits()]).to.deep.equal(['NAME_TAKEN', 'aaaa']);
    });

    it('passes over a server in whose middle somebody is, and signs for the one that is reached', async () => {
      const signed: string[] = [];
      const signer = {
        publicKey: 'key',
        line: '',
        fingerprint: '',
        source: '',
        sign: async (text: string) => {
          signed.push(text);
          return 'signature';
        },
      };
      const challenging: OnJoin = link => {
        link.peer = { name: `pin of ${'abc'[link.address]}`, isEncrypted: true };
        link.says({ type: 'Challenge', nonce: 'nonce', server: 'pin of b' });
      };
      there = [challenging, challenging, admit];
      await stay({ signer });
      expect([visits(), only('Welcome')[0]?.address]).to.deep.equal(['ab', 'b']);
      expect(signed).to.deep.equal([['v1', 'pin of b', 'nonce', 'carl'].join('\0')]);
    });

    it('ends when all were tried, with what is most worth knowing, and how many others there are', async () => {
      there = ['OTHER_KEY', 'UNKNOWN_HOST', 'REFUSED'];
      await stay();
      expect(failed().code).to.equal('REFUSED');
      expect(failed().details.others).to.equal(2);
      there = ['OTHER_KEY', 'UNKNOWN_HOST', full];
      await stay();
      expect(end).to.deep.include({ type: 'NOT_ADMITTED', reason: 'The server is full.' });
      there = ['OTHER_KEY', 'UNKNOWN_HOST', 'OTHER_KEY'];
      await stay();
      expect(failed().code).to.equal('UNKNOWN_HOST');
      expect(visits()).to.equal('abcabcabc');
    });

    it('says of each other key once that it was passed over, and of the last one as it does of a single one', async () => {
      there = ['OTHER_KEY', 'OTHER_KEY', 'OTHER_KEY'];
      await stay();
      expect(failed().code).to.equal('OTHER_KEY');
      const told = ['a', 'b'].map(address => ({ type: 'OtherKey', address, pin: 'another', isGiven: true }));
      expect(events).to.deep.equal(told);
    });

    it('goes round again as long as it is told to, unless nothing can become of any', async () => {
      there = ['UNKNOWN_HOST', 'REFUSED', full];
      await stay({ contactForMs: 10_000 });
      expect(only('Reconnecting')).to.have.length(1);
      there[1] = admit;
      await pass(1000);
      expect(only('Welcome')[0]?.address).to.equal('b');
      there = ['REFUSED', 'REFUSED', 'REFUSED'];
      await stay({ contactForMs: 10_000 });
      await pass(10_000);
      expect(failed().code).to.equal('REFUSED');
      there = ['OTHER_KEY', 'UNKNOWN_HOST', 'NOT_ENCRYPTED'];
      await stay({ contactForMs: 10_000 });
      expect(failed().code).to.equal('UNKNOWN_HOST');
    });

    it('waits for none that has told it to, while there are others', async () => {
      there = [crowded, 'REFUSED', crowded];
      await stay();
      const [wait] = only('Reconnecting');
      expect(wait?.outage.code).to.equal('CROWDED');
      expect(wait?.inMs).to.be.below(250);
      expect(wait?.address).to.equal('b');
      there[1] = admit;
      await pass(250);
      expect(only('Welcome')[0]?.address).to.equal('b');
    });

    it('waits until the first when all have told it to', async () => {
      there = [crowded, crowded, crowded];
      await stay();
      expect(only('Reconnecting')[0]?.inMs).to.be.within(4000, 4250);
      there = [admit, admit, admit];
      await pass(4250);
      expect([visits(), only('Welcome')[0]?.address]).to.deep.equal(['abca', 'a']);
    });

    it('hears nothing any more of a server that was passed over', async () => {
      there[0] = silent;
      await stay();
      await pass(2000);
      server.links[0]?.says(joinedAs('carl', {}), joinedAs('carl', {}));
      expect(only('Welcome').map(({ address }) => address)).to.deep.equal(['b']);
      expect(server.links.map(({ isClosed }) => isClosed)).to.deep.equal([true, false]);
    });

    it('hides no fault behind the next address', async () => {
      server.onOpen = () => {
        throw new Error('boom');
      };
      await stay();
      expect([String(failure), visits()]).to.deep.equal(['Error: boom', 'a']);
    });

    it('tries no other when somebody leaves meanwhile', async () => {
      there[0] = silent;
      await stay();
      membership.leave('unsaid');
      await pass(60_000);
      expect([visits(), end?.type]).to.deep.equal(['a', 'LEFT']);
    });

    it('asks in the basic form where the last one is silent, or one hangs up at the other', async () => {
      const basic: OnJoin = (link, { username, extended }) => {
        if (extended === undefined) link.says(joinedAs(username));
      };
      there = ['REFUSED', 'REFUSED', basic];
      await stay();
      await pass(2000);
      expect(only('Welcome')[0]?.address).to.equal('c');
      there = [
        (link, { username, extended }) =>
          extended === undefined ? link.says(joinedAs(username)) : link.ends('NOT_UNDERSTOOD'),
        admit,
        admit,
      ];
      await stay();
      expect(only('Welcome')[1]?.address).to.equal('a');
    });
  });

  describe('when the connection is lost', () => {
    it('goes on at the next at once, with the session, and without more words than one line', async () => {
      await stay();
      loses();
      await pass(0);
      expect(server.link.joinRequest?.extended).to.deep.include({ resume: 'token', epoch: 'one' });
      expect(only('Reconnecting')).to.deep.equal([
        { type: 'Reconnecting', outage: { code: 'LOST' }, inMs: 0, unsent: 0, isNews: false, address: 'b' },
      ]);
      expect(only('Reconnected')[0]).to.deep.include({ resumed: true, address: 'b' });
      expect(only('Reconnected')[0]).to.not.have.property('isNews');
    });

    it('says nothing at all of a server that had said that it stops', async () => {
      await stay();
      server.link.says({
        type: 'Closing',
        seq: 0,
        content: 'Bye.',
        end: 'SERVER_STOPPING',
        retryAfterMs: 5000,
      });
      await pass(0);
      expect(only('Reconnected')[0]).to.deep.include({ isNews: false, address: 'b' });
      expect(only('Reconnecting').map(({ isNews }) => isNews)).to.deep.equal([false]);
    });

    it('is told what else a server says at the end', async () => {
      await stay();
      server.link.says({ type: 'Closing', seq: 0, content: 'Something went wrong.' });
      await pass(0);
      expect(only('Reconnecting')[0]).to.deep.include({ isNews: true, inMs: 0, address: 'b' });
      expect(only('Reconnected')[0]?.address).to.equal('b');
    });

    it('tries all at once, then waits longer from round to round, and says so', async () => {
      await stay();
      there = ['REFUSED', 'REFUSED', 'REFUSED'];
      loses();
      await pass(0);
      expect(visits()).to.equal('abc');
      await pass(60_000);
      const waits = only('Reconnecting').map(({ inMs }) => inMs);
      expect(waits.slice(0, 9)).to.deep.equal([0, 0, 125, 0, 0, 250, 0, 0, 500]);
      expect(visits().slice(0, 9)).to.equal('abcabcabc');
      expect(only('Reconnecting').find(({ isNews }) => isNews)).to.deep.include({ inMs: 125, address: 'a' });
      there[1] = admit;
      await pass(30_000);
      expect(only('Reconnected')[0]?.address).to.equal('b');
    });

    it('gives a frozen one three seconds, and the last one of a round as long as ever', async () => {
      await stay();
      there = ['REFUSED', silent, 'NOTHING_ANSWERS'];
      loses();
      await pass(3000);
      expect(visits()).to.equal('abc');
      await pass(3000);
      expect(server.link.isClosed).to.equal(false);
    });

    it('is asked no faster than a single one when all let it in for a moment', async () => {
      const moment: OnJoin = (link, request) => {
        admit(link, request);
        link.ends('LOST');
      };
      there = [moment, moment, moment];
      await stay({ random: () => 0.99 });
      await pass(5 * 60_000);
      expect(server.links.length).to.be.within(36, 60);
    });

    it('is found at once again after a connection that has held', async () => {
      await stay();
      for (const address of ['b', 'c', 'a', 'b']) {
        await pass(10_000);
        loses();
        await pass(0);
        expect(only('Reconnected').at(-1)?.address).to.equal(address);
      }
    });

    it('waits where it is for a name that is taken', async () => {
      await stay();
      there = [admit, taken, admit];
      loses();
      await pass(5000);
      expect(visits()).to.match(/^abb+$/);
    });

    it('says once that what answers at one has another key', async () => {
      await stay();
      there = ['REFUSED', 'OTHER_KEY', 'REFUSED'];
      loses();
      await pass(20_000);
      expect(only('OtherKey')).to.deep.equal([
        { type: 'OtherKey', address: 'b', pin: 'another', isGiven: true },
      ]);
      there[2] = admit;
      await pass(30_000);
      expect(only('Reconnected')[0]?.address).to.equal('c');
    });

    it('says where it is for the first time', async () => {
      await stay();
      there[1] = (link, request) => {
        link.peer = { name: 'pin', isEncrypted: true, isNew: true };
        admit(link, request);
      };
      loses();
      await pass(0);
      expect(only('NewServer')).to.deep.equal([{ type: 'NewServer', pin: 'pin', address: 'b' }]);
    });
  });
});
