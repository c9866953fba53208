import { expect } from 'chai';
import sinon from 'sinon';
import { rate } from '../../../../../src/adapters/wire/listen/allowance.js';
import { Pace } from '../../../../../src/adapters/wire/listen/pace.js';
import { Turns } from '../../../../../src/adapters/wire/listen/turns.js';
import { Voice } from '../../../../../src/adapters/wire/listen/voices.js';

const NOTHING = { waiting: 0 };

describe('Pace', () => {
  let clock: sinon.SinonFakeTimers;
  let turns: Turns;
  let feed: { congestion: Promise<void> | undefined };
  let delays: number[];
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    turns = new Turns();
    feed = { congestion: undefined };
    delays = [];
  });
  afterEach(() => clock.restore());

  const paceOf = (maxRate: number) => new Pace({ maxRate }, feed, turns, ms => delays.push(ms));

  /** Whether the promise has been resolved by now. */
  async function isDone(promise: Promise<void> | undefined): Promise<boolean> {
    return Promise.race([
      promise?.then(() => true),
      new Promise(resolve => setImmediate(resolve, false)),
    ]) as never;
  }

  it('is looked at every few lines, earlier where lines are long, and at each where few are allowed', () => {
    const [fast, slow] = [paceOf(100_000), paceOf(100)];
    for (let n = 0; n < 15; n++) fast.countLine(10);
    expect(fast.isDue).to.equal(false);
    fast.countLine(10);
    expect(fast.isDue).to.equal(true);
    fast.look(NOTHING);
    fast.countLine(4096);
    expect(fast.isDue).to.equal(true);
    slow.countLine(0);
    expect(slow.isDue).to.equal(true);
  });

  it('is looked at after each message where what one says is limited, or readers cannot follow', () => {
    const pace = paceOf(100_000);
    pace.voice = new Voice();
    pace.countMessage(10);
    expect(pace.isDue).to.equal(false);
    feed.congestion = Promise.resolve();
    expect(pace.isDue).to.equal(true);
    feed.congestion = undefined;
    pace.voice = new Voice({ messages: rate(10, 1), bytes: rate(0, 1) });
    expect(pace.isDue).to.equal(true);
  });

  it('says how long all that has come will take, at most once a second', async () => {
    const pace = paceOf(100_000);
    pace.voice = new Voice({ messages: rate(10, 1), bytes: rate(0, 1) });
    const say = () => {
      pace.countMessage(10);
      return pace.look({ waiting: 9 });
    };
    expect(say()).to.equal(undefined);
    const wait = say();
    expect(delays).to.deep.equal([1000]);
    clock.tick(100);
    expect(await isDone(wait)).to.equal(true);
    void say();
    clock.tick(950);
    for (let n = 0; n < 3; n++) void say();
    expect(delays).to.have.length(2);
  });

  it('holds back who is loud while readers cannot follow, until they can', async () => {
    const pace = paceOf(100_000);
    pace.voice = new Voice();
    const congestion = Promise.withResolvers<void>();
    feed.congestion = congestion.promise;
    pace.countMessage(4000);
    expect(pace.look(NOTHING)).to.equal(undefined);
    pace.countMessage(8000);
    const wait = pace.look(NOTHING);
    expect(await isDone(wait)).to.equal(false);
    congestion.resolve();
    expect(await isDone(wait)).to.equal(true);
  });

  it('lets who has worked little lately work at any time, and who has worked much in what time is left', () => {
    const [light, heavy] = [paceOf(100_000), paceOf(100_000)];
    for (let n = 0; n < 5; n++) heavy.work(() => clock.tick(2));
    expect(heavy.mayWork).to.equal(false);
    expect(light.mayWork).to.equal(true);
    light.work(() => clock.tick(1));
    expect(light.mayWork).to.equal(true);
    clock.tick(1000);
    expect(heavy.mayWork).to.equal(true);
  });

  it('works for a slice of time', () => {
    const pace = paceOf(100_000);
    pace.begin();
    expect(pace.isOver).to.equal(false);
    clock.tick(1);
    expect(pace.isOver).to.equal(true);
  });
});
