import { expect } from 'chai';
import { FoundMessages } from '../../../../src/adapters/terminal/found-messages.js';
import type { ChatMemo } from '../../../../src/application/chat-response.js';

const memo = (seq: number): ChatMemo => ({ username: 'david', content: `message ${seq}`, seq });
const seqs = (memos: readonly ChatMemo[]) => memos.map(({ seq }) => seq);

describe('FoundMessages', () => {
  let found: FoundMessages;
  beforeEach(() => {
    found = new FoundMessages();
  });

  it('counts what the last search has found from the newest', () => {
    expect(found.seqOf(1)).to.equal(undefined);
    found.take('Found', [9, 4].map(memo));
    found.take('History', [1, 2, 3].map(memo));
    expect([0, 1, 2, 3].map(which => found.seqOf(which))).to.deep.equal([undefined, 9, 4, undefined]);
    found.take('Found', []);
    expect(found.seqOf(1)).to.equal(undefined);
  });

  it('asks for enough on both sides of a message to show five of each, whoever came and went', () => {
    expect(found.around(500)).to.deep.equal({ type: 'history', limit: 120, before: 561 });
    const all = [490, 491, 492, 493, 494, 495, 500, 520, 521, 522, 523, 524, 525].map(memo);
    expect(seqs(found.take('History', all))).to.deep.equal([
      491, 492, 493, 494, 495, 500, 520, 521, 522, 523, 524,
    ]);
  });

  it('shows what there is where that is less', () => {
    found.around(2);
    expect(seqs(found.take('History', [1, 2, 3].map(memo)))).to.deep.equal([1, 2, 3]);
  });

  it('shows all of an answer in which the message is no more, and of every other answer', () => {
    const many = Array.from({ length: 30 }, (_, n) => memo(n));
    found.around(99);
    expect(found.take('Earlier', many)).to.equal(many);
    expect(found.take('History', many)).to.equal(many);
    found.around(15);
    expect(found.take('History', many)).to.have.length(11);
    expect(found.take('History', many)).to.equal(many);
  });
});
