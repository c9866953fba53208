import { expect } from 'chai';
import fc from 'fast-check';
import { type KeptFold, RoomFold } from '../../../../../src/application/server/cluster/room-fold.js';
import { FoldUnderTest } from '../../../../support/entries.js';
import { joined, left, sent } from '../../../../support/room-logs.js';

const taken = (session: number, attempt = 0, origin = {}) => ({
  type: 'SessionTaken',
  session,
  attempt,
  origin,
});
const down = (incarnation: string) => ({ type: 'ServerDown', incarnation });

/** Sessions as the first server of a room counts them. */
const CARL = 1_000_000_001;

describe('RoomFold', () => {
  let room: FoldUnderTest;

  beforeEach(() => {
    room = new FoldUnderTest(new RoomFold('e'));
    room.up('a', 'b');
  });

  const holders = () => room.fold.present.map(({ session, by }) => [session, by]);
  /** Another server that begins with a checkpoint of now. */
  const restored = () => new RoomFold('e', room.fold.position, room.kept);

  describe('entries', () => {
    it('count once each, in their order', () => {
      const entry = {
        position: 9,
        at: 1,
        text: JSON.stringify({ by: 'a', n: 1, items: [joined(CARL, 'carl')] }),
      };
      const early = { ...entry, text: entry.text.replace('"n":1', '"n":2') };
      expect(room.fold.apply(early).answers).to.equal(undefined);
      expect(room.fold.apply(entry).answers).to.have.length(1);
      expect(room.fold.apply(entry).answers).to.equal(undefined);
      expect(room.fold.head).to.equal(1);
    });

    it('are void before a server has come, when it comes again, and after it has gone', () => {
      expect(room.ask('c', joined(1, 'carl')).answers).to.equal(undefined);
      expect(room.ask('c', { type: 'ServerUp', rules: 7, name: 'c' }).answers).to.equal(undefined);
      expect(room.outcomes('a', joined(1, 'carl'), down('a'), joined(2, 'david'))).to.deep.equal([
        ...[1, 'DONE', 'NOT_RECORDED'],
      ]);
      expect(room.ask('a', joined(2, 'david')).answers).to.equal(undefined);
      const again = {
        position: 9,
        at: 1,
        text: '{"by":"a","n":0,"items":[{"type":"ServerUp","rules":"r","name":"a"}]}',
      };
      expect(room.fold.apply(again).answers).to.equal(undefined);
    });

    it('change nothing with items that are none, and all the others count', () => {
      const odd = [
        null,
        { type: '__proto__' },
        { ...joined(2, 'x'), origin: null },
        sent(1, 'carl', 7 as never),
      ];
      expect(room.outcomes('a', ...odd, joined(CARL, 'carl'))).to.deep.equal([
        ...['NOT_RECORDED', 'NOT_RECORDED', 'NOT_RECORDED', 'NOT_RECORDED'],
        1,
      ]);
      expect(room.fold.present).to.have.length(1);
      expect(room.outcomes('a', { type: 'ServerUp', rules: 'r', name: 'n' })).to.deep.equal(['DONE']);
    });

    it('never make it throw', () => {
      const odd = fc.oneof(
        fc.jsonValue(),
        fc.record(
          {
            type: fc.constantFrom(
              'UserJoined',
              'UserLeft',
              'MessageSent',
              'SessionTaken',
              'EpochBegun',
              'ServerDown',
            ),
            session: fc.jsonValue(),
            username: fc.jsonValue(),
            ended: fc.jsonValue(),
            origin: fc.jsonValue(),
          },
          { requiredKeys: ['type'] },
        ),
      );
      fc.assert(
        fc.property(fc.array(odd, { maxLength: 5 }), items => {
          expect(room.ask('b', ...items).answers).to.have.length(items.length);
          expect(room.fold.apply({ position: 1, at: 1, text: JSON.stringify(items) }).answers).to.equal(
            undefined,
          );
        }),
        { numRuns: 300 },
      );
    });

    it('give events the time of the journal', () => {
      room.fold.apply(room.entries.add('a', [joined(CARL, 'carl')], 5000));
      expect(room.fold.at).to.equal(5000);
      room.fold.apply(room.entries.add('a', [sent(CARL, 'carl', 'hi')], 4990));
      expect(room.fold.at, 'not before the last one').to.equal(5000);
    });
  });

  describe('sessions', () => {
    beforeEach(() => {
      room.ask('a', { ...joined(CARL, 'carl', 'key'), attempt: 2, origin: { address: '::1' } });
    });

    it('are spoken for by their own server only, while they are in the room', () => {
      expect(room.outcomes('b', sent(CARL, 'carl', 'hi'), left(CARL, 'carl'))).to.deep.equal([
        'NOT_RECORDED',
        1,
      ]);
      expect(room.outcomes('a', sent(CARL, 'carl', 'hi'), left(CARL, 'carl'))).to.deep.equal([2, 3]);
      expect(room.outcomes('a', sent(CARL, 'carl', 'late'), left(CARL, 'carl'))).to.deep.equal([
        'NOT_RECORDED',
        3,
      ]);
      expect(room.outcomes('a', sent(0, 'chatty', 'what the server says'))).to.deep.equal([4]);
    });

    it('are taken by newer connections, not by older ones, and not when they have left', () => {
      expect(room.outcomes('b', taken(CARL, 1))).to.deep.equal(['ALREADY_JOINED']);
      expect(holders()).to.deep.equal([[CARL, 'a']]);
      expect(room.news('b', taken(CARL, 3, { address: '::2' }))).to.deep.equal([
        {
          ...{ type: 'moved', from: 'a', to: 'b', because: 'TAKEN' },
          user: {
            ...{ session: CARL, username: 'carl', resumeKey: 'key' },
            elsewhere: { address: '::2', attempt: 3 },
          },
        },
      ]);
      expect(room.news('b', taken(CARL, 4))).to.deep.equal([]);
      expect(room.outcomes('a', taken(CARL, 3))).to.deep.equal(['ALREADY_JOINED']);
      expect(room.outcomes('b', left(CARL, 'carl'), taken(CARL, 9))).to.deep.equal([2, 'NOT_JOINED']);
    });

    it('are adopted by the eldest server, and by the next one that comes when there is none', () => {
      room.ask('b', joined(CARL + 1, 'david'));
      expect(room.news('b', down('a'))).to.deep.include({
        ...{ type: 'moved', from: 'a', to: 'b', because: 'DOWN' },
        user: {
          session: CARL,
          username: 'carl',
          resumeKey: 'key',
          elsewhere: { address: '::1', isAway: true },
        },
      });
      expect(room.news('b', down('a'), down('nobody'))).to.deep.equal([]);
      const gone = room.news('b', down('b'));
      expect(gone.map(news => news.type === 'moved' && news.to)).to.deep.equal([false, undefined, undefined]);
      expect(holders()).to.deep.equal([
        [CARL, 'b'],
        [CARL + 1, 'b'],
      ]);
      room.up('c');
      expect(holders()).to.deep.equal([
        [CARL, 'c'],
        [CARL + 1, 'c'],
      ]);
    });

    it('end by a leave that is said under a new name, unless their client has come back elsewhere', () => {
      room.ask('b', down('a'));
      room.up('a2');
      const late = { ...left(CARL, 'carl'), was: 'a' };
      room.ask('b', taken(CARL, 3));
      expect(room.outcomes('a2', late), 'is back').to.deep.equal([1]);
      expect(room.fold.present).to.have.length(1);
      room.ask('b', down('b'));
      expect(room.outcomes('a2', { ...late, was: 'b' }), 'is not').to.deep.equal([2]);
      expect(room.fold.present).to.deep.equal([]);
    });

    it('end once when somebody is put out, by whichever server', () => {
      const ended = { reason: 'KICKED', about: { by: 'lucio' } };
      const [news] = room.news('b', { ...left(CARL, 'carl'), ended });
      expect(news).to.deep.include({ event: { ...left(CARL, 'carl'), seq: 2, at: 1003 } });
      expect(news).to.have.deep.nested.property('told.ended', ended);
      expect(room.news('a', { ...left(CARL, 'carl'), ended })).to.deep.equal([]);
    });
  });

  it('knows whose connection is gone, by the word of their server, until they are there again', () => {
    room.ask('a', { ...joined(CARL, 'carl', 'key'), attempt: 2 });
    const absent = (isAway: unknown) => ({ type: 'SessionAbsent', session: CARL, isAway });
    expect(room.news('b', absent(true))).to.deep.equal([]);
    expect(room.outcomes('a', absent('yes'))).to.deep.equal(['NOT_RECORDED']);
    const absence = { type: 'absence', session: CARL, by: 'a' };
    expect(room.news('a', absent(true), absent(true))).to.deep.equal([{ ...absence, isAway: true }]);
    expect(room.kept.sessions[0]).to.include({ isAway: true });
    expect(room.news('a', taken(CARL, 3), absent(false))).to.deep.equal([{ ...absence, isAway: false }]);
    expect([room.fold.countOf('a'), room.fold.countOf('b')]).to.deep.equal([1, 0]);
  });

  it('knows since when they are away and until when they are waited for, whichever server waits', () => {
    const up = (waitMs: number) => ({ type: 'ServerUp', rules: 'of tests', name: 'c', waitMs });
    room.ask('c', up(60_000));
    room.ask('c', { ...joined(CARL, 'carl', 'key'), attempt: 1 });
    const absent = { type: 'SessionAbsent', session: CARL, isAway: true };
    const [news] = room.news('c', { ...absent, waitMs: 5000 });
    const { at } = room.fold;
    const waiting = { since: at, until: at + 5000 };
    expect(news).to.deep.equal({ type: 'absence', session: CARL, by: 'c', isAway: true, waiting });
    expect(room.kept.sessions[0]).to.deep.include({ isAway: true, waiting });
    expect(room.news('c', { ...absent, isAway: false })[0]).not.to.have.property('waiting');
    expect(room.kept.sessions[0]).not.to.have.property('waiting');
    room.ask('c', absent, down('c'));
    expect(room.kept.sessions[0], 'by a server of an earlier version').not.to.have.property('waiting');
    for (const server of ['a', 'b']) room.ask(server, down(server));
    room.ask('d', up(9000));
    const anew = { since: room.fold.at, until: room.fold.at + 9000 };
    expect(room.fold.present[0]).to.deep.include({ by: 'd', isAway: true, waiting: anew });
    const restored = new RoomFold('e', room.fold.position, room.kept);
    expect(restored.present).to.deep.equal(room.fold.present);
  });

  it('says what was where in which epoch', () => {
    room.ask('a', sent(0, 'a', 'one'), sent(0, 'a', 'two'), sent(0, 'a', 'three'));
    const begun = { type: 'EpochBegun', epoch: 'f', lost: 'e', upTo: 2 };
    expect(room.news('a', begun, { ...begun, epoch: 'g' })).to.deep.equal([{ type: 'epoch', epoch: 'f' }]);
    room.ask('a', { type: 'EpochBegun', epoch: 'h', lost: 'f', upTo: 99 });
    expect(room.fold.epoch).to.equal('h');
    expect(['e', 'f', 'h', 'other'].map(epoch => room.fold.locate(epoch, 99))).to.deep.equal([
      2,
      3,
      3,
      undefined,
    ]);
    expect(restored().locate('e', 1)).to.equal(1);
    expect(restored().epoch).to.equal('h');
  });

  it('knows the entry with which it ends, whatever was taken out of it, and no other one', () => {
    const garbage = room.entries.raw('garbage');
    room.fold.apply(garbage);
    expect(restored().endsWith(garbage)).to.equal(true);
    const entry = room.entries.add('a', [sent(0, 'a', 'secret')]);
    room.fold.apply(entry);
    const without = { ...entry, text: entry.text.replace('secret', '') };
    expect([entry, without, garbage].map(each => restored().endsWith(each))).to.deep.equal([
      true,
      true,
      false,
    ]);
  });

  describe('goes on from a checkpoint as if it had read all', () => {
    it('with whatever was asked', () => {
      const session = fc.integer({ min: CARL, max: CARL + 5 });
      const name = fc.constantFrom('carl', 'david', 'lucio', 'CARL');
      const ref = fc.option(fc.constantFrom('r1', 'r2', 'r3'), { nil: undefined });
      const item = fc.oneof(
        fc.tuple(session, name).map(([id, username]) => joined(id, username, `key ${id}`)),
        fc.tuple(session, name, ref).map(([id, username, of]) => sent(id, username, 'hi', of)),
        fc.tuple(session, name).map(([id, username]) => left(id, username)),
        fc.tuple(session, fc.nat(5)).map(([id, attempt]) => taken(id, attempt)),
      );
      const server = fc.constantFrom('a', 'b', 'c');
      const step = fc.oneof(
        { weight: 9, arbitrary: fc.tuple(server, fc.array(item, { maxLength: 4 })) },
        {
          weight: 1,
          arbitrary: fc.tuple(
            server,
            server.map(gone => [down(gone)]),
          ),
        },
      );
      fc.assert(
        fc.property(fc.array(step, { maxLength: 40 }), fc.nat(40), (steps, at) => {
          const all = new FoldUnderTest(new RoomFold('e'));
          all.up('a', 'b', 'c');
          let later: RoomFold | undefined;
          for (const [index, [by, items]] of steps.entries()) {
            if (index === at) later = new RoomFold('e', all.fold.position, all.kept);
            const folded = all.ask(by, ...items);
            const entry = all.entries.all.at(-1) ?? expect.fail();
            if (later !== undefined) expect(later.apply(entry)).to.deep.equal(folded);
          }
          if (later !== undefined) expect(JSON.parse(JSON.stringify(later.kept))).to.deep.equal(all.kept);
          const present = all.fold.present.map(({ username }) => username.toLowerCase());
          expect(new Set(present).size, 'one holder of a name').to.equal(present.length);
        }),
        { numRuns: 300 },
      );
    });

    it('when it is about to forget the messages of those who have left', () => {
      const said = (id: number, from: number, count: number) =>
        Array.from({ length: count }, (_, n) => sent(id, `n${id}`, 'x', `r${from + n}`));
      const users = Array.from({ length: 1000 }, (_, n) => CARL + n);
      for (const id of users) {
        room.ask('a', joined(id, `n${id}`));
        room.ask('a', ...said(id, 0, 256));
      }
      room.ask('a', left(CARL, `n${CARL}`));
      const later = restored();
      expect(later.knows(CARL, 'r0')).to.equal(room.fold.knows(CARL, 'r0'));
      const entry = room.entries.add('a', said(CARL + 1, 256, 1));
      for (const fold of [room.fold, later]) fold.apply(entry);
      expect(later.knows(CARL, 'r0')).to.equal(room.fold.knows(CARL, 'r0'));
      const sizes = [room.fold, later].map(({ kept }: { kept: KeptFold }) => kept.refs.of.length);
      expect(sizes[0]).to.equal(sizes[1]);
    });
  });
});
