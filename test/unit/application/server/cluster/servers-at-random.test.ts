import { expect } from 'chai';
import fc from 'fast-check';
import { RoomFold } from '../../../../../src/application/server/cluster/room-fold.js';
import type { News } from '../../../../../src/application/server/cluster/room-news.js';
import type { RoomEvent } from '../../../../../src/domain/events.js';
import { usernameKey } from '../../../../../src/domain/name-key.js';
import type { MemoryBroker } from '../../../../doubles/memory-journal.js';
import { RandomRoom, type Step, Time } from '../../../../support/random-room.js';

const index = fc.nat(1000);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      do: fc.constantFrom('join', 'say', 'say', 'say', 'leave', 'take', 'repeat'),
      at: index,
      of: index,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('freeze', 'thaw', 'kill', 'start'), at: index }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('stop', 'restart') }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 10, 100, 1000, 3000) }),
  },
);

/** One fold of all that is in the journal: what every server has to have come to. */
function folded(broker: MemoryBroker) {
  const fold = new RoomFold(broker.id);
  const events: RoomEvent[] = [];
  const refs: string[] = [];
  /** By which server each session speaks, and where its client is. */
  const speakers = new Map<number, { by: string | undefined; client: string }>();
  const told = ({ event }: Extract<News, { type: 'recorded' }>, by: string) => {
    expect(event.seq).to.equal(events.length + 1);
    events.push(event);
    const { type, session } = event;
    const speaker = speakers.get(session);
    if (type === 'UserJoined') speakers.set(session, { by, client: by });
    else if (type === 'MessageSent') {
      refs.push(`${session} ${event.ref}`);
      expect(speaker?.by, 'said by its server, while it is in the room').to.equal(by);
    } else {
      const { client = '' } = speaker ?? {};
      const isOwn = client.split('-')[0] === by.split('-')[0];
      expect(isOwn || !fold.servers.isUp(client), 'nobody leaves whose client is elsewhere').to.equal(true);
      speakers.delete(session);
    }
  };
  for (const entry of broker.entries) {
    const { by, news } = fold.apply(entry);
    for (const each of news)
      if (each.type === 'recorded') told(each, by);
      else if (each.type === 'moved') {
        const { client = '' } = speakers.get(each.user.session) ?? {};
        speakers.set(each.user.session, { by: each.to, client: each.because === 'TAKEN' ? by : client });
      }
  }
  return { fold, events, refs };
}

function check({ asked, alive, broker }: RandomRoom): void {
  const { fold, events, refs } = folded(broker);
  expect(new Set(refs).size, 'every message once').to.equal(refs.length);
  const names = new Map<number, string>();
  for (const { type, session, username } of events) {
    const key = usernameKey(username);
    if (type === 'UserJoined') expect([...names.values()], 'one holder of a name').not.to.include(key);
    if (type === 'UserJoined') names.set(session, key);
    if (type === 'UserLeft') names.delete(session);
  }
  for (const { told, log } of alive) {
    expect(log.objection).to.equal(undefined);
    for (const [at, line] of told.entries())
      if (line !== '')
        expect(JSON.parse(line).slice(0, 4)).to.deep.equal([
          ...[at + 1, events[at]?.type, events[at]?.session, events[at]?.username],
        ]);
    expect(told).to.have.length(events.length);
  }
  for (const { event, outcome, seq, by } of asked) {
    const isIn = event.type === 'MessageSent' && refs.includes(`${event.session} ${event.ref}`);
    if (outcome === 'recorded' && event.type !== 'UserLeft')
      expect(events[seq - 1], 'accepted').to.deep.include(event);
    if (outcome === 'repeated') expect(isIn, 'a repetition is of something').to.equal(true);
    const others = asked.filter(other => other.event === event);
    if (outcome === 'NOT_RECORDED' && others.length === 1) expect(isIn, 'refused').to.equal(false);
    if (outcome === 'open')
      expect(
        alive.some(({ name }) => name === by),
        'undecided',
      ).to.equal(false);
  }
  // What one server asked of one session is in the order in which it did.
  for (const { name } of alive) {
    const of = new Map<number, number>();
    const own = asked.filter(
      ({ by, event, outcome }) => by === name && outcome === 'recorded' && event.type === 'MessageSent',
    );
    for (const { event, seq } of own) {
      expect(seq, 'in the order of the calls').to.be.above(of.get(event.session) ?? 0);
      of.set(event.session, seq);
    }
  }
  // Whoever comes later, from a checkpoint of any moment, comes to the same.
  const kept = JSON.stringify(fold.kept);
  for (const at of [1, Math.ceil(broker.entries.length / 2)]) {
    const first = new RoomFold(broker.id);
    for (const entry of broker.entries.slice(0, at)) first.apply(entry);
    const later = new RoomFold(broker.id, first.position, JSON.parse(JSON.stringify(first.kept)));
    for (const entry of broker.entries.slice(at)) later.apply(entry);
    expect(JSON.stringify(later.kept)).to.equal(kept);
  }
  // Nobody is left of a server that is gone who cannot come back.
  for (const { by, client, resumeKey } of fold.present) {
    expect(fold.servers.isUp(by), 'somebody waits for them').to.equal(true);
    if (resumeKey === undefined) expect(fold.servers.isUp(client), 'they are there').to.equal(true);
  }
  expect(fold.servers.up).to.have.length(alive.length);
  expect(broker.entries.length, 'appended again no more often than that').to.be.below(
    100 * asked.length + 2000,
  );
}

describe('servers of one room, whatever happens', () => {
  it('agree on one order, in which everything is once that was accepted, and nothing that was refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 40, maxLength: 150, size: 'max' }),
        fc.array(fc.constantFrom(0, 1, 1, 1, 1, 2, 3), { minLength: 1, maxLength: 20 }),
        async (steps, ways) => {
          const time = new Time();
          const room = new RandomRoom(time);
          try {
            await room.start();
            await room.start();
            let n = 0;
            room.broker.deliveries = text => {
              const way = ways[n++ % ways.length] ?? 1;
              if (way < 3) return way;
              setTimeout(() => room.broker.take(text), 2); // overtaken
              return 0;
            };
            for (const next of steps) await room.do(next);
            await room.calm();
            check(room);
          } finally {
            await room.close();
            time.restore();
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
