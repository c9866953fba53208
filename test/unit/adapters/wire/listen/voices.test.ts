import { expect } from 'chai';
import fc from 'fast-check';
import sinon from 'sinon';
import { rate } from '../../../../../src/adapters/wire/listen/allowance.js';
import { Voice, type VoiceLimits, Voices } from '../../../../../src/adapters/wire/listen/voices.js';

const LIMITS: VoiceLimits = { messages: rate(10, 50), bytes: rate(1000, 10_000) };
const NONE: VoiceLimits = { messages: rate(0, 50), bytes: rate(0, 1000) };
const HOME = '192.0.2.1';
const OFFICE = '192.0.2.2';

describe('Voices', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => clock.restore());

  it('say a few messages at once, and then so many a second', () => {
    const voice = new Voice({ ...LIMITS, bytes: NONE.bytes });
    expect(voice.said(50, 5000)).to.equal(0);
    expect(voice.said(1, 100)).to.equal(100);
    clock.tick(100);
    expect(voice.said(2, 200)).to.equal(200);
    expect(voice.eachMs).to.equal(100);
    clock.tick(60_000);
    expect(voice.said(50, 5000)).to.equal(0);
  });

  it('say a page at once, and then so many bytes a second', () => {
    const voice = new Voice({ ...LIMITS, messages: NONE.messages });
    expect(voice.said(300, 10_000)).to.equal(0);
    expect(voice.said(2, 4000)).to.equal(4000);
    expect(voice.eachMs).to.equal(2000);
    expect(voice.said(0, 0)).to.equal(0);
  });

  it('have no limit where there is none, nor where they are trusted', () => {
    const voices = [new Voices(NONE).enter(1, HOME), new Voices(LIMITS).enter(1, undefined)];
    for (const voice of voices) expect(voice.said(1_000_000, 1e9)).to.equal(0);
    expect(voices.map(voice => voice.isLimited)).to.deep.equal([false, false]);
  });

  it('are quiet until they have said much, and again soon after, however much it was', () => {
    const voice = new Voice(NONE);
    voice.said(20, 4000);
    expect(voice.quietInMs).to.equal(0);
    voice.said(1000, 1e9);
    expect(voice.quietInMs).to.be.within(1000, 10_000);
    clock.tick(voice.quietInMs + 1);
    expect(voice.quietInMs).to.equal(0);
  });

  it('of a session are the same when it comes back', () => {
    const voices = new Voices(LIMITS);
    const voice = voices.enter(1, HOME);
    voice.said(60, 60);
    voices.leave(voice, HOME);
    expect(voices.enter(1, OFFICE)).to.equal(voice);
    expect(voices.enter(2, OFFICE)).not.to.equal(voice);
  });

  it('are left to who comes next from there, until they are as good as new ones', () => {
    const voices = new Voices(LIMITS);
    const voice = voices.enter(1, HOME);
    voice.said(60, 60);
    voices.leave(voice, HOME);
    const other = voices.enter(2, OFFICE);
    expect(other).not.to.equal(voice);
    expect(voices.enter(3, HOME)).to.equal(voice);
    expect(voices.enter(4, HOME)).not.to.equal(voice);
    other.said(10, 10);
    voices.leave(other, OFFICE);
    clock.tick(2000);
    expect(voices.enter(5, OFFICE)).not.to.equal(other);
  });

  it('give nobody more for coming back under other names: never more than one voice for each at a time', () => {
    const step = fc.record({
      who: fc.nat(3),
      does: fc.constantFrom('enter', 'enter anew', 'leave', 'say', 'wait'),
      much: fc.nat(80),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const voices = new Voices({ ...LIMITS, bytes: NONE.bytes });
        const here = new Map<number, Voice>();
        let [sessions, said, atOnce, passedMs] = [100, 0, 0, 0];
        for (const { who, does, much } of steps) {
          const voice = here.get(who);
          if (does === 'wait') {
            clock.tick(much);
            passedMs += much;
          } else if (does === 'leave' && voice !== undefined) {
            voices.leave(voice, HOME);
            here.delete(who);
          } else if (does.startsWith('enter') && voice === undefined) {
            here.set(who, voices.enter(does === 'enter' ? who : ++sessions, HOME));
          } else if (does === 'say' && voice !== undefined && voice.said(1, 0) === 0) {
            said++;
          }
          atOnce = Math.max(atOnce, here.size);
        }
        expect(said).to.be.at.most(
          atOnce * (LIMITS.messages.burst + (passedMs * LIMITS.messages.perSecond) / 1000),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('are forgotten when they are as good as new ones, and no others', () => {
    const voices = new Voices(LIMITS);
    const first = voices.enter(0, HOME);
    first.said(1000, 0);
    voices.leave(first, HOME);
    const staying = voices.enter(1, OFFICE);
    for (let session = 2; session < 5000; session++) voices.leave(voices.enter(session, OFFICE), OFFICE);
    staying.said(50, 0);
    expect(voices.enter(1, OFFICE)).to.equal(staying);
    expect(voices.enter(0, OFFICE)).to.equal(first);
  });
});
