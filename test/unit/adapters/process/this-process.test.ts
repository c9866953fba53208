import { expect } from 'chai';
import { ThisProcess } from '../../../../src/adapters/process/this-process.js';
import { until } from '../../../support/until.js';

describe('ThisProcess', () => {
  it('knows its memory, its time and what it has open', () => {
    const { loopDelayMs, handles, ...reading } = new ThisProcess().read();
    for (const [name, value] of Object.entries(reading)) expect(value, name).to.be.above(0);
    expect(handles).to.be.at.least(0);
    expect(reading.residentBytes).to.be.above(reading.heapBytes);
    if (process.platform === 'linux') expect(reading).to.include.keys('openFiles', 'openFilesLimit');
    expect(loopDelayMs).to.deep.equal({ mean: 0, p99: 0, max: 0 });
  });

  it('tells how late the event loop was since it is asked, however often', async () => {
    const vitals = new ThisProcess();
    vitals.read();
    await new Promise(resolve => setTimeout(resolve, 60));
    const stuckUntil = performance.now() + 150;
    while (performance.now() < stuckUntil);
    await until(() => vitals.read().loopDelayMs.max > 100);
    const { mean, p99, max } = vitals.read().loopDelayMs;
    expect(max).to.be.within(100, 10_000);
    expect(p99).to.be.within(0, max);
    expect(mean).to.be.within(0, max);
  });
});
