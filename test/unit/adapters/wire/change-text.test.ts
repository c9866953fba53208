import { expect } from 'chai';
import { basicFormat, decodeResponse } from '../../../../src/adapters/wire/basic-form.js';
import {
  changeText,
  decodeChange,
  durationText,
  timeText,
} from '../../../../src/adapters/wire/change-text.js';
import { extendedFormat } from '../../../../src/adapters/wire/extended-form.js';
import { changeOf, eventOf, type RoomChange } from '../../../../src/domain/room-change.js';

describe('what operators change', () => {
  const by = 'anna';
  const until = Date.UTC(2026, 11, 1, 10);
  const changes: [change: RoomChange, text: string][] = [
    [{ type: 'topic', by, topic: 'tea "and" cake' }, 'anna has set the topic: tea "and" cake'],
    [{ type: 'topic', by, topic: '' }, 'anna has taken the topic away.'],
    [{ type: 'slow', by, ms: 90_000 }, 'anna has turned slow mode on: one message each every 90 s.'],
    [{ type: 'slow', by, ms: 0 }, 'anna has turned slow mode off.'],
    [{ type: 'deleted', by, target: 7, author: 'carl' }, 'anna has deleted a message of carl.'],
    [{ type: 'kicked', by, username: 'carl', until, reason: 'spam' }, 'anna has kicked carl: spam'],
    [{ type: 'banned', by, username: 'carl', until }, 'anna has banned carl until 2026-12-01 10:00 UTC.'],
    [{ type: 'muted', by, username: 'carl' }, 'anna has muted carl.'],
    [{ type: 'unmuted', by, username: 'carl' }, 'anna has unmuted carl.'],
  ];
  for (const [change, text] of changes)
    it(`is told as "${text}", and can be read`, () => {
      expect(changeText(change)).to.equal(text);
      const event = { ...eventOf(change), seq: 3, at: 5 };
      expect(changeOf(event)).to.deep.equal(change);
      expect(JSON.parse(basicFormat.encode(event))).to.deep.equal({
        Broadcast: { username: 'chatty', content: text },
      });
      const response = decodeResponse(Buffer.from(extendedFormat.encode(event).trimEnd()));
      const memo = { username: 'chatty', content: text, seq: 3, at: 5, kind: 'notice', change };
      expect(response).to.deep.equal({ type: 'Broadcast', memo });
      expect(extendedFormat.encodeForAuthor(event), 'nobody has said it').to.equal('');
    });

  for (const [what, value] of Object.entries({
    nothing: undefined,
    'a text': 'topic',
    'nobody who did it': { type: 'topic', topic: 'tea' },
    'a type of later': { type: 'painted', by, username: 'carl' },
    'a type of everything': { type: 'toString', by, username: 'carl' },
    'no topic': { type: 'topic', by },
    'no time': { type: 'slow', by, ms: -1 },
    'no message': { type: 'deleted', by, target: 'x', author: 'carl' },
    'nobody whom it is about': { type: 'muted', by },
  }))
    it(`is not known of ${what}`, () => {
      expect(decodeChange(value)).to.equal(undefined);
    });

  it('says how long in the largest unit', () => {
    const texts = [1, 1000, 60_000, 90_000, 3_600_000, 86_400_000].map(durationText);
    expect(texts).to.deep.equal(['1 s', '1 s', '1 min', '90 s', '1 h', '1 d']);
  });

  it('has a word for a time that no calendar holds', () => {
    expect(timeText(Number.MAX_SAFE_INTEGER)).to.equal('some time');
  });
});
