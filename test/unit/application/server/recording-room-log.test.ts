import { expect } from 'chai';
import sinon from 'sinon';
import { MemoryEventStore } from '../../../../src/adapters/memory/memory-event-store.js';
import { RecordingRoomLog } from '../../../../src/application/server/recording-room-log.js';
import type { StoredRoom } from '../../../../src/application/server/room-log-ports.js';
import { Refusal } from '../../../../src/domain/refusal.js';
import { joined, PLENTY, refusalOf } from '../../../support/room-logs.js';

/** A store whose damage shows when its refs are read. */
class DamagedStore extends MemoryEventStore {
  isClosed = false;

  override async open(): Promise<StoredRoom> {
    const stored = await super.open();
    return { ...stored, refs: damaged() };
  }

  override async close(): Promise<void> {
    this.isClosed = true;
    await super.close();
  }
}

function damaged(): StoredRoom['refs'] {
  return {
    [Symbol.iterator]: () => {
      throw new Error('damaged');
    },
  };
}

describe('RecordingRoomLog', () => {
  it('leaves nothing open when the store cannot be read to its end', async () => {
    const store = new DamagedStore(PLENTY);
    const failure = await new RecordingRoomLog(store).open().catch((error: unknown) => error);
    expect(failure).to.be.an('error').with.property('message', 'damaged');
    expect(store.isClosed).to.equal(true);
  });

  it('closes the store even if its follower fails at the last batch', async () => {
    const store = new MemoryEventStore(PLENTY);
    const close = sinon.spy(store, 'close');
    const roomLog = new RecordingRoomLog(store);
    await roomLog.open();
    roomLog.follow(() => {
      throw new Error('a bug');
    });
    const append = roomLog.append(joined(1, 'carl'));
    const failure = await roomLog.close().catch((error: unknown) => error);
    expect(failure).to.be.an('error').with.property('message', 'a bug');
    expect((await append).seq).to.equal(1);
    expect(close.callCount).to.equal(1);
  });

  it('says of whatever goes wrong with an erasure that it is not recorded', async () => {
    const store = new MemoryEventStore(PLENTY);
    const roomLog = new RecordingRoomLog(store);
    await roomLog.open();
    const erase = sinon.stub(store, 'erase').throws(new Error('a bug'));
    expect(await refusalOf(roomLog.erase(1))).to.equal('NOT_RECORDED');
    erase.throws(new Refusal('DISK_FULL'));
    expect(await refusalOf(roomLog.erase(1))).to.equal('DISK_FULL');
    await roomLog.close();
  });

  it('gives to the store what it decides, and reads from it', async () => {
    const store = new MemoryEventStore(PLENTY);
    const write = sinon.spy(store, 'write');
    const roomLog = new RecordingRoomLog(store);
    const { epoch, ...opened } = await roomLog.open();
    expect(opened).to.deep.equal({ head: 0, lastSession: 0, present: [] });
    const event = await roomLog.append(joined(1, 'carl', 'key'));
    expect(write.args).to.deep.equal([[[event]]]);
    expect(await roomLog.sessionOf('key')).to.include({ session: 1 });
    expect(await roomLog.locate(epoch, 9)).to.equal(1);
    expect(roomLog.kept).to.deep.equal(store.kept);
    await roomLog.close();
  });
});
