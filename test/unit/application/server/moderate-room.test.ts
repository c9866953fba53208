import { expect } from 'chai';
import { IpNetworks } from '../../../../src/adapters/ip/ip-networks.js';
import { MemoryModerationLog } from '../../../../src/adapters/memory/memory-moderation-log.js';
import type { ModerationRequest } from '../../../../src/application/moderation-request.js';
import { LeaveUser } from '../../../../src/application/server/leave-user.js';
import { ModerateRoom } from '../../../../src/application/server/moderate-room.js';
import { ModerationRecord } from '../../../../src/application/server/moderation-record.js';
import { ModerationTargets } from '../../../../src/application/server/moderation-targets.js';
import { NameOwnership } from '../../../../src/application/server/name-ownership.js';
import { Operators } from '../../../../src/application/server/operators.js';
import { RoomOrder } from '../../../../src/application/server/room-order.js';
import { Moderation, type ModerationEntry } from '../../../../src/domain/moderation.js';
import { Refusal } from '../../../../src/domain/refusal.js';
import { refusalOf } from '../../../support/room-logs.js';
import { OpenedRoom, Visitor } from '../../../support/use-cases.js';

/** The fingerprint of a key of this name, long enough to be one. */
const print = (key: string) => `SHA256:${key.padEnd(43, 'x')}`;

/** A log that fails when it is told to. */
class FailingLog extends MemoryModerationLog {
  failure: Error | undefined;

  override async append(decide: () => ModerationEntry | undefined): Promise<ModerationEntry | undefined> {
    if (this.failure !== undefined) throw this.failure;
    return super.append(decide);
  }
}

