import { expect } from 'chai';
import sinon from 'sinon';
import { IpNetworks } from '../../../../src/adapters/ip/ip-networks.js';
import { MemoryModerationLog } from '../../../../src/adapters/memory/memory-moderation-log.js';
import { LeaveUser } from '../../../../src/application/server/leave-user.js';
import { ModerateRoom } from '../../../../src/application/server/moderate-room.js';
import { ModerationRecord } from '../../../../src/application/server/moderation-record.js';
import { ModerationTargets } from '../../../../src/application/server/moderation-targets.js';
import { NameOwnership } from '../../../../src/application/server/name-ownership.js';
import { Operators } from '../../../../src/application/server/operators.js';
import { RoomOrder } from '../../../../src/application/server/room-order.js';
import type { RoomEvent } from '../../../../src/domain/events.js';
import { Moderation, type ModerationEntry } from '../../../../src/domain/moderation.js';
import { refusalOf } from '../../../support/room-logs.js';
import { OpenedRoom, Visitor } from '../../../support/use-cases.js';

/** A log to which another server appends as well, and is faster as often as it is told to. */
class SharedLog extends MemoryModerationLog {
  readonly faster: ModerationEntry[] = [];

  /** What the other server appends by itself. */
  async appendElsewhere(entry: ModerationEntry): Promise<void> {
    await super.append(() => entry);
  }

  override async append(decide: () => ModerationEntry | undefined): Promise<ModerationEntry | undefined> {
    const other = this.faster.shift();
    if (other === undefined) return super.append(decide);
    decide(); // in vain
    await super.append(() => other);
    return this.append(decide);
  }
}

const by = 'olga';

const banOf = (id: number, name: string): ModerationEntry => ({
  ...{ type: 'MeasureTaken', id, kind: 'ban', at: 1, by, reason: 'spam' },
  targets: [{ kind: 'name', name }],
});

