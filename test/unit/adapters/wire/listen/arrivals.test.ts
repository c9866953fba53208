import { expect } from 'chai';
import sinon from 'sinon';
import { Arrivals } from '../../../../../src/adapters/wire/listen/arrivals.js';
import { Refusal } from '../../../../../src/domain/refusal.js';

describe('Arrivals', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => clock.restore());

  /** After how many milliseconds it works again; nothing when it did. */
  function refusal(arrivals: Arrivals, origin: string | undefined): number | undefined {
    try {
      arrivals.count(origin);
      return undefined;
    } catch (error) {
      expect(error).to.be.instanceOf(Refusal).and.to.include({ code: 'TOO_MANY_JOINS' });
      return (error as Refusal).details.retryAfterMs;
    }
  }

  it('are so many at once from one address, and then so many a minute', () => {
    const arrivals = new Arrivals({ joinRate: 60, joinBurst: 3 });
    const all = Array.from({ length: 5 }, () => refusal(arrivals, 'here'));
    expect(all).to.deep.equal([undefined, undefined, undefined, 1000, 1000]);
    expect(refusal(arrivals, 'there')).to.equal(undefined);
    clock.tick(1000);
    expect(refusal(arrivals, 'here')).to.equal(undefined);
    expect(refusal(arrivals, 'here')).to.equal(1000);
  });

  it('are as many as they like where there is no limit, and from who is trusted', () => {
    const [none, some] = [
      new Arrivals({ joinRate: 0, joinBurst: 1 }),
      new Arrivals({ joinRate: 1, joinBurst: 1 }),
    ];
    for (let n = 0; n < 10; n++) {
      expect(refusal(none, 'here')).to.equal(undefined);
      expect(refusal(some, undefined)).to.equal(undefined);
    }
  });

  it('are remembered only while they matter', () => {
    const arrivals = new Arrivals({ joinRate: 60, joinBurst: 1 });
    arrivals.count('here');
    for (let n = 0; n < 3000; n++) arrivals.count(String(n));
    expect(refusal(arrivals, 'here')).to.equal(1000);
  });
});
