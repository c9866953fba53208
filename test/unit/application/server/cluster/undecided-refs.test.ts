import { expect } from 'chai';
import { UndecidedRefs } from '../../../../../src/application/server/cluster/undecided-refs.js';
import { left, sent } from '../../../../support/room-logs.js';

describe('UndecidedRefs', () => {
  it('know a message by its session and its ref, until it is decided', async () => {
    const refs = new UndecidedRefs();
    const [said, other] = [sent(1, 'carl', 'hi', 'r'), sent(1, 'carl', 'ho', 's')];
    refs.add(said, Promise.resolve('first'));
    refs.add(other, Promise.resolve('second'));
    for (const item of [left(1, 'carl'), sent(1, 'carl', 'hi')]) {
      refs.add(item, Promise.resolve());
      expect(refs.outcomeOf(item)).to.equal(undefined);
      refs.decided(item);
    }
    expect(refs.outcomeOf(sent(2, 'david', 'hi', 'r'))).to.equal(undefined);
    expect(await refs.outcomeOf(sent(1, 'carl', 'again', 'r'))).to.equal('first');
    refs.decided(said);
    expect([refs.has(1, 'r'), refs.has(1, 's')]).to.deep.equal([false, true]);
    refs.decided(other);
    refs.decided(other);
    expect(refs.has(1, 's')).to.equal(false);
  });
});
