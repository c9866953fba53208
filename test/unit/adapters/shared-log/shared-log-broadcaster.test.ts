import { duplexPair } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import sinon from 'sinon';
import { MAX_BATCH_BYTES } from '../../../../src/adapters/shared-log/shared-log.js';
import { SharedLogBroadcaster } from '../../../../src/adapters/shared-log/shared-log-broadcaster.js';
import { ResponseWriter } from '../../../../src/adapters/wire/listen/response.js';
import { StreamChannel } from '../../../../src/adapters/wire/listen/stream-channel.js';
import type { EndReason, WireFormat } from '../../../../src/application/server/broadcast-ports.js';
import { Meter } from '../../../../src/application/server/meter.js';
import { MemoryOutlet } from '../../../doubles/memory-outlet.js';
import { Recording } from '../../../support/events.js';
import { notice, said } from '../../../support/wire-client.js';

const turn = () => new Promise<void>(resolve => setImmediate(resolve));

/** A member with a reader that does as it is told. */
class Listener {
  readonly outlet: MemoryOutlet;
  readonly ends: EndReason[] = [];
  /** How often bytes came: what would be system calls over a socket. */
  writes = 0;
  #text = '';

  constructor(readonly session: number) {
    this.outlet = new MemoryOutlet(
      bytes => {
        this.writes++;
        this.#text += Buffer.from(bytes).toString();
      },
      reason => this.ends.push(reason),
    );
  }

  get name(): string {
    return `user${this.session}`;
  }

  get lines(): string[] {
    return this.#text.split('\n').slice(0, -1);
  }
}

