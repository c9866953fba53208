import { expect } from 'chai';
import sinon from 'sinon';
import { rate } from '../../../../../src/adapters/wire/listen/allowance.js';
import { type ArrivalLimits, Arrivals } from '../../../../../src/adapters/wire/listen/arrivals.js';
import { Refusal } from '../../../../../src/domain/refusal.js';

const NO_LIMITS = { joins: rate(0, 1), allJoins: rate(0, 1) };

describe('Arrivals', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => clock.restore());

  const arrivalsWith = (limits: Partial<ArrivalLimits>) => new Arrivals({ ...NO_LIMITS, ...limits });

  function retryAfter(error: unknown): number | undefined {
    expect(error).to.be.instanceOf(Refusal).and.to.include({ code: 'TOO_MANY_JOINS' });
    return (error as Refusal).details.retryAfterMs;
  }

  /** After how many milliseconds it works again; nothing when it did. */
  function refusal(arrivals: Arrivals, origin: string | undefined): number | undefined {
    try {
      arrivals.count(origin);
      expect(arrivals.turn(origin)).to.equal(undefined);
      return undefined;
    } catch (error) {
      return retryAfter(error);
    }
  }

  it('are so many at once from one address, and then so many a minute', () => {
    const arrivals = arrivalsWith({ joins: rate(1, 3) });
    const all = Array.from({ length: 5 }, () => refusal(arrivals, 'here'));
    expect(all).to.deep.equal([undefined, undefined, undefined, 1000, 1000]);
    expect(refusal(arrivals, 'there')).to.equal(undefined);
    clock.tick(1000);
    expect(refusal(arrivals, 'here')).to.equal(undefined);
    expect(refusal(arrivals, 'here')).to.equal(1000);
  });

  it('are as many as they like where there is no limit, and from who is trusted', () => {
    const none = arrivalsWith({});
    const some = arrivalsWith({ joins: rate(1 / 60, 1), allJoins: rate(1 / 60, 1) });
    for (let n = 0; n < 10; n++) {
      expect(refusal(none, 'here')).to.equal(undefined);
      expect(refusal(some, undefined)).to.equal(undefined);
    }
  });

  it('are remembered only while they matter', () => {
    const arrivals = arrivalsWith({ joins: rate(1, 1) });
    arrivals.count('here');
    for (let n = 0; n < 3000; n++) arrivals.count(String(n));
    expect(refusal(arrivals, 'here')).to.equal(1000);
  });

  describe('in all', () => {
    const limits = { joins: rate(1, 100), allJoins: rate(5, 1) };
    const settled = () => new Promise<void>(resolve => setImmediate(resolve));
    let arrivals: Arrivals;
    let came: string[];
    let refused: (number | undefined)[];

    beforeEach(() => {
      arrivals = arrivalsWith(limits);
      [came, refused] = [[], []];
      expect(refusal(arrivals, 'crowd')).to.equal(undefined);
    });

    function come(name: string, origin: string, isWanted?: () => boolean): void {
      arrivals.count(origin);
      arrivals.turn(origin, isWanted)?.then(
        () => came.push(name),
        (error: unknown) => refused.push(retryAfter(error)),
      );
    }

    it('wait where they are too many, as long as others come in before them', async () => {
      for (const name of ['anna', 'bert', 'carl']) come(name, name);
      const after: string[][] = [];
      for (let n = 0; n < 3; n++) {
        await clock.tickAsync(200);
        after.push([...came]);
      }
      expect(after).to.deep.equal([['anna'], ['anna', 'bert'], ['anna', 'bert', 'carl']]);
      expect(refused).to.deep.equal([]);
    });

    it('have the next place where the fewest have come from lately, however many wait elsewhere', async () => {
      for (let n = 0; n < 6; n++) come(`crowd${n}`, 'crowd');
      come('anna', 'home');
      await clock.tickAsync(200);
      expect(came).to.deep.equal(['anna']);
      await clock.tickAsync(400);
      expect(came).to.deep.equal(['anna', 'crowd0', 'crowd1']);
    });

    it('are refused for a moment when too many wait: one of those whose origin has sent the most', async () => {
      for (let n = 0; n < 8; n++) come(`crowd${n}`, 'crowd');
      come('anna', 'home');
      await settled();
      expect(refused).to.deep.equal([1500]);
      await clock.tickAsync(2000);
      expect(came).to.deep.equal(['anna', ...Array.from({ length: 7 }, (_, n) => `crowd${n}`)]);
    });

    it('take no place when they have gone meanwhile', async () => {
      come('gone', 'there', () => false);
      come('anna', 'home');
      await clock.tickAsync(200);
      expect([came, refused]).to.deep.equal([['anna'], [1500]]);
      await clock.tickAsync(1000);
      expect(clock.countTimers()).to.equal(0);
    });
  });
});
