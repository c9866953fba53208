import { expect } from 'chai';
import sinon from 'sinon';
import { rate } from '../../../../../src/adapters/wire/listen/allowance.js';
import { Arrivals } from '../../../../../src/adapters/wire/listen/arrivals.js';
import { Door } from '../../../../../src/adapters/wire/listen/door.js';
import { Pace } from '../../../../../src/adapters/wire/listen/pace.js';
import { ResponseWriter } from '../../../../../src/adapters/wire/listen/response.js';
import { Turns } from '../../../../../src/adapters/wire/listen/turns.js';
import { Voice } from '../../../../../src/adapters/wire/listen/voices.js';
import { Meter } from '../../../../../src/application/server/meter.js';
import { Refusal } from '../../../../../src/domain/refusal.js';
import { MemoryChannel } from '../../../../doubles/memory-channel.js';

describe('A limit that is reached', () => {
  let clock: sinon.SinonFakeTimers;
  let meter: Meter;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    meter = new Meter();
  });
  afterEach(() => clock.restore());

  /** Those that were reached, and how often. */
  const reached = () =>
    Object.fromEntries(Object.entries(meter.limits.counts).filter(([, count]) => count > 0));

  it('is counted for connections that wait or are cut', () => {
    const door = new Door({ connects: rate(1, 1) }, () => {}, meter.limits);
    const channels = Array.from({ length: 5 }, () => new MemoryChannel());
    let served = 0;
    for (const channel of channels) door.enter(channel, 'here', () => served++);
    clock.tick(10_000);
    expect(reached()).to.deep.equal({ 'connect-rate': 4 });
    expect(served + channels.filter(({ isDown }) => isDown).length).to.equal(5);
  });

  it('is counted for who comes in too often, and for who waits because so many do', async () => {
    const limits = { joins: rate(1, 1), allJoins: rate(1, 1) };
    const arrivals = new Arrivals(limits, meter.limits);
    arrivals.count('here');
    expect(() => arrivals.count('here')).to.throw(Refusal);
    expect(arrivals.turn('here')).to.equal(undefined);
    const turn = arrivals.turn('there');
    expect(reached()).to.deep.equal({ 'join-rate': 1, 'total-join-rate': 1 });
    clock.tick(1000);
    await turn;
  });

  const said: [limit: string, voice: Voice, lines: number, bytes: number][] = [
    ['message-rate', new Voice({ messages: rate(1, 1), bytes: rate(0, 1) }), 1, 10],
    ['byte-rate', new Voice({ messages: rate(1000, 1000), bytes: rate(10, 10) }), 1, 1000],
    ['max-rate', new Voice(), 1000, 10],
  ];
  for (const [limit, voice, lines, bytes] of said) {
    it(`is counted for commands that are read later: ${limit}`, () => {
      const feed = { congestion: undefined };
      const pace = new Pace({ maxRate: 100 }, feed, new Turns(), () => {}, undefined, meter.limits);
      pace.voice = voice;
      const waits: unknown[] = [];
      for (let n = 0; n < 3; n++) {
        for (let line = 0; line < lines; line++) pace.countLine(bytes);
        pace.countMessage(bytes);
        waits.push(pace.look({ waiting: 0 }));
      }
      expect(waits.at(-1)).to.be.instanceOf(Promise);
      expect(Object.keys(reached())).to.deep.equal([limit]);
    });
  }

  it('is counted for who does not read the answers, and refusals by their code', async () => {
    const channel = new MemoryChannel();
    const ends: string[] = [];
    const responses = new ResponseWriter(
      channel,
      { maxBacklogBytes: 100 },
      reason => ends.push(reason),
      meter,
    );
    responses.refused(new Refusal('NAME_EMPTY'), {});
    channel.backlog = 101;
    responses.pong(1);
    responses.pong(2);
    await Promise.resolve();
    expect(ends).to.deep.equal(['TOO_SLOW']);
    expect(reached()).to.deep.equal({ 'max-backlog-bytes': 1 });
    expect(meter.refusals.counts).to.include({ NAME_EMPTY: 1 });
  });

  it('is no resume and no gap, which are counted as well', () => {
    const responses = new ResponseWriter(new MemoryChannel(), { maxBacklogBytes: 100 }, () => {}, meter);
    const welcome = {
      ...{ resume: 'x', epoch: 'y', seq: 1, head: 1, users: [], count: 0 },
      ...{ graceMs: 1, silenceMs: 1, maxMessageBytes: 1 },
    };
    responses.joined('carl', { ...welcome, resumed: true, gap: { from: 1, to: 2 } });
    responses.joined('carl', { ...welcome, resumed: true });
    responses.joined('carl', { ...welcome, resumed: false });
    responses.joined('carl');
    expect([meter.resumed, meter.gaps]).to.deep.equal([2, 1]);
  });
});
