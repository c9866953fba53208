import { expect } from 'chai';
import { LeaveUser } from '../../../../src/application/server/leave-user.js';
import { MemoryLogger } from '../../../doubles/memory-logger.js';
import { refusalOf } from '../../../support/room-logs.js';
import { OpenedRoom, type Visitor } from '../../../support/use-cases.js';
import { said } from '../../../support/wire-client.js';

describe('LeaveUser', () => {
  let opened: OpenedRoom;
  let leaveUser: LeaveUser;
  let logger: MemoryLogger;
  let carl: Visitor;
  let david: Visitor;

  beforeEach(async () => {
    opened = await OpenedRoom.open();
    logger = new MemoryLogger();
    leaveUser = new LeaveUser(opened.room, opened.roomLog, undefined, logger);
    carl = await opened.join('carl');
    david = await opened.join('david');
  });
  afterEach(() => opened.close());

  it('tells the others, and not the one who leaves', async () => {
    await leaveUser.execute(david.session, 'DAVID');
    expect(carl.heard).to.deep.equal([said('david', 'Joined'), said('david', 'Left')]);
    expect(david.heard).to.deep.equal([]);
  });

  it('needs no name when the session itself has ended', async () => {
    await leaveUser.execute(david.session);
    expect(opened.room.userOf(david.session)).to.equal(undefined);
  });

  it('frees the name at once', async () => {
    const leaving = leaveUser.execute(david.session);
    const next = await opened.join('david');
    await leaving;
    expect(next.session).not.to.equal(david.session);
  });

  it('tells a user nothing of what is said later', async () => {
    await opened.say(carl, 'before');
    await leaveUser.execute(david.session);
    await opened.say(carl, 'late');
    expect(david.heard).to.deep.equal([said('carl', 'before')]);
  });

  it('tells the operator whose session ended, and why', async () => {
    await leaveUser.execute(david.session, 'david');
    await leaveUser.execute(carl.session, undefined, 'NOT_RESUMED');
    const told = logger.entries.map(({ message, fields: { durationMs, ...fields } }) => {
      expect(durationMs).to.be.within(0, 10_000);
      return [message, fields];
    });
    expect(told).to.deep.equal([
      ['session ended', { session: david.session, username: 'david', reason: 'LEFT' }],
      ['session ended', { session: carl.session, username: 'carl', reason: 'NOT_RESUMED' }],
    ]);
  });

  it('tells no length of a session that was there before a restart', async () => {
    opened.room.restore(70, 'erin', 'key');
    await leaveUser.execute(70, undefined, 'NOT_RESUMED');
    const [entry] = logger.entries;
    expect(entry?.fields).to.deep.equal({ session: 70, username: 'erin', reason: 'NOT_RESUMED' });
  });

  it('lets nobody leave as somebody else, or who has not joined', async () => {
    expect(await refusalOf(leaveUser.execute(david.session, 'carl'))).to.equal('FOREIGN_NAME');
    expect(await refusalOf(leaveUser.execute(99))).to.equal('NOT_JOINED');
    expect(carl.heard).to.deep.equal([said('david', 'Joined')]);
    expect(logger.entries).to.deep.equal([]);
  });
});
