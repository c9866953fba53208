import { expect } from 'chai';
import sinon from 'sinon';
import { Heartbeat } from '../../../../src/application/client/heartbeat.js';

describe('Heartbeat', () => {
  /** What the server puts up with, in milliseconds; a third of it is when to ask, and how long to wait. */
  const SILENCE_MS = 15_000;
  const THIRD_MS = SILENCE_MS / 3;
  let clock: sinon.SinonFakeTimers;
  let pings: number[];
  let deaths: number;
  let lags: number[];
  let pulse: Heartbeat;

  function begin(silenceMs: number): Heartbeat {
    pings = [];
    deaths = 0;
    lags = [];
    return new Heartbeat(silenceMs, {
      onPingDue: id => pings.push(id),
      onLag: ms => lags.push(ms),
      onDead: () => {
        deaths++;
      },
    });
  }

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    pulse = begin(SILENCE_MS);
  });
  afterEach(() => {
    pulse.stop();
    clock.restore();
  });

  it('asks when nothing was said for a third of what the server puts up with', () => {
    clock.tick(THIRD_MS - 1);
    expect(pings).to.deep.equal([]);
    clock.tick(1);
    expect(pings).to.deep.equal([1]);
  });

  it('asks when nothing was said, however much is heard, and goes on while it is answered', () => {
    for (let ms = 0; ms < SILENCE_MS * 2; ms += 100) {
      clock.tick(100);
      pulse.heard();
    }
    expect(pings).to.have.length(6);
    expect(deaths).to.equal(0);
  });

  it('asks at once after a sleep, and waits less long for the answer', () => {
    pulse.wake();
    expect(pings).to.deep.equal([1]);
    clock.tick((THIRD_MS * 2) / 5 - 1);
    expect(deaths).to.equal(0);
    clock.tick(1);
    expect(deaths).to.equal(1);
  });

  it('goes on when the answer comes, and asks nothing while nothing is read on purpose', async () => {
    pulse.wake();
    pulse.heard();
    clock.tick(THIRD_MS - 1);
    expect(deaths).to.equal(0);
    const full = Promise.withResolvers<void>();
    pulse.hold(full.promise);
    pings = [];
    pulse.wake();
    expect(pings).to.deep.equal([]);
    full.resolve();
  });

  it('asks when nothing was heard, however much is said', () => {
    for (let ms = 0; ms < THIRD_MS; ms += 100) {
      clock.tick(100);
      pulse.said();
    }
    expect(pings).to.deep.equal([1]);
  });

  it('knows that the line is dead when no answer comes', () => {
    clock.tick(THIRD_MS);
    clock.tick(THIRD_MS - 1);
    expect(deaths).to.equal(0);
    clock.tick(1);
    expect(deaths).to.equal(1);
  });

  it('asks soon after something was said that is not answered, and tells of the lag', () => {
    pulse.stop();
    pulse = begin(30_000); // a tick is 2 s
    pulse.asked();
    clock.tick(2000);
    expect([pings, lags]).to.deep.equal([[1], []]);
    clock.tick(2000);
    expect(lags).to.deep.equal([4000]);
    clock.tick(2000);
    expect(lags).to.deep.equal([4000, 6000]);
    pulse.heard();
    expect(lags.at(-1)).to.equal(0);
    clock.tick(1900);
    expect(lags).to.have.length(3);
    expect(deaths).to.equal(0);
  });

  it('asks for nothing more when what was said is answered', () => {
    pulse.asked();
    pulse.heard();
    clock.tick(THIRD_MS - 1);
    expect([pings, lags]).to.deep.equal([[], []]);
  });

  it('takes anything that is heard for an answer', () => {
    clock.tick(THIRD_MS * 1.9);
    pulse.heard();
    clock.tick(THIRD_MS * 0.9);
    expect(deaths).to.equal(0);
  });

  it('waits 10 s at most, and is silent for 30 s at most, however long the server would wait', () => {
    pulse.stop();
    pulse = begin(3_600_000);
    clock.tick(30_000);
    expect(pings).to.deep.equal([1]);
    clock.tick(10_000);
    expect(deaths).to.equal(1);
  });

  it('does not flood a server that puts up with no silence at all', () => {
    pulse.stop();
    pulse = begin(0);
    for (let ms = 0; ms < 1000; ms += 10) {
      clock.tick(10);
      pulse.heard();
    }
    expect(pings.length).to.be.within(1, 5);
  });

  it('asks at once, and waits, when the process was stopped; nothing was late for it', () => {
    clock.tick(THIRD_MS);
    clock.tick(THIRD_MS - 1);
    clock.jump(3_600_000);
    expect(deaths).to.equal(0);
    expect(pings).to.deep.equal([1, 2]);
    clock.tick(THIRD_MS - 1001);
    expect(deaths).to.equal(0);
    clock.tick(2000);
    expect(deaths).to.equal(1);
  });

  it('does not blame the server for what is not read on purpose, and still says that it is there', async () => {
    const full = Promise.withResolvers<void>();
    pulse.hold(full.promise);
    clock.tick(SILENCE_MS * 4);
    expect(deaths).to.equal(0);
    expect(pings.length).to.be.above(5);
    full.resolve();
    await full.promise;
    await Promise.resolve();
    clock.tick(THIRD_MS - 1000);
    expect(deaths).to.equal(0);
    clock.tick(THIRD_MS * 2);
    expect(deaths).to.be.above(0);
  });
});
