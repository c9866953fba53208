import { expect } from 'chai';
import sinon from 'sinon';
import { RoomLogFailure } from '../../../../src/application/server/failures.js';
import { NameOwnership } from '../../../../src/application/server/name-ownership.js';
import { OpenRoom } from '../../../../src/application/server/open-room.js';
import type { OpenedRoomLog } from '../../../../src/application/server/room-log-ports.js';
import { ChatRoom } from '../../../../src/domain/chat-room.js';
import { openRegister } from '../../../support/claims.js';

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
  let close: sinon.SinonStub;
  let ownership: NameOwnership | undefined;

  beforeEach(() => {
    room = new ChatRoom();
    feed = { start: sinon.spy() };
    disconnectUser = { expect: sinon.spy() };
    close = sinon.stub().resolves();
    ownership = undefined;
  });

  const openRoom = (open: () => Promise<OpenedRoomLog>) =>
    new OpenRoom(room, { open, close }, feed, disconnectUser, ownership).execute();

  it('has the users in the room who were in it, all of them away', async () => {
    await openRoom(async () => stored);
    expect(Array.from(room.users, ({ username, session }) => [username, session.id])).to.deep.equal([
      ['carl', 3],
      ['david', 5],
    ]);
    expect(Array.from(room.users, ({ session }) => session.isAway)).to.deep.equal([true, true]);
    expect(room.userWithKey('key')?.username).to.equal('carl');
  });

  it('waits for their clients to come back, and says how many can', async () => {
    expect(await openRoom(async () => stored)).to.equal(1);
    expect(disconnectUser.expect.args).to.deep.equal(Array.from(room.users, ({ session }) => [session]));
  });

  it('continues the sequence numbers and the sessions of the log', async () => {
    await openRoom(async () => stored);
    expect(feed.start.args.map(([opened]) => opened)).to.deep.equal([stored]);
    expect(room.newSession()).to.equal(10);
  });

  it('follows the log before anybody can leave', async () => {
    await openRoom(async () => stored);
    expect(feed.start.calledBefore(disconnectUser.expect)).to.equal(true);
  });

  it('keeps the names of their owners, who were here until now', async () => {
    const claims = await openRegister();
    ownership = new NameOwnership(claims);
    const touch = sinon.spy(claims, 'touch');
    const present = [{ session: 3, username: 'carl', key: 'one' }, ...stored.present.slice(1)];
    await openRoom(async () => ({ ...stored, present }));
    expect(Array.from(room.users, ({ session }) => session.key)).to.deep.equal(['one', undefined]);
    expect(touch.args).to.deep.equal([['carl']]);
  });

  it('keeps the names of all who are here, as long as they are', async () => {
    ownership = new NameOwnership(await openRegister());
    const watch = sinon.spy(ownership, 'watch');
    const [carl] = stored.present;
    await openRoom(async () => ({
      ...stored,
      present: [{ session: 3, ...carl, username: 'carl', key: 'one' }],
    }));
    room.join(room.newSession(), 'amy');
    const here = watch.args[0]?.[0]() ?? [];
    expect([...here]).to.deep.equal([
      { username: 'carl', key: 'one' },
      { username: 'amy', key: undefined },
    ]);
    await ownership.close();
  });

  it('closes the log again when it is not known whose names are whose', async () => {
    const failure = new RoomLogFailure('DAMAGED', 'claims.db');
    ownership = new NameOwnership(await openRegister());
    sinon.stub(ownership, 'open').rejects(failure);
    expect(await openRoom(async () => stored).catch((error: unknown) => error)).to.equal(failure);
    expect(close.callCount).to.equal(1);
  });

  it('closes all of it again when it is not known what operators have done', async () => {
    const failure = new RoomLogFailure('DAMAGED', 'moderation.jsonl');
    const moderateRoom = {
      ...{ open: sinon.stub().rejects(failure), told: () => {} },
      close: sinon.stub().resolves(),
    };
    const open = async () => stored;
    const opening = new OpenRoom(room, { open, close }, feed, disconnectUser, ownership, moderateRoom);
    expect(await opening.execute().catch((error: unknown) => error)).to.equal(failure);
    expect([close.callCount, moderateRoom.close.callCount, feed.start.callCount]).to.deep.equal([1, 1, 0]);
  });

  it('opens no room when the log cannot be opened', async () => {
    const failure = new RoomLogFailure('DAMAGED', 'room.db');
    const error = await openRoom(() => Promise.reject(failure)).catch((error: unknown) => error);
    expect(error).to.equal(failure);
    expect(feed.start.callCount).to.equal(0);
  });
});
