import { expect } from 'chai';
import sinon from 'sinon';
import type { Broadcaster } from '../../../../src/application/server/broadcast-ports.js';
import { RoomFeed } from '../../../../src/application/server/room-feed.js';
import type { RoomLog } from '../../../../src/application/server/room-log-ports.js';
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

  it('counts who is in the room by what was told, neither who is coming in nor without whoever is leaving', () => {
    room.join(1, 'carl');
    expect(feed.count).to.equal(0);
    const counts: number[] = [];
    feed.admit(1, outlet(), undefined, () => counts.push(feed.count));
    record(recording.joined(1, 'carl'), recording.joined(2, 'david'));
    expect([...counts, feed.count]).to.deep.equal([1, 2]);
    room.leave(1);
    expect(feed.count).to.equal(2);
    record(recording.left(1, 'carl'));
    expect(feed.count).to.equal(1);
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

  describe('with several servers', () => {
    const USER = { session: 1, username: 'carl', resumeKey: 'key', elsewhere: { owner: 'o' } };
    /** The log has changed in another way. */
    const change = (to: 'here' | 'elsewhere', because: 'TAKEN' | 'DOWN', user = USER) => {
      const [, onChange] = roomLog.follow.firstCall.args as Parameters<RoomLog['follow']>;
      onChange?.({ type: 'moved', user, to, because });
    };
    const session = () => room.userOf(1)?.session;

    it('ends the connection of a session that goes elsewhere, and knows where its client is', () => {
      room.restore(1, 'carl', 'key');
      const held = { end: sinon.spy() };
      session()?.connect(held, 7);
      change('elsewhere', 'TAKEN');
      expect(held.end.args).to.deep.equal([['REPLACED']]);
      expect(broadcaster.remove.args).to.deep.equal([[1]]);
      expect(session()).to.include({ isElsewhere: true, owner: 'o' });
      change('elsewhere', 'TAKEN', { ...USER, elsewhere: { owner: 'p' } });
      expect(session()).to.include({ isElsewhere: true, owner: 'p' });
      change('here', 'TAKEN');
      expect(session()).to.include({ isElsewhere: false, isAway: true });
      expect(session()?.accepts(1), 'the others know which connection is the newest').to.equal(true);
      expect(onOrphan.callCount).to.equal(0);
    });

    it('waits for the sessions of a server that is gone, and for none that it does not know', () => {
      change('here', 'DOWN');
      expect(onOrphan.callCount).to.equal(0);
      room.restore(1, 'carl', 'key', undefined, {});
      change('here', 'DOWN');
      expect(onOrphan.args).to.deep.equal([[session()]]);
    });

    it('has a user in the room who left by it when their client had gone elsewhere before', () => {
      change('elsewhere', 'TAKEN');
      expect(room.userNamed('carl')?.session).to.include({ isElsewhere: true, resumeKey: 'key' });
    });

    it('puts a session elsewhere that was coming in here', () => {
      room.join(1, 'david', 'key');
      change('elsewhere', 'TAKEN');
      expect(room.userOf(1)).to.include({ username: 'carl' });
      expect(session()?.isElsewhere).to.equal(true);
      room.join(2, 'lucio');
      record({ ...recording.joined(2, 'marta'), elsewhere: {} });
      expect(room.userOf(2)).to.include({ username: 'marta' });
      expect(room.size).to.equal(2);
    });

    it('follows whatever else the log tells: epochs, numbers, absences, and that it is cut off', () => {
      const [, onChange] = roomLog.follow.firstCall.args as Parameters<RoomLog['follow']>;
      onChange?.({ type: 'epoch', epoch: 'next' });
      expect(feed.epoch).to.equal('next');
      onChange?.({ type: 'numbered', lastSession: 70 });
      expect(room.newSession()).to.equal(71);
      room.restore(1, 'carl', 'key', undefined, {});
      const held = { end: sinon.spy() };
      room.restore(2, 'david', 'key 2').session.connect(held, 1);
      for (const id of [1, 2, 3]) onChange?.({ type: 'absence', session: id, isAway: true });
      expect([session()?.isAway, room.userOf(2)?.session.isAway]).to.deep.equal([true, false]);
      onChange?.({ type: 'cut off' });
      expect(held.end.args).to.deep.equal([['CUT_OFF', undefined]]);
    });

    it('leaves a session alone that is coming in again when its leave is told', () => {
      room.join(1, 'carl', 'key');
      record(recording.left(1, 'carl'));
      expect(room.userOf(1)?.username).to.equal('carl');
    });
  });
});