describe('ModerateRoom, where another server keeps order as well', () => {
  let opened: OpenedRoom;
  let log: SharedLog;
  let moderation: Moderation;
  let moderate: ModerateRoom;
  let anna: Visitor;

  beforeEach(async () => {
    opened = await OpenedRoom.open();
    log = new SharedLog();
    const networks = new IpNetworks();
    moderation = new Moderation((...pair) => networks.contains(...pair));
    const order = new RoomOrder(moderation, key => `SHA256:${key}`);
    const { room, roomLog, tokens } = opened;
    const record = new ModerationRecord(room, moderation, log);
    moderate = new ModerateRoom(
      ...([room, order, record, new Operators(room, order, record, tokens), roomLog] as const),
      new LeaveUser(room, roomLog),
      new ModerationTargets(room, order, networks, new NameOwnership()),
    );
    anna = await opened.join('anna', { attempt: 0 }, new Visitor());
    room.userOf(anna.session)?.session.verify('anna');
  });
  afterEach(async () => {
    await moderate.close();
    await opened.close();
  });

  it('has no token to show when the other server was first', async () => {
    log.faster.push({ type: 'TokenIssued', hash: 'of the other', at: 1, by });
    await moderate.open();
    expect([moderate.token, moderation.token]).to.deep.equal([undefined, 'of the other']);
  });

  it('has none either when there is an operator already', async () => {
    log.faster.push({ type: 'OperatorNamed', key: 'SHA256:olga', name: 'olga', at: 1, by });
    await moderate.open();
    expect(moderate.token).to.equal(undefined);
  });

  it('makes one operator of two who use the token at one moment', async () => {
    await moderate.open();
    log.faster.push({ type: 'OperatorNamed', key: 'SHA256:olga', name: 'olga', at: 1, by });
    const used = moderate.execute(anna.session, { action: 'operator', token: moderate.token ?? '' });
    expect(await refusalOf(used)).to.equal('WRONG_TOKEN');
    expect([...moderation.operators.keys()]).to.deep.equal(['SHA256:olga']);
  });

  it('gives a measure a number that the other one has not given', async () => {
    await moderate.open();
    log.faster.push({
      ...{ type: 'MeasureTaken', id: 1, kind: 'mute', at: 1, by },
      targets: [{ kind: 'name', name: 'eve' }],
    });
    await moderate.execute('machine', { action: 'ban', target: 'dan' });
    const { measures } = moderate.list('machine');
    expect(measures.map(({ id, kind }) => [id, kind])).to.deep.equal([
      [1, 'mute'],
      [2, 'ban'],
    ]);
  });

  describe('when the other server bans somebody', () => {
    let clock: sinon.SinonFakeTimers;
    beforeEach(async () => {
      await moderate.open();
      clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    });
    afterEach(() => clock.restore());

    it('puts out whoever was just coming in here', async () => {
      const carl = await opened.join('carl', { attempt: 0 });
      await log.appendElsewhere(banOf(1, 'carl'));
      await clock.tickAsync(500);
      const dan = await opened.join('dan', { attempt: 0 });
      await log.appendElsewhere(banOf(2, 'dan'));
      expect([...carl.ends, ...dan.ends]).to.deep.equal([]);
      await clock.tickAsync(500);
      expect([...carl.ends, ...dan.ends]).to.deep.equal(['BANNED', 'BANNED']);
      const eve = await opened.join('eve', { attempt: 0 });
      await log.appendElsewhere(banOf(3, 'eve'));
      await clock.tickAsync(2000);
      expect(eve.ends).to.deep.equal(['BANNED']);
      expect([...opened.room.users].map(({ username }) => username)).to.deep.equal(['anna']);
      expect(clock.countTimers()).to.equal(0);
    });

    it('puts out nobody whose join is not recorded, who is an operator, or whose ban was lifted', async () => {
      await moderate.execute('machine', { action: 'operator', target: 'anna' });
      await opened.join('carl');
      await log.appendElsewhere(banOf(1, 'anna'));
      await log.appendElsewhere(banOf(2, 'carl'));
      await log.appendElsewhere(banOf(3, 'dan'));
      await log.appendElsewhere({ type: 'MeasureLifted', id: 2, at: 1, by });
      opened.room.join(opened.room.newSession(), 'dan');
      await clock.tickAsync(2000);
      expect([...opened.room.users].map(({ username }) => username)).to.deep.equal(['anna', 'carl', 'dan']);
    });

    it('looks at some at a time, and at nobody who is at another server, or has left', async () => {
      for (let n = 0; n < 150; n++) opened.room.restore(1000 + n, `carl${n}`, `key ${n}`);
      opened.room.restore(2000, 'away', 'key', undefined, { address: '192.0.2.9' });
      const [first, last] = [await opened.join('first'), await opened.join('last')];
      for (const [at, name] of ['first', 'last', 'carl3', 'carl140', 'away'].entries())
        await log.appendElsewhere(banOf(at + 1, name));
      await clock.tickAsync(1000);
      expect([...first.ends, ...last.ends]).to.deep.equal([]);
      await opened.leave(last);
      await clock.tickAsync(100);
      const names = [...opened.room.users].map(({ username }) => username);
      expect(names).to.include('away').and.not.include('carl3').and.not.include('carl140');
      expect([names.length, first.ends, last.ends]).to.deep.equal([150, ['BANNED'], []]);
    });

    it('hurts nobody when that cannot be recorded, or the room is closed first', async () => {
      const carl = await opened.join('carl', { attempt: 0 });
      opened.roomLog.append = () => Promise.reject(new Error('a bug'));
      await log.appendElsewhere(banOf(1, 'carl'));
      await clock.tickAsync(2000);
      expect(carl.ends).to.deep.equal(['BANNED']);
      await log.appendElsewhere(banOf(2, 'anna'));
      await moderate.close();
      expect(clock.countTimers()).to.equal(0);
    });
  });

  it('says in the event of a leave why it was somebody else who ended it', async () => {
    await moderate.open();
    const appended: RoomEvent[] = [];
    const append = opened.roomLog.append.bind(opened.roomLog);
    opened.roomLog.append = event => {
      appended.push(event);
      return append(event);
    };
    await moderate.execute('machine', { action: 'kick', target: 'anna', reason: 'spam' });
    const left = appended.find(({ type }) => type === 'UserLeft');
    expect(left).to.have.nested.property('ended.reason', 'KICKED');
    expect(left).to.have.nested.property('ended.about.reason', 'spam');
    expect(left).to.have.nested.property('ended.about.retryAfterMs').that.is.within(50_000, 60_000);
  });
});
