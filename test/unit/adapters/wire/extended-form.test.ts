import { expect } from 'chai';
import { decodeResponse } from '../../../../src/adapters/wire/basic-form.js';
import {
  encodeExtendedSend,
  encodeJoin,
  encodePing,
  encodeRequest,
} from '../../../../src/adapters/wire/command-lines.js';
import {
  decodeCommand,
  ExtendedJoin,
  ExtendedSend,
  Join,
  Leave,
  Ping,
  Send,
} from '../../../../src/adapters/wire/commands.js';
import { MAX_REF_LENGTH } from '../../../../src/adapters/wire/constraints.js';
import {
  encodeAccepted,
  encodeAnswer,
  encodeChallenge,
  encodeClosing,
  encodePong,
  encodeRefused,
  encodeWelcome,
  extendedFormat,
} from '../../../../src/adapters/wire/extended-form.js';
import { extendedNotices } from '../../../../src/adapters/wire/notice.js';
import { ProtocolError } from '../../../../src/adapters/wire/protocol-error.js';
import { History, Search, Who } from '../../../../src/adapters/wire/questions.js';
import type { ChatResponse, Welcome } from '../../../../src/application/chat-response.js';
import { Refusal } from '../../../../src/domain/refusal.js';
import { escaped } from '../../../support/escaped.js';
import { Recording } from '../../../support/events.js';

const command = (line: string) => decodeCommand(Buffer.from(line.trimEnd()), 'extended');
const response = (line: string) => decodeResponse(Buffer.from(line.trimEnd()));

describe('a name that is taken', () => {
  it('is told with the absence of its user, where there is one', () => {
    const { refusal } = extendedNotices;
    const holder = { awayMs: 12_000, freeInMs: 48_000 };
    const memo = { username: 'carl', content: 'Sorry' };
    const taken = new Refusal('NAME_TAKEN');
    expect(response(refusal(taken, { username: 'carl' }))).to.deep.equal({ type: 'Duplicate', memo });
    expect(response(refusal(new Refusal('NAME_TAKEN', undefined, { holder }), memo))).to.deep.equal({
      ...{ type: 'Duplicate', memo, holder },
    });
    expect(response('{"Duplicate":{"username":"carl","content":"Sorry","awayMs":-1}}')).to.deep.equal({
      ...{ type: 'Duplicate', memo },
    });
    expect(response('{"Duplicate":7}').type).to.equal('Unknown');
  });
});

