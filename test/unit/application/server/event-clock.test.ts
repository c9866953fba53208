import { expect } from 'chai';
import sinon from 'sinon';
import { EventClock } from '../../../../src/application/server/event-clock.js';
import { MemoryLogger } from '../../../doubles/memory-logger.js';

describe('EventClock', () => {
  let time: sinon.SinonFakeTimers;
  let logger: MemoryLogger;
  let clock: EventClock;

  beforeEach(() => {
    time = sinon.useFakeTimers({ now: Date.UTC(2026, 10, 25), toFake: ['Date'] });
    logger = new MemoryLogger();
    clock = new EventClock(logger);
  });
  afterEach(() => time.restore());

  const DAY = 86_400_000;
  const messages = () => logger.entries.map(({ message }) => message);

  it('tells the time of the machine', () => {
    expect(clock.now()).to.equal(Date.UTC(2026, 10, 25));
    time.tick(5);
    expect(clock.now()).to.equal(Date.UTC(2026, 10, 25) + 5);
  });

  it('stands still while the clock is a little behind', () => {
    const before = clock.now();
    time.setSystemTime(before - 60_000);
    expect(clock.now()).to.equal(before);
    time.setSystemTime(before + 1);
    expect(clock.now()).to.equal(before + 1);
    expect(messages()).to.deep.equal([]);
  });

  it('follows a clock that was set right while the server runs, and says so once', () => {
    const true_ = Date.now();
    time.setSystemTime(true_ + 700 * DAY);
    clock.now();
    time.setSystemTime(true_);
    expect(clock.now()).to.equal(true_);
    expect(clock.now()).to.equal(true_);
    expect(messages()).to.deep.equal(['the clock is behind the last event: from here on, times go back']);
  });

  it('tells true times after a start with a clock that was ahead', () => {
    clock.restore(Date.now() + 700 * DAY);
    expect(clock.now()).to.equal(Date.now());
    expect(logger.entries[0]?.fields).to.deep.equal({
      last: '2028-10-25T00:00:00.000Z',
      now: '2026-11-25T00:00:00.000Z',
    });
  });
});
