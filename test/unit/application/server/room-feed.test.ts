import { expect } from 'chai';
import sinon from 'sinon';
import type { Broadcaster, RoomLog } from '../../../../src/application/server/ports.js';
import { RoomFeed } from '../../../../src/application/server/room-feed.js';
import { ChatRoom } from '../../../../src/domain/chat-room.js';
import type { Recorded } from '../../../../src/domain/events.js';
import type { Session } from '../../../../src/domain/session.js';
import { MemoryOutlet } from '../../../doubles/memory-outlet.js';
import { Recording } from '../../../support/events.js';

describe('RoomFeed', () => {
  let recording: Recording;
  let broadcaster: sinon.SinonStubbedInstance<Broadcaster>;
  let roomLog: { follow: sinon.SinonStub; settled: sinon.SinonStub; tellAbsence: sinon.SinonStub };
  let feed: RoomFeed;
  let room: ChatRoom;
  let onOrphan: sinon.SinonStub<[Session]>;
  /** The log has recorded these. */
  let record: (...batch: Recorded[]) => void;

  beforeEach(() => {
    recording = new Recording();
    broadcaster = {
      add: sinon.stub(),
      remove: sinon.stub(),
      publish: sinon.stub(),
      flush: sinon.stub(),
      congestion: undefined,
    } as sinon.SinonStubbedInstance<Broadcaster>;
    roomLog = { follow: sinon.stub(), settled: sinon.stub().resolves(), tellAbsence: sinon.stub() };
    room = new ChatRoom();
    onOrphan = sinon.stub();
    feed = new RoomFeed(room, roomLog, broadcaster);
    feed.start({ head: 0, epoch: 'epoch', lastSession: 0, present: [] }, onOrphan);
    const [listener] = roomLog.follow.firstCall.args as Parameters<RoomLog['follow']>;
    record = (...batch) => listener(batch);
  });

  const outlet = () => new MemoryOutlet(() => {});

  it('publishes every event in order, and knows the last one', () => {
    const events = [recording.sent(1, 'carl', 'a'), recording.sent(1, 'carl', 'b')];
    record(...events);
    expect(broadcaster.publish.args).to.deep.equal(events.map(event => [event]));
    expect([feed.head, feed.epoch]).to.deep.equal([2, 'epoch']);
  });

  it('makes a session a member when its join is recorded, before the others are told', () => {
    const entering = outlet();
    const ready = Promise.resolve();
    const onJoined = sinon.spy();
    feed.admit(1, entering, ready, onJoined);
    record(recording.sent(2, 'david', 'before'));
    expect(onJoined.callCount).to.equal(0);
    const event = recording.joined(1, 'carl');
    record(event);
    expect(onJoined.args).to.deep.equal([[event]]);
    expect(broadcaster.add.args).to.deep.equal([[1, entering, ready]]);
    expect(onJoined.calledBefore(broadcaster.add)).to.equal(true);
    expect(broadcaster.add.calledBefore(broadcaster.publish.withArgs(event))).to.equal(true);
  });

  it('calls back once, and not at all for a session that was forgotten', () => {
    const onJoined = sinon.spy();
    feed.admit(1, outlet(), undefined, onJoined);
    record(recording.joined(1, 'carl'), recording.left(1, 'carl'), recording.joined(1, 'carl'));
    expect(onJoined.callCount).to.equal(1);
    feed.admit(2, outlet(), undefined, onJoined);
    feed.forget(2);
    record(recording.joined(2, 'david'));
    expect(onJoined.callCount).to.equal(1);
  });

  it('removes a member that leaves before the leave is published', () => {
    const event = recording.left(1, 'carl');
    record(event);
    expect(broadcaster.remove.args).to.deep.equal([[1]]);
    expect(broadcaster.remove.calledBefore(broadcaster.publish)).to.equal(true);
  });

  it('attaches an outlet only when it lacks nothing', () => {
    record(recording.sent(1, 'carl', 'a'));
    const behind = outlet();
    expect(feed.attach(2, behind)).to.equal(false);
    behind.lastSeq = 1;
    expect(feed.attach(2, behind)).to.equal(true);
    expect(broadcaster.add.args).to.deep.equal([[2, behind]]);
    feed.detach(2);
    expect(broadcaster.remove.args).to.deep.equal([[2]]);
  });

  it('is settled when the log is, and everything is handed over', async () => {
    await feed.settled();
    expect(roomLog.settled.calledBefore(broadcaster.flush)).to.equal(true);
    expect(feed.congestion).to.equal(undefined);
  });
});
