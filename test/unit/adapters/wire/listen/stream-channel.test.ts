import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { expect } from 'chai';
import sinon from 'sinon';
import { StreamChannel } from '../../../../../src/adapters/wire/listen/stream-channel.js';
import { type Line, memoryLine, socketLine } from '../../../../support/streams.js';
import { until } from '../../../../support/until.js';

const LINES: Record<string, () => Promise<Line>> = {
  'a TCP socket': socketLine,
  'a pair of streams': memoryLine,
};

for (const [name, create] of Object.entries(LINES)) {
  describe(`StreamChannel over ${name}`, () => {
    let near: Duplex;
    let far: Duplex;
    let channel: StreamChannel;
    let received: string;
    let events: string[];

    beforeEach(async () => {
      [near, far] = await create();
      channel = new StreamChannel(near);
      received = '';
      events = [];
      channel.listen({
        onData: chunk => {
          received += chunk;
        },
        onRefused: () => {},
        onError: () => events.push('error'),
        onEnd: () => events.push('end'),
      });
      far.on('error', () => {});
    });
    afterEach(() => {
      sinon.restore();
      near.destroy();
      far.destroy();
    });

    /** Everything that the far end reads. */
    function reading(): { text: string } {
      const read = { text: '' };
      far.on('data', chunk => {
        read.text += chunk;
      });
      far.resume();
      return read;
    }

    /** The far end does not read: bytes stay in this process. */
    async function fill(): Promise<void> {
      far.pause();
      while (channel.backlog === 0) {
        channel.write('x'.repeat(1024 * 1024));
        await new Promise(resolve => setImmediate(resolve));
      }
    }

    it('hands on what comes, and tells of the end', async () => {
      far.end('hi');
      await until(() => events.includes('end'));
      expect(received).to.equal('hi');
    });

    it('hands on nothing while it is paused', async () => {
      channel.pause();
      far.write('hi');
      await new Promise(resolve => setTimeout(resolve, 20));
      expect(received).to.equal('');
      channel.resume();
      await until(() => received === 'hi');
    });

    it('writes text and bytes in the order of the calls', async () => {
      const read = reading();
      channel.write('a\n');
      channel.writeAll([Buffer.from('b\n'), Buffer.from('c\n')]);
      channel.write(Buffer.from('d\n'));
      await until(() => read.text === 'a\nb\nc\nd\n');
      expect(channel.backlog).to.equal(0);
    });

    it('counts what the other end leaves unread, and tells when all of it is taken', async () => {
      await fill();
      const onTaken = sinon.spy();
      channel.whenTaken(onTaken);
      expect(onTaken.callCount).to.equal(0);
      reading();
      await until(() => onTaken.callCount === 1);
      expect(channel.backlog).to.equal(0);
    });

    it('keeps nobody waiting when the line goes down', async () => {
      await fill();
      const onTaken = sinon.spy();
      channel.whenTaken(onTaken);
      channel.destroy();
      await until(() => onTaken.callCount === 1);
      channel.whenTaken(onTaken);
      expect(onTaken.callCount).to.equal(1);
      await until(() => onTaken.callCount === 2);
    });

    it('hears no more than so much of who goes on after its last lines', async () => {
      const read = reading();
      channel.end('bye\n', 500);
      await until(() => read.text === 'bye\n');
      const before = received.length;
      for (let n = 0; n < 64; n++) far.write('x'.repeat(64 * 1024));
      await once(near, 'close');
      expect(received.length - before).to.be.within(256 * 1024, 512 * 1024);
    });

    it('hangs up after its last lines', async () => {
      const read = reading();
      channel.write('before\n');
      channel.end('last\n', 1000);
      await once(far, 'end');
      far.end();
      expect(read.text).to.equal('before\nlast\n');
      await channel.closed();
      expect(channel.isDown).to.equal(true);
    });

    it('reads what still comes while it hangs up, though it was paused', async () => {
      channel.pause();
      far.write('unread');
      channel.end(undefined, 1000);
      far.end();
      far.resume();
      await channel.closed();
      expect(events).not.to.include('error');
    });

    it('cuts a line whose other end does not read its last lines in time', async () => {
      await fill();
      const began = performance.now();
      channel.end('last\n', 30);
      await channel.closed();
      expect(performance.now() - began).to.be.at.least(25);
      channel.end('again\n', 30);
    });

    it('leaves no timer behind when the other end hangs up as well', async () => {
      const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      channel.end(undefined, 60_000);
      expect(clock.countTimers()).to.be.at.least(1);
      far.resume();
      far.end();
      await channel.closed();
      expect(clock.countTimers()).to.equal(0);
    });

    it('is down when it is cut, and tells of it', async () => {
      expect(channel.isDown).to.equal(false);
      channel.destroy();
      expect(channel.isDown).to.equal(true);
      await channel.closed();
      await channel.closed();
      await until(() => events.includes('end'));
      channel.end('late', 30);
    });
  });
}

describe('StreamChannel', () => {
  it('tells of a line that breaks, and then of its end', async () => {
    const [near, far] = await socketLine();
    const channel = new StreamChannel(near);
    const events: string[] = [];
    channel.listen({
      onData: () => {},
      onRefused: () => {},
      onError: ({ code }) => events.push(`${code}`),
      onEnd: () => events.push('end'),
    });
    if ('resetAndDestroy' in far) (far as Duplex & { resetAndDestroy(): void }).resetAndDestroy();
    await channel.closed();
    expect(events).to.deep.equal(['ECONNRESET', 'end']);
  });
});
