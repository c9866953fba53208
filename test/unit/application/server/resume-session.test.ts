import { expect } from 'chai';
import sinon from 'sinon';
import type { SessionRequest } from '../../../../src/application/chat-request.js';
import { OpenedRoom, turns, Visitor } from '../../../support/use-cases.js';
import { said } from '../../../support/wire-client.js';

describe('ResumeSession', () => {
  let opened: OpenedRoom;
  let amy: Visitor;
  let david: Visitor;

  beforeEach(async () => {
    opened = await OpenedRoom.open();
    david = await opened.join('david', { attempt: 1 });
    amy = await opened.join('amy');
  });
  afterEach(async () => {
    sinon.restore();
    await opened.close();
  });

  /** David's client comes back. */
  async function resume(request: Partial<SessionRequest> = {}, visitor = new Visitor()): Promise<Visitor> {
    const user = opened.room.userOf(david.session) ?? expect.fail('not in the room');
    const asked = { attempt: 2, ...request, resume: david.token.resume };
    const handshake = visitor.handshake('david', asked);
    visitor.session = await opened.resumeSession().execute(user, handshake, asked);
    return visitor;
  }

  const sinceJoin = () => ({ since: 1, epoch: david.token.epoch });

  it('continues the session, and nobody else notices', async () => {
    opened.lose(david);
    const back = await resume();
    expect(back.session).to.equal(david.session);
    expect(back.welcome).to.include({ resumed: true, seq: 2, resume: david.token.resume });
    await opened.say(amy, 'hi');
    expect(back.contents).to.deep.equal(['hi']);
    expect(amy.heard).to.deep.equal([]);
  });

  it('tells what was missed, messages, joins and leaves', async () => {
    opened.lose(david);
    await opened.say(amy, 'missed');
    await opened.leave(await opened.join('carl'));
    const back = await resume(sinceJoin());
    await turns(2);
    expect(back.welcome).to.include({ resumed: true, seq: 1, head: 5 });
    expect(back.contents).to.deep.equal(['Joined', 'missed', 'Joined', 'Left']);
  });

  it('tells how many are here as of the last event, whoever is coming in or leaving at that moment', async () => {
    const carl = await opened.join('carl');
    opened.lose(david);
    const pending = [opened.leave(carl), opened.join('eve')];
    const back = await resume(sinceJoin());
    expect(back.welcome).to.include({ head: 3, count: 3 });
    expect(back.welcome?.users).to.deep.equal(['david', 'amy']);
    await Promise.all(pending);
    await turns(2);
    expect(back.contents.slice(-2)).to.have.members(['Left', 'Joined']);
  });

  it('tells between which messages some are missing, and everything that is kept', async () => {
    await opened.close();
    opened = await OpenedRoom.open({ maxMessages: 6 });
    david = await opened.join('david', { attempt: 1 });
    const [carl, eve] = [await opened.join('carl'), await opened.join('eve')];
    opened.lose(david);
    await opened.say(carl, 'tea');
    for (let n = 0; n < 8; n++) await opened.say(eve, String(n));
    const back = await resume(sinceJoin());
    await turns(3);
    expect(back.welcome).to.deep.include({ resumed: true, seq: 1, gap: { from: 2, to: 7 } });
    expect(back.contents).to.deep.equal(['Joined', 'Joined', 'tea', '3', '4', '5', '6', '7']);
    await opened.say(carl, 'more');
    expect(back.contents.at(-1)).to.equal('more');
  });

  it('tells a client that knows no sequence number how the conversation went, if it asks', async () => {
    await opened.say(amy, 'one', 'two');
    const [silent, curious] = [await resume(), await resume({ attempt: 3, history: 1 })];
    await turns(1);
    expect(silent.history).to.equal(undefined);
    expect(curious.history).to.deep.equal(['two']);
  });

  it('tells the connection that held the session that it was replaced', async () => {
    const back = await resume();
    expect([david.ends, back.ends]).to.deep.equal([['REPLACED'], []]);
    await opened.say(amy, 'hi');
    expect(david.contents).to.deep.equal(['Joined']);
    expect(back.contents).to.deep.equal(['hi']);
  });

  it('leaves the session to a newer connection, however late an older one comes', async () => {
    const newer = await resume({ attempt: 3 });
    const older = await resume({ attempt: 2 });
    expect([newer.ends, older.ends]).to.deep.equal([[], ['REPLACED']]);
    expect(older.welcome).to.equal(undefined);
    await opened.say(amy, 'hi');
    expect(newer.contents).to.deep.equal(['hi']);
  });

  it('leaves the session to the last of two that resume it at once', async () => {
    const both = [new Visitor(), new Visitor()];
    await Promise.all(both.map((visitor, n) => resume({ attempt: n + 2, ...sinceJoin() }, visitor)));
    expect([david, ...both].map(({ ends }) => ends)).to.deep.equal([['REPLACED'], ['REPLACED'], []]);
    expect(both.map(({ welcome }) => welcome?.resumed)).to.deep.equal([undefined, true]);
  });

  for (const method of ['read', 'locate', 'messagesBefore'] as const) {
    it(`ends the connection when ${method} fails, rather than leave something out`, async () => {
      sinon.stub(opened.roomLog, method).rejects(new Error('unreadable'));
      const back = await resume(method === 'messagesBefore' ? { history: 1 } : sinceJoin());
      await turns(2);
      expect(back.ends).to.deep.equal(['FAULT']);
    });
  }

  it('tells what is recorded at the very moment of its return', async () => {
    opened.lose(david);
    for (let n = 0; n < 501; n++) await opened.say(amy, `missed ${n}`);
    const back = await resume(sinceJoin());
    // More than a batch: the log does not wait for the end of the turn with these.
    void opened.say(back, ...Array.from({ length: 1200 }, (_, n) => `own ${n}`));
    void opened.say(amy, 'in the same turn');
    await turns(600);
    expect(back.contents).to.deep.equal([
      'Joined',
      ...Array.from({ length: 501 }, (_, n) => `missed ${n}`),
      'in the same turn',
    ]);
  });

  it('looks again when something was recorded between the last look and the handing over', async () => {
    expect(opened.feed.attach(david.session, new Visitor().outlet)).to.equal(false);
    const attach = sinon.stub(opened.feed, 'attach').callThrough().onFirstCall().returns(false);
    const back = await resume(sinceJoin());
    await opened.say(amy, 'hi');
    await turns(10);
    expect(attach.callCount).to.equal(2);
    expect(back.contents).to.deep.equal(['Joined', 'hi']);
  });

  it('tells nothing more to a user who leaves during the replay', async () => {
    await opened.say(amy, ...Array.from({ length: 100 }, (_, n) => String(n)));
    const back = await resume({ since: 0, epoch: david.token.epoch });
    await opened.leave(back);
    back.outlet.end('LEFT');
    const add = sinon.spy(opened.broadcaster, 'add');
    await turns(40);
    expect(add.callCount).to.equal(0);
  });

  it('is what JoinUser does for a session that is still in the room', async () => {
    opened.lose(david);
    const back = await opened.join('david', { ...david.token, since: 1, attempt: 2 });
    expect(back.session).to.equal(david.session);
    expect(back.welcome?.resumed).to.equal(true);
    expect(amy.heard).not.to.include(said('david', 'Left'));
  });
});