describe('SharedLogBroadcaster', () => {
  const recording = new Recording();
  const sent = ({ session, name }: Listener, content: string) => recording.sent(session, name, content);
  const joined = (broadcaster: SharedLogBroadcaster, session: number) => {
    const listener = new Listener(session);
    broadcaster.add(listener.session, listener.outlet);
    return listener;
  };
  const roomy = { maxLogBytes: 1e6, stallTimeoutMs: 60_000, coalesceMs: 0 };

  it('hands everybody one write for all the events that are published together', async () => {
    const broadcaster = new SharedLogBroadcaster(roomy);
    const [carl, david] = [joined(broadcaster, 1), joined(broadcaster, 2)];
    for (let n = 0; n < 100; n++) broadcaster.publish(sent(carl, String(n)));
    expect(david.lines).to.deep.equal([]);
    await turn();
    await turn();
    expect(david.lines).to.have.length(100);
    expect(david.writes).to.equal(1);
    expect(carl.writes).to.equal(0);
  });

  it('counts every event once for each reader, also of who comes in the middle of a batch', async () => {
    const meter = new Meter();
    const broadcaster = new SharedLogBroadcaster(roomy, meter);
    const [carl] = [joined(broadcaster, 1), joined(broadcaster, 2)];
    for (let n = 0; n < 10; n++) broadcaster.publish(sent(carl, String(n)));
    const late = joined(broadcaster, 3);
    broadcaster.publish(sent(carl, 'more'));
    await turn();
    expect(late.lines).to.have.length(1);
    expect(broadcaster.load.deliveries).to.equal(2 * 11 + 1);
    broadcaster.publish(sent(carl, 'and more'));
    await turn();
    expect(broadcaster.load.deliveries).to.equal(2 * 11 + 1 + 3);
    expect(broadcaster.load.logBytes).to.equal(0);
    expect(meter.delays.taken.counts.reduce((sum, count) => sum + count)).to.equal(2);
  });

  it('counts nothing of the batch before of who comes when it is closed', async () => {
    const broadcaster = new SharedLogBroadcaster(roomy);
    const carl = joined(broadcaster, 1);
    broadcaster.publish(sent(carl, 'a'));
    joined(broadcaster, 2);
    await turn();
    expect(broadcaster.load.deliveries).to.equal(1);
    broadcaster.publish(sent(carl, 'b'));
    await turn();
    expect(broadcaster.load.deliveries).to.equal(3);
  });

  it('measures the time from a message to its readers, once a batch, and not that of joins', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      clock.tick(1000);
      const meter = new Meter();
      const broadcaster = new SharedLogBroadcaster({ ...roomy, coalesceMs: 30 }, meter);
      const carl = joined(broadcaster, 1);
      broadcaster.publish(recording.joined(7, 'ben'));
      await new Promise<void>(resolve => process.nextTick(resolve));
      clock.tick(1000);
      expect(meter.delays.taken.sumMs).to.equal(0);
      broadcaster.publish(sent(carl, 'a'));
      clock.tick(10);
      broadcaster.publish(sent(carl, 'b'));
      clock.tick(20);
      expect(meter.delays.taken.sumMs).to.equal(30);
    } finally {
      clock.restore();
    }
  });

  it('lets joins and leaves wait for each other, and sends them with the next message', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      clock.tick(1000);
      const broadcaster = new SharedLogBroadcaster(roomy);
      const [carl, david] = [joined(broadcaster, 1), joined(broadcaster, 2)];
      const come = (session: number) => broadcaster.publish(recording.joined(session, `user${session}`));
      come(3); // the first is told at once
      await turn();
      await turn();
      expect(david.writes).to.equal(1);
      for (let session = 4; session < 50; session++) {
        come(session);
        await turn();
      }
      expect(david.writes).to.equal(1);
      clock.tick(20);
      await turn();
      expect(david.writes).to.equal(2);
      expect(david.lines).to.have.length(47);
      come(50);
      broadcaster.publish(sent(carl, 'hi'));
      await turn();
      await turn();
      expect(david.lines.slice(-2)).to.deep.equal([said('user50', 'Joined'), said('user1', 'hi')]);
    } finally {
      clock.restore();
    }
  });

  it('lets messages wait for each other when it is told to', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const broadcaster = new SharedLogBroadcaster({ ...roomy, coalesceMs: 10 });
      const [carl, david] = [joined(broadcaster, 1), joined(broadcaster, 2)];
      for (let n = 0; n < 5; n++) {
        broadcaster.publish(sent(carl, String(n)));
        await turn();
        clock.tick(1);
      }
      expect(david.writes).to.equal(0);
      clock.tick(10);
      await turn();
      expect(david.lines).to.have.length(5);
      expect(david.writes).to.equal(1);
    } finally {
      clock.restore();
    }
  });

  it('tells at once what waits, when it is asked to', async () => {
    const broadcaster = new SharedLogBroadcaster({ ...roomy, coalesceMs: 1000 });
    const [carl, david] = [joined(broadcaster, 1), joined(broadcaster, 2)];
    broadcaster.publish(sent(carl, 'hi'));
    broadcaster.flush();
    await turn();
    expect(david.lines).to.deep.equal([said('user1', 'hi')]);
  });

  it('encodes an event once for all who read one format, and shares the bytes', async () => {
    const broadcaster = new SharedLogBroadcaster(roomy);
    const listeners = [1, 2, 3, 4].map(session => joined(broadcaster, session));
    const [carl = expect.fail()] = listeners;
    const encode = sinon.spy(carl.outlet.format, 'encode');
    const written = listeners.slice(1).map(({ outlet }) => sinon.spy(outlet, 'write'));
    try {
      broadcaster.publish(sent(carl, 'once'));
      await turn();
      await turn();
    } finally {
      encode.restore();
    }
    expect(encode.callCount).to.equal(1);
    const buffers = new Set(written.map(write => write.firstCall.args[0]));
    expect(buffers.size).to.equal(1);
  });

  it('tells each member in its own format', async () => {
    const broadcaster = new SharedLogBroadcaster(roomy);
    const shout: WireFormat = {
      encode: event => `${event.username.toUpperCase()}\n`,
      encodeForAuthor: () => '',
    };
    const [carl, david] = [joined(broadcaster, 1), joined(broadcaster, 2)];
    const lucio = new Listener(3);
    broadcaster.add(lucio.session, {
      format: shout,
      lastSeq: 0,
      backlog: 0,
      ended: false,
      write: bytes => lucio.outlet.write(bytes),
      writeAll: pieces => lucio.outlet.writeAll(pieces),
      whenTaken: listener => lucio.outlet.whenTaken(listener),
      end: reason => lucio.outlet.end(reason),
    });
    broadcaster.publish(sent(carl, 'hi'));
    await turn();
    await turn();
    expect(david.lines).to.deep.equal([said('user1', 'hi')]);
    expect(lucio.lines).to.deep.equal(['USER1']);
  });

  it('delivers what is larger than a batch, in order', async () => {
    const broadcaster = new SharedLogBroadcaster(roomy);
    const [carl, david] = [joined(broadcaster, 1), joined(broadcaster, 2)];
    const contents = [
      3,
      MAX_BATCH_BYTES / 2,
      MAX_BATCH_BYTES,
      3 * MAX_BATCH_BYTES,
      5,
      MAX_BATCH_BYTES - 60,
      7,
    ].map((length, index) => String(index).repeat(length));
    for (const content of contents) broadcaster.publish(sent(carl, content));
    for (let n = 0; n < 30; n++) await turn();
    expect(david.lines).to.deep.equal(contents.map(content => said('user1', content)));
  });

  it('drops a reader that has taken nothing for too long, and keeps one that is slow but moves', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    try {
      const broadcaster = new SharedLogBroadcaster({ maxLogBytes: 1e6, stallTimeoutMs: 5000, coalesceMs: 0 });
      const [carl, frozen, slow] = [1, 2, 3].map(session => joined(broadcaster, session)) as [
        Listener,
        Listener,
        Listener,
      ];
      frozen.outlet.reading = false;
      slow.outlet.reading = false;
      for (let second = 0; second < 8; second++) {
        broadcaster.publish(sent(carl, String(second)));
        await turn();
        clock.tick(1000);
        // It takes what it was handed, and stops again.
        slow.outlet.reading = true;
        slow.outlet.reading = false;
        await turn();
      }
      expect(frozen.ends).to.deep.equal(['TOO_SLOW']);
      expect(slow.ends).to.deep.equal([]);
    } finally {
      clock.restore();
    }
  });

  it('holds no more for readers that are behind than the limit, however many they are', async () => {
    const broadcaster = new SharedLogBroadcaster({
      maxLogBytes: 10_000,
      stallTimeoutMs: 60_000,
      coalesceMs: 0,
    });
    const carl = joined(broadcaster, 1);
    const frozen = Array.from({ length: 50 }, (_, n) => joined(broadcaster, n + 2));
    for (const { outlet } of frozen) outlet.reading = false;
    for (let n = 0; n < 100; n++) {
      broadcaster.publish(sent(carl, 'x'.repeat(1000)));
      await turn();
    }
    // Each holds the one write that it was handed first, and the word that it was too slow.
    for (const { outlet, ends } of frozen) {
      expect(ends).to.deep.equal(['TOO_SLOW']);
      expect(outlet.backlog).to.be.below(1500);
    }
  });

  it('asks for patience when most cannot keep up, and not for the sake of one', async () => {
    const broadcaster = new SharedLogBroadcaster({ ...roomy, maxLogBytes: 40_000 });
    const [carl, ...others] = [1, 2, 3, 4].map(session => joined(broadcaster, session)) as [
      Listener,
      ...Listener[],
    ];
    const say = async (times: number) => {
      for (let n = 0; n < times; n++) {
        broadcaster.publish(sent(carl, 'x'.repeat(1000)));
        await turn();
      }
    };
    const reading = (count: number) => {
      for (const [index, { outlet }] of others.entries()) outlet.reading = index < count;
    };
    reading(2);
    await say(15);
    expect(broadcaster.congestion).to.equal(undefined);
    reading(0);
    await say(15);
    const { congestion } = broadcaster;
    expect(congestion).to.be.instanceOf(Promise);
    reading(3);
    await turn();
    await congestion;
    expect(broadcaster.congestion).to.equal(undefined);
  });

  it('does not wait for most of the room for ever', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    try {
      const broadcaster = new SharedLogBroadcaster({ ...roomy, maxLogBytes: 40_000 });
      const [carl, ...others] = [1, 2, 3, 4].map(session => joined(broadcaster, session)) as [
        Listener,
        ...Listener[],
      ];
      clock.tick(10_000);
      for (const { outlet } of others) outlet.reading = false;
      for (let n = 0; n < 15; n++) {
        broadcaster.publish(sent(carl, 'x'.repeat(1000)));
        await turn();
      }
      const { congestion } = broadcaster;
      expect(congestion).to.be.instanceOf(Promise);
      clock.tick(2500);
      await congestion;
    } finally {
      clock.restore();
    }
  });

  it('hands over everything before a last word, to who is behind as well', async () => {
    const broadcaster = new SharedLogBroadcaster(roomy);
    const [carl, david] = [joined(broadcaster, 1), joined(broadcaster, 2)];
    david.outlet.reading = false;
    for (let n = 0; n < 10; n++) {
      broadcaster.publish(sent(carl, String(n)));
      await turn();
    }
    broadcaster.flush();
    david.outlet.end('STOPPING');
    david.outlet.reading = true;
    await turn();
    expect(david.lines.slice(0, -1)).to.deep.equal(
      Array.from({ length: 10 }, (_, n) => said('user1', String(n))),
    );
    expect(david.lines.at(-1)).to.satisfy(notice('stopping'));
  });

  it('goes on when the line of a member is down and its leave is still on the way', async () => {
    const broadcaster = new SharedLogBroadcaster(roomy);
    const [carl, david] = [joined(broadcaster, 1), joined(broadcaster, 2)];
    const [near, far] = duplexPair();
    const outlet = new ResponseWriter(new StreamChannel(near), { maxBacklogBytes: 64 * 1024 }, () => {});
    broadcaster.add(3, outlet);
    near.on('error', () => {});
    for (let n = 0; n < 4; n++) outlet.write(Buffer.alloc(1024 * 1024)); // answers that nobody reads
    near.destroy();
    expect(outlet.backlog).to.be.above(0);
    broadcaster.publish(sent(carl, 'hi'));
    for (let n = 0; n < 5; n++) await turn();
    expect(david.lines).to.deep.equal([said('user1', 'hi')]);
    far.destroy();
  });

  type Step =
    | { do: 'join' | 'leave' | 'stop reading' | 'read on'; who: number }
    | { do: 'say'; who: number; length: number }
    | { do: 'end the turn' };

  const who = fc.nat({ max: 4 });
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 2, arbitrary: fc.record({ do: fc.constant('join' as const), who }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), who }) },
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('say' as const), who, length: fc.nat({ max: 60 }) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('stop reading' as const), who }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('read on' as const), who }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('end the turn' as const) }) },
  );

  /** Plays steps against a broadcaster and against the model: a list of lines for each stay in the room. */
  async function play(steps: Step[], maxLogBytes: number) {
    const broadcaster = new SharedLogBroadcaster({ maxLogBytes, stallTimeoutMs: 60_000, coalesceMs: 0 });
    const present = new Map<number, { listener: Listener; expected: string[] }>();
    const stays: { listener: Listener; expected: string[] }[] = [];
    let sessions = 0;
    for (const step of steps) {
      if (step.do === 'end the turn') {
        await turn();
        for (const [who, { listener }] of present) if (listener.ends.length > 0) present.delete(who);
        continue;
      }
      const stay = present.get(step.who);
      if (step.do === 'join' && stay === undefined) {
        const joining = { listener: joined(broadcaster, ++sessions), expected: [] };
        present.set(step.who, joining);
        stays.push(joining);
      } else if (stay === undefined) {
      } else if (step.do === 'leave') {
        broadcaster.remove(stay.listener.session);
        present.delete(step.who);
      } else if (step.do === 'say') {
        const content = `${sessions} ${'é'.repeat(step.length)}`;
        broadcaster.publish(sent(stay.listener, content));
        for (const [name, other] of present) {
          if (name !== step.who) other.expected.push(said(stay.listener.name, content));
        }
      } else if (step.do !== 'join') {
        stay.listener.outlet.reading = step.do === 'read on';
      }
    }
    for (const { listener } of stays) listener.outlet.reading = true;
    for (let n = 0; n < 5; n++) await turn();
    return stays;
  }

  it('delivers exactly the right lines, in order, once, whatever comes between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async steps => {
        for (const { listener, expected } of await play(steps, 1e6)) {
          expect(listener.lines).to.deep.equal(expected);
          expect(listener.ends).to.deep.equal([]);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('gives who is dropped everything up to its gap, then the reason', async () => {
    let dropped = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120 }), async steps => {
        for (const { listener, expected } of await play(steps, 300)) {
          if (listener.ends.length === 0) {
            expect(listener.lines).to.deep.equal(expected);
            continue;
          }
          dropped++;
          expect(listener.ends).to.deep.equal(['TOO_SLOW']);
          expect(listener.lines.at(-1)).to.satisfy(notice('too far behind'));
          const got = listener.lines.slice(0, -1);
          expect(got).to.deep.equal(expected.slice(0, got.length));
        }
      }),
      { numRuns: 1000 },
    );
    expect(dropped).to.be.above(10);
  });
});
