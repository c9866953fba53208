import { expect } from 'chai';
import { EXTENDED_DECODERS } from '../../../../src/adapters/wire/extended-form.js';
import { decodeMeasures, decodeModerated } from '../../../../src/adapters/wire/moderation-form.js';
import { MODERATION_ACTIONS, moderationOf } from '../../../../src/application/moderation-request.js';

describe('the answers that operators get', () => {
  it('are read with all that they may have', () => {
    const result = {
      action: 'topic',
      targets: ['carl'],
      until: 1,
      ended: 2,
      from: ['192.0.2.7'],
      topic: 'tea',
      ms: 3,
    };
    expect(decodeModerated(result)).to.deep.equal(result);
    const measure = { id: 1, kind: 'mute', targets: ['carl'], by: 'anna', at: 1, until: 2, reason: 'spam' };
    const { until, reason, ...bare } = measure;
    const list = { measures: [measure, bare], count: 2 };
    expect(decodeMeasures(list)).to.deep.equal(list);
  });

  for (const body of [
    undefined,
    'x',
    {},
    { action: 'paint', targets: [] },
    { action: 'ban', targets: [1] },
    { action: 'ban' },
  ])
    it(`are not ${JSON.stringify(body)}`, () => {
      expect(decodeModerated(body)).to.equal(undefined);
    });

  it('are no answers at all when they are not understood', () => {
    for (const body of [undefined, {}, { action: 'ban' }])
      for (const type of ['Moderated', 'Bans']) expect(EXTENDED_DECODERS[type]?.(body)).to.equal(undefined);
    expect(EXTENDED_DECODERS.Bans?.({ ref: '1', measures: [], count: 0 })).to.deep.equal({
      ...{ type: 'Bans', ref: '1', measures: [], count: 0, done: true },
    });
  });

  const good = { id: 1, kind: 'ban', targets: [], by: 'anna', at: 1 };
  for (const body of [
    undefined,
    {},
    { measures: {}, count: 1 },
    { measures: [], count: -1 },
    ...[{ id: 'x' }, { kind: 'kiss' }, { targets: 'carl' }, { by: 1 }, { at: 1.5 }].map(wrong => ({
      measures: [good, { ...good, ...wrong }],
      count: 2,
    })),
    { measures: [null], count: 1 },
  ])
    it(`are not ${JSON.stringify(body)}, as a list`, () => {
      expect(decodeMeasures(body)).to.equal(undefined);
    });
});

describe('what operators ask for', () => {
  const all = { target: 'carl', ms: 1, reason: 'r', topic: 't', seq: 7, token: 'k' };
  const requests: Record<string, object | undefined> = {
    kick: { target: 'carl', reason: 'r' },
    ban: { target: 'carl', ms: 1, reason: 'r' },
    mute: { target: 'carl', ms: 1, reason: 'r' },
    unban: { target: 'carl' },
    unmute: { target: 'carl' },
    slow: { ms: 1 },
    topic: { topic: 't' },
    delete: { seq: 7 },
    operator: { token: 'k' },
    dismiss: { target: 'carl' },
  };
  for (const action of MODERATION_ACTIONS)
    it(`is what belongs to ${action}, and not without it`, () => {
      expect(moderationOf({ action, ...all })).to.deep.equal({ action, ...requests[action] });
      const bare = moderationOf({ action });
      expect(bare).to.deep.equal(action === 'topic' ? { action } : undefined);
    });

  it('is of somebody where it is not of a message or a token', () => {
    expect(moderationOf({ action: 'delete', target: 'carl' })).to.deep.equal({
      action: 'delete',
      target: 'carl',
    });
    expect(moderationOf({ action: 'operator', target: 'carl' })).to.deep.equal({
      action: 'operator',
      target: 'carl',
    });
    expect(moderationOf({ action: 'ban', target: 'carl' })).to.deep.equal({ action: 'ban', target: 'carl' });
  });
});
