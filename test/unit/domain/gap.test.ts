import { expect } from 'chai';
import fc from 'fast-check';
import { missedSince } from '../../../src/domain/gap.js';

describe('missedSince', () => {
  it('is everything after the last event that was read', () => {
    expect(missedSince(7, 7, 1)).to.deep.equal({ after: 7 });
    expect(missedSince(7, 7, 8)).to.deep.equal({ after: 7 });
    expect(missedSince(0, 0, 1)).to.deep.equal({ after: 0 });
  });

  it('begins later when the first events that were missed have been removed', () => {
    expect(missedSince(7, 7, 9)).to.deep.equal({ after: 8, gap: { from: 8, to: 8 } });
    expect(missedSince(7, 7, 20)).to.deep.equal({ after: 19, gap: { from: 8, to: 19 } });
  });

  it('begins earlier when the log was rolled back, and what was read is gone', () => {
    expect(missedSince(10, 7, 1)).to.deep.equal({ after: 7, gap: { from: 8, to: 10 } });
  });

  it('begins after both gaps when the log was rolled back and has removed events since', () => {
    expect(missedSince(10, 7, 9)).to.deep.equal({ after: 8, gap: { from: 8, to: 10 } });
    expect(missedSince(10, 7, 20)).to.deep.equal({ after: 19, gap: { from: 8, to: 19 } });
  });

  it('is unknown in another log', () => {
    expect(missedSince(10, undefined, 1)).to.deep.equal({ gap: { from: 11 } });
  });

  it('is replayed from what is kept, and the gap covers everything in between', () => {
    const seq = fc.nat(50);
    fc.assert(
      fc.property(seq, seq, seq, (since, back, removed) => {
        const located = Math.max(0, since - back);
        const { after = -1, gap } = missedSince(since, located, removed + 1);
        expect(after + 1).to.be.at.least(removed + 1);
        if (gap === undefined) expect(after).to.equal(since);
        else {
          expect(gap.from).to.equal(located + 1);
          expect(gap.to).to.be.at.least(Math.max(since, after));
        }
      }),
    );
  });
});
