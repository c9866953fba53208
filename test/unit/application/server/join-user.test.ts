import { expect } from 'chai';
import sinon from 'sinon';
import { DEFAULT_ANSWER } from '../../../../src/application/chat-request.js';
import { Refusal } from '../../../../src/domain/refusal.js';
import { refusalOf } from '../../../support/room-logs.js';
import { OpenedRoom, turns, Visitor } from '../../../support/use-cases.js';
import { said } from '../../../support/wire-client.js';

describe('JoinUser', () => {
  let opened: OpenedRoom;

  beforeEach(async () => {
    opened = await OpenedRoom.open();
  });
  afterEach(async () => {
    sinon.restore();
    await opened.close();
  });

  const names = () => Array.from(opened.room.users, ({ username }) => username);

  it('tells the others, and not the one who joins', async () => {
    const carl = await opened.join('carl');
    const david = await opened.join('david');
    expect(carl.heard).to.deep.equal([said('david', 'Joined')]);
    expect(david.heard).to.deep.equal([]);
  });

  it('tells a user everything from their join on, and nothing from before', async () => {
    const carl = await opened.join('carl');
    await opened.say(carl, 'early');
    const david = await opened.join('david');
    await opened.say(carl, 'hi');
    expect(david.heard).to.deep.equal([said('carl', 'hi')]);
    expect(david.welcome).to.equal(undefined);
  });

  it('refuses what the room refuses, and tells nobody', async () => {
    const carl = await opened.join('carl');
    expect(await refusalOf(opened.join('CARL'))).to.equal('NAME_TAKEN');
    expect(await refusalOf(opened.join(''))).to.equal('NAME_EMPTY');
    expect(carl.heard).to.deep.equal([]);
  });

  it('says since when the user of a taken name is away', async () => {
    const carl = await opened.join('carl', { attempt: 1 });
    opened.disconnectUser.execute(carl.session, carl.outlet);
    const refusal = await opened.join('Carl').catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(Refusal).and.deep.include({ code: 'NAME_TAKEN' });
    expect((refusal as Refusal).details.holder).to.deep.equal({ awayMs: 0, freeInMs: 6000 });
    expect(await refusalOf(opened.join(''))).to.equal('NAME_EMPTY');
  });

  for (const extended of [undefined, { attempt: 1 }, { attempt: 1, resume: 'a token that nobody has' }])
    it(`lets in when it is their turn, with ${JSON.stringify(extended)}`, async () => {
      const turn = Promise.withResolvers<void>();
      const visitor = new Visitor();
      const handshake = visitor.handshake('carl', extended);
      const joining = opened.joinUser().execute({ ...handshake, turn: () => turn.promise });
      await turns(3);
      expect(names()).to.deep.equal([]);
      turn.resolve();
      await joining;
      expect(names()).to.deep.equal(['carl']);
    });

  it('takes back a join that could not be recorded', async () => {
    const carl = await opened.join('carl');
    const append = sinon.stub(opened.roomLog, 'append').rejects(new Refusal('DISK_FULL'));
    expect(await refusalOf(opened.join('david', { attempt: 1 }))).to.equal('DISK_FULL');
    append.restore();
    expect(names()).to.deep.equal(['carl']);
    await opened.join('david');
    expect(carl.heard).to.deep.equal([said('david', 'Joined')]);
  });

  describe('in the extended form', () => {
    it('welcomes a new session with all that its client has to know', async () => {
      await opened.join('carl');
      const { session, welcome } = await opened.join('david', { attempt: 1 });
      expect(welcome).to.deep.equal({
        resume: 'token 1',
        seq: 2,
        resumed: false,
        epoch: opened.feed.epoch,
        head: 2,
        users: ['carl', 'david'],
        count: 2,
        graceMs: 5000,
        silenceMs: 45_000,
        maxMessageBytes: 4096,
      });
      expect(opened.room.userWithKey('key of token 1')?.session.id).to.equal(session);
    });

    it('names some of the users, and says how many there are', async () => {
      for (let n = 0; n < 60; n++) await opened.join(`user${n}`);
      const { welcome } = await opened.join('david', { attempt: 1 });
      expect(welcome?.users).to.have.length(50);
      expect(welcome?.count).to.equal(61);
    });

    it('tells a newcomer as much of the past as they ask for, within the limit', async () => {
      await opened.close();
      opened = await OpenedRoom.open({}, { maxJoinHistory: 30 });
      const carl = await opened.join('carl');
      await opened.say(carl, ...Array.from({ length: 50 }, (_, n) => String(n)));
      const told = [];
      for (const history of [undefined, 3, 0, 100]) {
        const visitor = await opened.join(`user${history}`, {
          attempt: 1,
          ...(history !== undefined && { history }),
        });
        await turns(1);
        told.push(visitor.history);
        await opened.leave(visitor);
      }
      expect(told.map(history => history?.length)).to.deep.equal([DEFAULT_ANSWER, 3, undefined, 30]);
      expect(told[1]).to.deep.equal(['47', '48', '49']);
    });

    it('ends the connection of a newcomer who cannot be told of the past', async () => {
      sinon.stub(opened.roomLog, 'messagesBefore').rejects(new Error('unreadable'));
      const carl = await opened.join('carl', { attempt: 1 });
      await turns(1);
      expect(carl.ends).to.deep.equal(['FAULT']);
    });
  });

  describe('of a client whose session has left', () => {
    it('gives it the same session, with the same token', async () => {
      const david = await opened.join('david', { attempt: 1 });
      await opened.leave(david);
      const back = await opened.join('david', { ...david.token, attempt: 2 });
      expect(back.session).to.equal(david.session);
      expect(back.welcome).to.include({ resume: david.token.resume, resumed: false });
    });

    it('lets two who come with one token be one', async () => {
      const david = await opened.join('david', { attempt: 1 });
      const { resume } = david.token;
      await opened.leave(david);
      const both = [new Visitor(), new Visitor()];
      await Promise.all(both.map((visitor, n) => opened.join('david', { resume, attempt: n + 2 }, visitor)));
      expect(both.map(({ session }) => session)).to.deep.equal([david.session, david.session]);
      expect(both.map(({ ends }) => ends)).to.deep.equal([['REPLACED'], []]);
    });

    it('tells it where its gap is, and every message after it', async () => {
      await opened.close();
      opened = await OpenedRoom.open({ maxMessages: 5 });
      const carl = await opened.join('carl');
      for (let n = 0; n < 10; n++) await opened.say(carl, String(n));
      const david = await opened.join('david', { since: 2, epoch: opened.feed.epoch, attempt: 1 });
      expect(david.welcome?.gap).to.deep.equal({ from: 3, to: 6 });
      await turns(2);
      expect(david.contents).to.deep.equal(['5', '6', '7', '8', '9']);
    });

    it('tells it between which messages some are missing, and every one that is kept', async () => {
      await opened.close();
      opened = await OpenedRoom.open({ maxMessages: 8 });
      const [carl, eve] = [await opened.join('carl'), await opened.join('eve')];
      for (let n = 0; n < 12; n++) await opened.say(n % 6 === 0 ? carl : eve, String(n));
      const { epoch } = opened.feed;
      const david = await opened.join('david', { since: 2, epoch, attempt: 1 });
      expect(david.welcome).to.deep.include({ seq: 2, gap: { from: 3, to: 7 } });
      await turns(3);
      expect(david.contents).to.deep.equal(['0', '5', '6', '7', '8', '9', '10', '11']);
      const later = await opened.join('david2', { since: 7, epoch, attempt: 1 });
      expect(later.welcome).not.to.have.property('gap');
      await turns(3);
      expect(later.contents).to.deep.equal(['5', '6', '7', '8', '9', '10', '11']);
    });

    it('shows it what was said before it went, if it asks for that, and then what it missed', async () => {
      const carl = await opened.join('carl');
      for (const text of ['one', 'two', 'three']) await opened.say(carl, text);
      const david = new Visitor();
      const since = opened.feed.head - 1;
      await opened.join('david', { history: 1, since, epoch: opened.feed.epoch, attempt: 1 }, david);
      await turns(2);
      expect(david.history).to.deep.equal(['two']);
      expect(david.contents).to.deep.equal(['three']);
    });

    it('tells it how the conversation went when it knows another log', async () => {
      const carl = await opened.join('carl');
      await opened.say(carl, 'hi');
      const david = await opened.join('david', { since: 2, epoch: 'another', attempt: 1 });
      await turns(1);
      expect(david.welcome?.gap).to.deep.equal({ from: 3 });
      expect(david.history).to.deep.equal(['hi']);
    });

    it('ends it when it reads too slowly to be told all that is kept, where the gap begins', async () => {
      await opened.close();
      opened = await OpenedRoom.open({ maxMessages: 100 });
      const amy = await opened.join('amy');
      for (let n = 0; n < 100; n++) await opened.say(amy, String(n));
      const david = new Visitor();
      david.outlet.reading = false;
      await opened.join('david', { since: 1, epoch: opened.feed.epoch, attempt: 1 }, david);
      await turns(10);
      for (let n = 0; n < 100; n++) await opened.say(amy, `later ${n}`);
      david.outlet.reading = true;
      await turns(10);
      expect(david.ends).to.deep.equal(['TOO_SLOW']);
      expect(david.outlet.lastSeq).to.be.within(2, 100);
      const [last, closing] = david.heard.slice(-2).map(line => JSON.parse(line));
      expect(closing.Closing).to.include({ code: 'TOO_SLOW', seq: david.outlet.lastSeq });
      expect(last.Broadcast.seq).to.equal(david.outlet.lastSeq);
    });
  });

  describe('with a token that no session has', () => {
    it('accepts one that is long enough, and gives another one for one that is not', async () => {
      const long = 'x'.repeat(24);
      const accepted = await opened.join('carl', { resume: long, attempt: 1 });
      const replaced = await opened.join('david', { resume: 'x'.repeat(23), attempt: 1 });
      expect(accepted.token.resume).to.equal(long);
      expect(replaced.token.resume).to.equal('token 1');
    });
  });
});
