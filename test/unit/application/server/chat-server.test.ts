import { expect } from 'chai';
import sinon from 'sinon';
import { ChatServer } from '../../../../src/application/server/chat-server.js';
import { ListenFailure, RoomLogFailure } from '../../../../src/application/server/failures.js';

const DRAIN_MS = 3000;

describe('ChatServer', () => {
  const one = { host: '127.0.0.1', port: 1 };
  const two = { host: '::1', port: 2 };
  /** What was done, in order. */
  let done: string[];

  beforeEach(() => {
    done = [];
  });

  const step = <T>(name: string, result: T) =>
    sinon.stub().callsFake(async () => {
      await Promise.resolve();
      done.push(name);
      return result;
    });
  const transport = (name: string, ...addresses: (typeof one)[]) => ({
    start: step(`start ${name}`, addresses),
    stop: step(`stop ${name}`, undefined),
  });

  const failed = Promise.withResolvers<RoomLogFailure>();

  function serverOf(...transports: ReturnType<typeof transport>[]) {
    const parts = {
      openRoom: { execute: step('open the room', 3) },
      identity: { open: step('open the key', undefined) },
      connections: { close: step('close the connections', undefined), expect: sinon.spy() },
      feed: { settled: step('tell all that was said', undefined) },
      roomLog: { close: step('close the log', undefined), failed: failed.promise },
      logger: { info: sinon.spy() },
    };
    const { openRoom, identity, connections, feed, roomLog, logger } = parts;
    const server = new ChatServer(
      ...([openRoom, identity, transports, connections, feed, roomLog, logger] as const),
      ...([undefined, undefined, undefined, undefined, { drainMs: DRAIN_MS }] as const),
    );
    return { ...parts, server };
  }

  const STOPPED = ['tell all that was said', 'close the connections', 'close the log'];
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => expect.fail(),
      (error: unknown) => error,
    );

  it('opens the room and the key, then starts one transport after the other, and says where it listens', async () => {
    const { server, logger } = serverOf(transport('tcp', one), transport('web', two));
    expect(await server.start()).to.deep.equal([one, two]);
    expect(done).to.deep.equal(['open the room', 'open the key', 'start tcp', 'start web']);
    expect(logger.info.args).to.deep.equal([[{ addresses: [one, two] }, 'listening']]);
  });

  it('says when the room cannot go on', async () => {
    const { server } = serverOf();
    const reason = new RoomLogFailure('LOG_LOST', 'rooms');
    failed.resolve(reason);
    expect(await server.failed).to.equal(reason);
  });

  it('is open once clients can connect, sends them away from when it is asked to stop, and stops when they are gone', async () => {
    const stages: string[] = [];
    const readiness = {
      enter: (stage: string) => {
        done.push(stage);
        stages.push(stage);
      },
    };
    const { openRoom, identity, connections, feed, roomLog, logger } = serverOf();
    const parts = [openRoom, identity, [transport('tcp', one)], connections, feed, roomLog, logger] as const;
    const server = new ChatServer(...parts, undefined, undefined, undefined, readiness);
    await server.start();
    await server.stop();
    expect(done.slice(2, 5)).to.deep.equal(['start tcp', 'OPEN', 'DRAINING']);
    expect(done.slice(-3)).to.deep.equal(['close the connections', 'STOPPING', 'close the log']);
    expect(stages).to.deep.equal(['OPEN', 'DRAINING', 'STOPPING']);
  });

  it('accepts nobody more, tells all that was said, closes the connections, and then the log', async () => {
    const { server } = serverOf(transport('tcp', one), transport('web', two));
    await server.start();
    done = [];
    await server.stop();
    expect(done).to.deep.equal(['stop tcp', 'stop web', ...STOPPED]);
  });

  it('expects those who were here before the start', async () => {
    const { server, connections } = serverOf(transport('tcp', one));
    await server.start();
    expect(connections.expect.args).to.deep.equal([[3]]);
  });

  it('takes no longer than it may, though nothing can be recorded and nobody reads', async () => {
    const clock = sinon.useFakeTimers();
    try {
      const { server, feed, connections } = serverOf(transport('tcp', one));
      feed.settled.callsFake(() => new Promise(resolve => setTimeout(resolve, 1000)));
      void server.stop();
      await clock.tickAsync(1000);
      expect(connections.close.args).to.deep.equal([[2000]]);
      const stuck = serverOf(transport('tcp', one));
      stuck.feed.settled.returns(new Promise(() => {}));
      let isStopped = false;
      void stuck.server.stop().then(() => {
        isStopped = true;
      });
      await clock.tickAsync(DRAIN_MS - 1);
      expect(isStopped).to.equal(false);
      await clock.tickAsync(1);
      expect(isStopped).to.equal(true);
      expect(stuck.connections.close.args).to.deep.equal([[0]]);
      expect(done.at(-1)).to.equal('close the log');
    } finally {
      clock.restore();
    }
  });

  it('stops once, however often it is asked', async () => {
    const { server } = serverOf(transport('tcp', one));
    await server.start();
    done = [];
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(done).to.deep.equal(['stop tcp', ...STOPPED]);
  });

  it('leaves nothing running when a transport cannot start', async () => {
    const [tcp, web, last] = [transport('tcp', one), transport('web', two), transport('last')];
    const reason = new ListenFailure('PORT_IN_USE', two);
    web.start.rejects(reason);
    const { server, logger } = serverOf(tcp, web, last);
    expect(await failure(server.start())).to.equal(reason);
    expect(done).to.deep.equal([
      'open the room',
      'open the key',
      'start tcp',
      'stop tcp',
      'stop web',
      'stop last',
      ...STOPPED,
    ]);
    expect(logger.info.callCount).to.equal(0);
  });

  it('tells why it could not start, even if it cannot be stopped either', async () => {
    const tcp = transport('tcp', one);
    const reason = new ListenFailure('BAD_ADDRESS', one);
    tcp.start.rejects(reason);
    tcp.stop.rejects(new Error('a bug'));
    const { server, roomLog } = serverOf(tcp);
    expect(await failure(server.start())).to.equal(reason);
    expect(roomLog.close.callCount).to.equal(1);
  });

  it('starts no transport when the room cannot be opened', async () => {
    const tcp = transport('tcp', one);
    const reason = new RoomLogFailure('DAMAGED', 'room.db');
    const { server, openRoom } = serverOf(tcp);
    openRoom.execute.rejects(reason);
    expect(await failure(server.start())).to.equal(reason);
    expect(tcp.start.callCount).to.equal(0);
  });

  for (const part of ['connections', 'feed'] as const) {
    it(`closes the log although its ${part} cannot be closed`, async () => {
      const parts = serverOf(transport('tcp', one));
      await parts.server.start();
      const reason = new Error('a bug');
      if (part === 'feed') parts.feed.settled.rejects(reason);
      else parts.connections.close.rejects(reason);
      expect(await failure(parts.server.stop())).to.equal(reason);
      expect(done.at(-1)).to.equal('close the log');
    });
  }

  it('leaves nothing running when it is stopped while it starts', async () => {
    const { server } = serverOf(transport('tcp', one), transport('web', two));
    const starting = server.start();
    await server.stop();
    await starting;
    expect(done).to.deep.equal([
      'open the room',
      'open the key',
      'start tcp',
      'start web',
      'stop tcp',
      'stop web',
      ...STOPPED,
    ]);
  });

  it('can be stopped without having been started', async () => {
    const { server } = serverOf(transport('tcp', one));
    await server.stop();
    expect(done).to.deep.equal(['stop tcp', ...STOPPED]);
  });
});
