import { expect } from 'chai';
import sinon from 'sinon';
import { knownInTime } from '../../../../src/application/server/known-in-time.js';
import { refusalOf } from '../../../support/room-logs.js';

describe('what becomes of a change', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => clock.restore());

  it('is told as soon as it is known', async () => {
    expect(await knownInTime(Promise.resolve(1))).to.equal(1);
    expect(clock.countTimers()).to.equal(0);
  });

  it('is said to be unknown before a client waits no longer, and the work goes on', async () => {
    const { promise, reject } = Promise.withResolvers<void>();
    const outcomes = [refusalOf(knownInTime(promise)), refusalOf(knownInTime(promise, 'NOT_RECORDED'))];
    await clock.tickAsync(9000);
    expect(await Promise.all(outcomes)).to.deep.equal(['OUTCOME_UNKNOWN', 'NOT_RECORDED']);
    reject(new Error('of which nobody is told any more'));
  });
});
