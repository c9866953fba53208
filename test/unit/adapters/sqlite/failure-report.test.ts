import { expect } from 'chai';
import sinon from 'sinon';
import { FailureReport } from '../../../../src/adapters/sqlite/failure-report.js';
import { MemoryLogger } from '../../../doubles/memory-logger.js';

describe('FailureReport', () => {
  const BEGINS = 'the history cannot be written';
  const IS_OVER = 'the history is written again';
  let clock: sinon.SinonFakeTimers;
  let logger: MemoryLogger;
  let report: FailureReport;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['performance'] });
    logger = new MemoryLogger();
    report = new FailureReport(logger);
  });
  afterEach(() => clock.restore());

  const told = () => logger.entries.map(({ message }) => message);

  it('says once what is wrong, and once that it is over', () => {
    const full = new Error('full');
    for (let n = 0; n < 3; n++) report.begins(full);
    for (let n = 0; n < 3; n++) report.isOver();
    expect(told()).to.deep.equal([BEGINS, IS_OVER]);
    expect(logger.entries[0]?.fields.err).to.equal(full);
  });

  it('says nothing of a failure that comes again within ten seconds', () => {
    report.begins(new Error('full'));
    report.isOver();
    report.begins(new Error('full'));
    report.isOver();
    expect(told()).to.deep.equal([BEGINS, IS_OVER]);
    clock.tick(10_000);
    report.begins(new Error('full'));
    expect(told()).to.deep.equal([BEGINS, IS_OVER, BEGINS]);
  });

  it('says nothing of a lock that lasts for a moment, however often there is one', () => {
    for (let n = 0; n < 3; n++) {
      report.locked(new Error('locked'));
      clock.tick(1000);
      report.locked(new Error('locked'));
      report.isOver();
    }
    expect(told()).to.deep.equal([]);
  });

  it('says that a lock lasts', () => {
    report.locked(new Error('locked'));
    clock.tick(1001);
    report.locked(new Error('locked'));
    expect(told()).to.deep.equal([BEGINS]);
  });
});
