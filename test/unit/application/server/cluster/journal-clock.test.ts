import { expect } from 'chai';
import sinon from 'sinon';
import { JournalClock } from '../../../../../src/application/server/cluster/journal-clock.js';

describe('JournalClock', () => {
  let clock: sinon.SinonFakeTimers;
  let journal: JournalClock;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ now: 5_000_000, toFake: ['Date', 'performance'] });
    journal = new JournalClock();
  });
  afterEach(() => clock.restore());

  it('is the clock of this machine until an entry of its own was read', () => {
    journal.heard(1000); // of another server: perhaps of days ago
    expect(journal.now()).to.equal(5_000_000);
    journal.heardOwn(9_000_000);
    clock.tick(250);
    expect(journal.now()).to.equal(9_000_250);
  });

  it('goes on when the clock of this machine jumps', () => {
    journal.heardOwn(9_000_000);
    clock.setSystemTime(1);
    expect(journal.now()).to.equal(9_000_000);
  });

  it('knows when something is here by the entry that was on its way for the shortest time', () => {
    const waiting = { since: 9_000_000, until: 9_060_000 };
    journal.heard(9_000_000);
    clock.tick(1000);
    journal.heard(9_000_400); // late by 600 ms
    expect(journal.here(waiting)).to.deep.equal({ since: 0, until: 60_000 });
    clock.tick(1000);
    journal.heard(9_002_500); // half a second less on its way than the first
    expect(journal.here(waiting)).to.deep.equal({ since: -500, until: 59_500 });
  });

  it('forgets what it knew when the clock of the brokers is set back', () => {
    journal.heard(9_000_000);
    journal.heard(2_000_000);
    expect(journal.here({ since: 2_000_000, until: 2_001_000 })).to.deep.equal({ since: 0, until: 1000 });
  });
});
