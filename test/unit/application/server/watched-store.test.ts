import { expect } from 'chai';
import sinon from 'sinon';
import { StoreBusy } from '../../../../src/application/server/failures.js';
import { Meter } from '../../../../src/application/server/meter.js';
import { WatchedStore } from '../../../../src/application/server/watched-store.js';
import { Refusal } from '../../../../src/domain/refusal.js';
import { Recording } from '../../../support/events.js';

describe('WatchedStore', () => {
  let clock: sinon.SinonFakeTimers;
  let meter: Meter;
  let write: sinon.SinonStub;
  let freeBytes: number | undefined;
  let store: WatchedStore;
  const batch = [new Recording().sent(1, 'carl', 'tea')];

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['performance'] });
    clock.tick(100_000);
    meter = new Meter();
    write = sinon.stub();
    freeBytes = undefined;
    const under = {
      write,
      messageAt: (seq: number) => ({ ...new Recording().sent(1, 'carl', 'tea'), seq }),
      get size() {
        const size = { messages: 0, bytes: 0, messagesLimit: 1, bytesLimit: 1 };
        return freeBytes === undefined ? size : { ...size, freeBytes };
      },
    };
    store = new WatchedStore(under, meter);
  });
  afterEach(() => clock.restore());

  const fail = (error: Error) => {
    write.throws(error);
    expect(() => store.write(batch)).to.throw(error.message);
  };

  it('writes, reads, and measures how long a batch takes', () => {
    write.callsFake(() => clock.tick(7));
    store.write(batch);
    expect(write.args).to.deep.equal([[batch]]);
    expect(store.messageAt(5)?.seq).to.equal(5);
    expect(meter.writes.taken.sumMs).to.equal(7);
    expect(meter.failures).to.equal(0);
  });

  it('tries it with an empty batch where nothing was written for ten seconds, and measures no time of that', () => {
    expect(store.objection).to.equal(undefined);
    expect(write.args).to.deep.equal([[[]]]);
    clock.tick(10_000);
    expect(store.objection).to.equal(undefined);
    expect(write.callCount).to.equal(1);
    clock.tick(1);
    expect(store.objection).to.equal(undefined);
    expect(write.callCount).to.equal(2);
    expect(meter.writes.taken.sumMs).to.equal(0);
  });

  it('says why nothing can be recorded, and tries again every second until it can', () => {
    fail(new Refusal('DISK_FULL'));
    expect(store.objection).to.equal('DISK_FULL');
    expect(write.callCount).to.equal(1);
    clock.tick(1001);
    expect(store.objection).to.equal('DISK_FULL');
    write.reset();
    expect(store.objection).to.equal('DISK_FULL');
    clock.tick(1001);
    expect(store.objection).to.equal(undefined);
    expect(meter.failures).to.equal(2);
  });

  it('calls everything else not recorded', () => {
    fail(new Error('a bug'));
    expect(store.objection).to.equal('NOT_RECORDED');
    fail(new Refusal('NOT_RECORDED'));
    expect(store.objection).to.equal('NOT_RECORDED');
  });

  it('says nothing of a lock of a moment, but of a long one', () => {
    fail(new StoreBusy('locked'));
    expect(store.objection).to.equal(undefined);
    clock.tick(1001);
    fail(new StoreBusy('locked'));
    expect(store.objection).to.equal('NOT_RECORDED');
    write.reset();
    store.write(batch);
    expect(store.objection).to.equal(undefined);
    fail(new StoreBusy('locked'));
    expect(store.objection).to.equal(undefined);
  });

  it('takes a disk with next to nothing left for full', () => {
    freeBytes = 1024 * 1024;
    expect(store.objection).to.equal(undefined);
    freeBytes--;
    expect(store.objection).to.equal('DISK_FULL');
  });
});
