import { expect } from 'chai';
import sinon from 'sinon';
import { Departure } from '../../../../src/application/client/departure.js';

describe('Departure', () => {
  let clock: sinon.SinonFakeTimers;
  let timeIsUp: sinon.SinonSpy;
  let departure: Departure;
  beforeEach(() => {
    clock = sinon.useFakeTimers();
    timeIsUp = sinon.fake();
    departure = new Departure(timeIsUp);
  });
  afterEach(() => clock.restore());

  const state = () => [departure.waitsForAnswers, departure.isHurried];

  it('waits for answers, or makes a lost connection the end; whoever stays does neither', () => {
    expect(state()).to.deep.equal([false, false]);
    departure.begin('settled');
    expect(state()).to.deep.equal([true, false]);
    for (const when of ['soon', 'now', 'unsaid'] as const) {
      departure.begin(when);
      expect(state()).to.deep.equal([false, true]);
    }
  });

  it('waits five seconds for a server to hang up, from the last Leave on', () => {
    departure.said();
    clock.tick(4000);
    departure.said();
    clock.tick(4999);
    expect(timeIsUp.callCount).to.equal(0);
    clock.tick(1);
    expect(timeIsUp.callCount).to.equal(1);
  });

  it('tries for five seconds to say Leave, however often it cannot', () => {
    departure.delayed();
    clock.tick(4000);
    departure.delayed();
    clock.tick(1000);
    expect(timeIsUp.callCount).to.equal(1);
  });

  it('keeps nothing waiting when it is over', () => {
    departure.delayed();
    departure.end();
    expect(clock.countTimers()).to.equal(0);
  });
});
