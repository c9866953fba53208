import { expect } from 'chai';
import fc from 'fast-check';
import type { EventStore, StoredRoom } from '../../src/application/server/room-log-ports.js';
import type { Recorded } from '../../src/domain/events.js';
import { matcherOf } from '../../src/domain/message-search.js';
import { Recording } from '../support/events.js';
import { EVENT_STORES, type LogLimits, PLENTY, type StoreUnderTest } from '../support/room-logs.js';
import { until } from '../support/until.js';

for (const [name, { create, persists }] of Object.entries(EVENT_STORES)) {
  describe(`EventStore: ${name}`, () => {
    let made: StoreUnderTest[];
    let stores: EventStore[];
    let under: StoreUnderTest;
    let store: EventStore;
    let stored: StoredRoom;
    let recording: Recording;

    async function start(limits?: LogLimits): Promise<void> {
      under = create(limits);
      made.push(under);
      await use(under.store);
    }

    async function use(next: EventStore): Promise<void> {
      store = next;
      stores.push(next);
      stored = await next.open();
    }

    beforeEach(async () => {
      made = [];
      stores = [];
      recording = new Recording();
      await start();
    });
    afterEach(async () => {
      for (const each of stores) await each.close();
      for (const each of made) each.dispose();
    });

    const seqs = (events: readonly Recorded[]) => events.map(({ seq }) => seq);

    /** As a reader is given it. */
    function withoutKey(event: Recorded): Recorded {
      if (event.type !== 'UserJoined') return event;
      const { resumeKey: _, ...open } = event;
      return open;
    }

    /** Carl joins, says two things around David's stay, and remains. */
    function conversation(): Recorded[] {
      return [
        recording.joined(1, 'carl', 'key of carl'),
        recording.sent(1, 'carl', 'tea', 'r1'),
        recording.joined(2, 'david'),
        recording.sent(2, 'david', 'coffee'),
        recording.left(2, 'david'),
        recording.sent(1, 'carl', 'more tea', 'r2'),
      ];
    }

    describe('a new one', () => {
      it('erases a message for good, and says what it was', async () => {
        const events = conversation();
        store.write(events);
        const tea = events[1];
        if (tea?.type !== 'MessageSent') throw new Error('no message');
        await until(async () => (await store.search({ words: 'tea', limit: 9 })).length === 2);
        const { kept } = store;
        expect(store.erase(tea.seq)).to.include({ seq: tea.seq, content: 'tea' });
        expect(store.erase(tea.seq)).to.equal(undefined);
        expect(store.erase(events[0]?.seq ?? 0), 'a join').to.equal(undefined);
        expect(store.erase(999)).to.equal(undefined);
        expect(store.messageAt(tea.seq)).to.equal(undefined);
        expect(seqs(await store.messages(0, 99, 99))).to.deep.equal([4, 6]);
        expect(seqs(await store.search({ words: 'tea', limit: 9 }))).to.deep.equal([6]);
        expect(store.kept, 'nothing is missing that was not told').to.deep.equal(kept);
        store.write([recording.sent(1, 'carl', 'and more')]);
        expect(seqs(await store.messagesBefore(99, 9))).to.deep.equal([4, 6, 7]);
        const { reopen } = under;
        if (reopen === undefined) return;
        await store.close();
        await use(reopen());
        expect(seqs(await store.messagesBefore(99, 9))).to.deep.equal([4, 6, 7]);
      });

      it('keeps what the server itself says apart from what people say', async () => {
        const notice = { ...recording.sent(0, 'chatty', '{"type":"topic"}'), kind: 'notice' as const };
        store.write([notice, recording.sent(1, 'carl', 'hi')]);
        const messages = await store.messages(0, 99, 99);
        expect(messages.map(({ kind }) => kind)).to.deep.equal(['notice', undefined]);
        expect(seqs(await store.search({ words: 'topic', limit: 9 }))).to.deep.equal([]);
        expect(seqs(await store.search({ words: '', limit: 9 }))).to.deep.equal([2, 1]);
      });

      it('is empty, and names its epoch', () => {
        const { epoch, refs, ...rest } = stored;
        expect(rest).to.deep.equal({ head: 0, at: 0, lastSession: 0, present: [] });
        expect([...refs]).to.deep.equal([]);
        expect(epoch).to.be.a('string').with.length.above(8);
      });

      it('shares its epoch with no other one', async () => {
        const { epoch } = stored;
        await start();
        expect(stored.epoch).not.to.equal(epoch);
      });

      it('keeps everything from the first sequence number on', () => {
        expect(store.kept).to.deep.equal({ events: 1, messages: 1, allMessages: 1 });
      });
    });

    describe('what is written', () => {
      it('can be read as soon as write returns, in order, but for the resume keys', async () => {
        const batch = conversation();
        store.write(batch.slice(0, 4));
        store.write(batch.slice(4));
        const reading = store.read(0, 6, 10);
        expect(await reading).to.deep.equal(batch.map(withoutKey));
      });

      it('keeps of a leave nothing of why somebody else ended the session', async () => {
        store.write([recording.joined(1, 'carl')]);
        const left = recording.left(1, 'carl');
        store.write([{ ...left, ended: { reason: 'BANNED', about: { by: 'anna', reason: 'spam' } } }]);
        expect(await store.read(1, 2, 10)).to.deep.equal([left]);
      });

      it('is kept as it was, whatever it says', async () => {
        const odd = [
          recording.sent(1, 'Strauß', "'; DROP TABLE messages; --\n\t\u{1f44d}\u{1f3fd} \u4f60\u597d", 'r"'),
          { ...recording.sent(1, 'carl', 'waves'), kind: 'action' as const },
        ];
        store.write(odd);
        expect(await store.messages(0, 2, 2)).to.deep.equal(odd);
      });

      it('can be thousands of events', async () => {
        const batch = Array.from({ length: 3001 }, (_, n) => recording.sent(1, 'carl', String(n)));
        store.write(batch);
        expect(await store.read(0, 3001, 3001)).to.deep.equal(batch);
        expect(await store.messagesBefore(3001, 3000)).to.deep.equal(batch.slice(0, 3000));
      });
    });

    describe('reading', () => {
      beforeEach(() => store.write(conversation()));

      it('gives the oldest events of a range, the last one included', async () => {
        expect(seqs(await store.read(1, 4, 10))).to.deep.equal([2, 3, 4]);
        expect(seqs(await store.read(1, 100, 2))).to.deep.equal([2, 3]);
        expect(seqs(await store.read(6, 100, 10))).to.deep.equal([]);
        expect(seqs(await store.read(4, 2, 10))).to.deep.equal([]);
        expect(seqs(await store.read(0, 6, 0))).to.deep.equal([]);
      });

      it('gives messages only', async () => {
        expect(seqs(await store.messages(0, 6, 10))).to.deep.equal([2, 4, 6]);
        expect(seqs(await store.messages(2, 6, 1))).to.deep.equal([4]);
      });

      it('gives the newest messages before one, oldest first', async () => {
        expect(seqs(await store.messagesBefore(6, 10))).to.deep.equal([2, 4]);
        expect(seqs(await store.messagesBefore(Number.MAX_SAFE_INTEGER, 2))).to.deep.equal([4, 6]);
        expect(seqs(await store.messagesBefore(7, 0))).to.deep.equal([]);
      });

      it('gives a message by its sequence number, and nothing else', () => {
        expect(store.messageAt(2)).to.include({ seq: 2, content: 'tea', ref: 'r1' });
        for (const seq of [0, 1, 5, 7]) expect(store.messageAt(seq), String(seq)).to.equal(undefined);
      });

      it('finds messages, newest first', async () => {
        expect(seqs(await store.search({ words: 'tea', limit: 10 }))).to.deep.equal([6, 2]);
        expect(seqs(await store.search({ words: 'tea', limit: 1 }))).to.deep.equal([6]);
        expect(seqs(await store.search({ words: '', from: 'DAVID', limit: 10 }))).to.deep.equal([4]);
        expect(seqs(await store.search({ words: 'tea', before: 6, limit: 10 }))).to.deep.equal([2]);
      });

      it('finds words in quotes where they stand one after the other', async () => {
        const contents = [
          'green tea',
          'tea is green',
          'greens, teas',
          'Green -- TEA, please',
          'ever green',
          'tea',
        ];
        store.write(contents.map(content => recording.sent(1, 'carl', content)));
        const find = async (words: string) => seqs(await store.search({ words, limit: 10 }));
        expect(await find('"green tea"')).to.deep.equal([10, 7]);
        expect(await find('please "green tea"')).to.deep.equal([10]);
        expect(await find('"green tea')).to.deep.equal([10, 9, 8, 7]);
        expect(await find('"more tea" ""')).to.deep.equal([6]);
      });

      it('finds nothing by signs alone, and leaves them out of account beside words', async () => {
        store.write([recording.sent(1, 'carl', 'hello :)'), recording.sent(1, 'carl', ':) 👍')]);
        const find = async (words: string, from?: string) =>
          seqs(await store.search({ words, limit: 10, ...(from !== undefined && { from }) }));
        expect(await find(':)')).to.deep.equal([]);
        expect(await find('"…"', 'carl')).to.deep.equal([]);
        expect(await find(':) hello')).to.deep.equal([7]);
        expect(await find('👍 !')).to.deep.equal([8]);
        expect(await find(' ', 'carl')).to.deep.equal([8, 7, 6, 2]);
      });

      it('finds by time whatever was said then, also when the clock was set back or forth', async () => {
        const at = [50, 60, 900, 910, 55, 65, 65, 700, 710, 10, 95].map(n => 1_795_000_000_000 + n);
        const messages = at.map((at, n) => ({ ...recording.sent(1, 'carl', `clock ${n % 2}`), at }));
        store.write([...messages.slice(0, 5), { ...recording.left(1, 'carl'), seq: 12, at: at[5] ?? 0 }]);
        store.write(messages.slice(6).map(message => ({ ...message, seq: message.seq + 1 })));
        for (const words of ['', 'clock', 'clock 1']) {
          for (const since of [undefined, 0, 55, 61, 700, 905, 2000]) {
            for (const until of [undefined, 0, 11, 56, 66, 705, 901, 2000]) {
              const time = (offset: number) => 1_795_000_000_000 + offset;
              const query = {
                words,
                limit: 100,
                ...(since !== undefined && { since: time(since) }),
                ...(until !== undefined && { until: time(until) }),
              };
              const all = await store.messages(0, 100, 100);
              const expected = all.filter(matcherOf(query)).reverse();
              expect(await store.search(query), JSON.stringify(query)).to.deep.equal(expected);
              const [newest] = expected;
              if (newest === undefined) continue;
              expect(await store.search({ ...query, limit: 1 })).to.deep.equal([newest]);
              expect(await store.search({ ...query, before: newest.seq })).to.deep.equal(expected.slice(1));
            }
          }
        }
      });

      it('locates the sequence numbers of its own epoch, none beyond the last', async () => {
        expect(await store.locate(stored.epoch, 0)).to.equal(0);
        expect(await store.locate(stored.epoch, 4)).to.equal(4);
        expect(await store.locate(stored.epoch, 100)).to.equal(6);
        expect(await store.locate('another', 4)).to.equal(undefined);
      });
    });

    describe('its size', () => {
      it('is what it holds of messages, and may hold', async () => {
        expect(store.size).to.include({ messages: 0, bytes: 0, messagesLimit: PLENTY.maxMessages });
        store.write(conversation());
        const { messages, bytes, bytesLimit } = store.size;
        expect([messages, bytesLimit]).to.deep.equal([3, PLENTY.maxBytes]);
        expect(bytes).to.be.within(3 * 16, 3 * 400);
      });

      it('is known before it is opened, and after it was closed', async () => {
        const fresh = create();
        made.push(fresh);
        expect(fresh.store.size).to.include({ messages: 0, bytes: 0 });
        store.write(conversation());
        await store.close();
        expect(store.size).to.include({ messages: 3 });
      });
    });

    it('takes a batch of nothing, and is the same afterwards', async () => {
      store.write(conversation());
      store.write([]);
      expect(seqs(await store.read(0, 100, 100))).to.deep.equal([1, 2, 3, 4, 5, 6]);
      store.write([recording.sent(1, 'carl', 'on')]);
      expect(seqs(await store.read(6, 100, 100))).to.deep.equal([7]);
    });

    describe('sessions', () => {
      it('are found by their key, in the room and after they left', async () => {
        const carl = { session: 1, username: 'carl', resumeKey: 'key' };
        store.write([recording.joined(1, 'carl', 'key'), recording.joined(2, 'david')]);
        expect(await store.sessionOf('key')).to.deep.equal(carl);
        store.write([recording.left(1, 'carl')]);
        expect(await store.sessionOf('key')).to.deep.equal(carl);
        expect(await store.sessionOf('another')).to.equal(undefined);
      });

      it('have the key of their last join, also when they leave and return in one batch', async () => {
        store.write([
          recording.joined(1, 'carl', 'key'),
          recording.left(1, 'carl'),
          recording.joined(1, 'Carl', 'new'),
        ]);
        expect(await store.sessionOf('key')).to.equal(undefined);
        expect(await store.sessionOf('new')).to.deep.equal({
          session: 1,
          username: 'Carl',
          resumeKey: 'new',
        });
      });
    });

    describe('beyond its limits', () => {
      it('removes the oldest messages, and says from where on they are kept', async () => {
        await start({ ...PLENTY, maxMessages: 2 });
        store.write(Array.from({ length: 5 }, (_, n) => recording.sent(1, 'carl', `tea ${n}`)));
        await until(() => store.kept.messages === 4);
        expect(store.kept).to.deep.equal({ events: 4, messages: 4, allMessages: 4 });
        expect(seqs(await store.messages(0, 5, 10))).to.deep.equal([4, 5]);
        expect(seqs(await store.search({ words: 'tea', limit: 10 }))).to.deep.equal([5, 4]);
        expect([store.messageAt(3), store.messageAt(4)?.seq]).to.deep.equal([undefined, 4]);
      });

      it('removes first what those said who said most, and says where some are missing', async () => {
        await start({ ...PLENTY, maxMessages: 6 });
        store.write([recording.sent(1, 'carl', 'tea'), recording.sent(2, 'david', 'coffee')]);
        store.write(Array.from({ length: 10 }, (_, n) => recording.sent(3, 'eve', `more tea ${n}`)));
        await until(() => store.kept.allMessages === 9);
        expect(store.kept).to.deep.equal({ events: 9, messages: 1, allMessages: 9 });
        expect(seqs(await store.messages(0, 12, 20))).to.deep.equal([1, 2, 9, 10, 11, 12]);
        expect(seqs(await store.messages(1, 9, 20))).to.deep.equal([2, 9]);
        expect(seqs(await store.messagesBefore(10, 2))).to.deep.equal([2, 9]);
        expect(seqs(await store.search({ words: 'tea', limit: 10 }))).to.deep.equal([12, 11, 10, 9, 1]);
        for (const seq of [3, 8]) expect(store.messageAt(seq), String(seq)).to.equal(undefined);
      });

      it('counts bytes as well as messages', async () => {
        await start({ ...PLENTY, maxBytes: 50_000 });
        store.write(Array.from({ length: 5 }, (_, n) => recording.sent(1, 'carl', `tea ${n}`)));
        for (let n = 0; n < 60; n++) store.write([recording.sent(2, 'eve', 'x'.repeat(2000))]);
        await until(() => store.kept.allMessages > 6);
        await until(async () => (await store.messages(0, 65, 100)).length < 35);
        const all = await store.messages(0, 65, 100);
        expect(all.filter(({ username }) => username === 'carl')).to.have.length(5);
        expect(all.length).to.be.above(10);
        expect(all.at(-1)?.seq).to.equal(65);
      });

      it('takes all that is said under many names for what one owner said, if that is known', async () => {
        await start({ ...PLENTY, maxMessages: 12 });
        store.write(Array.from({ length: 4 }, (_, n) => recording.sent(1, 'carl', `tea ${n}`)));
        store.write(
          Array.from({ length: 20 }, (_, n) => ({ ...recording.sent(n, `eve${n}`, 'x'), owner: '@net' })),
        );
        await until(() => store.kept.allMessages === 17);
        const all = await store.messages(0, 24, 100);
        expect(seqs(all)).to.deep.equal([1, 2, 3, 4, 17, 18, 19, 20, 21, 22, 23, 24]);
      });

      it('removes the oldest of all among those who said about as much', async () => {
        await start({ ...PLENTY, maxMessages: 6 });
        for (let n = 0; n < 10; n++) store.write([recording.sent(n % 2, n % 2 ? 'carl' : 'david', 'tea')]);
        await until(() => store.kept.messages === 5);
        expect(store.kept).to.deep.equal({ events: 5, messages: 5, allMessages: 5 });
      });

      it('lets nobody lose anything to somebody who has more than twice as much', async () => {
        const owners = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 150 });
        const lives = fc.asyncProperty(owners, fc.integer({ min: 1, max: 60 }), async (said, maxMessages) => {
          recording = new Recording();
          await start({ ...PLENTY, maxMessages });
          const batch = said.map(owner => recording.sent(owner, `user${owner}`, 'x'));
          store.write(batch);
          const excess = Math.max(0, said.length - maxMessages);
          const all = () => store.messages(0, said.length, said.length);
          await until(async () => (await all()).length === said.length - excess);
          const kept = await all();
          const of = (events: readonly Recorded[], owner: number) =>
            events.filter(({ session }) => session === owner).map(({ seq }) => seq);
          const counts = said.map(owner => of(kept, owner).length);
          for (const owner of new Set(said)) {
            const [before, now] = [of(batch, owner), of(kept, owner)];
            expect(now, 'its newest').to.deep.equal(before.slice(before.length - now.length));
            if (now.length < before.length)
              expect((now.length + 1) * 2, 'has lost').to.be.at.least(Math.max(...counts));
          }
          const gone = batch.filter(({ seq }) => !kept.some(other => other.seq === seq));
          expect(store.kept.allMessages).to.equal((gone.at(-1)?.seq ?? 0) + 1);
          expect(store.kept.messages).to.be.at.most(kept[0]?.seq ?? said.length + 1);
          await store.close();
        });
        await fc.assert(lives, { numRuns: 25 });
      });

      it('removes joins and leaves by a limit of their own', async () => {
        await start({ ...PLENTY, maxPresence: 2 });
        store.write(conversation());
        await until(() => store.kept.events === 2);
        expect(store.kept).to.deep.equal({ events: 2, messages: 1, allMessages: 1 });
        expect(seqs(await store.read(0, 6, 10))).to.deep.equal([2, 3, 4, 5, 6]);
      });

      it('still knows a session whose join is removed while its user is in the room', async () => {
        await start({ ...PLENTY, maxPresence: 0 });
        store.write([recording.joined(1, 'carl', 'key')]);
        await until(() => store.kept.events === 2);
        expect(await store.sessionOf('key')).to.include({ session: 1, username: 'carl' });
      });
    });

    it('can be closed more than once, and without having been opened', async () => {
      await store.close();
      await store.close();
      const unopened = create();
      made.push(unopened);
      await unopened.store.close();
    });

    if (!persists) return;

    describe('opened again', () => {
      async function restart(): Promise<void> {
        await store.close();
        await use(under.reopen?.() ?? expect.fail());
      }

      it('has all that was written, and the time of its last event', async () => {
        const batch = conversation();
        store.write(batch);
        await restart();
        expect(stored).to.deep.include({ head: 6, at: batch.at(-1)?.at });
        expect(await store.read(0, 6, 10)).to.deep.equal(batch.map(withoutKey));
      });

      it('has the users in the room who had not left, with their keys', async () => {
        store.write(conversation());
        await restart();
        expect(stored.present).to.deep.equal([{ session: 1, username: 'carl', resumeKey: 'key of carl' }]);
      });

      it('knows the highest session, even one that has left for good', async () => {
        store.write([recording.joined(1, 'carl'), recording.joined(9, 'amy'), recording.left(9, 'amy')]);
        await restart();
        expect(stored.lastSession).to.equal(9);
        store.write([recording.joined(4, 'ben'), recording.left(4, 'ben')]);
        await restart();
        expect(stored.lastSession).to.equal(9);
      });

      it('gives the messages that have a ref, oldest first', async () => {
        store.write(conversation());
        await restart();
        expect([...stored.refs]).to.deep.equal([
          { session: 1, ref: 'r1', seq: 2 },
          { session: 1, ref: 'r2', seq: 6 },
        ]);
      });

      it('begins an epoch of its own, and locates those of the earlier ones up to their end', async () => {
        store.write(conversation());
        const first = stored.epoch;
        await restart();
        store.write([recording.sent(1, 'carl', 'later')]);
        expect(stored.epoch).not.to.equal(first);
        expect(await store.locate(first, 5)).to.equal(5);
        expect(await store.locate(first, 100)).to.equal(6);
        expect(await store.locate(stored.epoch, 100)).to.equal(7);
      });

      it('goes on taking from those who had most before', async () => {
        await start({ ...PLENTY, maxMessages: 3000 });
        store.write(Array.from({ length: 700 }, () => recording.sent(1, 'carl', 'tea')));
        store.write(Array.from({ length: 1900 }, () => recording.sent(2, 'eve', 'x')));
        await restart();
        store.write(Array.from({ length: 500 }, () => recording.sent(3, 'david', 'tea')));
        store.write(Array.from({ length: 300 }, () => recording.sent(2, 'eve', 'x')));
        await until(async () => (await store.messages(0, 4000, 4000)).length === 3000);
        await restart();
        const all = await store.messages(0, 4000, 4000);
        const of = (name: string) => all.filter(({ username }) => username === name).length;
        expect([of('carl'), of('david'), of('eve')]).to.deep.equal([700, 500, 1800]);
        expect(store.kept).to.deep.include({ messages: 1, allMessages: 1101 });
      });

      it('knows what it had removed', async () => {
        await start({ ...PLENTY, maxMessages: 1 });
        store.write([recording.sent(1, 'carl', 'a'), recording.sent(1, 'carl', 'b')]);
        await until(() => store.kept.messages === 2);
        await restart();
        expect(store.kept).to.deep.equal({ events: 2, messages: 2, allMessages: 2 });
      });
    });
  });
}
