import { expect } from 'chai';
import sinon from 'sinon';
import { WireConnections } from '../../../../../src/adapters/wire/listen/wire-connections.js';
import { noticeText } from '../../../../../src/adapters/wire/notice.js';
import { MemoryChannel } from '../../../../doubles/memory-channel.js';
import { MemoryLogger } from '../../../../doubles/memory-logger.js';
import { stubUseCases } from '../../../../support/stub-use-cases.js';

const POLITE_REFUSALS = 64;

describe('WireConnections', () => {
  let clock: sinon.SinonFakeTimers;
  let connections: WireConnections;

  beforeEach(() => {
    clock = sinon.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
    });
    const options = {
      maxConnections: 2,
      maxLineBytes: 1024,
      maxBacklogBytes: 1000,
      joinTimeoutMs: 1e6,
      silenceMs: 3000,
      maxRate: 100,
      messageRate: 0,
      messageBurst: 50,
      byteRate: 0,
      byteBurst: 1024,
      joinRate: 0,
      joinBurst: 1,
      maxConnectionsPerAddress: 1,
      noTrustLoopback: false,
    };
    connections = new WireConnections(
      options,
      stubUseCases().useCases,
      { congestion: undefined },
      new MemoryLogger(),
    );
  });
  afterEach(() => clock.restore());

  function accept(address?: string): MemoryChannel {
    const channel = new MemoryChannel();
    channel.address = address;
    connections.accept(channel);
    return channel;
  }

  const settled = () => new Promise<void>(resolve => setImmediate(resolve));
  const notice = (code: Parameters<typeof noticeText>[0]) => [
    { Broadcast: { username: 'chatty', content: noticeText(code) } },
  ];

  it('serves as many clients as it may, and tells those beyond that the server is full', () => {
    const channels = [accept(), accept(), accept()];
    expect(channels.map(({ lines }) => lines)).to.deep.equal([[], [], notice('TOO_MANY_CONNECTIONS')]);
  });

  it('cuts a crowd without a word', () => {
    const channels = Array.from({ length: 2 + POLITE_REFUSALS + 1 }, () => accept());
    expect(channels.at(-2)?.lines).to.deep.equal(notice('TOO_MANY_CONNECTIONS'));
    expect(channels.at(-1)).to.deep.include({ lines: [], isDown: true });
  });

  it('serves no more from one address than it may, tells some of them why, and others as before', () => {
    const channels = Array.from({ length: 11 }, () => accept('192.0.2.1'));
    expect(channels.map(({ lines }) => lines.length)).to.deep.equal([0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
    expect(channels[1]?.lines).to.deep.equal(notice('TOO_MANY_FROM_ADDRESS'));
    expect(channels[10]?.isDown).to.equal(true);
  });

  it('has room again when a line is down', async () => {
    const [first] = [accept(), accept()];
    first.close();
    await settled();
    expect(accept().lines).to.deep.equal([]);
  });

  it('counts the silence of extended sessions', async () => {
    const channel = accept();
    channel.receive({ Join: { username: 'carl' } });
    await settled();
    clock.tick(3000);
    expect(channel.ended).to.equal(undefined);
    clock.tick(1000);
    expect(channel.lines.at(-1)).to.deep.include({
      Closing: { code: 'SILENT', content: noticeText('SILENT'), seq: 0 },
    });
  });

  it('counts nothing once nobody is left', async () => {
    const channel = accept();
    channel.close();
    await settled();
    clock.tick(1000);
    expect(clock.countTimers()).to.equal(0);
  });

  it('tells everybody that the server stops, newcomers too, and is closed when all are gone', async () => {
    const channels = [accept(), accept()];
    let isClosed = false;
    const closing = connections.close().then(() => {
      isClosed = true;
    });
    for (const channel of [...channels, accept()]) expect(channel.lines).to.deep.equal(notice('STOPPING'));
    channels[0]?.close();
    await settled();
    expect(isClosed).to.equal(false);
    channels[1]?.close();
    await closing;
    await connections.close();
  });

  it('cuts those who do not read their last lines in time', async () => {
    const channel = accept();
    const closing = connections.close();
    clock.tick(1999);
    expect(channel.isDown).to.equal(false);
    clock.tick(1);
    await closing;
    expect(channel.isDown).to.equal(true);
  });

  it('is closed at once when nobody is there', async () => {
    await connections.close();
  });
});
