import { expect } from 'chai';
import { Backoff, FIRST_WAIT_MS, HIGHEST_WAIT_MS } from '../../../../src/application/client/backoff.js';

describe('Backoff', () => {
  it('doubles up to a bound, and begins anew when it is told to', () => {
    const backoff = new Backoff(() => 1);
    const waits = Array.from({ length: 9 }, () => backoff.next());
    expect(waits).to.deep.equal([250, 500, 1000, 2000, 4000, 8000, 16_000, HIGHEST_WAIT_MS, HIGHEST_WAIT_MS]);
    backoff.reset();
    expect(backoff.next()).to.equal(FIRST_WAIT_MS);
  });

  it('waits anything up to that, by chance', () => {
    const chances = [0, 0.5, 0.25];
    const backoff = new Backoff(() => chances.shift() ?? 0);
    expect([backoff.next(), backoff.next(), backoff.next()]).to.deep.equal([0, 250, 250]);
  });

  it('stays as short as it is told', () => {
    const backoff = new Backoff(() => 1);
    const waits = Array.from({ length: 6 }, () => backoff.next(2000));
    expect(waits).to.deep.equal([250, 500, 1000, 2000, 2000, 2000]);
    expect([backoff.next(), backoff.next()]).to.deep.equal([4000, 8000]);
  });

  it('has a chance of its own', () => {
    expect(new Backoff().next()).to.be.within(0, FIRST_WAIT_MS);
  });
});
