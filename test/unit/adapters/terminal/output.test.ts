import { Writable } from 'node:stream';
import { expect } from 'chai';
import { Output } from '../../../../src/adapters/terminal/output.js';

describe('Output', () => {
  /** Takes nothing until it is told to. */
  function stuck() {
    const taken: (() => void)[] = [];
    const stream = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => taken.push(done) });
    return { stream, take: () => taken.shift()?.() };
  }

  it('waits for one thing, however many writes wait, and leaves no listener behind', async () => {
    const { stream, take } = stuck();
    const before = stream.listenerCount('close') + stream.listenerCount('error');
    const output = new Output(stream, () => {});
    const waits = Array.from({ length: 50 }, () => output.write('line\n'));
    expect(new Set(waits).size).to.equal(1);
    expect(stream.listenerCount('drain')).to.equal(1);
    for (let n = 0; n < 50; n++) {
      take();
      await new Promise(resolve => setImmediate(resolve));
    }
    await waits[0];
    expect(stream.listenerCount('drain')).to.equal(0);
    // Its own listener for errors stays, to tell once that nothing can be written any more.
    expect(stream.listenerCount('close') + stream.listenerCount('error')).to.equal(before + 1);
    expect(output.write('again\n')).to.be.instanceOf(Promise).and.not.equal(waits[0]);
  });
});
