import { expect } from 'chai';
import fc from 'fast-check';
import {
  basicFormat,
  decodeResponse,
  encodeBroadcast,
  encodeDuplicate,
  encodeJoined,
} from '../../../../src/adapters/wire/basic-form.js';
import {
  basicNotices,
  encodeNotice,
  isStopping,
  NOTICE_CODES,
  noticeText,
} from '../../../../src/adapters/wire/notice.js';
import { Refusal } from '../../../../src/domain/refusal.js';
import { escaped } from '../../../support/escaped.js';
import { Recording } from '../../../support/events.js';

const decode = (line: string) => decodeResponse(Buffer.from(line));

describe('the responses of the basic form', () => {
  it('are, byte for byte, those of the original', () => {
    expect(encodeJoined('carl')).to.equal('{"Joined":{"username":"carl","content":"Warm Welcome"}}\n');
    expect(encodeDuplicate('carl')).to.equal('{"Duplicate":{"username":"carl","content":"Sorry"}}\n');
    expect(encodeBroadcast('carl', 'é"\\\t')).to.equal(
      '{"Broadcast":{"username":"carl","content":"é\\"\\\\\\t"}}\n',
    );
  });

  it('tell every event as a Broadcast', () => {
    const recording = new Recording();
    const events = [
      recording.joined(1, 'david'),
      recording.sent(1, 'david', 'Hello', '7'),
      recording.left(1, 'david'),
    ];
    expect(events.map(event => basicFormat.encodeForAuthor(event)).join('')).to.equal('');
    expect(events.map(event => basicFormat.encode(event))).to.deep.equal([
      '{"Broadcast":{"username":"david","content":"Joined"}}\n',
      '{"Broadcast":{"username":"david","content":"Hello"}}\n',
      '{"Broadcast":{"username":"david","content":"Left"}}\n',
    ]);
  });

  it('are read back by a client, whatever the text', () => {
    const text = fc.string({ unit: 'binary' }).filter(text => text.isWellFormed());
    fc.assert(
      fc.property(text, text, (username, content) => {
        const memo = { username, content };
        expect(decode(encodeBroadcast(username, content).trimEnd())).to.deep.equal({
          type: 'Broadcast',
          memo,
        });
      }),
    );
    expect(decode(encodeJoined('a'))).to.deep.include({ type: 'Joined' });
    expect(decode(encodeDuplicate('a'))).to.deep.include({ type: 'Duplicate' });
  });

  const unknown = [
    ...['', 'HTTP/1.1 400 Bad Request', 'null', '1', '[]', '{}', '{"Joined":null}', '{"Joined":"carl"}'],
    ...[
      '{"Broadcast":{"username":"a"}}',
      '{"Broadcast":{"username":1,"content":"a"}}',
      '{"Rooms":["a"]}',
      '{"Joined":[',
    ],
  ];
  for (const line of unknown) {
    it(`leave a client unharmed by ${escaped(line)}`, () => {
      expect(decode(line)).to.deep.equal({ type: 'Unknown', text: line });
    });
  }

  it('never make a client throw, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
        expect(decodeResponse(Buffer.from(bytes)).type).to.equal('Unknown');
      }),
    );
  });
});

describe('a notice', () => {
  it('is a Broadcast from the server, for every code, and one line', () => {
    for (const code of NOTICE_CODES) {
      const line = encodeNotice(code, { limit: 4, actual: 7 });
      expect(decode(line)).to.deep.equal({
        type: 'Broadcast',
        memo: { username: 'chatty', content: noticeText(code, { limit: 4, actual: 7 }) },
      });
    }
  });

  it('gives nothing that is larger than it may be', () => {
    const of = (type: string, body: object) => decode(JSON.stringify({ [type]: body }));
    const long = 'x'.repeat(100_000);
    const memo = { username: long, content: long };
    expect(of('Broadcast', memo)).to.deep.equal({
      type: 'Broadcast',
      memo: { username: `${'x'.repeat(256)}…`, content: `${'x'.repeat(65_536)}…` },
    });
    expect(of('Refused', { ref: long, code: 'NO', content: long })).to.deep.equal({
      type: 'Refused',
      code: 'NO',
      content: `${'x'.repeat(1000)}…`,
    });
    expect(of('Accepted', { ref: long, seq: 1, at: 1 })).to.include({ type: 'Unknown' });
    const users = of('Users', { users: Array(5000).fill('a'), away: [], done: true });
    expect(users).to.have.property('users').with.length(1000);
    expect(decode('{"Delayed":{"ms":-0}}')).to.deep.equal({ type: 'Delayed', ms: 0 });
    const unknown = of('Rooms', { name: long });
    expect(unknown).to.have.property('text').with.length(4097);
    expect(of('History', { memos: [{ ...memo, seq: [[[[]]]] }], done: true }))
      .to.have.property('memos')
      .with.length(1);
  });

  it('knows nothing of what is no object of responses', () => {
    for (const line of [
      '[{"Pong":1}]',
      '"Pong"',
      'null',
      '{}',
      '{"__proto__":{"username":"x","content":"y"}}',
    ])
      expect(decode(line)).to.deep.equal({ type: 'Unknown', text: line });
    expect(decode('{"Broadcast":{"__proto__":{"username":"x","content":"y"}}}').type).to.equal('Unknown');
  });

  it('names limit and measure where there are any', () => {
    expect(noticeText('MESSAGE_TOO_LONG', { limit: 4096, actual: 5000 }))
      .to.include('4096')
      .and.include('5000');
    expect(noticeText('NAME_TOO_LONG', { limit: 32, actual: 33 }))
      .to.include('32')
      .and.include('33');
  });

  it('names whom a name can be taken for, and whether that is somebody', () => {
    const { refusal } = basicNotices;
    const of = (resembled: string) => refusal(new Refusal('NAME_RESEMBLES', undefined, { resembled }), {});
    expect(of('carl')).to.include('taken for carl, which is the name of somebody else.');
    expect(of('admin')).to.include('taken for admin, which is reserved.');
  });

  it('answers a refusal, but for a taken name, which is a Duplicate', () => {
    const { refusal } = basicNotices;
    expect(refusal(new Refusal('NAME_TAKEN'), { username: 'carl' })).to.equal(encodeDuplicate('carl'));
    expect(refusal(new Refusal('NOT_JOINED'), {})).to.equal(encodeNotice('NOT_JOINED'));
  });

  it('of stopping is known from everything else', () => {
    const content = noticeText('STOPPING');
    expect(isStopping({ username: 'chatty', content })).to.equal(true);
    expect(isStopping({ username: 'mallory', content })).to.equal(false);
    expect(isStopping({ username: 'chatty', content: noticeText('TOO_SLOW') })).to.equal(false);
  });
});
