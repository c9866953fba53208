import { expect } from 'chai';
import { readScriptLine } from '../../../../src/adapters/terminal/script-line.js';
import { replyToTyped } from '../../../../src/adapters/terminal/view-replies.js';
import { parseDuration } from '../../../../src/adapters/view/duration.js';
import { eventText } from '../../../../src/adapters/view/event-text.js';
import { measuresText, moderatedText } from '../../../../src/adapters/view/moderation-text.js';
import { readTyped } from '../../../../src/adapters/view/slash-commands.js';
import { localTime } from '../../../../src/adapters/view/time.js';
import type { ListedMeasure } from '../../../../src/application/moderation-request.js';

const DAY = 86_400_000;

describe('the commands of operators', () => {
  const requests: [line: string, request: object][] = [
    ['/kick david', { action: 'kick', target: 'david' }],
    ['/kick david  calm down, please', { action: 'kick', target: 'david', reason: 'calm down, please' }],
    ['/ban david', { action: 'ban', target: 'david' }],
    ['/ban david 1d', { action: 'ban', target: 'david', ms: DAY }],
    [
      '/ban 192.0.2.0/24 1d12h spam and more',
      { action: 'ban', target: '192.0.2.0/24', ms: 1.5 * DAY, reason: 'spam and more' },
    ],
    ['/ban david 2day', { action: 'ban', target: 'david', reason: '2day' }],
    ['/mute david 10m', { action: 'mute', target: 'david', ms: 600_000 }],
    ['/unmute david', { action: 'unmute', target: 'david' }],
    ['/unban #3', { action: 'unban', target: '#3' }],
    ['/slow 10s', { action: 'slow', ms: 10_000 }],
    ['/slow off', { action: 'slow', ms: 0 }],
    ['/topic', { action: 'topic' }],
    ['/topic tea and cake', { action: 'topic', topic: 'tea and cake' }],
    ['/topic none', { action: 'topic', topic: '' }],
    ['/delete david', { action: 'delete', target: 'david' }],
    ['/operator david', { action: 'operator', target: 'david' }],
    [`/operator ${'aB-_'.repeat(6)}`, { action: 'operator', token: 'aB-_'.repeat(6) }],
    ['/dismiss david', { action: 'dismiss', target: 'david' }],
  ];
  for (const [line, request] of requests)
    it(`reads ${line}, and the same in a script`, () => {
      const meant = { type: 'request', request: { type: 'moderate', ...request } };
      expect(readTyped(line)).to.deep.equal(meant);
      expect(readScriptLine(line.slice(1))).to.deep.equal(meant);
    });

  it('reads the others', () => {
    expect(readTyped('/bans')).to.deep.equal({ type: 'request', request: { type: 'bans' } });
    expect(readTyped('/delete #2')).to.deep.equal({ type: 'deleteHit', which: 2 });
  });

  for (const line of [
    '/kick',
    '/ban',
    '/mute',
    '/unban',
    '/unmute',
    '/delete',
    '/operator',
    '/dismiss',
    '/slow',
    '/slow soon',
    '/bans all',
  ])
    it(`says what is wrong with ${line}`, () => {
      const read = readTyped(line);
      if (read.type !== 'wrong') throw new Error(read.type);
      expect(replyToTyped(read)).to.match(
        /^(?:Say who is meant: \/help|A time is missing|soon is no time|\/bans stands alone)/,
      );
    });

  it('have a help of their own', () => {
    const all = replyToTyped({ type: 'help', topic: '' });
    expect(all).to.include('/help operators').and.not.include('/kick');
    expect(replyToTyped({ type: 'help', topic: 'operators' })).to.include('/kick <name> [reason]');
    expect(replyToTyped({ type: 'help', topic: 'ban' })).to.include('A time is 30s, 10m');
  });

  it('take times as people write them', () => {
    const times: [text: string, ms: number | undefined][] = [
      ['30s', 30_000],
      ['10M', 600_000],
      ['1h30m', 5_400_000],
      ['2w', 14 * DAY],
      ['10', undefined],
      ['m', undefined],
      ['1y', undefined],
      ['', undefined],
      ['9999999s', undefined],
    ];
    for (const [text, ms] of times) expect(parseDuration(text), text).to.equal(ms);
  });
});

describe('what operators are told', () => {
  const at = Date.UTC(2026, 10, 30);
  const said: [result: Parameters<typeof moderatedText>[0], text: string][] = [
    [
      { action: 'kick', targets: ['david'], from: ['192.0.2.7', '2001:db8::/64'] },
      'Kicked: david. They can come back in a minute. They came from 192.0.2.7, 2001:db8::/64.',
    ],
    [{ action: 'kick', targets: ['david'] }, 'Kicked: david. They can come back in a minute.'],
    [
      { action: 'ban', targets: ['david'], until: at, ended: 2 },
      `Banned until ${localTime(at)}: david. 2 went.`,
    ],
    [
      { action: 'ban', targets: ['a', 'b'], ended: 0 },
      'Banned until you lift it: a, b. None of them was here.',
    ],
    [{ action: 'mute', targets: ['david'] }, 'Muted until you lift it: david.'],
    [{ action: 'unban', targets: ['david'] }, 'Lifted: david.'],
    [{ action: 'unmute', targets: ['david'] }, 'Lifted: david.'],
    [{ action: 'slow', targets: [], ms: 1500 }, 'Slow mode is on: one message each every 1.5 s.'],
    [{ action: 'slow', targets: [] }, 'Slow mode is off.'],
    [{ action: 'topic', targets: [], topic: 'tea' }, 'The topic is: tea'],
    [{ action: 'topic', targets: [], topic: '' }, 'The room has no topic.'],
    [{ action: 'topic', targets: [] }, 'The topic is changed.'],
    [{ action: 'delete', targets: ['david'] }, 'Deleted: a message of david.'],
    [{ action: 'operator', targets: ['da\u001bvid'] }, 'da<U+001B>vid is an operator.'],
    [{ action: 'dismiss', targets: ['david'] }, 'david is an operator no more.'],
  ];
  for (const [result, text] of said)
    it(`of ${JSON.stringify(result)}`, () => {
      expect(moderatedText(result)).to.equal(text);
    });

  it('once, where everybody is told', () => {
    expect(eventText({ type: 'Moderated', action: 'slow', targets: [], ms: 1 })).to.equal(undefined);
    expect(eventText({ type: 'Moderated', action: 'topic', targets: [] })).to.equal(undefined);
    expect(eventText({ type: 'Moderated', action: 'topic', targets: [], topic: 'tea' })).to.include('tea');
  });

  it('of what is in force', () => {
    expect(measuresText({ measures: [], count: 0 })).to.equal('Nobody is banned or muted.');
    const measures: ListedMeasure[] = [
      {
        ...{ id: 3, kind: 'ban', targets: ['david', '192.0.2.1'], by: 'anna', at },
        until: at,
        reason: 'spam',
      } as const,
      { id: 4, kind: 'mute', targets: ['erin'], by: 'chatty', at } as const,
    ];
    const day = localTime(at);
    expect(measuresText({ measures, count: 5 }).split('\n')).to.deep.equal([
      '3 older ones, and:',
      `#3 david, 192.0.2.1 banned by anna on ${day} until ${day}: spam`,
      `#4 erin muted by chatty on ${day}`,
    ]);
  });
});
