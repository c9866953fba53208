import { expect } from 'chai';
import sinon from 'sinon';
import { BoundedLogger } from '../../../../src/adapters/pino/bounded-logger.js';
import { MemoryLogger } from '../../../doubles/memory-logger.js';

describe('BoundedLogger', () => {
  let clock: sinon.SinonFakeTimers;
  let written: MemoryLogger;
  let log: BoundedLogger;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    written = new MemoryLogger(100_000);
    log = new BoundedLogger(written);
  });
  afterEach(() => clock.restore());

  function flood(count: number, message = 'connection ended'): void {
    for (let n = 0; n < count; n++) log.info({ connection: n }, message);
  }

  it('writes what happens to a thousand at once, and of a flood its beginning', () => {
    flood(1000);
    expect(written.entries).to.have.length(1000);
    flood(5000);
    expect(written.entries).to.have.length(1000);
  });

  it('says how many it has left out, and is quiet when there were none', () => {
    flood(1500);
    clock.tick(10_000);
    expect(written.entries.at(-1)).to.deep.include({
      level: 'info',
      message: 'connection ended (so many more were left out)',
    });
    expect(written.entries.at(-1)?.fields.more).to.equal(500);
    const { length } = written.entries;
    clock.tick(60_000);
    expect(written.entries).to.have.length(length);
    expect(clock.countTimers()).to.equal(0);
  });

  it('says it at once when it is asked to', () => {
    flood(1500);
    log.tell();
    expect(written.entries.at(-1)?.fields.more).to.equal(500);
    log.tell();
    expect(written.entries).to.have.length(1001);
  });

  it('goes on with a few a second, and with all when the flood is over', () => {
    flood(1000);
    clock.tick(1000);
    flood(100);
    expect(written.entries).to.have.length(1005);
    clock.tick(300_000);
    const { length } = written.entries;
    flood(1000);
    expect(written.entries).to.have.length(length + 1000);
  });

  it('lets no kind of line take the place of another', () => {
    flood(5000);
    log.error({}, 'the disk is full');
    log.warn({}, 'something odd');
    log.debug({}, 'a detail');
    expect(written.entries.slice(-3).map(({ level }) => level)).to.deep.equal(['error', 'warn', 'debug']);
  });
});
