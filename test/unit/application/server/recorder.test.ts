import { expect } from 'chai';
import sinon from 'sinon';
import { StoreBusy } from '../../../../src/application/server/failures.js';
import { Recorder } from '../../../../src/application/server/recorder.js';
import type { MessageSent, Recorded } from '../../../../src/domain/events.js';
import { Refusal } from '../../../../src/domain/refusal.js';
import { joined, left, refusalOf, sent } from '../../../support/room-logs.js';

describe('Recorder', () => {
  let recorder: Recorder;
  let batches: Recorded[][];
  /** What the records throw as long as it is set. */
  let trouble: Error | undefined;

  beforeEach(() => {
    batches = [];
    trouble = undefined;
    recorder = new Recorder({
      write: batch => {
        if (trouble !== undefined) throw trouble;
        batches.push([...batch]);
      },
      messageAt: seq => {
        if (trouble !== undefined) throw trouble;
        return batches.flat().find((event): event is Recorded<MessageSent> => event.seq === seq);
      },
    });
  });
  afterEach(() => {
    recorder.close();
    sinon.restore();
  });

  it('does not let more than a thousand wait for the end of the turn', async () => {
    for (let n = 0; n < 2500; n++) void recorder.append(sent(1, 'carl', String(n)));
    expect(batches).to.deep.equal([]);
    await Promise.resolve();
    expect(batches.map(batch => batch.length)).to.deep.equal([2500]);
  });

  it('tries so many together once for each turn while it fails', async () => {
    trouble = new Refusal('DISK_FULL');
    expect(await refusalOf(recorder.append(joined(1, 'carl')))).to.equal('DISK_FULL');
    const codes = Array.from({ length: 2500 }, () => refusalOf(recorder.append(sent(1, 'carl', 'hi'))));
    await Promise.resolve();
    trouble = undefined;
    expect(new Set(await Promise.all(codes))).to.deep.equal(new Set([undefined]));
    expect(batches.map(batch => batch.length)).to.deep.equal([2500]);
  });

  it('goes on from what was recorded before', async () => {
    const at = Date.now() + 30_000;
    recorder.restore({
      head: 10,
      at,
      present: [{ session: 1, username: 'carl' }],
      refs: [
        { session: 1, ref: 'r', seq: 8 },
        { session: 2, ref: 'r', seq: 9 },
      ],
    });
    expect(await refusalOf(recorder.append(joined(3, 'Carl')))).to.equal('NAME_TAKEN');
    expect(await recorder.append(sent(2, 'david', 'hi', 'r'))).to.deep.include({ seq: 9, repeated: true });
    expect(await recorder.append(joined(3, 'david'))).to.deep.include({
      seq: 11,
      at,
    });
  });

  it('calls a failure without a code NOT_RECORDED, in answers to repetitions as well', async () => {
    await recorder.append(sent(1, 'carl', 'hi', 'r'));
    trouble = new Error('of any kind');
    const appends = [sent(1, 'carl', 'hi', 'r'), sent(1, 'carl', 'more')].map(event =>
      recorder.append(event),
    );
    expect(await Promise.all(appends.map(refusalOf))).to.deep.equal(['NOT_RECORDED', 'NOT_RECORDED']);
  });

  it('takes back what a batch changed that could not be recorded', async () => {
    await recorder.append(joined(1, 'carl', 'key'));
    trouble = new Refusal('NOT_RECORDED');
    const leave = recorder.append(left(1, 'carl'));
    expect(await refusalOf(recorder.append(joined(2, 'carl')))).to.equal('NOT_RECORDED');
    expect(batches).to.have.length(1);
    trouble = undefined;
    await recorder.append(sent(3, 'david', 'hi'));
    expect((await leave).seq).to.equal(2);
    expect(batches.flat().map(({ type }) => type)).to.deep.equal(['UserJoined', 'UserLeft', 'MessageSent']);
    expect((await recorder.append(joined(2, 'carl'))).seq).to.equal(4);
  });

  it('tries leaves again after a second, and again', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    trouble = new Refusal('DISK_FULL');
    const leave = recorder.append(left(1, 'carl'));
    await recorder.settled();
    clock.tick(1000);
    clock.tick(999);
    trouble = undefined;
    expect(batches).to.deep.equal([]);
    clock.tick(1);
    expect((await leave).seq).to.equal(1);
  });

  it('decides what was appended although its follower fails', async () => {
    recorder.follow(() => {
      throw new Error('a bug');
    });
    const append = recorder.append(joined(1, 'carl'));
    expect(() => recorder.close()).to.throw('a bug');
    expect((await append).seq).to.equal(1);
  });

  it('refuses what its follower appends when it is closed', async () => {
    let late: Promise<unknown> | undefined;
    let settled: Promise<void> | undefined;
    recorder.follow(() => {
      late ??= refusalOf(recorder.append(left(1, 'carl')));
      settled ??= recorder.settled();
    });
    void recorder.append(joined(1, 'carl'));
    recorder.close();
    expect(await late).to.equal('NOT_RECORDED');
    await settled;
  });

  describe('while another program keeps the store from writing', () => {
    let clock: sinon.SinonFakeTimers;
    beforeEach(() => {
      clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
      trouble = new StoreBusy();
    });
    afterEach(() => clock.restore());

    const turn = () => new Promise(resolve => setImmediate(resolve));
    const isSettled = () => {
      let settled = false;
      void recorder.settled().then(() => {
        settled = true;
      });
      return turn().then(() => settled);
    };

    it('keeps everything waiting, in its order, and records it when it can', async () => {
      const appended = [recorder.append(joined(1, 'carl')), recorder.append(sent(1, 'carl', 'one', 'r'))];
      await turn();
      expect(await isSettled()).to.equal(false);
      appended.push(recorder.append(sent(1, 'carl', 'two')), recorder.append(sent(1, 'carl', 'one', 'r')));
      for (let n = 0; n < 20; n++) clock.tick(50);
      expect(batches).to.deep.equal([]);
      trouble = undefined;
      clock.tick(50);
      expect((await Promise.all(appended)).map(({ seq }) => seq)).to.deep.equal([1, 2, 3, 2]);
      expect(await isSettled()).to.equal(true);
      expect((await recorder.append(sent(1, 'carl', 'three'))).seq).to.equal(4);
    });

    it('refuses what waits after ten seconds, and then at once until it can write again', async () => {
      const first = refusalOf(recorder.append(joined(1, 'carl')));
      await turn();
      clock.tick(9_999);
      const second = refusalOf(recorder.append(sent(1, 'carl', 'hi')));
      clock.tick(100);
      expect([await first, await second]).to.deep.equal(['NOT_RECORDED', 'NOT_RECORDED']);
      expect(await refusalOf(recorder.append(joined(1, 'carl')))).to.equal('NOT_RECORDED');
      trouble = undefined;
      expect((await recorder.append(joined(1, 'carl'))).seq).to.equal(1);
    });

    it('keeps no more than ten thousand waiting', async () => {
      void recorder.append(joined(1, 'carl'));
      await turn();
      const all = Array.from({ length: 10_000 }, (_, n) => recorder.append(sent(1, 'carl', String(n))));
      expect(await refusalOf(all.at(-1) ?? Promise.resolve())).to.equal('NOT_RECORDED');
      trouble = undefined;
      clock.tick(50);
      expect((await all.at(-2))?.seq).to.equal(10_000);
    });

    it('refuses what waits when it is closed', async () => {
      const append = refusalOf(recorder.append(joined(1, 'carl')));
      await turn();
      recorder.close();
      expect(await append).to.equal('NOT_RECORDED');
    });
  });
});
