import { expect } from 'chai';
import { MAX_UNCONFIRMED } from '../../../../src/application/chat-request.js';
import { RecentRefs } from '../../../../src/application/server/recent-refs.js';

describe('RecentRefs', () => {
  function add(refs: RecentRefs, session: number, count: number): void {
    for (let n = 0; n < count; n++) refs.add(session, `r${n}`, n + 1);
  }

  it('forgets the oldest of a session when they are kept, not before', () => {
    const refs = new RecentRefs();
    add(refs, 1, MAX_UNCONFIRMED);
    refs.keep();
    for (let n = 0; n < 100; n++) refs.add(1, `later${n}`, 1000 + n);
    refs.undo();
    expect(refs.add(1, 'r0', 5000)).to.equal(1);
    refs.add(1, 'one more', 5001);
    refs.keep();
    expect(refs.add(1, 'r1', 5002)).to.equal(2);
    expect(refs.add(1, 'r0', 5003)).to.equal(undefined);
  });

  it('has nothing left of a session of which all was undone', () => {
    const refs = new RecentRefs(5);
    add(refs, 1, 2);
    refs.leave(1);
    refs.undo();
    add(refs, 2, 10);
    refs.keep();
    expect(refs.add(1, 'r0', 7)).to.equal(undefined);
  });

  it('forgets sessions beyond its bound, those that left first, and none in the room', () => {
    const refs = new RecentRefs(25);
    for (const session of [1, 2, 3, 4]) add(refs, session, 10);
    for (const session of [3, 1, 2]) refs.leave(session);
    refs.join(1);
    refs.keep();
    const known = [1, 2, 3, 4].map(session => refs.add(session, 'r9', 100) === 10);
    expect(known).to.deep.equal([true, false, false, true]);
  });

  it('forgets none while all that are left are in the room', () => {
    const refs = new RecentRefs(5);
    add(refs, 1, 10);
    refs.keep();
    expect(refs.add(1, 'r0', 100)).to.equal(1);
  });
});
