import { expect } from 'chai';
import sinon from 'sinon';
import type { ClientEvent, Outage } from '../../../../src/application/client/client-event.js';
import { withoutShortOutages } from '../../../../src/application/client/short-outage.js';

describe('a short outage', () => {
  let clock: sinon.SinonFakeTimers;
  let shown: ClientEvent[];
  let show: (event: ClientEvent) => void;

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    shown = [];
    show = withoutShortOutages(event => shown.push(event));
  });
  afterEach(() => clock.restore());

  const reconnecting = (code: Outage['code'], isNews = true) =>
    ({ type: 'Reconnecting', outage: { code }, inMs: 500, unsent: 0, isNews }) as const;
  const back = (more: { gap?: { from: number; to: number } } = {}, resumed = true, extended = true) =>
    ({ type: 'Reconnected', extended, resumed, ...more }) as const;
  const accepted = (unsent: number, late = true) =>
    ({ type: 'Accepted', ref: '1', content: 'hi', late, unsent }) as const;
  /** Of each event that was shown, whether it is worth a line. */
  const news = () => shown.map(event => [event.type, 'isNews' in event ? event.isNews : true]);

  it('that the server has announced is worth no line, nor is what follows from it', () => {
    for (const event of [
      reconnecting('SERVER_STOPPING'),
      { type: 'Queued' } as const,
      reconnecting('NOT_REACHED'),
      back(),
      { type: 'Replayed', missed: 3 } as const,
      accepted(1),
      accepted(0),
    ])
      show(event);
    expect(news()).to.deep.equal([
      ['Reconnecting', false],
      ['Queued', false],
      ['Reconnecting', false],
      ['Reconnected', false],
      ['Replayed', false],
      ['Accepted', true],
      ['Accepted', true],
    ]);
    expect(shown.slice(-2)).to.deep.equal([accepted(1, false), accepted(0, false)]);
    show(accepted(0));
    expect(shown.at(-1)).to.deep.equal(accepted(0));
  });

  it('is told once it is long, and from then on all of it', () => {
    show(reconnecting('SERVER_STOPPING'));
    clock.tick(4999);
    show(reconnecting('NOT_REACHED'));
    clock.tick(1);
    show(reconnecting('NOT_REACHED', false));
    show({ type: 'Queued' });
    show(reconnecting('NOT_REACHED', false));
    show(back());
    show(accepted(0));
    expect(news()).to.deep.equal([
      ['Reconnecting', false],
      ['Reconnecting', false],
      ['Reconnecting', true],
      ['Queued', true],
      ['Reconnecting', false],
      ['Reconnected', true],
      ['Accepted', true],
    ]);
    expect(shown.at(-1)).to.deep.equal(accepted(0));
  });

  it('is told at once when it is none that was to be expected', () => {
    show(reconnecting('SERVER_STOPPING'));
    show(reconnecting('OTHER_KEY'));
    show(back());
    show(reconnecting('LOST'));
    show(back());
    expect(news().map(([, isNews]) => isNews)).to.deep.equal([false, true, true, true, true]);
  });

  for (const [what, event] of [
    ['something is missing', back({ gap: { from: 1, to: 2 } })],
    ['the others saw one leave', back({}, false)],
    ['it was in the basic form, which does not tell what was missed', back({}, false, false)],
  ] as const)
    it(`is told afterwards when ${what}`, () => {
      show(reconnecting('SERVER_STOPPING'));
      show(event);
      show({ type: 'Replayed', missed: 3 });
      expect(news().map(([, isNews]) => isNews)).to.deep.equal([false, true, true]);
    });

  it('before one was ever in the room ends with the welcome', () => {
    show(reconnecting('SERVER_STOPPING'));
    show({ type: 'Welcome', username: 'carl', content: 'Warm Welcome' });
    show({ type: 'Queued' });
    show(reconnecting('LOST'));
    expect(news().map(([, isNews]) => isNews)).to.deep.equal([false, true, true, true]);
  });
});
