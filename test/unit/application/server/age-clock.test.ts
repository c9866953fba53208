import { expect } from 'chai';
import sinon from 'sinon';
import { AgeClock } from '../../../../src/application/server/age-clock.js';
import { MemoryLogger } from '../../../doubles/memory-logger.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('AgeClock', () => {
  let time: sinon.SinonFakeTimers;
  let logger: MemoryLogger;

  beforeEach(() => {
    time = sinon.useFakeTimers({ now: Date.UTC(2026, 10, 25), toFake: ['Date', 'performance'] });
    logger = new MemoryLogger();
  });
  afterEach(() => time.restore());

  const jump = (ms: number) => time.setSystemTime(Date.now() + ms);

  it('tells the time of the machine in a new history, and in one that was used within a day', () => {
    expect(new AgeClock(0).now()).to.equal(Date.now());
    const clock = new AgeClock(Date.now() - DAY);
    expect(clock.now()).to.equal(Date.now());
    time.tick(100 * DAY);
    expect(clock.now()).to.equal(Date.now());
  });

  it('does not believe a clock that is far ahead of the last event, until it has run on for a day', () => {
    const lastAt = Date.now() - 700 * DAY;
    const clock = new AgeClock(lastAt, logger);
    time.tick(HOUR);
    expect(clock.now()).to.equal(lastAt + HOUR);
    time.tick(23 * HOUR);
    expect(clock.now()).to.equal(lastAt + DAY);
    time.tick(HOUR);
    expect(clock.now()).to.equal(Date.now());
    expect(logger.entries).to.have.length(1);
    expect(logger.entries[0]).to.deep.include({ level: 'warn' });
  });

  it('does not believe a jump ahead while the server runs', () => {
    const clock = new AgeClock(0, logger);
    const start = Date.now();
    jump(700 * DAY);
    time.tick(HOUR);
    expect(clock.now()).to.equal(start + HOUR);
    jump(-700 * DAY);
    time.tick(HOUR);
    expect(clock.now()).to.equal(Date.now());
    time.tick(2 * DAY);
    expect(clock.now()).to.equal(Date.now());
  });

  it('doubts anew when a clock jumps again', () => {
    const clock = new AgeClock(0, logger);
    jump(2 * DAY);
    clock.now();
    time.tick(20 * HOUR);
    jump(-2 * DAY);
    clock.now();
    jump(2 * DAY);
    time.tick(10 * HOUR);
    expect(clock.now()).to.equal(Date.now() - 2 * DAY);
  });

  it('follows a small jump, and every step back', () => {
    const clock = new AgeClock(0, logger);
    jump(HOUR);
    expect(clock.now()).to.equal(Date.now());
    jump(-50 * DAY);
    expect(clock.now()).to.equal(Date.now());
    expect(logger.entries).to.deep.equal([]);
  });
});
