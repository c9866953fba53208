import { expect } from 'chai';
import sinon from 'sinon';
import type { ClientEvent } from '../../../../src/application/client/client-event.js';
import { ReplayProgress } from '../../../../src/application/client/replay-progress.js';

describe('ReplayProgress', () => {
  let clock: sinon.SinonFakeTimers;
  let events: ClientEvent[];

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    events = [];
  });
  afterEach(() => clock.restore());

  /** Shows these events of a replay up to `head`. */
  function replay(head: number, ...seqs: (number | undefined)[]): ReplayProgress {
    const progress = new ReplayProgress(head, event => events.push(event));
    for (const seq of seqs) {
      progress.before(seq);
      events.push({ type: 'Memo', username: 'david', content: `message ${seq}` });
      progress.after(seq);
    }
    return progress;
  }

  const told = () => events.map(event => (event.type === 'Replayed' ? event.missed : event.type));

  it('tells at the last event how many were missed', () => {
    replay(2, 1, 2, 3);
    expect(told()).to.deep.equal(['Memo', 'Memo', 2, 'Memo']);
  });

  it('tells before the first event that was not missed', () => {
    replay(3, 1, 2, 4);
    expect(told()).to.deep.equal(['Memo', 'Memo', 2, 'Memo']);
  });

  it('tells after a second without another event: the last ones may be own messages', () => {
    replay(5, 1, 2);
    clock.tick(999);
    expect(told()).to.deep.equal(['Memo', 'Memo']);
    clock.tick(1);
    expect(told()).to.deep.equal(['Memo', 'Memo', 2]);
    expect(clock.countTimers()).to.equal(0);
  });

  it('counts what has no sequence number', () => {
    replay(5, undefined);
    clock.tick(1000);
    expect(told()).to.deep.equal(['Memo', 1]);
  });

  it('tells when it is over also where nothing was missed, which is no news', () => {
    replay(6);
    clock.tick(1000);
    replay(6, 7);
    const over = { type: 'Replayed', missed: 0, isNews: false };
    expect(events.map(event => (event.type === 'Memo' ? event.type : event))).to.deep.equal([
      over,
      over,
      'Memo',
    ]);
  });

  it('tells nothing when the connection is lost again', () => {
    replay(9, 6).end();
    clock.tick(1000);
    expect(told()).to.deep.equal(['Memo']);
  });
});
