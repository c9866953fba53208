import { expect } from 'chai';
import { InsideLines } from '../../../../src/adapters/wire/inside-line.js';
import type { Channel } from '../../../../src/adapters/wire/listen/channel.js';
import { until } from '../../../support/until.js';

const CALLER = { address: '192.0.2.1', provenKey: 'key', endsSession: true };

/** A line inside this process: the server's end, the client's, and what the client has read. */
async function line(lines: InsideLines, served: Channel[]) {
  const { stream, peer } = await lines.dialFor(CALLER)();
  const channel = served.at(-1) as Channel;
  const heard: string[] = [];
  stream.on('data', chunk => heard.push(Buffer.from(chunk).toString()));
  return { channel, stream, peer, heard };
}

describe('InsideLines', () => {
  const served: Channel[] = [];
  const lines = new InsideLines({ serve: channel => served.push(channel) });
  const nobody = { onData: () => {}, onRefused: () => {}, onError: () => {}, onEnd: () => {} };

  it('tells the server for whom a line is', async () => {
    const { channel, peer } = await line(lines, served);
    expect(channel).to.include({ ...CALLER, server: '', isEncrypted: true });
    expect(peer).to.deep.equal({ name: '', isEncrypted: true });
  });

  it('is read a piece at a time, and each client in its turn', async () => {
    const [one, two] = [await line(lines, served), await line(lines, served)];
    one.channel.write('1'.repeat(20_000));
    two.channel.write('2'.repeat(20_000));
    await until(() => one.heard.join('').length === 20_000 && two.heard.join('').length === 20_000);
    for (const { heard } of [one, two]) for (const piece of heard) expect(piece.length).to.be.at.most(8192);
  });

  it('leaves what a client does not read with the server', async () => {
    const { channel, stream, heard } = await line(lines, served);
    stream.pause();
    channel.write('x'.repeat(200_000));
    await new Promise(resolve => setImmediate(() => setImmediate(resolve)));
    expect(heard).to.deep.equal([]);
    expect(channel.backlog).to.be.above(100_000);
    stream.resume();
    await until(() => heard.join('').length === 200_000 && channel.backlog === 0);
  });

  it('takes no longer than its share in a turn of the event loop', async () => {
    const all: Awaited<ReturnType<typeof line>>[] = [];
    for (let n = 0; n < 10; n++) all.push(await line(lines, served));
    let [turns, read] = [0, 0];
    for (const { stream, channel } of all) {
      stream.on('data', () => {
        const endsAt = performance.now() + 5;
        while (performance.now() < endsAt);
        read++;
      });
      channel.write('x');
    }
    while (read < all.length && turns < 1000) {
      turns++;
      const before = read;
      await new Promise(resolve => setImmediate(resolve));
      expect(read - before).to.be.at.most(1);
    }
    expect(read).to.equal(all.length);
  });

  it('is down when either end is', async () => {
    const one = await line(lines, served);
    one.channel.listen(nobody);
    one.stream.destroy();
    await one.channel.closed();
    expect(one.channel.isDown).to.equal(true);
    one.stream.resume();
    const two = await line(lines, served);
    let isClosed = false;
    two.stream.on('close', () => {
      isClosed = true;
    });
    two.channel.destroy();
    await until(() => isClosed);
    expect([two.stream.writable, two.stream.writableLength]).to.deep.equal([false, 0]);
  });
});
