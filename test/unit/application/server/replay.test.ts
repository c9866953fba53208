import { expect } from 'chai';
import { Replay, type ReplaySource } from '../../../../src/application/server/replay.js';
import { MemoryOutlet } from '../../../doubles/memory-outlet.js';
import { Recording } from '../../../support/events.js';

describe('Replay', () => {
  const recording = new Recording();
  const events = Array.from({ length: 1300 }, (_, n) => recording.sent(1, 'carl', String(n)));
  const head = events.length;

  function reader() {
    const lines: string[] = [];
    const ends: string[] = [];
    const outlet = new MemoryOutlet(
      bytes => lines.push(...Buffer.from(bytes).toString().trimEnd().split('\n')),
      reason => ends.push(reason),
    );
    return { outlet, lines, ends };
  }

  const source = (more: Partial<ReplaySource> = {}): ReplaySource => ({
    reader: 9,
    after: 0,
    upTo: () => head,
    read: async (after, upTo, limit) => events.slice(after, Math.min(upTo, after + limit)),
    kept: () => ({ messages: 1, allMessages: 1 }),
    isWanted: () => true,
    ...more,
  });

  it('tells several readers everything, each in its turn', async () => {
    const replay = new Replay({ stallMs: 1000 });
    const readers = [reader(), reader(), reader()];
    const order: number[] = [];
    await Promise.all(
      readers.map(({ outlet }, index) => {
        const { read } = source();
        return replay.run(
          outlet,
          source({
            read: (...page) => {
              order.push(index);
              return read(...page);
            },
          }),
        );
      }),
    );
    expect(order.slice(0, 6)).to.deep.equal([0, 1, 2, 0, 1, 2]);
    for (const { lines, outlet } of readers) {
      expect(lines).to.have.length(head);
      expect(outlet.lastSeq).to.equal(head);
    }
  });

  it('ends a reader that takes nothing for too long', async () => {
    const { outlet, ends } = reader();
    outlet.reading = false;
    await new Replay({ stallMs: 20 }).run(outlet, source());
    expect(ends).to.deep.equal(['TOO_SLOW']);
    expect(outlet.lastSeq).to.be.below(head);
  });

  it('ends a reader that wants what is not there any more', async () => {
    const { outlet, ends } = reader();
    await new Replay({ stallMs: 1000 }).run(
      outlet,
      source({ kept: () => ({ messages: 5, allMessages: 5 }), read: async () => [] }),
    );
    expect(ends).to.deep.equal(['TOO_SLOW']);
    expect(outlet.lastSeq).to.equal(0);
  });

  it('tells what was read before it was removed', async () => {
    const { outlet, lines, ends } = reader();
    await new Replay({ stallMs: 1000 }).run(
      outlet,
      source({ upTo: () => 3, kept: () => ({ messages: 9, allMessages: 9 }) }),
    );
    expect(lines).to.have.length(3);
    expect(ends).to.deep.equal([]);
  });

  it('tells what is kept of a stretch of which the reader knows that something is missing', async () => {
    const { outlet, lines, ends } = reader();
    const read = async (after: number, upTo: number, limit: number) =>
      events.filter(({ seq }) => seq > after && seq <= upTo && (seq > 8 || seq % 2 === 0)).slice(0, limit);
    const kept = () => ({ messages: 1, allMessages: 8 });
    await new Replay({ stallMs: 1000 }).run(outlet, source({ toldOf: 8, kept, read }));
    expect(lines).to.have.length(head - 4);
    expect(ends).to.deep.equal([]);
  });

  it('ends a reader that does not know of what was removed meanwhile, where that begins', async () => {
    const { outlet, lines, ends } = reader();
    let reads = 0;
    const read = async (after: number, upTo: number, limit: number) => {
      reads++;
      return events.filter(({ seq }) => seq > after && seq <= upTo && seq % 2 === 0).slice(0, limit);
    };
    const kept = () => ({ messages: 1, allMessages: 16 });
    await new Replay({ stallMs: 1000 }).run(outlet, source({ toldOf: 8, kept, read }));
    expect([outlet.lastSeq, reads]).to.deep.equal([8, 2]);
    expect(lines.filter(line => line.includes('"seq"') && !line.includes('Closing')).length).to.be.at.most(4);
    expect(ends).to.deep.equal(['TOO_SLOW']);
  });

  it('stops when the reader is gone', async () => {
    const { outlet, lines } = reader();
    let isWanted = true;
    const { read } = source();
    await new Replay({ stallMs: 1000 }).run(
      outlet,
      source({
        isWanted: () => isWanted,
        read: (...page) => {
          isWanted = false;
          return read(...page);
        },
      }),
    );
    expect(lines).to.deep.equal([]);
  });

  it('continues with what is recorded meanwhile, and passes over sequence numbers that hold nothing', async () => {
    const { outlet, lines } = reader();
    let upTo = 10;
    await new Replay({ stallMs: 1000 }).run(
      outlet,
      source({
        upTo: () => upTo,
        read: async (after, end, limit) => {
          if (upTo === 10) upTo = 20;
          return events.slice(after, Math.min(end, after + limit)).filter(({ seq }) => seq < 15);
        },
      }),
    );
    expect(lines).to.have.length(14);
    expect(outlet.lastSeq).to.equal(20);
  });
});
