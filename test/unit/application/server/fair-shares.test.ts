import { expect } from 'chai';
import { FairShares } from '../../../../src/application/server/fair-shares.js';

describe('FairShares', () => {
  it('knows who has most, and how much of it goes before somebody else has to give', () => {
    const shares = new FairShares();
    expect(shares.largest('bytes')).to.deep.equal({ owner: '', most: 0, spare: 0 });
    shares.add('carl', 2, 900);
    shares.add('eve', 10, 100);
    shares.add('carl', 2, 100);
    shares.add('amy', 4, 400);
    expect(shares.largest('messages')).to.deep.equal({ owner: 'eve', most: 10, spare: 7 });
    expect(shares.largest('bytes')).to.deep.equal({ owner: 'carl', most: 1000, spare: 700 });
    expect(shares.total).to.deep.equal({ messages: 18, bytes: 1500 });
  });

  it('takes whoever has at least half of it for one of the largest', () => {
    const shares = new FairShares();
    shares.add('eve', 10, 10);
    shares.add('carl', 5, 4);
    const isOne = (measure: 'messages' | 'bytes', gone?: number) =>
      shares.isAmongLargest('carl', measure, shares.largest(measure), gone);
    expect([isOne('messages'), isOne('messages', 1), isOne('bytes')]).to.deep.equal([true, false, false]);
  });

  it('forgets who has nothing any more, and everybody when it is cleared', () => {
    const shares = new FairShares();
    shares.add('carl', 1, 10);
    shares.add('eve', 1, 10);
    shares.add('carl', -1, -10);
    expect(shares.of('carl')).to.deep.equal({ messages: 0, bytes: 0 });
    expect(shares.largest('messages').owner).to.equal('eve');
    shares.clear();
    expect([shares.total, shares.largest('messages').most]).to.deep.equal([{ messages: 0, bytes: 0 }, 0]);
  });
});
