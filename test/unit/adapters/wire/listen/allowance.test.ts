import { expect } from 'chai';
import sinon from 'sinon';
import { Allowance } from '../../../../../src/adapters/wire/listen/allowance.js';

describe('Allowance', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => clock.restore());

  it('goes by what its rate is when it is used', () => {
    const changing = { perSecond: 10, burst: 5 };
    const allowance = new Allowance(changing);
    expect(allowance.take(6)).to.equal(100);
    changing.perSecond = 1;
    expect(allowance.waitMs).to.equal(1000);
    clock.tick(2000);
    expect(allowance.left).to.equal(1);
    changing.burst = 1;
    clock.tick(60_000);
    expect(allowance.left).to.equal(1);
    expect(allowance.isFull).to.equal(true);
    changing.burst = 3;
    expect(allowance.isFull).to.equal(false);
    clock.tick(2000);
    expect(allowance.isFull).to.equal(true);
  });

  it('has no limit while the rate is 0, and nothing to be paid back afterwards', () => {
    const changing = { perSecond: 1, burst: 2 };
    const allowance = new Allowance(changing);
    expect(allowance.take(100)).to.equal(98_000);
    changing.perSecond = 0;
    expect(allowance.waitMs).to.equal(0);
    expect(allowance.take(100)).to.equal(0);
    expect(allowance.takeIfThere(100)).to.equal(0);
    expect(allowance.isFull).to.equal(true);
    changing.perSecond = 1;
    expect(allowance.takeIfThere(2)).to.equal(0);
    expect(allowance.takeIfThere(1)).to.equal(1000);
  });
});
