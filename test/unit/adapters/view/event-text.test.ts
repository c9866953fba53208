import { expect } from 'chai';
import fc from 'fast-check';
import { eventText } from '../../../../src/adapters/view/event-text.js';
import { ago, localTime, seconds } from '../../../../src/adapters/view/time.js';
import { visible } from '../../../../src/adapters/view/visible.js';
import type { ClientEvent } from '../../../../src/application/client/client-event.js';
import { cpuMs } from '../../../support/cpu-time.js';

/** What must never reach a terminal from outside. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is its purpose
const DANGEROUS = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe('eventText of a crowd', () => {
  it('names a thousand, and counts the others', () => {
    const users = Array.from({ length: 100_000 }, (_, n) => `eve${n}`);
    const since = cpuMs();
    const text = eventText({ type: 'Users', users, away: users }) ?? '';
    expect(cpuMs() - since).to.be.below(1000);
    expect(text).to.match(
      /^100000 are here: eve0 \(connection lost\), .*, eve999 \(connection lost\) and 99000 more\.$/,
    );
  });
});

describe('visible', () => {
  it('leaves people their words', () => {
    for (const text of ['Hello, World!', 'Grüße', '李雷', '👩‍👩‍👧 ❤️', 'שלום', '~<>&"'])
      expect(visible(text)).to.equal(text);
  });

  it('writes out what would act on a terminal', () => {
    expect(visible('\u001b]0;title\u0007')).to.equal('<U+001B>]0;title<U+0007>');
    expect(visible('a\rb\nc')).to.equal('a<U+000D>b<U+000A>c');
    expect(visible('\u009b2J\u007f')).to.equal('<U+009B>2J<U+007F>');
    expect(visible('\u202egnp.exe')).to.equal('<U+202E>gnp.exe');
    expect(visible('a\tb')).to.equal('a    b');
    expect(visible('\ud800')).to.equal('\ufffd');
  });

  it('lets nothing dangerous through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(visible(text)).to.not.match(DANGEROUS);
      }),
    );
  });
});

describe('what a person is shown', () => {
  const hostile = '\u001b[2J\u202e\r\u0007';
  const memo = { username: hostile, content: hostile, seq: 1, at: 0, kind: 'message' } as const;
  const oneLine: ClientEvent[] = [
    { type: 'Welcome', username: hostile, content: hostile, users: [hostile, hostile], count: 9 },
    { type: 'Memo', ...memo },
    { type: 'Refused', reason: hostile, content: hostile },
    { type: 'TooLong', content: hostile, limit: 10, actual: 20 },
    { type: 'Accepted', ref: hostile, content: hostile, late: true, unsent: 0 },
    {
      type: 'Reconnecting',
      outage: { code: 'SERVER_SAYS', notice: hostile },
      inMs: 1500,
      unsent: 1,
      isNews: true,
    },
    { type: 'Queued' },
    { type: 'Reconnected', extended: true, resumed: false, gap: { from: 3, to: 9 } },
    { type: 'Leaving', unsent: 2 },
    { type: 'Users', users: [hostile], away: [hostile] },
    { type: 'History', memos: [memo] },
    { type: 'Unanswered', asked: 'who', why: 'NO_ANSWER' },
    { type: 'UnknownResponse', text: hostile },
    { type: 'NothingToSend' },
    { type: 'LogEnded', file: hostile, problem: hostile },
  ];
  const lists: ClientEvent[] = [
    { type: 'Earlier', memos: [memo], agoMs: 0 },
    { type: 'Found', memos: [memo], more: true },
  ];

  it('is harmless, no matter who said it, and one line but for lists', () => {
    for (const event of oneLine) expect(eventText(event)).to.be.a('string').and.not.match(DANGEROUS);
    for (const event of lists) expect(eventText(event)?.replaceAll('\n', '')).to.not.match(DANGEROUS);
  });

  it('is who said what', () => {
    expect(eventText({ type: 'Memo', username: 'david', content: 'hi' })).to.equal('david: hi');
  });

  it('is short, however long the nonsense', () => {
    expect(eventText({ type: 'UnknownResponse', text: 'x'.repeat(100_000) })?.length).to.be.below(400);
    expect(eventText({ type: 'Refused', reason: 'No.', content: 'x'.repeat(4000) })).to.equal(
      `"${'x'.repeat(40)}…": No.`,
    );
    expect(eventText({ type: 'Refused', reason: 'No.' })).to.equal('No.');
  });

  it('says who is here, and of many how many', () => {
    const welcome = (users: string[], count: number) =>
      eventText({ type: 'Welcome', username: 'carl', content: 'Warm Welcome', users, count });
    const help = 'Type help to see what you can do.';
    expect(welcome(['carl'], 1)).to.equal(`Warm Welcome, carl! ${help}`);
    expect(welcome(['carl', 'david'], 2)).to.equal(`Warm Welcome, carl! 2 are here: carl, david. ${help}`);
    const many = Array.from({ length: 12 }, (_, n) => `u${n}`);
    expect(welcome(many, 500)).to.include('500 are here: u0, u1').and.include('u9 and 490 more.');
    expect(eventText({ type: 'Users', users: ['carl'], away: [] })).to.equal('1 is here: carl.');
    expect(eventText({ type: 'Users', users: ['carl', 'david'], away: ['david'] })).to.equal(
      '2 are here: carl, david (connection lost).',
    );
  });

  it('marks what was said before, and says how long ago', () => {
    const at = new Date(2026, 2, 1, 9, 5).getTime();
    const memos = [{ username: 'david', content: 'hi', seq: 1, at, kind: 'message' } as const];
    expect(eventText({ type: 'Earlier', memos, agoMs: 180_000 })).to.equal(
      '[2026-03-01 09:05] david: hi\n--- earlier, until 3 minutes ago ---',
    );
    expect(eventText({ type: 'History', memos })).to.equal('[2026-03-01 09:05] david: hi');
    expect(eventText({ type: 'Found', memos, more: false })).to.include(
      '--- 1 message found, newest last ---',
    );
    expect(eventText({ type: 'Found', memos, more: true })).to.include('there may be more');
    const none = { memos: [], more: false } as const;
    expect(eventText({ type: 'Found', ...none })).to.equal('Nothing was found.');
    expect(eventText({ type: 'History', ...none })).to.equal('Nothing has been said here yet.');
    expect(eventText({ type: 'History', memos: [{ username: 'a', content: 'b' }] })).to.equal('a: b');
  });

  it('says nothing of own messages while all goes well', () => {
    const accepted = { type: 'Accepted', ref: '1', content: 'hi' } as const;
    expect(eventText({ type: 'Pending', ref: '1', content: 'hi' })).to.equal(undefined);
    expect(eventText({ ...accepted, late: false, unsent: 0 })).to.equal(undefined);
    expect(eventText({ ...accepted, late: true, unsent: 3 })).to.equal(undefined);
    expect(eventText({ ...accepted, late: true, unsent: 0 })).to.equal('Everything you said is sent.');
  });

  it('names one of several addresses, where it matters', () => {
    const [address, pin] = ['b.example.org:9000', 'p'.repeat(43)];
    const back = { type: 'Reconnected', extended: true, resumed: true, address } as const;
    expect(eventText(back)).to.equal('You are back, at b.example.org:9000. The others did not notice.');
    const lost = { type: 'Reconnecting', outage: { code: 'LOST' }, inMs: 0, unsent: 0 } as const;
    expect(eventText({ ...lost, isNews: true, address })).to.equal(
      'The connection was lost. Trying again at once, at b.example.org:9000.',
    );
    // What is wrong with the last one says nothing of the others.
    const gone = { ...lost, outage: { code: 'OTHER_KEY' }, isNews: true, address } as const;
    expect(eventText(gone)).to.match(/^None of the servers can be joined\. Trying again/);
    expect(eventText({ type: 'NewServer', pin, address })).to.include('You are at b.example.org:9000 for');
    const other = { type: 'OtherKey', address, pin } as const;
    expect(eventText({ ...other, isGiven: true }))
      .to.include('The server at b.example.org:9000 has another key than the one that you gave behind #')
      .and.include(`'b.example.org:9000#${pin}'`);
    expect(eventText({ ...other, isGiven: false })).to.include('has another key than it had when');
  });

  it('says what is wrong with the connection, and what comes next', () => {
    const reconnecting = (inMs: number, unsent: number) =>
      eventText({ type: 'Reconnecting', outage: { code: 'LOST' }, inMs, unsent, isNews: true });
    expect(reconnecting(120, 0)).to.equal('The connection was lost. Trying again at once.');
    expect(reconnecting(7600, 1)).to.equal('The connection was lost. Trying again in 8 s. 1 message unsent.');
    const back = { type: 'Reconnected', extended: true, resumed: true } as const;
    expect(eventText(back)).to.equal('You are back. The others did not notice.');
    expect(eventText({ ...back, resumed: false, gap: { from: 101, to: 105 } })).to.match(
      /others saw you leave\. Missing here: what the server no longer has of events 101 to 105\.$/,
    );
    expect(eventText({ ...back, gap: { from: 101 } })).to.include('has started a new history');
    expect(eventText({ type: 'Replayed', missed: 1 })).to.equal('--- 1 new line while you were away ---');
    expect(eventText({ type: 'Queued', isNews: false })).to.equal(undefined);
    expect(eventText({ ...back, isNews: false })).to.equal(undefined);
    expect(eventText({ type: 'Replayed', missed: 1, isNews: false })).to.equal(undefined);
    expect(eventText({ type: 'Delayed', ms: 2000 })).to.include('sending in 2 s');
    expect(eventText({ ...back, extended: false })).to.include('in the meantime is missing');
  });

  it('says why there is no answer, and what was not done', () => {
    const why = ['NOT_OFFERED', 'NO_ANSWER', 'NOT_CONNECTED'] as const;
    const texts = why.map(why => eventText({ type: 'Unanswered', asked: 'search', why }));
    expect(new Set(texts).size).to.equal(3);
    const full = { type: 'OutboxFull', content: 'hi', unsent: 256 } as const;
    expect(eventText(full)).to.match(/^Not sent: "hi"\. 256 messages are not/);
    expect(eventText({ type: 'NothingMore' })).to.match(/^There is nothing more to show/);
    const refused = { type: 'NameRefused', username: 'carl' } as const;
    expect(eventText(refused)).to.equal('The name carl is taken. Choose another one.');
    expect(eventText({ ...refused, reason: 'Too long.' })).to.equal('Too long.');
  });
});

describe('time', () => {
  it('is told in the largest unit', () => {
    expect([0, 999, 1000, 59_000, 60_000, 7_200_000, 86_400_000].map(ago)).to.deep.equal([
      'just now',
      'just now',
      '1 second ago',
      '59 seconds ago',
      '1 minute ago',
      '2 hours ago',
      '1 day ago',
    ]);
    expect([0, 1000, 30_000].map(seconds)).to.deep.equal(['at once', 'in 1 s', 'in 30 s']);
  });

  it('is told whatever the server says', () => {
    expect(localTime(Number.MAX_SAFE_INTEGER)).to.equal('some time');
    expect(localTime(new Date(2026, 10, 22, 19, 0).getTime())).to.equal('2026-11-22 19:00');
  });
});
