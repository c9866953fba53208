import { expect } from 'chai';
import sinon from 'sinon';
import { MAX_UNCONFIRMED } from '../../../../src/application/chat-request.js';
import { Outbox } from '../../../../src/application/client/outbox.js';

describe('Outbox', () => {
  it('gives every message a ref that no other has, in this outbox or another', () => {
    const outboxes = [new Outbox(), new Outbox()];
    const refs = outboxes.flatMap(outbox =>
      Array.from({ length: 50 }, () => outbox.add({ content: 'hi' }, 1).ref),
    );
    expect(new Set(refs).size).to.equal(100);
    for (const ref of refs) expect(ref.length).to.be.at.most(64);
  });

  it('gives messages out in order, once on each connection, until they are answered', () => {
    const outbox = new Outbox();
    const [a, b, c] = ['a', 'b', 'c'].map(content => outbox.add({ content }, 1));
    outbox.next(1)?.go(1);
    expect(outbox.next(1)).to.equal(b);
    expect(outbox.next(2)).to.equal(a);
    outbox.settle(a?.ref ?? '');
    outbox.settle(b?.ref ?? '');
    expect(outbox.next(2)).to.equal(c);
    c?.go(2);
    expect(outbox.next(2)).to.equal(undefined);
    expect(outbox.settle(a?.ref ?? '')).to.equal(undefined);
    expect(outbox.size).to.equal(1);
  });

  it('has room for as many as a server remembers, and for more when one is answered', async () => {
    const outbox = new Outbox();
    const first = outbox.add({ content: 'first' }, 1);
    for (let n = 1; n < MAX_UNCONFIRMED; n++) {
      await outbox.room();
      outbox.add({ content: 'more' }, 1);
    }
    let hasRoom = false;
    const room = outbox.room().then(() => {
      hasRoom = true;
    });
    await new Promise(resolve => setImmediate(resolve));
    expect(hasRoom).to.equal(false);
    outbox.settle(first.ref);
    await room;
  });

  it('lets nobody wait any more when it is told to', async () => {
    const outbox = new Outbox();
    for (let n = 0; n < MAX_UNCONFIRMED; n++) outbox.add({ content: 'more' }, 1);
    const room = outbox.room();
    outbox.unbind();
    await room;
    await outbox.room();
  });

  it('knows which answers come late: over another connection, or after long', () => {
    const clock = sinon.useFakeTimers();
    try {
      const outbox = new Outbox();
      const [prompt, slow, kept] = [
        outbox.add({ content: 'a' }, 1),
        outbox.add({ content: 'b' }, 1),
        outbox.add({ content: 'c' }, undefined),
      ];
      for (const message of [prompt, slow, kept]) message.go(1);
      expect([prompt.late, kept.late]).to.deep.equal([false, true]);
      clock.tick(6000);
      expect(slow.late).to.equal(true);
    } finally {
      clock.restore();
    }
  });
});
