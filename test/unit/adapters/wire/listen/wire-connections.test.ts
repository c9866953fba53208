import { expect } from 'chai';
import sinon from 'sinon';
import { rate } from '../../../../../src/adapters/wire/listen/allowance.js';
import {
  WireConnections,
  type WireConnectionsOptions,
} from '../../../../../src/adapters/wire/listen/wire-connections.js';
import { noticeText } from '../../../../../src/adapters/wire/notice.js';
import { Meter } from '../../../../../src/application/server/meter.js';
import { MemoryChannel } from '../../../../doubles/memory-channel.js';
import { MemoryLogger } from '../../../../doubles/memory-logger.js';
import { stubUseCases, tellSilence } from '../../../../support/stub-use-cases.js';

const POLITE_REFUSALS = 64;

describe('WireConnections', () => {
  let clock: sinon.SinonFakeTimers;
  let connections: WireConnections;
  let logger: MemoryLogger;
  let options: WireConnectionsOptions;
  let meter: Meter;

  beforeEach(() => {
    clock = sinon.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
    });
    options = {
      maxConnections: 2,
      maxLineBytes: 1024,
      maxBacklogBytes: 1000,
      joinTimeoutMs: 1e6,
      maxRate: 100,
      messages: rate(0, 50),
      bytes: rate(0, 1024),
      connects: rate(0, 1),
      joins: rate(0, 1),
      allJoins: rate(0, 1),
      maxConnectionsPerAddress: 1,
      noTrustLoopback: false,
      graceMs: 60_000,
    };
    logger = new MemoryLogger();
    meter = new Meter();
    connections = connectionsOf(options);
  });
  afterEach(() => clock.restore());

  function connectionsOf(changed: WireConnectionsOptions): WireConnections {
    const stubs = stubUseCases();
    tellSilence(stubs, 3000);
    return new WireConnections(changed, stubs.useCases, { congestion: undefined }, logger, meter);
  }

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

  async function joined(address?: string): Promise<MemoryChannel> {
    const channel = accept(address);
    channel.receive({ Join: 'carl' });
    await settled();
    channel.written = '';
    return channel;
  }

  it('serves as many clients as it may, and tells those beyond that the server is full', async () => {
    const channels = [await joined(), await joined(), accept()];
    expect(channels.map(({ lines }) => lines)).to.deep.equal([[], [], notice('TOO_MANY_CONNECTIONS')]);
  });

  it('knows how many there are, and what waits for them', async () => {
    expect(connections.load).to.deep.equal({
      encrypted: 0,
      plain: 0,
      transports: { tcp: 0, web: 0, ssh: 0 },
      waitingBytes: 0,
    });
    const [one, other] = [await joined(), await joined()];
    Object.assign(one, { isEncrypted: true, backlog: 5 });
    Object.assign(other, { backlog: 7 });
    expect(connections.load).to.deep.equal({
      encrypted: 1,
      plain: 1,
      transports: { tcp: 2, web: 0, ssh: 0 },
      waitingBytes: 12,
    });
    one.close();
    await settled();
    expect(connections.load).to.deep.equal({
      encrypted: 0,
      plain: 1,
      transports: { tcp: 1, web: 0, ssh: 0 },
      waitingBytes: 7,
    });
    expect(meter.accepted).to.equal(2);
    expect(meter.ended.counts).to.include({ LEFT: 1 });
  });

  it('counts who is told that the server is full, and who is cut', async () => {
    await joined();
    await joined();
    for (let n = 0; n <= POLITE_REFUSALS; n++) accept();
    await settled();
    expect(meter.limits.counts['max-connections']).to.equal(POLITE_REFUSALS + 1);
    expect(meter.ended.counts).to.include({ TOO_MANY_CONNECTIONS: POLITE_REFUSALS });
  });

  it('cuts a crowd without a word', async () => {
    await joined();
    await joined();
    const channels = Array.from({ length: POLITE_REFUSALS + 1 }, () => accept());
    expect(channels.at(-2)?.lines).to.deep.equal(notice('TOO_MANY_CONNECTIONS'));
    expect(channels.at(-1)).to.deep.include({ lines: [], isDown: true });
  });

  it('serves no more from one address than it may, tells some of them why, and others as before', async () => {
    const first = await joined('192.0.2.1');
    const channels = [first, ...Array.from({ length: 10 }, () => accept('192.0.2.1'))];
    expect(channels.map(({ lines }) => lines.length)).to.deep.equal([0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
    expect(channels[1]?.lines).to.deep.equal(notice('TOO_MANY_FROM_ADDRESS'));
    expect(channels[10]?.isDown).to.equal(true);
  });

  it('lets who comes have the place of who has waited longest without joining', async () => {
    const silent = [accept(), accept()];
    expect(accept().lines).to.deep.equal(notice('TOO_MANY_CONNECTIONS'));
    clock.tick(500);
    const newcomer = await joined();
    expect(silent.map(({ lines }) => lines)).to.deep.equal([notice('NOT_JOINED_IN_TIME'), []]);
    const next = await joined();
    expect(silent[1]?.lines).to.deep.equal(notice('NOT_JOINED_IN_TIME'));
    expect([newcomer, next].map(({ lines }) => lines)).to.deep.equal([[], []]);
    expect(accept().lines).to.deep.equal(notice('TOO_MANY_CONNECTIONS'));
  });

  it('takes the place of somebody from the same address, if that is what has too many', async () => {
    const [elsewhere, here] = [accept('192.0.2.2'), accept('192.0.2.1')];
    clock.tick(500);
    const next = accept('192.0.2.1');
    expect([elsewhere, here, next].map(({ lines }) => lines)).to.deep.equal([
      [],
      notice('NOT_JOINED_IN_TIME'),
      [],
    ]);
    for (let n = 0; n < 11; n++) accept('192.0.2.1');
    clock.tick(500);
    const last = accept('192.0.2.1');
    expect([next.isDown, last.isDown, last.lines.length]).to.deep.equal([true, false, 0]);
  });

  it('never has more than it may and a few who are being told so, however many come and whoever stays', async () => {
    const channels: MemoryChannel[] = [];
    for (let n = 0; n < 300; n++) {
      channels.push(accept());
      if (n % 50 === 0) await settled();
      clock.tick(100);
    }
    await settled();
    expect(channels.filter(({ isDown }) => !isDown).length).to.be.at.most(2 + POLITE_REFUSALS + 1);
    expect(channels.filter(({ isDown, ended }) => !isDown && ended === undefined)).to.have.length(2);
  });

  it('tells the operator of those that were cut, and of many together', async () => {
    await joined();
    await joined();
    const channels = Array.from({ length: POLITE_REFUSALS + 100 }, (_, n) => accept(`192.0.2.${n}`));
    clock.tick(10_000);
    const told = () => logger.entries.filter(({ message }) => message === 'connections turned away');
    expect(channels.filter(({ isDown }) => isDown)).to.have.length(100);
    expect(told().map(({ level, fields }) => [level, fields])).to.deep.equal([
      ['warn', { reason: 'TOO_MANY_CONNECTIONS', connections: 1, address: '192.0.2.64' }],
      ['warn', { reason: 'TOO_MANY_CONNECTIONS', connections: 99, address: '192.0.2.163' }],
    ]);
    clock.tick(60_000);
    expect(told()).to.have.length(2);
    accept('192.0.2.200');
    expect(told()).to.have.length(3);
  });

  it('tells the operator of the last of those that were cut when it stops', async () => {
    await joined();
    await joined();
    for (let n = 0; n < POLITE_REFUSALS + 100; n++) accept(`192.0.2.${n}`);
    const told = () => logger.entries.filter(({ message }) => message === 'connections turned away');
    expect(told()).to.have.length(1);
    const closing = connections.close(10);
    await clock.tickAsync(3000);
    await closing;
    expect(told().map(({ fields }) => fields.connections)).to.deep.equal([1, 99]);
    expect(logger.entries.at(-1)?.message).to.equal('everybody was told that the server stops');
  });

  it('has room again when a line is down', async () => {
    const [first] = [await joined(), await joined()];
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
    const closing = connections.close(2000).then(() => {
      isClosed = true;
    });
    for (const channel of [...channels, accept()]) expect(channel.lines).to.deep.equal(notice('STOPPING'));
    channels[0]?.close();
    await settled();
    expect(isClosed).to.equal(false);
    channels[1]?.close();
    await closing;
    await connections.close(2000);
    const drained = logger.entries.filter(({ message }) => message.startsWith('everybody'));
    expect(drained.map(({ fields }) => fields)).to.deep.equal([{ told: 2, late: 0, durationMs: 0 }]);
  });

  /** Comes in in the extended form. */
  async function resumable(): Promise<MemoryChannel> {
    const channel = accept();
    channel.receive({ Join: { username: 'carl' } });
    await settled();
    return channel;
  }

  const stopLines = (channels: MemoryChannel[]) =>
    channels.map(({ lines }) => lines.find(line => 'Closing' in (line as object)));
  const closing = (retryAfterMs: number) => ({
    Closing: { code: 'STOPPING', content: noticeText('STOPPING'), seq: 0, retryAfterMs },
  });

  it('tells those who can come back when, one after the other, and nobody else', async () => {
    connections = connectionsOf({ ...options, maxConnections: 10 });
    const channels = [await resumable(), await joined(), await resumable(), accept(), await resumable()];
    void connections.close(2000);
    const [first, basic, second, stranger, third] = channels;
    expect([first, second, third].flatMap(channel => stopLines(channel ? [channel] : []))).to.deep.equal(
      [500, 501, 502].map(closing),
    );
    for (const channel of [basic, stranger])
      expect(channel?.lines.at(-1)).to.deep.equal(notice('STOPPING')[0]);
  });

  it('has them back in half of the time in which they can take up their sessions', async () => {
    connections = connectionsOf({ ...options, maxConnections: 10, graceMs: 4 });
    const channels: MemoryChannel[] = [];
    for (let n = 0; n < 5; n++) channels.push(await resumable());
    void connections.close(2000);
    expect(stopLines(channels)).to.deep.equal([500, 500, 501, 501, 502].map(closing));
  });

  it('serves all who are expected back, from however few addresses', () => {
    options = {
      ...options,
      maxConnections: 10,
      maxConnectionsPerAddress: 10,
      connects: rate(1 / 60, 1),
    };
    connections = connectionsOf(options);
    connections.expect(1);
    const channels = Array.from({ length: 5 }, () => accept('192.0.2.1'));
    clock.tick(2000);
    expect(channels.map(({ isDown }) => isDown)).to.deep.equal([false, false, false, false, true]);
  });

  it('cuts those who do not read their last lines in time', async () => {
    const channel = await joined();
    const closing = connections.close(3000);
    clock.tick(2999);
    expect(channel.isDown).to.equal(false);
    clock.tick(1);
    await closing;
    expect(channel.isDown).to.equal(true);
    expect(logger.entries.at(-1)).to.deep.include({ fields: { told: 1, late: 1, durationMs: 3000 } });
  });

  it('waits half a second only for those who can come back, and read the rest then, or have not joined', async () => {
    connections = connectionsOf({ ...options, maxConnections: 10 });
    const [extended, basic, gone] = [await resumable(), await joined(), await resumable()];
    const stranger = accept();
    const closing = connections.close(3000);
    gone.close();
    await settled();
    clock.tick(499);
    expect(extended.isDown).to.equal(false);
    clock.tick(1);
    expect([extended.isDown, stranger.isDown, basic.isDown]).to.deep.equal([true, true, false]);
    basic.close();
    await closing;
    expect(logger.entries.at(-1)?.fields).to.deep.equal({ told: 4, late: 2, durationMs: 500 });
    expect(clock.countTimers()).to.equal(1); // the tick, until it finds nobody
  });

  it('waits for nobody longer than it may', async () => {
    const extended = await resumable();
    const closing = connections.close(300);
    clock.tick(300);
    await closing;
    expect(extended.isDown).to.equal(true);
  });

  it('is closed at once when nobody is there', async () => {
    await connections.close(2000);
  });
});
