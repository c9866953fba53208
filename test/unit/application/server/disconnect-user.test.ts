import { expect } from 'chai';
import sinon from 'sinon';
import { DisconnectUser } from '../../../../src/application/server/disconnect-user.js';
import { ChatRoom } from '../../../../src/domain/chat-room.js';
import { Refusal } from '../../../../src/domain/refusal.js';
import { Session } from '../../../../src/domain/session.js';
import { cpuMs } from '../../../support/cpu-time.js';

describe('DisconnectUser', () => {
  const connection = () => ({ end: sinon.spy() });
  let clock: sinon.SinonFakeTimers;
  let room: ChatRoom;
  let leaveUser: { execute: sinon.SinonStub };
  let feed: { lose: sinon.SinonSpy };

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    room = new ChatRoom();
    leaveUser = { execute: sinon.stub().callsFake(async (session: number) => room.leave(session)) };
    feed = { lose: sinon.spy() };
  });
  afterEach(() => clock.restore());

  const disconnecting = (graceMs = 5000, maxAway = 10) =>
    new DisconnectUser(room, leaveUser, feed, { graceMs, maxAway, maxAwayOfOne: 3 });

  /** A user in the room, who can come back when there is a key. */
  function join(id: number, name: string, resumeKey?: string) {
    room.join(id, name, resumeKey);
    const { session } = room.userOf(id) ?? expect.fail();
    const held = connection();
    session.connect(held, 1);
    return { id, session, held };
  }

  const reasons = () => leaveUser.execute.args.map(([, , reason]) => reason);
  const left = () => leaveUser.execute.args.map(([session]) => session);

  it('keeps a session for the grace time, and then its user leaves', () => {
    const { id, session, held } = join(1, 'david', 'key');
    const disconnectUser = disconnecting();
    disconnectUser.execute(id, held);
    disconnectUser.execute(id, held);
    expect(feed.lose.args).to.deep.equal([[id, true]]);
    clock.tick(5000);
    expect(session.isAway).to.equal(true);
    expect(left()).to.deep.equal([]);
    clock.tick(1000);
    expect(left()).to.deep.equal([id]);
    expect(reasons()).to.deep.equal(['NOT_RESUMED']);
  });

  it('tells how long a session is away, and until when', () => {
    const { id, session, held } = join(1, 'david', 'key');
    const disconnectUser = disconnecting();
    expect(disconnectUser.absenceOf(session)).to.equal(undefined);
    disconnectUser.execute(id, held);
    clock.tick(2000);
    expect(disconnectUser.absenceOf(session)).to.deep.equal({ awayMs: 2000, freeInMs: 4000 });
    session.connect(connection(), 2);
    expect(disconnectUser.absenceOf(session)).to.equal(undefined);
  });

  it('tells the same of a session for which another server waits, and nothing where it has not said how long', () => {
    const disconnectUser = disconnecting();
    const now = performance.now();
    const waiting = { since: now, until: now + 5000 };
    const { session } = room.restore(7, 'eve', 'key', undefined, { isAway: true, waiting });
    expect(disconnectUser.absenceOf(session)).to.deep.equal({ awayMs: 0, freeInMs: 6000 });
    clock.tick(2100);
    expect(disconnectUser.absenceOf(session)).to.deep.equal({ awayMs: 2000, freeInMs: 4000 });
    clock.tick(60_000);
    expect(disconnectUser.absenceOf(session)?.freeInMs, 'any moment').to.equal(1000);
    session.missElsewhere(true);
    expect(disconnectUser.absenceOf(session)).to.equal(undefined);
    expect(session.isAway).to.equal(true);
    session.missElsewhere(false);
    session.moveHere();
    expect(session.waiting).to.equal(undefined);
  });

  it('waits as long as was said when the connection was lost, whatever the grace time is by then', () => {
    const policy = { graceMs: 5000, maxAway: 10, maxAwayOfOne: 3 };
    const disconnectUser = new DisconnectUser(room, leaveUser, feed, policy);
    const [david, carl] = [join(1, 'david', 'david'), join(2, 'carl', 'carl')];
    disconnectUser.execute(1, david.held);
    policy.graceMs = 1000;
    disconnectUser.execute(2, carl.held);
    clock.tick(2000);
    expect(left()).to.deep.equal([2]);
    expect(disconnectUser.absenceOf(david.session)).to.deep.equal({ awayMs: 2000, freeInMs: 4000 });
    clock.tick(4000);
    expect(left()).to.deep.equal([2, 1]);
  });

  it('keeps it for as long as it takes once its client is back', () => {
    const { id, session, held } = join(1, 'david', 'key');
    const disconnectUser = disconnecting();
    disconnectUser.execute(id, held);
    clock.tick(4000);
    const back = connection();
    session.connect(back, 2);
    clock.tick(60_000);
    expect(left()).to.deep.equal([]);
    disconnectUser.execute(id, back);
    clock.tick(5000);
    expect(left()).to.deep.equal([]);
    clock.tick(1000);
    expect(left()).to.deep.equal([id]);
  });

  it('lets a user leave at once whose session cannot be resumed', () => {
    const { id, held } = join(1, 'david');
    disconnecting().execute(id, held);
    expect(left()).to.deep.equal([id]);
    expect(reasons()).to.deep.equal(['DISCONNECTED']);
  });

  it('lets everybody leave at once when there is no grace time', () => {
    const { id, held } = join(1, 'david', 'key');
    disconnecting(0).execute(id, held);
    expect(left()).to.deep.equal([id]);
    expect(reasons()).to.deep.equal(['DISCONNECTED']);
  });

  it('does nothing for a connection that was replaced, or whose user has left', () => {
    const { id, session, held } = join(1, 'david', 'key');
    const disconnectUser = disconnecting();
    session.connect(connection(), 2);
    disconnectUser.execute(id, held);
    room.leave(id);
    disconnectUser.execute(id, held);
    expect(session.isAway).to.equal(false);
    expect(feed.lose.callCount).to.equal(0);
    expect(clock.countTimers()).to.equal(0);
  });

  it('does not wait for a session whose user left meanwhile, or who came again with another one', () => {
    const { id, held } = join(1, 'david', 'key');
    disconnecting().execute(id, held);
    room.leave(id);
    room.join(id, 'david', 'key');
    clock.tick(10_000);
    expect(left()).to.deep.equal([]);
  });

  it('waits for so many sessions and no more, and counts each of them once', () => {
    const [amy, ben, carl] = [join(1, 'amy', 'a'), join(2, 'ben', 'b'), join(3, 'carl', 'c')];
    const disconnectUser = disconnecting(5000, 2);
    for (const { id, held } of [amy, ben, carl]) disconnectUser.execute(id, held);
    expect(left()).to.deep.equal([carl.id]);
    const back = connection();
    amy.session.connect(back, 2);
    disconnectUser.execute(amy.id, back);
    expect(left()).to.deep.equal([carl.id]);
    clock.tick(6000);
    expect(left()).to.deep.equal([carl.id, amy.id, ben.id]);
    expect(reasons()).to.deep.equal(['TOO_MANY_AWAY', 'NOT_RESUMED', 'NOT_RESUMED']);
  });

  it('waits for so many of one owner and no more, and counts those who are back no longer', () => {
    const of = (owner: string, id: number) => {
      room.join(id, `user${id}`, `key${id}`);
      const { session } = room.userOf(id) ?? expect.fail();
      const held = { ...connection(), owner };
      session.connect(held, 1);
      return { id, session, held };
    };
    const disconnectUser = disconnecting(5000, 5);
    const many = [1, 2, 3, 4, 5].map(id => of('@one', id));
    for (const { id, held } of many) disconnectUser.execute(id, held);
    expect(left()).to.deep.equal([4, 5]);
    const [first] = many;
    first?.session.connect({ ...connection(), owner: '@one' }, 2);
    const more = of('@one', 6);
    disconnectUser.execute(more.id, more.held);
    expect(left()).to.deep.equal([4, 5]);
    for (const id of [7, 8]) {
      const other = of(`@other${id}`, id);
      disconnectUser.execute(id, other.held);
    }
    expect(left()).to.deep.equal([4, 5, 6]);
  });

  it('waits for the sessions that were in the room before a restart', () => {
    const sessions: Session[] = [room.restore(1, 'amy', 'key').session, room.restore(2, 'ben').session];
    const disconnectUser = disconnecting();
    for (const session of sessions) disconnectUser.expect(session);
    expect(left()).to.deep.equal([2]);
    clock.tick(6000);
    expect(left()).to.deep.equal([2, 1]);
  });

  it('ticks no longer than there is somebody to wait for', () => {
    const { id, held } = join(1, 'david', 'key');
    disconnecting().execute(id, held);
    expect(clock.countTimers()).to.equal(1);
    clock.tick(6000);
    expect(clock.countTimers()).to.equal(0);
  });

  it('does not fail with a log that was closed before', async () => {
    const { id, held } = join(1, 'david');
    leaveUser.execute.rejects(new Refusal('NOT_RECORDED'));
    disconnecting().execute(id, held);
    await Promise.resolve();
    expect(left()).to.deep.equal([id]);
  });

  it('takes over tens of thousands of sessions of a server that is gone, of as many owners as there are, at once', () => {
    const disconnectUser = new DisconnectUser(room, leaveUser, feed, {
      ...{ graceMs: 5000, maxAway: 40_000, maxAwayOfOne: 100 },
    });
    const began = cpuMs();
    for (let id = 1; id <= 40_000; id++) {
      const session = Session.elsewhere(id, `key ${id}`, undefined, { owner: `owner ${id % 10_000}` });
      session.moveHere();
      disconnectUser.expect(session);
    }
    expect(cpuMs() - began).to.be.below(3000);
    expect(left()).to.deep.equal([]);
  });

  it('counts a session that is lost again for whoever is behind its last connection', () => {
    const disconnectUser = disconnecting(5000, 3);
    const { id, session, held } = join(1, 'david', 'key');
    disconnectUser.execute(id, held);
    const other = { ...connection(), owner: 'another' };
    session.connect(other, 2);
    disconnectUser.execute(id, other);
    for (const each of [2, 3, 4]) disconnectUser.execute(each, join(each, `n${each}`, `key ${each}`).held);
    expect(left(), 'one of those of which there are most').to.deep.equal([4]);
  });
});
