import { expect } from 'chai';
import sinon from 'sinon';
import { MemoryEventStore } from '../../../../src/adapters/memory/memory-event-store.js';
import { Recording } from '../../../support/events.js';
import { PLENTY } from '../../../support/room-logs.js';

describe('MemoryEventStore', () => {
  let recording: Recording;
  beforeEach(() => {
    recording = new Recording();
  });
  afterEach(() => sinon.restore());

  const sent = (content: string) => recording.sent(1, 'carl', content);

  it('keeps messages up to a number of bytes, the newest that fit', async () => {
    const store = new MemoryEventStore({ ...PLENTY, maxBytes: 1000 });
    store.write([sent('x'.repeat(100)), sent('y'.repeat(100)), sent('z'.repeat(100))]);
    expect(store.kept.messages).to.equal(2);
    store.write([sent('x'.repeat(400))]);
    expect((await store.messages(0, 4, 4)).map(({ seq }) => seq)).to.deep.equal([4]);
    store.write([sent('x'.repeat(1000))]);
    expect(store.kept.messages).to.equal(6);
  });

  it('knows the last ten thousand sessions that left, and those in the room', async () => {
    const store = new MemoryEventStore(PLENTY);
    store.write([recording.joined(1, 'user1', 'key1')]);
    for (let n = 2; n <= 10_002; n++) {
      store.write([recording.joined(n, `user${n}`, `key${n}`), recording.left(n, `user${n}`)]);
    }
    expect(await store.sessionOf('key1')).to.include({ session: 1 });
    expect(await store.sessionOf('key2')).to.equal(undefined);
    expect(await store.sessionOf('key3')).to.include({ session: 3 });
    await store.close();
  });

  it('forgets a session that left before all that is kept', async () => {
    const store = new MemoryEventStore({ ...PLENTY, maxMessages: 1 });
    store.write([recording.joined(1, 'carl', 'key'), recording.left(1, 'carl')]);
    expect(await store.sessionOf('key')).to.include({ session: 1 });
    store.write([sent('a'), sent('b')]);
    expect(await store.sessionOf('key')).to.equal(undefined);
    await store.close();
  });

  it('removes what is too old although nothing more is said', async () => {
    const clock = sinon.useFakeTimers({ now: 1_795_000_000_000 });
    const store = new MemoryEventStore({ ...PLENTY, maxAgeMs: 1000 });
    store.write([recording.joined(1, 'carl'), sent('a')]);
    expect(store.kept).to.deep.equal({ events: 1, messages: 1, allMessages: 1 });
    clock.tick(3_600_000);
    expect(store.kept).to.deep.equal({ events: 3, messages: 3, allMessages: 3 });
    await store.close();
    expect(clock.countTimers()).to.equal(0);
  });

  it('can still be read once it is closed', async () => {
    const store = new MemoryEventStore(PLENTY);
    store.write([sent('a')]);
    await store.close();
    expect(await store.messagesBefore(9, 9)).to.have.length(1);
  });
});
