import { expect } from 'chai';
import { isModerationEntry } from '../../../../src/application/server/entry-form.js';

const by = { at: 1, by: 'anna' };
const ban = { type: 'MeasureTaken', ...by, id: 1, kind: 'ban', targets: [] };
const name = { kind: 'name', name: 'eve' };

const ENTRIES: Record<string, unknown> = {
  'a topic': { type: 'TopicSet', ...by, topic: 'tea' },
  'one with a reason': { type: 'TopicSet', ...by, topic: 'tea', reason: 'thirst' },
  'a ban': { ...ban, targets: [name, { kind: 'key', key: 'SHA256:one' }] },
  'a ban with an end, of a network': { ...ban, until: 2, targets: [{ kind: 'network', network: 'home' }] },
  'one of a newer version': { type: 'Promoted', ...by, rank: {} },
};

const OTHERS: Record<string, unknown> = {
  null: null,
  'a text': 'TopicSet',
  'one without a type': { ...by, topic: 'tea' },
  'one without a time': { type: 'TopicSet', by: 'anna', topic: 'tea' },
  'one of before all time': { type: 'TopicSet', at: -1, by: 'anna', topic: 'tea' },
  'one by nobody': { type: 'TopicSet', at: 1, topic: 'tea' },
  'one with a reason that is no text': { type: 'TopicSet', ...by, topic: 'tea', reason: 1 },
  'a topic without words': { type: 'TopicSet', ...by },
  'a measure of another kind': { ...ban, kind: 'kick' },
  'a ban that ends at no time': { ...ban, until: 'never' },
  'a ban of nobody': { ...ban, targets: undefined },
  'a ban of nothing': { ...ban, targets: [null] },
  'a ban of a number': { ...ban, targets: [7] },
  'a ban of no name': { ...ban, targets: [name, { kind: 'name' }] },
  'a ban of no key': { ...ban, targets: [{ kind: 'key', name: 'eve' }] },
  'a ban of no network': { ...ban, targets: [{ kind: 'network' }] },
  'a ban of what is no network': { ...ban, targets: [{ kind: 'network', network: 'nowhere' }] },
  'a ban of what nobody knows': { ...ban, targets: [{ kind: 'colour', colour: 'red' }] },
};

describe('an entry of what operators have done', () => {
  const isEntry = (value: unknown) => isModerationEntry(value, text => text === 'home');

  for (const [what, value] of Object.entries(ENTRIES))
    it(`can be ${what}`, () => expect(isEntry(value)).to.equal(true));

  for (const [what, value] of Object.entries(OTHERS))
    it(`is not ${what}`, () => expect(isEntry(value)).to.equal(false));
});
