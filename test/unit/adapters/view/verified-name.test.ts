import { expect } from 'chai';
import { widthOf } from '../../../../src/adapters/terminal/line-editor/width.js';
import { LogView } from '../../../../src/adapters/terminal/log-view.js';
import { Transcript } from '../../../../src/adapters/terminal/transcript.js';
import { eventText } from '../../../../src/adapters/view/event-text.js';
import { Presence, type PresenceChange, presenceText } from '../../../../src/adapters/view/presence.js';
import { VERIFIED_MARK } from '../../../../src/adapters/view/verified-name.js';
import type { ChatMemo } from '../../../../src/application/chat-response.js';
import type { ClientEvent } from '../../../../src/application/client/client-event.js';
import { Refusal } from '../../../../src/domain/refusal.js';
import { Username } from '../../../../src/domain/username.js';
import { MemoryView } from '../../../doubles/memory-view.js';

const AT = new Date(2026, 2, 1, 9, 30).getTime();
const proven: ChatMemo = { username: 'carl', content: 'hi', seq: 1, at: AT, kind: 'message', verified: true };
const { verified: _, ...unproven } = proven;

describe('the mark of a name that is proven', () => {
  it('takes one column', () => {
    expect(widthOf(VERIFIED_MARK)).to.equal(1);
  });

  for (const mark of ['✓', '✔', '✔\ufe0f', '✅', '☑', '☑\ufe0f', '🗸', '🗹'])
    it(`is not to be had by calling oneself carl${mark}`, () => {
      for (const name of [`carl${mark}`, `${mark}carl`, `ca${mark}rl`, mark])
        expect(() => Username.parse(name)).to.throw(Refusal, 'NAME_CHARACTERS');
    });

  it('stands in every text, and not with a name that is not proven', () => {
    expect(eventText({ type: 'Memo', ...proven })).to.equal('carl✓: hi');
    expect(eventText({ type: 'Memo', ...unproven })).to.equal('carl: hi');
    expect(eventText({ type: 'Memo', ...proven, kind: 'action' })).to.equal('* carl✓ hi');
    expect(eventText({ type: 'History', memos: [proven, unproven] })).to.equal(
      '[2026-03-01 09:30] carl✓: hi\n[2026-03-01 09:30] carl: hi',
    );
    expect(eventText({ type: 'Users', users: ['carl', 'amy'], away: ['carl'], verified: ['carl'] })).to.equal(
      '2 are here: carl✓ (connection lost), amy.',
    );
    expect(eventText({ type: 'Welcome', username: 'carl', content: 'Hi', verified: true })).to.include(
      'Hi, carl✓!',
    );
  });

  it('stands on a screen behind the name, and the texts keep their column', () => {
    const transcript = new Transcript({ tier: 'none', now: () => AT, align: 12, columns: () => 80 });
    const textOf = (memo: ChatMemo) =>
      transcript
        .message(memo)
        .at(-1)
        ?.spans.map(({ text }) => text)
        .join('');
    expect(textOf(proven)).to.equal('09:30 carl✓  hi');
    expect(textOf(unproven)).to.equal('09:30 carl   hi');
    expect(textOf({ ...proven, kind: 'action' })).to.equal('09:30 * carl✓ hi');
    const [, joined] = transcript.answer([{ ...proven, kind: 'joined' }], 'a', 'b');
    expect(joined?.spans[0]?.text).to.include('→ carl✓ joined');
  });

  it('stands with who comes, and who goes within a second is still known to be the same', () => {
    const told: PresenceChange[] = [];
    const presence = new Presence(change => told.push(change));
    presence.add('joined', proven, AT);
    presence.add('left', { username: 'carl' }, AT);
    presence.flush();
    expect(told).to.deep.equal([]);
    presence.add('joined', proven, AT);
    presence.flush();
    expect(told.map(presenceText)).to.deep.equal(['carl✓ joined']);
  });

  it('stands in the log, with own messages as long as they have it', () => {
    let text = '';
    const view = new LogView(new MemoryView(), { path: 'log', append: rows => (text += rows) });
    const accepted = { type: 'Accepted', ref: '1', content: 'ho', late: false, unsent: 0, at: AT } as const;
    const events: ClientEvent[] = [
      { type: 'Welcome', username: 'amy', content: 'Hi', verified: true },
      { type: 'Memo', ...proven, kind: 'joined' },
      { type: 'Memo', ...proven },
      accepted,
      { type: 'Reconnected', extended: true, resumed: false },
      accepted,
      { type: 'Reconnected', extended: true, resumed: false, verified: true },
      accepted,
    ];
    for (const event of events) view.show(event);
    const rows = text.split('\n').map(row => row.slice('2026-03-01 09:30 '.length));
    expect(rows).to.include.members(['--- carl✓ joined ---', 'carl✓: hi']);
    expect(rows.filter(row => row.endsWith('ho'))).to.deep.equal(['amy✓: ho', 'amy: ho', 'amy✓: ho']);
  });
});

describe('what a person is told about keys', () => {
  it('names the keys of their name, and which is at hand', () => {
    const keys = { type: 'Keys', username: 'carl', own: 'SHA256:one' } as const;
    expect(eventText({ ...keys, keys: ['SHA256:one'] })).to.equal(
      'carl is yours. Its key: SHA256:one (this one).',
    );
    expect(eventText({ ...keys, keys: ['SHA256:two', 'SHA256:one'] })).to.equal(
      'carl is yours. Its keys: SHA256:two, SHA256:one (this one).',
    );
  });

  it('says why nothing was signed', () => {
    expect(eventText({ type: 'Unproven', asked: '192.0.2.1:8081\u001b[2J', reached: '192.0.2.2:8081' }))
      .to.include('192.0.2.2:8081')
      .and.not.include('\u001b');
    expect(eventText({ type: 'Unanswered', asked: 'keys', why: 'NOT_VERIFIED' })).to.include(
      'chatty client:key',
    );
  });
});
