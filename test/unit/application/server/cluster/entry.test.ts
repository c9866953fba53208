import { expect } from 'chai';
import fc from 'fast-check';
import {
  decodeEntry,
  encodeEntry,
  isItem,
  withoutMessage,
} from '../../../../../src/application/server/cluster/entry.js';
import { joined, left, sent } from '../../../../support/room-logs.js';

const ITEMS = [
  joined(1, 'carl', 'key'),
  { ...joined(1, 'carl'), attempt: 3, origin: { owner: 'o', address: '::1' }, key: 'k', verified: true },
  sent(1, 'carl', 'tea', 'r1'),
  { ...sent(0, 'chatty', '{"type":"topic"}'), kind: 'notice' },
  { ...sent(1, 'carl', 'waves'), kind: 'action', owner: 'o', verified: true },
  left(1, 'carl'),
  { ...left(1, 'carl'), was: 'a', ended: { reason: 'BANNED', about: { by: 'lucio' } } },
  { type: 'SessionTaken', session: 1, attempt: 2, origin: {} },
  { type: 'SessionAbsent', session: 1, isAway: false },
  { type: 'MessageErased', seq: 3 },
  { type: 'ServerUp', rules: 'r', name: 'n' },
  { type: 'ServerDown', incarnation: 'a' },
  { type: 'EpochBegun', epoch: 'e', lost: 'l', upTo: 3 },
];

describe('entries', () => {
  it('are read as they were written', () => {
    const text = encodeEntry('a "b"', 3, [JSON.stringify(joined(1, 'carl'))]);
    expect(decodeEntry(text)).to.deep.equal({ by: 'a "b"', n: 3, items: [joined(1, 'carl')] });
  });

  it('are nothing when no server has written them', () => {
    for (const text of [
      ...['', '{', 'null', '[]', '7', '{}', '{"by":1,"n":0,"items":[]}', '{"by":"a","n":0.5,"items":[]}'],
      ...['{"by":"a","n":-1,"items":[]}', '{"by":"a","n":0,"items":{}}', `${'['.repeat(50_000)}`],
    ])
      expect(decodeEntry(text), text.slice(0, 40)).to.equal(undefined);
  });

  it('have items of every form', () => {
    for (const item of ITEMS) expect(isItem(item), JSON.stringify(item)).to.equal(true);
  });

  it('have no items that lack something, or are something else', () => {
    for (const item of [
      ...[null, undefined, 7, 'UserJoined', [], {}, { type: 'Unknown' }, { type: '__proto__' }],
      ...[{ type: 'constructor' }, { type: ['UserLeft'], session: 1, username: 'carl' }],
      ...[{ ...joined(1, 'carl'), session: '1' }, { ...joined(1, 'carl'), session: 1.5 }, joined(-1, 'carl')],
      ...[
        joined(2 ** 60, 'carl'),
        { type: 'UserJoined', session: 1 },
        { ...joined(1, 'carl'), origin: null },
      ],
      ...[
        { ...joined(1, 'carl'), origin: [] },
        { ...joined(1, 'carl'), origin: { owner: 7 } },
      ],
      ...[
        { ...joined(1, 'carl'), resumeKey: {} },
        { ...sent(1, 'carl', 'hi'), content: null },
      ],
      ...[
        { ...sent(1, 'carl', 'hi'), kind: 'odd' },
        { ...sent(0, 'chatty', 'not JSON'), kind: 'notice' },
      ],
      ...[
        { ...sent(0, 'chatty', 'null'), kind: 'notice' },
        { ...left(1, 'carl'), ended: null },
      ],
      ...[
        { ...left(1, 'carl'), ended: { reason: 'OTHER' } },
        { type: 'MessageErased', seq: null },
      ],
      ...[
        { type: 'SessionTaken', session: 1, attempt: 1 },
        { type: 'ServerUp', name: 'n' },
      ],
    ])
      expect(isItem(item), JSON.stringify(item)).to.equal(false);
  });

  it('have no item that throws, whatever it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ITEMS), fc.string(), fc.jsonValue(), (item, name, value) => {
        const names = Object.keys(item);
        const changed = { ...item, [names[name.length % names.length] ?? name]: value, [name]: value };
        expect(isItem(changed)).to.be.a('boolean');
        expect(isItem(value)).to.equal(false);
      }),
      { numRuns: 500 },
    );
  });

  it('keep all but what one message said', () => {
    const items = [null, joined(1, 'carl'), sent(1, 'carl', 'tea'), sent(1, 'carl', 'secret', 'r')];
    const text = JSON.stringify({ by: 'a', n: 3, items });
    const without = withoutMessage(text, ({ content }) => content === 'secret') ?? expect.fail();
    expect(JSON.parse(without)).to.deep.equal({
      ...{ by: 'a', n: 3 },
      items: [null, joined(1, 'carl'), sent(1, 'carl', 'tea'), sent(1, 'carl', '', 'r')],
    });
    expect(withoutMessage(text, ({ content }) => content === 'coffee')).to.equal(undefined);
    expect(withoutMessage('garbage', () => true)).to.equal(undefined);
  });
});