describe('the commands of the extended form', () => {
  it('are read back as a client writes them', () => {
    const full = { history: 5, resume: 'token', since: 7, epoch: 'e', attempt: 2 };
    expect(command(encodeJoin({ username: 'carl', extended: full })))
      .to.be.instanceOf(ExtendedJoin)
      .and.deep.include({ username: 'carl', ...full });
    expect(command(encodeExtendedSend({ content: 'hi' }, '7')))
      .to.be.instanceOf(ExtendedSend)
      .and.deep.include({ content: 'hi', ref: '7' });
    expect(command('{"Leave":"carl"}')).to.be.instanceOf(Leave);
    expect(command(encodePing(3)))
      .to.be.instanceOf(Ping)
      .and.include({ id: 3 });
    expect(command(encodeRequest('w', { type: 'who' })))
      .to.be.instanceOf(Who)
      .and.include({ ref: 'w' });
    expect(command(encodeRequest('h', { type: 'history', limit: 20, before: 100 })))
      .to.be.instanceOf(History)
      .and.include({ ref: 'h', limit: 20, before: 100 });
    const query = { words: 'keys', from: 'carl', since: 1, until: 2, limit: 3 };
    expect(command(encodeRequest('s', { type: 'search', ...query })))
      .to.be.instanceOf(Search)
      .and.include({ ref: 's', ...query });
  });

  it('are chosen by an object in Join, with nothing in it but a name, in either form', () => {
    for (const form of ['basic', 'extended'] as const) {
      expect(decodeCommand(Buffer.from('{"Join":{"username":"carl"}}'), form)).to.be.instanceOf(ExtendedJoin);
      expect(decodeCommand(Buffer.from('{"Join":"carl"}'), form))
        .to.be.instanceOf(Join)
        .and.not.instanceOf(ExtendedJoin);
    }
  });

  it('do not exist in the basic form', () => {
    for (const line of [
      encodePing(1),
      encodeRequest('w', { type: 'who' }),
      encodeRequest('h', { type: 'history', limit: 1 }),
    ]) {
      expect(() => decodeCommand(Buffer.from(line)))
        .to.throw(ProtocolError)
        .with.property('code', 'UNKNOWN_COMMAND');
    }
  });

  it('take null for absent, and no ref that is not text', () => {
    expect(command('{"Send":{"content":"hi","ref":null,"username":null}}').constructor.name).to.equal(
      'ExtendedSend',
    );
    expect(command('{"Send":{"content":"hi","ref":null}}')).to.have.property('ref', undefined);
    expect(command('{"Search":{"words":null,"limit":null}}')).to.include({
      words: undefined,
      limit: undefined,
    });
    expect(() => command('{"Send":{"content":null}}')).to.throw(ProtocolError);
    expect(() => command('{"Send":{"content":"hi","ref":"\\ud800"}}')).to.throw(ProtocolError);
  });

  it('leave a ref away, or a name, as they like', () => {
    expect(command('{"Send":{"content":"hi"}}')).to.deep.equal(
      Object.assign(new ExtendedSend(), { content: 'hi' }),
    );
    expect(command('{"Send":{"content":"hi","username":"carl"}}')).to.include({ username: 'carl' });
    expect(command('{"Who":{}}')).to.be.instanceOf(Who);
  });

  const bad = [
    '{"Join":{}}',
    '{"Join":{"username":"a","since":-1}}',
    '{"Join":{"username":"a","since":1.5}}',
    '{"Join":{"username":"a","history":"20"}}',
    '{"Join":{"username":"a","resume":7}}',
    '{"Send":{"content":7}}',
    '{"Send":{"content":"hi","ref":7}}',
    `{"Send":{"content":"hi","ref":"${'x'.repeat(MAX_REF_LENGTH + 1)}"}}`,
    '{"Ping":"1"}',
    '{"Ping":-1}',
    '{"Ping":1e300}',
    '{"History":{"limit":-1}}',
    '{"Search":{"words":["a"]}}',
    '{"Search":null}',
    '{"Who":7}',
  ];
  for (const line of bad) {
    it(`are not ${escaped(line.slice(0, 50))}`, () => {
      expect(() => command(line))
        .to.throw(ProtocolError)
        .with.property('code', 'BAD_COMMAND');
    });
  }

  it('take a shortcut only where it leads to the same', () => {
    const ref = 'x'.repeat(MAX_REF_LENGTH);
    expect(command(`{"Send":{"content":"hi","ref":"${ref}"}}`)).to.include({ ref });
    expect(decodeCommand(Buffer.from('{"Send":{"username":"a","content":"b"}}'))).to.be.instanceOf(Send);
  });
});

