import { expect } from 'chai';
import sinon from 'sinon';
import { rate } from '../../../../../src/adapters/wire/listen/allowance.js';
import { Door } from '../../../../../src/adapters/wire/listen/door.js';
import { MemoryChannel } from '../../../../doubles/memory-channel.js';

describe('Door', () => {
  let clock: sinon.SinonFakeTimers;
  let served: MemoryChannel[];
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    served = [];
  });
  afterEach(() => clock.restore());

  function come(door: Door, origin: string | undefined, count = 1): MemoryChannel[] {
    return Array.from({ length: count }, () => {
      const channel = new MemoryChannel();
      door.enter(channel, origin, () => served.push(channel));
      return channel;
    });
  }

  it('serves so many connections of one address at once, and then so many a minute', () => {
    const door = new Door({ connects: rate(300 / 60, 2) });
    const channels = come(door, 'here', 4);
    expect(served).to.deep.equal(channels.slice(0, 2));
    clock.tick(200);
    expect(served).to.deep.equal(channels.slice(0, 3));
    clock.tick(200);
    expect(served).to.deep.equal(channels);
    come(door, 'there');
    expect(served).to.have.length(5);
  });

  it('cuts those that would wait long, some of them late, and serves the others all the same', () => {
    const door = new Door({ connects: rate(300 / 60, 1) });
    const channels = come(door, 'here', 100);
    const isDown = (channel: MemoryChannel) => channel.isDown;
    expect(channels.slice(0, 41).some(isDown)).to.equal(false);
    expect(channels.slice(41).every(isDown)).to.equal(true);
    clock.tick(1999);
    expect(served).to.deep.equal(channels.slice(0, 9));
    clock.tick(1);
    expect(channels.slice(9).every(isDown)).to.equal(true);
    expect(served.some(isDown)).to.equal(false);
    expect(come(door, 'here')[0]?.isDown).to.equal(false);
  });

  it('tells of each that it cuts, at once', () => {
    const cut: unknown[] = [];
    const door = new Door({ connects: rate(300 / 60, 1) }, channel => cut.push(channel));
    const channels = come(door, 'here', 12);
    expect(cut).to.deep.equal(channels.slice(9));
  });

  it('lets no more than a thousand wait, from however many addresses', () => {
    const door = new Door({ connects: rate(60 / 60, 1) });
    const channels = Array.from({ length: 1001 }, (_, n) => come(door, String(n), 2)).flat();
    expect(served).to.have.length(1000);
    clock.tick(2000);
    expect(channels.filter(({ isDown }) => isDown)).to.have.length(2);
    expect(served).to.have.length(2000);
  });

  it('serves at once what comes from who is trusted, and everything where there is no limit', () => {
    come(new Door({ connects: rate(1 / 60, 1) }), undefined, 100);
    come(new Door({ connects: rate(0 / 60, 1) }), 'here', 100);
    expect(served).to.have.length(200);
  });

  it('serves those who are expected back at once, each of them twice, for so long', () => {
    const door = new Door({ connects: rate(1 / 60, 1) });
    door.expect(2, 5000);
    const channels = come(door, 'here', 3);
    channels.push(...come(door, 'there', 3));
    expect(served).to.deep.equal(channels);
    come(door, 'here', 2);
    expect(served).to.have.length(6);
    door.expect(2, 5000);
    clock.tick(5001);
    come(door, 'here');
    expect(served).to.have.length(6);
  });

  it('keeps nobody waiting when it is cleared', () => {
    const door = new Door({ connects: rate(60 / 60, 1) });
    const channels = come(door, 'here', 5);
    door.clear();
    const isDown = channels.map(channel => channel.isDown);
    expect([served, isDown]).to.deep.equal([channels.slice(0, 3), [false, false, false, true, true]]);
    expect(clock.countTimers()).to.equal(0);
  });

  it('gives those who have not come in yet no more time to work for having connected anew', () => {
    const door = new Door({ connects: rate(60 / 60, 10) });
    door.lightOf('here')?.take(20);
    expect(door.lightOf('here')?.waitMs).to.be.above(0);
    expect(door.lightOf('there')?.waitMs).to.equal(0);
    expect(door.lightOf(undefined)).to.equal(undefined);
  });
});
