import { expect } from 'chai';
import { MemoryEventStore } from '../../../../src/adapters/memory/memory-event-store.js';
import type { StoredRoom } from '../../../../src/application/server/ports.js';
import { RecordingRoomLog } from '../../../../src/application/server/recording-room-log.js';
import { PLENTY } from '../../../support/room-logs.js';

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
});
