import { expect } from 'chai';
import sinon from 'sinon';
import { RoomLogFailure } from '../../../../src/application/server/failures.js';
import { OpenRoom } from '../../../../src/application/server/open-room.js';
import type { OpenedRoomLog } from '../../../../src/application/server/ports.js';
import { ChatRoom } from '../../../../src/domain/chat-room.js';

describe('OpenRoom', () => {
  const stored: OpenedRoomLog = {
    head: 7,
    epoch: 'epoch',
    lastSession: 9,
    present: [
      { session: 3, username: 'carl', resumeKey: 'key' },
      { session: 5, username: 'david' },
    ],
  };
  let room: ChatRoom;
  let feed: { start: sinon.SinonSpy };
  let disconnectUser: { expect: sinon.SinonSpy };

  beforeEach(() => {
    room = new ChatRoom();
    feed = { start: sinon.spy() };
    disconnectUser = { expect: sinon.spy() };
  });

  const openRoom = (open: () => Promise<OpenedRoomLog>) =>
    new OpenRoom(room, { open }, feed, disconnectUser).execute();

  it('has the users in the room who were in it, all of them away', async () => {
    await openRoom(async () => stored);
    expect(Array.from(room.users, ({ username, session }) => [username, session.id])).to.deep.equal([
      ['carl', 3],
      ['david', 5],
    ]);
    expect(Array.from(room.users, ({ session }) => session.isAway)).to.deep.equal([true, true]);
    expect(room.userWithKey('key')?.username).to.equal('carl');
  });

  it('waits for their clients to come back', async () => {
    await openRoom(async () => stored);
    expect(disconnectUser.expect.args).to.deep.equal(Array.from(room.users, ({ session }) => [session]));
  });

  it('continues the sequence numbers and the sessions of the log', async () => {
    await openRoom(async () => stored);
    expect(feed.start.args).to.deep.equal([[stored]]);
    expect(room.newSession()).to.equal(10);
  });

  it('follows the log before anybody can leave', async () => {
    await openRoom(async () => stored);
    expect(feed.start.calledBefore(disconnectUser.expect)).to.equal(true);
  });

  it('opens no room when the log cannot be opened', async () => {
    const failure = new RoomLogFailure('DAMAGED', 'room.db');
    const error = await openRoom(() => Promise.reject(failure)).catch((error: unknown) => error);
    expect(error).to.equal(failure);
    expect(feed.start.callCount).to.equal(0);
  });
});
