import { expect } from 'chai';
import { EventWindow } from '../../../../src/adapters/memory/event-window.js';
import type { MessageSent, Recorded } from '../../../../src/domain/events.js';
import { sent } from '../../../support/room-logs.js';

describe('EventWindow', () => {
  const even = (n: number): Recorded<MessageSent> => ({ ...sent(1, 'carl', 'hi'), seq: 2 * n, at: n });

  it('finds what was pushed and not shifted by its sequence number, however much went through it', () => {
    const window = new EventWindow<MessageSent>();
    expect([window.size, window.oldest, window.shift()]).to.deep.equal([0, undefined, undefined]);
    for (let n = 1; n <= 10_000; n++) {
      window.push(even(n));
      if (n > 100) expect(window.shift()?.seq).to.equal(2 * (n - 100));
    }
    expect([window.size, window.oldest?.seq]).to.deep.equal([100, 19_802]);
    expect(window.at(19_802)).to.deep.equal(even(9901));
    expect([window.at(19_801), window.at(19_800), window.at(20_002)]).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ]);
    expect(window.between(0, 19_805, 10)).to.deep.equal([even(9901), even(9902)]);
    expect(window.before(19_805, 1)).to.deep.equal([even(9902)]);
    expect(window.before(50_000, 1000)).to.have.length(100);
  });

  it('does without those that were removed, wherever they stood', () => {
    const window = new EventWindow<MessageSent>();
    let kept: Recorded<MessageSent>[] = [];
    for (let n = 1; n <= 1000; n++) {
      window.push(even(n));
      kept.push(even(n));
      if (n % 3 === 0) continue;
      const gone = kept[(n * 7) % kept.length]?.seq ?? 0;
      window.remove(gone);
      window.remove(gone + 1);
      window.remove(gone);
      kept = kept.filter(({ seq }) => seq !== gone);
      if (n % 50 > 1) continue;
      expect([...window]).to.deep.equal(kept);
      expect([window.size, window.oldest, window.at(gone)]).to.deep.equal([kept.length, kept[0], undefined]);
      const middle = kept[kept.length >> 1]?.seq ?? 0;
      const at = kept.findIndex(({ seq }) => seq === middle);
      expect(window.between(middle, 5000, 3)).to.deep.equal(kept.slice(at, at + 3));
      expect(window.before(middle, 3)).to.deep.equal(kept.slice(Math.max(0, at - 3), at));
    }
  });
});
