import { expect } from 'chai';
import { missedSince } from '../../../src/application/catch-up.js';

describe('what somebody has missed', () => {
  it('is everything after their place', () => {
    expect(missedSince(7, 7, 1)).to.deep.equal({ after: 7 });
    expect(missedSince(7, 7, 8)).to.deep.equal({ after: 7 });
    expect(missedSince(0, 0, 1)).to.deep.equal({ after: 0 });
  });

  it('begins later where what they missed first was forgotten', () => {
    expect(missedSince(7, 7, 9)).to.deep.equal({ after: 8, gap: { from: 8, to: 8 } });
    expect(missedSince(7, 7, 20)).to.deep.equal({ after: 19, gap: { from: 8, to: 19 } });
  });

  it('begins earlier where a log was rolled back behind them, and what they had read is gone', () => {
    expect(missedSince(10, 7, 1)).to.deep.equal({ after: 7, gap: { from: 8, to: 10 } });
  });

  it('is not known in another log', () => {
    expect(missedSince(10, undefined, 1)).to.deep.equal({ gap: { from: 11 } });
  });
});
