import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { expect } from 'chai';
import sinon from 'sinon';
import { SharedFrames, textFrame } from '../../../../src/adapters/web/frames.js';
import { WebSocketChannel } from '../../../../src/adapters/web/web-socket-channel.js';
import { StreamChannel } from '../../../../src/adapters/wire/listen/stream-channel.js';
import { masked } from '../../../support/masked-frame.js';
import { socketLine } from '../../../support/streams.js';
import { until } from '../../../support/until.js';

const TEXT = 0x1;
const BINARY = 0x2;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;

describe('WebSocketChannel', () => {
  let near: Duplex;
  let far: Duplex;
  let channel: WebSocketChannel;
  let received: string;
  let events: string[];
  /** What the client reads, frames and all. */
  let answered: Buffer;

  beforeEach(async () => {
    [near, far] = await socketLine();
    channel = new WebSocketChannel(
      new StreamChannel(near, '192.0.2.1'),
      'https://chat.example.org',
      100,
      new SharedFrames(),
    );
    received = '';
    events = [];
    answered = Buffer.alloc(0);
    channel.listen({
      onData: chunk => {
        received += chunk;
      },
      onRefused: reason => events.push(reason),
      onError: error => events.push(String(error.code)),
      onEnd: () => events.push('end'),
    });
    far.on('error', () => {});
    far.on('data', (chunk: Buffer) => {
      answered = Buffer.concat([answered, chunk]);
    });
  });
  afterEach(() => {
    sinon.restore();
    near.destroy();
    far.destroy();
  });

  const answer = (...bytes: (number | string)[]) =>
    Buffer.concat(bytes.map(part => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))));
  const isAnswered = (expected: Buffer) => until(() => answered.equals(expected));

  it('knows where it comes from, and what the client calls the server', () => {
    expect(channel).to.include({
      ...{ address: '192.0.2.1', server: 'https://chat.example.org', isDown: false, isEncrypted: false },
    });
  });

  it('hears whole lines, however frames and fragments cut them', async () => {
    far.write(masked(TEXT, 'one\ntwo\n'));
    far.write(masked(TEXT, 'thr', { isLast: false }));
    far.write(masked(PING, ''));
    far.write(masked(0, 'ee', { isLast: false }));
    far.write(masked(0, '\n'));
    await until(() => received.endsWith('three\n'));
    // The ping is blank lines between messages, never within one.
    expect(received).to.match(/^one\ntwo\n\n+three\n$/);
  });

  it('hears frames that come byte by byte', async () => {
    for (const byte of masked(TEXT, 'slowly\n')) {
      far.write(Buffer.of(byte));
      await new Promise(resolve => setImmediate(resolve));
    }
    await until(() => received === 'slowly\n');
  });

  it('ends the last line of a message where the client does not, and takes an empty one for blank lines', async () => {
    far.write(Buffer.concat([masked(TEXT, 'one'), masked(TEXT, ''), masked(TEXT, 'two\n')]));
    await until(() => received.endsWith('two\n'));
    expect(received).to.match(/^one\n\n+two\n$/);
  });

  it('hears a line of the longest kind, and refuses one that is longer as one that is too long', async () => {
    far.write(masked(TEXT, `${'x'.repeat(100)}\n`));
    await until(() => received.length === 101);
    far.write(masked(TEXT, `${'x'.repeat(101)}\n`));
    await until(() => events.length === 1);
    far.write(masked(TEXT, 'after\n'));
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(events).to.deep.equal(['LINE_TOO_LONG']);
    expect(received).to.have.length(101);
    channel.end('too long\n', 1000, 'LINE_TOO_LONG');
    await isAnswered(answer(0x81, 9, 'too long\n', 0x88, 2, 0x03, 0xf1));
  });

  it('refuses as too long what says that it is, before it has come', async () => {
    far.write(Buffer.from('81ff7fffffffffffffff', 'hex'));
    await until(() => events.length === 1);
    expect(events).to.deep.equal(['LINE_TOO_LONG']);
  });

  const invalid: [what: string, frame: Buffer, code: number][] = [
    ['a binary message', masked(BINARY, 'x'), 1003],
    ['a frame that is not masked', textFrame('hi\n'), 1002],
    ['a frame of no kind', masked(0x3, 'x'), 1002],
    ['a bit that nothing was agreed on for', masked(TEXT, 'x', { bits: 0x40 }), 1002],
    ['a fragment of nothing', masked(0, 'x'), 1002],
    ['a ping in fragments', masked(PING, 'x', { isLast: false }), 1002],
    ['a ping that is too long', masked(PING, 'x'.repeat(126)), 1002],
    [
      'a message in very many pieces',
      Buffer.concat(Array.from({ length: 300 }, (_, n) => masked(n > 0 ? 0 : TEXT, '', { isLast: false }))),
      1008,
    ],
    ['a close with no code that there is', masked(CLOSE, Buffer.of(0x03)), 1002],
  ];
  for (const [what, frame, code] of invalid)
    it(`ends for ${what}, and says so by its code`, async () => {
      far.write(frame);
      await until(() => events.includes('end'));
      expect(events).to.have.length(2);
      expect(events[0]).to.match(/^(WS_ERR_|NOT_TEXT)/);
      channel.end(undefined, 1000, 'LEFT');
      await isAnswered(answer(0x88, 2, code >> 8, code & 0xff));
      expect(received).to.equal('');
    });

  it('answers a ping, and counts it as blank lines, as an answer that nobody asked for', async () => {
    far.write(Buffer.concat([masked(PING, 'are you there?'), masked(PONG, 'yes')]));
    await isAnswered(answer(0x8a, 14, 'are you there?'));
    expect(received).to.equal('\n'.repeat(12));
  });

  it('answers the last of many pings that have come together', async () => {
    near.emit('data', Buffer.concat(['one', 'two', 'three'].map(text => masked(PING, text))));
    await isAnswered(answer(0x8a, 5, 'three'));
  });

  it('answers no ping of who does not read', async () => {
    far.pause();
    while (channel.backlog === 0) {
      channel.write('x'.repeat(1024 * 1024));
      await new Promise(resolve => setImmediate(resolve));
    }
    const before = channel.backlog;
    far.write(Buffer.concat(Array.from({ length: 1000 }, () => masked(PING, 'hi'))));
    await until(() => received.length === 6000);
    expect(channel.backlog).to.be.at.most(before);
  });

  it('says that the client has closed', async () => {
    far.write(masked(CLOSE, Buffer.of(0x03, 0xe8)));
    await until(() => events.length === 1);
    expect(events).to.deep.equal(['end']);
  });

  it('writes what it is handed as one message each: text, bytes, and pieces', async () => {
    channel.write('a\n');
    channel.write(Buffer.from('b\n'));
    channel.writeAll(['c\n', 'd\n', 'e\n'].map(text => Buffer.from(text)));
    await isAnswered(answer(0x81, 2, 'a\n', 0x81, 2, 'b\n', 0x81, 6, 'c\nd\ne\n'));
  });

  it('hands many pieces to the system in one write', async () => {
    await new Promise(resolve => setImmediate(resolve));
    const writev = sinon.spy(near, '_writev' as never) as unknown as sinon.SinonSpy;
    channel.writeAll(['c\n', 'd\n'].map(text => Buffer.from(text)));
    expect(writev.callCount).to.equal(1);
  });

  it('counts what is held in this process, and tells when it is taken', async () => {
    far.pause();
    while (channel.backlog === 0) {
      channel.write(Buffer.alloc(1024 * 1024, 'x'));
      await new Promise(resolve => setImmediate(resolve));
    }
    let taken = 0;
    channel.whenTaken(() => taken++);
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(taken).to.equal(0);
    far.resume();
    await until(() => taken === 1);
    expect(channel.backlog).to.equal(0);
  });

  const ends: [reason: Parameters<WebSocketChannel['end']>[2], code: number][] = [
    ['LEFT', 1000],
    ['STOPPING', 1001],
    ['TOO_SLOW', 1008],
    ['BANNED', 1008],
    ['NOT_JSON', 1008],
    ['LINE_TOO_LONG', 1009],
    ['FAULT', 1011],
    ['TOO_MANY_CONNECTIONS', 1013],
    [undefined, 1008],
  ];
  for (const [reason, code] of ends)
    it(`closes with ${code} at ${reason ?? 'an end without a reason'}, after the last words`, async () => {
      channel.write('before\n');
      channel.end('bye\n', 1000, reason);
      await once(far, 'end');
      expect(answered).to.deep.equal(
        answer(0x81, 7, 'before\n', 0x81, 4, 'bye\n', 0x88, 2, code >> 8, code & 0xff),
      );
      await channel.closed();
      expect(channel.isDown).to.equal(true);
    });

  it('cuts who does not read the last words in time', async () => {
    far.pause();
    while (channel.backlog === 0) {
      channel.write('x'.repeat(1024 * 1024));
      await new Promise(resolve => setImmediate(resolve));
    }
    channel.end('bye\n', 50, 'TOO_SLOW');
    channel.end('again\n', 50, 'LEFT');
    await channel.closed();
    expect(channel.isDown).to.equal(true);
  });

  it('ends when the line does', async () => {
    far.destroy();
    await until(() => events.includes('end'));
    channel.end('late\n', 1000, 'LEFT');
    await channel.closed();
  });

  it('reads nothing while it is paused', async () => {
    channel.pause();
    far.write(masked(TEXT, 'hello\n'));
    await new Promise(resolve => setTimeout(resolve, 30));
    expect(received).to.equal('');
    channel.resume();
    await until(() => received === 'hello\n');
  });

  it('reads frames without lines no faster than a chunk in a turn, and stays paused where it is', async () => {
    const pause = sinon.spy(near, 'pause');
    const empty = masked(TEXT, '');
    near.emit('data', Buffer.concat(Array.from({ length: 11_000 }, () => empty)));
    expect(received).to.have.length(66_000);
    expect(pause.callCount).to.equal(1);
    channel.pause();
    await new Promise(resolve => setTimeout(resolve, 10));
    expect(near.isPaused()).to.equal(true);
    channel.resume();
    expect(near.isPaused()).to.equal(false);
  });
});