describe('the responses of the extended form', () => {
  const recording = new Recording();

  it('tell every event with its place, time and kind', () => {
    const [joined, sent, left] = [
      recording.joined(1, 'david'),
      recording.sent(1, 'david', 'Hello', 'r'),
      recording.left(1, 'david'),
    ];
    const who = { username: 'david' };
    expect([joined, sent, left].map(event => response(extendedFormat.encode(event)))).to.deep.equal([
      { type: 'Broadcast', memo: { ...who, content: 'Joined', seq: 1, at: joined.at, kind: 'joined' } },
      { type: 'Broadcast', memo: { ...who, content: 'Hello', seq: 2, at: sent.at, kind: 'message' } },
      { type: 'Broadcast', memo: { ...who, content: 'Left', seq: 3, at: left.at, kind: 'left' } },
    ]);
  });

  it('tell an author that a message with a ref was accepted, and nothing of the rest', () => {
    const sent = recording.sent(1, 'david', 'Hello', '"r"');
    expect(response(extendedFormat.encodeForAuthor(sent))).to.deep.equal({
      type: 'Accepted',
      ref: '"r"',
      seq: sent.seq,
      at: sent.at,
    });
    expect(extendedFormat.encodeForAuthor(recording.sent(1, 'david', 'Hello'))).to.equal('');
    expect(extendedFormat.encodeForAuthor(recording.joined(1, 'david'))).to.equal('');
  });

  it('are read back by a client as a server writes them', () => {
    const welcome: Welcome = {
      resume: 't',
      epoch: 'e',
      seq: 7,
      head: 9,
      resumed: true,
      gap: { from: 1, to: 3 },
      users: ['carl'],
      count: 1,
      graceMs: 60_000,
      silenceMs: 45_000,
      maxMessageBytes: 4096,
    };
    const memo = { username: 'carl', content: 'Hi' };
    expect(response(encodeWelcome('carl', 'Hi', welcome))).to.deep.equal({ type: 'Joined', memo, welcome });
    const { gap, ...whole } = welcome;
    expect(response(encodeWelcome('carl', 'Hi', whole))).to.deep.equal({
      type: 'Joined',
      memo,
      welcome: whole,
    });
    for (const more of [{ gap: { from: 4 } }, { topic: 'tea' }])
      expect(response(encodeWelcome('carl', 'Hi', { ...whole, ...more }))).to.deep.equal({
        type: 'Joined',
        memo,
        welcome: { ...whole, ...more },
      });
    expect(response(encodeAccepted('r', 1, 2))).to.deep.equal({ type: 'Accepted', ref: 'r', seq: 1, at: 2 });
    const refused = { code: 'C', content: 'no' };
    expect(response(encodeRefused({ ref: 'r', ...refused }))).to.deep.equal({
      type: 'Refused',
      ref: 'r',
      ...refused,
    });
    for (const some of [refused, { ...refused, retryAfterMs: 1500 }])
      expect(response(encodeRefused(some))).to.deep.equal({ type: 'Refused', ...some });
    expect(response(encodeClosing({ ...refused, seq: 9 }))).to.deep.equal({
      type: 'Closing',
      content: 'no',
      seq: 9,
    });
    expect(response(encodePong(4))).to.deep.equal({ type: 'Pong', id: 4 });
    const proven = { ...recording.sent(1, 'carl', 'hi'), verified: true } as const;
    expect(response(extendedFormat.encode(proven))).to.have.nested.property('memo.verified', true);
    const challenge = { nonce: 'n', server: 's' };
    expect(response(encodeChallenge(challenge))).to.deep.equal({ type: 'Challenge', ...challenge });
    const keys = { type: 'Keys', username: 'carl', keys: ['a', 'b'], own: 'a' } as const;
    expect(response(encodeAnswer('k', keys))).to.deep.equal({ ...keys, ref: 'k', done: true });
    const users = { type: 'Users', users: ['carl', 'amy'], away: new Set<string>() } as const;
    expect(response(encodeAnswer('w', { ...users, verified: new Set(['amy']) }))).to.deep.include({
      verified: ['amy'],
    });
    expect(response(encodeAnswer('w', users))).to.not.have.property('verified');
  });

  it('list users in lines of a bounded length', () => {
    const names = Array.from({ length: 450 }, (_, n) => `user${n}`);
    const lines = encodeAnswer('w', { type: 'Users', users: names, away: new Set(['user449']) })
      .trimEnd()
      .split('\n')
      .map(response);
    const pages = lines.flatMap(line => (line.type === 'Users' ? [line] : []));
    expect(pages.map(({ users }) => users.length)).to.deep.equal([200, 200, 50]);
    expect(pages.map(({ done }) => done)).to.deep.equal([false, false, true]);
    expect(pages.flatMap(({ users }) => users)).to.deep.equal(names);
    expect(pages.flatMap(({ away }) => away)).to.deep.equal(['user449']);
    expect(response(encodeAnswer(undefined, { type: 'Users', users: [], away: new Set() }))).to.deep.equal({
      type: 'Users',
      users: [],
      away: [],
      done: true,
    });
  });

  it('carry memos in lines of a bounded length', () => {
    const events = Array.from({ length: 40 }, () => recording.sent(1, 'carl', '"'.repeat(2000)));
    const lines = encodeAnswer('h', { type: 'History', messages: events }).trimEnd().split('\n');
    expect(lines.length).to.be.above(4);
    for (const line of lines) expect(line.length).to.be.below(40_000);
    const pages = lines.map(response).flatMap(line => (line.type === 'History' ? [line] : []));
    expect(pages.flatMap(({ memos }) => memos.map(({ seq }) => seq))).to.deep.equal(
      events.map(({ seq }) => seq),
    );
    expect(pages.map(({ done }) => done)).to.deep.equal(lines.map((_, index) => index === lines.length - 1));
    expect(response(encodeAnswer(undefined, { type: 'Found', messages: [] }))).to.deep.equal({
      type: 'Found',
      memos: [],
      done: true,
    });
  });

  it('leave out of an answer what would be too much, the oldest', () => {
    const events = Array.from({ length: 200 }, () => recording.sent(1, 'carl', 'x'.repeat(4000)));
    const seqs = (type: 'History' | 'Found', of: typeof events) =>
      encodeAnswer('h', { type, messages: of })
        .trimEnd()
        .split('\n')
        .map(response)
        .flatMap(line => (line.type === type ? line.memos.map(({ seq }) => seq) : []));
    const history = seqs('History', events);
    expect(history).to.have.length.within(60, 66);
    expect(history.at(-1)).to.equal(events.at(-1)?.seq);
    const found = seqs('Found', events.toReversed());
    expect(found).to.deep.equal(history.toReversed());
  });

  it('say why not, and why they end, with a code', () => {
    const { refusal, end } = extendedNotices;
    expect(response(refusal(new Refusal('NAME_TAKEN'), { username: 'carl' })).type).to.equal('Duplicate');
    expect(response(refusal(new Refusal('NAME_TAKEN'), {})).type).to.equal('Duplicate');
    expect(response(refusal(new Refusal('MESSAGE_EMPTY'), { ref: 'r' }))).to.deep.include({
      type: 'Refused',
      ref: 'r',
      code: 'MESSAGE_EMPTY',
    });
    expect(response(end('STOPPING', 12))).to.deep.include({
      type: 'Closing',
      end: 'SERVER_STOPPING',
      seq: 12,
    });
  });

  const broken = [
    '{"Joined":7}',
    '{"Accepted":7}',
    '{"Accepted":{"ref":"r","seq":"1","at":1}}',
    '{"Refused":7}',
    '{"Refused":{"code":"C"}}',
    '{"Closing":7}',
    '{"Closing":{"code":"C","content":"c","seq":-1}}',
    '{"Pong":"1"}',
    '{"Delayed":7}',
    '{"Delayed":{"ms":"1"}}',
    '{"Users":7}',
    '{"Users":{"users":[1],"away":[],"done":true}}',
    '{"Challenge":7}',
    '{"Challenge":{"nonce":"n"}}',
    '{"Challenge":{"nonce":1,"server":"s"}}',
    '{"Keys":7}',
    '{"Keys":{"username":"a","keys":[],"done":true}}',
    '{"Keys":{"username":1,"keys":[],"own":"o","done":true}}',
    '{"Keys":{"username":"a","keys":[1],"own":"o","done":true}}',
    '{"Keys":{"username":"a","keys":[],"own":"o"}}',
    '{"History":7}',
    '{"History":{"memos":[],"done":1}}',
    '{"Found":{"memos":[{"username":"a"}],"done":true}}',
    '{"toString":{}}',
  ];
  for (const line of broken) {
    it(`leave a client unharmed by ${line}`, () => {
      expect(response(line)).to.deep.equal({ type: 'Unknown', text: line });
    });
  }

  it('are taken for a basic welcome where something is missing', () => {
    const whole = {
      username: 'a',
      content: 'b',
      resume: 't',
      epoch: 'e',
      seq: 1,
      head: 1,
      resumed: false,
      users: [],
      count: 0,
      graceMs: 1,
      silenceMs: 1,
      maxMessageBytes: 1,
    };
    const decode = (welcome: object) =>
      response(JSON.stringify({ Joined: welcome })) as ChatResponse & { type: 'Joined' };
    expect(decode(whole)).to.have.property('welcome');
    for (const [member, wrong] of Object.entries({
      resume: 1,
      epoch: 1,
      seq: 'x',
      head: 'x',
      resumed: 0,
      users: [1],
      count: -1,
      graceMs: 'x',
      silenceMs: 'x',
      maxMessageBytes: 'x',
    })) {
      expect(decode({ ...whole, [member]: wrong }), member).to.not.have.property('welcome');
    }
    expect(decode({ ...whole, gap: 7 }).welcome).to.not.have.property('gap');
  });
});
