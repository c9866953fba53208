import { expect } from 'chai';
import sinon from 'sinon';
import { type Socket, SocketBytes } from '../../../../src/adapters/browser/socket-bytes.js';

/** A WebSocket as a test wants it. */
class FakeSocket implements Socket {
  readyState = 1;
  bufferedAmount = 0;
  readonly sent: string[] = [];
  readonly #listeners: Record<string, (event: { data: unknown }) => void> = {};

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.readyState = 2;
  }

  addEventListener(type: string, listener: (event: { data: unknown }) => void): void {
    this.#listeners[type] = listener;
  }

  says(data: unknown): void {
    this.#listeners.message?.({ data });
  }

  closes(): void {
    this.readyState = 3;
    this.#listeners.close?.({ data: undefined });
  }
}

describe('SocketBytes', () => {
  let clock: sinon.SinonFakeTimers;
  let socket: FakeSocket;
  let stream: SocketBytes;
  let events: string[];

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    socket = new FakeSocket();
    stream = new SocketBytes(socket);
    events = [];
    stream.on('data', (chunk: Uint8Array) => events.push(new TextDecoder().decode(chunk)));
    stream.on('error', () => events.push('error'));
    for (const type of ['drain', 'close', 'end'] as const) stream.on(type, () => events.push(type));
    stream.once('finish', () => events.push('finish'));
  });
  afterEach(() => clock.restore());

  it('passes on text as bytes, and what is written as text', () => {
    socket.says('ä\n');
    expect(stream.write('b\n')).to.equal(true);
    expect([events, socket.sent]).to.deep.equal([['ä\n'], ['b\n']]);
  });

  it('says when the browser has more to send than it should, and when it has not any more', () => {
    socket.bufferedAmount = 100_000;
    expect(stream.write('x')).to.equal(false);
    expect(stream.writableLength).to.equal(100_000);
    clock.tick(1000);
    expect(events).to.deep.equal([]);
    socket.bufferedAmount = 0;
    clock.tick(1000);
    expect(events).to.deep.equal(['drain']);
    stream.off('drain', () => {});
  });

  it('keeps what comes while nothing is read, and gives all of it before it says that the line is down', () => {
    stream.pause();
    socket.says('one');
    expect(events).to.deep.equal([]);
    stream.resume();
    stream.pause();
    socket.says('two');
    socket.closes();
    expect(events).to.deep.equal(['one', 'two', 'close']);
    expect([stream.writable, stream.write('x'), socket.sent]).to.deep.equal([false, true, []]);
  });

  it('hangs up after what was written, and tells so', async () => {
    stream.end();
    stream.end();
    expect(stream.writable).to.equal(false);
    await Promise.resolve();
    socket.closes();
    expect(events).to.deep.equal(['finish', 'close']);
  });

  it('hears nothing more when it is cut, and tells of it once', async () => {
    stream.destroy(new Error('enough'));
    stream.destroy();
    socket.says('late');
    socket.closes();
    await Promise.resolve();
    expect(events).to.deep.equal(['error', 'close']);
  });

  for (const [what, data] of Object.entries({
    'a frame of bytes': new ArrayBuffer(1),
    'one that is too long': 'x'.repeat(9e6),
  }))
    it(`is cut by ${what}`, async () => {
      socket.says(data);
      await Promise.resolve();
      expect(events).to.deep.equal(['error', 'close']);
    });

  it('is cut by too much that comes while nothing is read', async () => {
    stream.pause();
    for (let number = 0; number < 5; number++) socket.says('x'.repeat(8e6));
    await Promise.resolve();
    expect(events).to.deep.equal(['error', 'close']);
  });
});
