import { expect } from 'chai';
import sinon from 'sinon';
import { Checkpointer } from '../../../../../src/application/server/cluster/checkpointer.js';

describe('Checkpointer', () => {
  let clock: sinon.SinonFakeTimers;
  let isMine: boolean;
  let keep: sinon.SinonStub;
  let checkpointer: Checkpointer;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    isMine = true;
    keep = sinon.stub().resolves();
    checkpointer = new Checkpointer(() => isMine, keep);
  });
  afterEach(() => {
    checkpointer.stop();
    clock.restore();
  });

  const count = (entries: number, length = 1) =>
    checkpointer.count(
      Array.from({ length: entries }, () => ({ position: 1, at: 1, text: 'x'.repeat(length) })),
    );
  const turn = () => new Promise(resolve => setImmediate(resolve));

  it('keeps a state after so many entries, or so much of them, once each', async () => {
    count(19_999);
    expect(keep.callCount).to.equal(0);
    count(1);
    count(1);
    expect(keep.callCount, 'one at a time').to.equal(1);
    await turn();
    count(19_998);
    expect(keep.callCount).to.equal(1);
    count(1);
    expect(keep.callCount).to.equal(2);
    await turn();
    count(16, 1024 * 1024);
    expect(keep.callCount).to.equal(3);
  });

  it('keeps one after an hour, if there was anything', async () => {
    clock.tick(2 * 3_600_000);
    expect(keep.callCount).to.equal(0);
    count(1);
    clock.tick(60_000);
    expect(keep.callCount).to.equal(1);
    await turn();
    count(1);
    clock.tick(3_590_000);
    expect(keep.callCount).to.equal(1);
    clock.tick(120_000);
    expect(keep.callCount).to.equal(2);
  });

  it('leaves it to the server that does it', () => {
    isMine = false;
    count(30_000);
    clock.tick(3_700_000);
    expect(keep.callCount).to.equal(0);
  });

  it('tries again after as much again, when that fails', async () => {
    keep.rejects(new Error('no space'));
    count(20_000);
    await turn();
    count(19_999);
    expect(keep.callCount).to.equal(1);
    count(1);
    expect(keep.callCount).to.equal(2);
  });

  it('keeps the rest at the end, if there is any, and fails with nothing', async () => {
    await checkpointer.finish();
    expect(keep.callCount).to.equal(0);
    count(1);
    keep.rejects(new Error('no space'));
    await checkpointer.finish();
    expect(keep.callCount).to.equal(1);
    clock.tick(3_700_000);
    expect(keep.callCount).to.equal(1);
  });
});
