import { expect } from 'chai';
import sinon from 'sinon';
import { RoomFold } from '../../../../../src/application/server/cluster/room-fold.js';
import { RoomReplica } from '../../../../../src/application/server/cluster/room-replica.js';
import type { LogChange } from '../../../../../src/application/server/room-log-ports.js';
import type { Recorded } from '../../../../../src/domain/events.js';
import { cpuMs } from '../../../../support/cpu-time.js';
import { Entries } from '../../../../support/entries.js';
import { joined, sent } from '../../../../support/room-logs.js';

const UP = { type: 'ServerUp', rules: 'r', name: 'n' };
const CARL = 1_000_000_001;

describe('RoomReplica', () => {
  let clock: sinon.SinonFakeTimers;
  let entries: Entries;
  let told: string[];
  let changes: LogChange[];
  let store: { write: sinon.SinonStub; erase: sinon.SinonStub };
  let overflows: number;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    entries = new Entries();
    told = [];
    changes = [];
    overflows = 0;
    store = { write: sinon.stub(), erase: sinon.stub() };
  });
  afterEach(() => clock.restore());

  const nameOf = (event: Recorded) => (event.type === 'MessageSent' ? event.content : event.type);
  const replicaOf = (keptTo = 0, own = 'a', last?: Recorded) => {
    const replica = new RoomReplica(
      new RoomFold('e'),
      store,
      {
        folded: ({ by, n }) => told.push(`${by}${n}`),
        recorded: batch => told.push(batch.map(nameOf).join('+')),
        changed: change => {
          changes.push(change);
          told.push(change.type);
        },
        stuck: () => told.push('stuck'),
        overflowed: () => overflows++,
      },
      keptTo,
      last,
    );
    replica.own = own;
    return replica;
  };
  const written = () => store.write.args.map(([batch]) => batch.map(nameOf));

  it('keeps what has happened, then tells it, and then what has become of what was asked', () => {
    const replica = replicaOf();
    store.write.callsFake(() => expect(told.filter(each => each.includes('tea'))).to.deep.equal([]));
    replica.take([
      entries.add('a', [UP]),
      entries.add('a', [joined(CARL, 'carl'), sent(CARL, 'carl', 'tea')]),
    ]);
    expect(told).to.deep.equal(['numbered', 'a0', 'UserJoined+tea', 'a1']);
    expect(written()).to.deep.equal([['UserJoined', 'tea']]);
    expect(changes).to.deep.equal([{ type: 'numbered', lastSession: 1_000_000_000 }]);
  });

  it('tells nothing of what cannot be kept before it can, and nothing twice', () => {
    const replica = replicaOf();
    replica.take([entries.add('a', [UP]), entries.add('a', [joined(CARL, 'carl')])]);
    told = [];
    store.write.throws(new Error('full'));
    replica.take([entries.add('a', [sent(CARL, 'carl', 'tea')])]);
    replica.take([entries.add('a', [sent(CARL, 'carl', 'milk')])]);
    clock.tick(600);
    expect(told).to.deep.equal([]);
    expect(store.write.callCount, 'tried again').to.equal(4);
    store.write.reset();
    clock.tick(250);
    expect(told).to.deep.equal(['tea', 'a2', 'milk', 'a3']);
    expect(written()).to.deep.equal([['tea'], ['milk']]);
    clock.tick(1000);
    expect(told).to.have.length(4);
  });

  it('erases in its place, and again when that fails', () => {
    const replica = replicaOf();
    replica.take([entries.add('a', [UP])]);
    told = [];
    store.erase.onFirstCall().throws(new Error('busy'));
    const erased = { type: 'MessageErased', seq: 2 };
    replica.take([
      entries.add('a', [
        joined(CARL, 'carl'),
        sent(CARL, 'carl', 'secret'),
        erased,
        sent(CARL, 'carl', 'next'),
      ]),
    ]);
    expect(told, 'what was before is told').to.deep.equal(['UserJoined+secret']);
    clock.tick(250);
    expect(told.slice(1)).to.deep.equal(['next', 'a1']);
    expect(store.erase.args).to.deep.equal([[2], [2]]);
  });

  it('says once that nothing can be kept for ten seconds, and goes on when it can', () => {
    const replica = replicaOf();
    replica.take([entries.add('a', [UP]), entries.add('a', [joined(CARL, 'carl')])]);
    for (const text of ['tea', 'milk']) {
      told = [];
      store.write.throws(new Error('full'));
      replica.take([entries.add('a', [sent(CARL, 'carl', text)])]);
      clock.tick(10_000);
      expect([told, replica.isStuck]).to.deep.equal([[], false]);
      clock.tick(10_000);
      expect([told, replica.isStuck]).to.deep.equal([['stuck'], true]);
      store.write.reset();
      clock.tick(250);
      expect(told.slice(1, 2)).to.deep.equal([text]);
      expect(replica.isStuck).to.equal(false);
    }
  });

  it('cannot go on when too much waits, and says so', () => {
    const replica = replicaOf();
    replica.take([entries.add('a', [UP]), entries.add('a', [joined(CARL, 'carl')])]);
    store.write.throws(new Error('full'));
    const long = 'x'.repeat(1024 * 1024);
    replica.take([entries.add('a', [sent(CARL, 'carl', 'first')])]);
    for (let n = 0; n < 64; n++) replica.take([entries.add('a', [sent(CARL, 'carl', long)])]);
    expect(overflows).to.equal(1);
    replica.close();
    replica.take([entries.add('a', [sent(CARL, 'carl', long)])]);
    expect(overflows, 'it was told').to.equal(1);
    clock.tick(1000);
    expect(store.write.callCount, 'closed').to.equal(2);
  });

  it('neither keeps nor tells again what it had already', () => {
    const replica = replicaOf(2);
    replica.take([
      entries.add('b', [UP]),
      entries.add('b', [joined(CARL, 'carl'), sent(CARL, 'carl', 'tea'), sent(CARL, 'carl', 'new')]),
    ]);
    expect(written()).to.deep.equal([['new']]);
    expect(told).to.deep.equal(['new', 'b0', 'b1']);
    expect(replica.isOther).to.equal(false);
  });

  it('keeps nothing more when the last that it had is something else now', () => {
    for (const last of [
      { ...sent(CARL, 'carl', 'tea'), seq: 1, at: 1 },
      { ...sent(7, 'carl', 'tea'), seq: 1, at: 1001 },
      { ...joined(CARL, 'carl'), seq: 1, at: 1001 },
    ]) {
      store.write.resetHistory();
      entries = new Entries();
      const replica = replicaOf(1, 'a', last);
      replica.take([
        entries.add('b', [UP]),
        entries.add('b', [joined(CARL, 'carl'), sent(CARL, 'carl', 'new')]),
      ]);
      replica.take([entries.add('b', [sent(CARL, 'carl', 'newer')])]);
      const isSame = last.type === 'UserJoined';
      expect(replica.isOther).to.equal(!isSame);
      expect(store.write.callCount).to.equal(isSame ? 2 : 0);
    }
  });

  it('takes nothing while it is paused, from the entry in which its server comes', () => {
    const replica = replicaOf();
    const folded = sinon.stub();
    const paused = new RoomReplica(
      new RoomFold('e'),
      store,
      {
        ...{ recorded: () => {}, changed: () => {}, stuck: () => {}, overflowed: () => {} },
        folded: each => {
          folded(each.by);
          paused.pause();
        },
      },
      0,
    );
    paused.own = 'a';
    paused.take([entries.add('a', [UP]), entries.add('a', [joined(CARL, 'carl')])]);
    expect([folded.callCount, paused.fold.head]).to.deep.equal([1, 0]);
    paused.resume();
    expect([folded.callCount, paused.fold.head]).to.deep.equal([2, 1]);
    replica.close();
  });

  it('says where users are who come by others, go there, or come from there', () => {
    const replica = replicaOf();
    replica.take([
      entries.add('a', [UP]),
      entries.add('b', [UP]),
      entries.add('b', [joined(CARL, 'carl', 'key')]),
    ]);
    changes = [];
    const taken = (attempt: number) => ({
      type: 'SessionTaken',
      session: CARL,
      attempt,
      origin: { owner: 'o' },
    });
    replica.take([entries.add('a', [taken(1)]), entries.add('b', [taken(2)])]);
    replica.take([entries.add('a', [{ type: 'ServerDown', incarnation: 'b' }])]);
    const user = { session: CARL, username: 'carl', resumeKey: 'key', elsewhere: { owner: 'o' } };
    const came = (attempt: number) => ({ ...user, elsewhere: { owner: 'o', attempt } });
    expect(changes).to.deep.equal([
      { type: 'moved', user: came(1), to: 'here', because: 'TAKEN' },
      { type: 'moved', user: came(2), to: 'elsewhere', because: 'TAKEN' },
      {
        ...{ type: 'moved', to: 'here', because: 'DOWN' },
        user: { ...user, elsewhere: { owner: 'o', isAway: true } },
      },
    ]);
    changes = [];
    replica.take([entries.add('c', [UP]), entries.add('c', [joined(CARL + 1, 'david')])]);
    const absent = { type: 'SessionAbsent', session: CARL + 1, isAway: true };
    replica.take([entries.add('c', [absent]), entries.add('a', [{ ...absent, session: CARL }])]);
    expect(changes).to.deep.equal([{ type: 'absence', session: CARL + 1, isAway: true }]);
  });

  it('tells a fault of whoever is told, once, and goes on', () => {
    let faults = 0;
    const replica = new RoomReplica(
      new RoomFold('e'),
      store,
      {
        ...{
          folded: () => told.push('folded'),
          changed: () => {},
          stuck: () => {},
          overflowed: () => {},
        },
        recorded: () => {
          faults++;
          throw new Error('a fault');
        },
      },
      0,
    );
    replica.take([entries.add('a', [UP])]);
    expect(() => replica.take([entries.add('a', [joined(CARL, 'carl')])])).to.throw('a fault');
    replica.take([entries.add('a', [{ type: 'MessageErased', seq: 9 }])]);
    expect([faults, told]).to.deep.equal([1, ['folded', 'folded', 'folded']]);
  });

  it('tells a hundred thousand things of one batch in no time', () => {
    let erased = 0;
    const listener = {
      folded: () => {},
      recorded: () => {},
      changed: () => {},
      stuck: () => {},
      overflowed: () => {},
    };
    const replica = new RoomReplica(
      new RoomFold('e'),
      {
        write: () => {},
        erase: () => {
          erased++;
          return undefined;
        },
      },
      listener,
      0,
    );
    const erasing = Array.from({ length: 1000 }, (_, seq) => ({ type: 'MessageErased', seq }));
    const batch = [entries.add('a', [UP]), ...Array.from({ length: 100 }, () => entries.add('a', erasing))];
    const began = cpuMs();
    replica.take(batch);
    expect(erased).to.equal(100_000);
    expect(cpuMs() - began).to.be.below(5000);
  });
});