describe('ModerateRoom', () => {
  let opened: OpenedRoom;
  let log: FailingLog;
  let moderate: ModerateRoom;
  let anna: Visitor;
  let carl: Visitor;

  /** Somebody comes, from an address and with a key if they have one. */
  async function come(username: string, from?: string, key?: string): Promise<Visitor> {
    const visitor = new Visitor();
    Object.assign(visitor.outlet, { address: from });
    await opened.join(username, { attempt: 0 }, visitor);
    if (key !== undefined) opened.room.userOf(visitor.session)?.session.verify(key);
    return visitor;
  }

  function made(): ModerateRoom {
    const networks = new IpNetworks();
    const order = new RoomOrder(new Moderation((...pair) => networks.contains(...pair)), print);
    const { room, roomLog, tokens } = opened;
    const record = new ModerationRecord(room, order.moderation, log);
    return new ModerateRoom(
      ...([room, order, record, new Operators(room, order, record, tokens), roomLog] as const),
      new LeaveUser(room, roomLog),
      new ModerationTargets(room, order, networks, new NameOwnership()),
    );
  }

  const machine = (request: ModerationRequest) => moderate.execute('machine', request);
  const refused = (request: ModerationRequest, by: number | 'machine' = 'machine') =>
    refusalOf(moderate.execute(by, request));

  beforeEach(async () => {
    opened = await OpenedRoom.open();
    log = new FailingLog();
    moderate = made();
    await moderate.open();
    anna = await come('anna', '192.0.2.1', 'anna');
    carl = await come('carl', '192.0.2.7');
  });
  afterEach(async () => {
    await moderate.close();
    await opened.close();
  });

  describe('the token of the first start', () => {
    it('makes an operator of who has a key, once', async () => {
      const request = { action: 'operator', token: moderate.token ?? '' } as const;
      expect(await refused(request, carl.session)).to.equal('KEY_NEEDED');
      expect(await refused({ ...request, token: 'guessed' }, anna.session)).to.equal('WRONG_TOKEN');
      for (const by of ['machine', 999] as const) expect(await refused(request, by)).to.equal('NOT_JOINED');
      expect(await refused({ ...request, token: 'guessed' })).to.equal('NOT_JOINED');
      expect(await refused({ ...request, token: 'guessed' }, 999)).to.equal('NOT_JOINED');
      expect(await moderate.execute(anna.session, request)).to.deep.include({ targets: ['anna'] });
      expect(await refused(request, anna.session)).to.equal('WRONG_TOKEN');
    });

    it('is not there when it cannot be kept, and the room is open all the same', async () => {
      log = new FailingLog();
      log.failure = new Refusal('DISK_FULL');
      const other = made();
      await other.open();
      expect(other.token).to.equal(undefined);
      log.failure = new Error('a bug');
      const failure = await made()
        .open()
        .catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(Error).with.property('message', 'a bug');
    });

    it('is made once: a room that was open before has none to show', async () => {
      const again = made();
      await again.open();
      expect(again.token).to.equal(undefined);
    });
  });

  it('is for operators, and for who has the machine', async () => {
    expect(await refused({ action: 'topic', topic: 'tea' }, carl.session)).to.equal('NOT_OPERATOR');
    expect(await refused({ action: 'slow', ms: 1 }, 999)).to.equal('NOT_JOINED');
    expect(await machine({ action: 'operator', target: 'anna' })).to.deep.include({ targets: ['anna'] });
    await moderate.execute(anna.session, { action: 'topic', topic: 'tea' });
    expect(await moderate.execute(carl.session, { action: 'topic' })).to.deep.include({ topic: 'tea' });
    expect(await machine({ action: 'topic', topic: ' ' })).to.deep.equal({ action: 'topic', targets: [] });
    expect(opened.room.topic).to.equal('');
  });

  it('names as operators those with a key, here or not', async () => {
    expect(await refused({ action: 'operator', target: 'carl' })).to.equal('HAS_NO_KEY');
    for (const target of ['nobody', undefined])
      expect(await refused({ action: 'operator', ...(target && { target }) })).to.equal('NO_SUCH_USER');
    expect(await refused({ action: 'dismiss', target: print('david') })).to.equal('NO_SUCH_USER');
    for (const action of ['operator', 'dismiss'] as const)
      expect((await machine({ action, target: print('david') })).targets).to.deep.equal([print('david')]);
    await machine({ action: 'operator', target: 'anna' });
    await opened.leave(anna);
    expect((await machine({ action: 'dismiss', target: 'anna' })).targets).to.deep.equal(['anna']);
  });

  it('puts out who is here under all that is known of them, but no operator', async () => {
    expect(await refused({ action: 'kick', target: 'nobody' })).to.equal('NO_SUCH_USER');
    expect(await machine({ action: 'kick', target: 'carl', reason: 'spam' })).to.deep.include({
      targets: ['carl', '192.0.2.7'],
      ended: 1,
    });
    expect(carl.ends).to.deep.equal(['KICKED']);
    const near = await come('near');
    expect((await machine({ action: 'mute', target: 'near' })).targets).to.deep.equal(['near']);
    expect((await machine({ action: 'mute', target: 'anna', ms: 1000 })).targets).to.deep.equal([
      'anna',
      print('anna'),
    ]);
    await machine({ action: 'operator', target: 'anna' });
    expect(await refused({ action: 'ban', target: 'anna' })).to.equal('IS_OPERATOR');
    expect((await machine({ action: 'ban', target: '192.0.2.0/24' })).ended).to.equal(0);
    expect((await machine({ action: 'ban', target: print('eve'), reason: ' ' })).targets).to.deep.equal([
      print('eve'),
    ]);
    expect(near.ends).to.deep.equal([]);
  });

  it('lifts what is in force, by name, by number and by network, and lists it', async () => {
    await machine({ action: 'mute', target: 'carl', ms: 60_000, reason: 'loud' });
    await machine({ action: 'ban', target: '198.51.100.0/24' });
    await machine({ action: 'ban', target: 'eve' });
    const { measures, count } = moderate.list('machine');
    expect(measures.map(({ id, kind }) => [id, kind])).to.deep.equal([
      [1, 'mute'],
      [2, 'ban'],
      [3, 'ban'],
    ]);
    expect(count).to.equal(3);
    expect(await refused({ action: 'unban', target: 'carl' })).to.equal('NO_SUCH_MEASURE');
    for (const request of [
      { action: 'unmute', target: 'carl' },
      { action: 'unban', target: '198.51.100.0/24' },
      { action: 'unban', target: '#3' },
    ] as const)
      expect((await machine(request)).action).to.equal(request.action);
    expect(moderate.list('machine').count).to.equal(0);
  });

  it('takes out a message by its place, or the last one of somebody', async () => {
    await opened.say(carl, 'one', 'two');
    const left = () => opened.roomLog.search({ words: '', from: 'carl', limit: 9 });
    expect((await machine({ action: 'delete', target: 'carl' })).targets).to.deep.equal(['carl']);
    const [one, ...more] = await left();
    expect([one?.content, more]).to.deep.equal(['one', []]);
    await machine({ action: 'delete', seq: one?.seq ?? 0 });
    expect(await left()).to.deep.equal([]);
    for (const request of [
      { action: 'delete', target: 'carl' },
      { action: 'delete', seq: 999 },
      { action: 'delete' },
    ] as const)
      expect(await refused(request)).to.equal('NO_SUCH_MESSAGE');
  });

  it('puts out whom an address means, and by name nobody else who is there', async () => {
    const dora = await come('dora', '192.0.2.7', 'dora');
    expect(await machine({ action: 'kick', target: 'carl' })).to.deep.include({
      ended: 1,
      from: ['192.0.2.7'],
    });
    expect(dora.ends).to.deep.equal([]);
    expect(await machine({ action: 'kick', target: '192.0.2.7' })).to.deep.include({ ended: 1 });
    expect(dora.ends).to.deep.equal(['KICKED']);
    await come('erin', '192.0.2.9');
    await machine({ action: 'mute', target: '192.0.2.9' });
    expect((await machine({ action: 'unmute', target: '192.0.2.9' })).targets).to.deep.equal(['192.0.2.9']);
  });

  it('has done what is kept, though the room cannot be told, unless that is a fault', async () => {
    const { roomLog } = opened;
    const append = roomLog.append.bind(roomLog);
    roomLog.append = () => Promise.reject(new Refusal('DISK_FULL'));
    expect((await machine({ action: 'ban', target: 'carl' })).ended).to.equal(1);
    expect(carl.ends).to.deep.equal(['BANNED']);
    roomLog.append = () => Promise.reject(new Error('a bug'));
    const failure = await machine({ action: 'slow', ms: 1 }).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error).with.property('message', 'a bug');
    const other = await machine({ action: 'ban', target: 'carl' }).catch((error: unknown) => error);
    expect(other).to.deep.include({ ended: 0 });
    roomLog.append = append;
  });

  it('hides no fault of the log when somebody goes', async () => {
    const { roomLog } = opened;
    const append = roomLog.append.bind(roomLog);
    roomLog.append = event =>
      event.type === 'UserLeft' ? Promise.reject(new Error('a bug')) : append(event);
    const failure = await machine({ action: 'ban', target: 'carl' }).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error).with.property('message', 'a bug');
    roomLog.append = append;
  });

  it('says that a message is gone when somebody else was faster', async () => {
    await opened.say(carl, 'one');
    opened.roomLog.erase = async () => undefined;
    expect(await refused({ action: 'delete', target: 'carl' })).to.equal('NO_SUCH_MESSAGE');
  });

  it('changes nothing that cannot be kept', async () => {
    log.failure = new Refusal('DISK_FULL');
    expect(await refused({ action: 'slow', ms: 1000 })).to.equal('DISK_FULL');
    log.failure = undefined;
    expect(await machine({ action: 'slow', ms: 1e9 })).to.deep.include({ ms: 3_600_000 });
  });
});
