import { expect } from 'chai';
import fc from 'fast-check';
import { missedSince } from '../../../src/domain/gap.js';

/** Everything from there on is kept, and nothing before. */
const from = (messages: number) => ({ messages, allMessages: messages });

describe('missedSince', () => {
  it('is everything after the last event that was read', () => {
    expect(missedSince(7, 7, from(1))).to.deep.equal({ after: 7 });
    expect(missedSince(7, 7, from(8))).to.deep.equal({ after: 7 });
    expect(missedSince(0, 0, from(1))).to.deep.equal({ after: 0 });
  });

  it('begins later when the first events that were missed have been removed', () => {
    expect(missedSince(7, 7, from(9))).to.deep.equal({ after: 8, gap: { from: 8, to: 8 } });
    expect(missedSince(7, 7, from(20))).to.deep.equal({ after: 19, gap: { from: 8, to: 19 } });
  });

  it('begins earlier when the log was rolled back, and what was read is gone', () => {
    expect(missedSince(10, 7, from(1))).to.deep.equal({ after: 7, gap: { from: 8, to: 10 } });
  });

  it('begins after both gaps when the log was rolled back and has removed events since', () => {
    expect(missedSince(10, 7, from(9))).to.deep.equal({ after: 8, gap: { from: 8, to: 10 } });
    expect(missedSince(10, 7, from(20))).to.deep.equal({ after: 19, gap: { from: 8, to: 19 } });
  });

  it('is replayed as far as it is there when messages were removed among others', () => {
    expect(missedSince(7, 7, { messages: 3, allMessages: 20 })).to.deep.equal({
      after: 7,
      gap: { from: 8, to: 19 },
    });
    expect(missedSince(7, 7, { messages: 12, allMessages: 20 })).to.deep.equal({
      after: 7,
      gap: { from: 8, to: 19 },
    });
    expect(missedSince(19, 19, { messages: 3, allMessages: 20 })).to.deep.equal({ after: 19 });
  });

  it('is unknown in another log', () => {
    expect(missedSince(10, undefined, from(1))).to.deep.equal({ gap: { from: 11 } });
  });

  it('is replayed from what is kept, and the gap covers everything in between', () => {
    const seq = fc.nat(50);
    fc.assert(
      fc.property(seq, seq, seq, (since, back, removed) => {
        const located = Math.max(0, since - back);
        const { after = -1, gap } = missedSince(since, located, from(removed + 1));
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
