import { expect } from 'chai';
import sinon from 'sinon';
import type { OpenedRoomLog, RoomLog } from '../../src/application/server/room-log-ports.js';
import type { Recorded } from '../../src/domain/events.js';
import type { SearchQuery } from '../../src/domain/message-search.js';
import {
  joined,
  type LogLimits,
  type LogUnderTest,
  left,
  PLENTY,
  ROOM_LOGS,
  refusalOf,
  sent,
} from '../support/room-logs.js';
import { until } from '../support/until.js';

for (const [name, kind] of Object.entries(ROOM_LOGS)) {
  const { create, persists, isShared = false, hasOwnClock = true } = kind;
  describe(`RoomLog: ${name}`, () => {
    kind.suite?.();
    let made: LogUnderTest[];
    let logs: RoomLog[];
    let under: LogUnderTest;
    let log: RoomLog;
    let opened: OpenedRoomLog;
    let told: Recorded[][];

    async function start(limits?: LogLimits): Promise<void> {
      under = await create(limits);
      made.push(under);
      opened = await use(under.log);
    }

    async function use(next: RoomLog): Promise<OpenedRoomLog> {
      log = next;
      logs.push(log);
      const room = await log.open();
      told = [];
      log.follow(batch => told.push([...batch]));
      return room;
    }

    /** The same log again, as after an orderly restart. */
    async function restart(limits?: LogLimits): Promise<OpenedRoomLog> {
      await log.close();
      return use(under.reopen?.(limits) ?? expect.fail('nothing outlives this log'));
    }

    beforeEach(async () => {
      made = [];
      logs = [];
      await start();
    });
    afterEach(async () => {
      sinon.restore();
      for (const each of logs) await each.close();
      for (const each of made) each.dispose();
    });

    const say = (content: string, session = 1, username = 'carl') =>
      log.append(sent(session, username, content));
    const contents = (events: readonly Recorded[]) =>
      events.map(event => (event.type === 'MessageSent' ? event.content : event.type));

    describe('recording', () => {
      it('is empty at first', async () => {
        expect(opened).to.deep.include({ head: 0, present: [] });
        expect(opened.lastSession).to.be.at.least(0);
        expect(log.kept).to.deep.equal({ events: 1, messages: 1, allMessages: 1 });
        expect(await log.read(0, 100, 100)).to.deep.equal([]);
      });

      it('says how much it holds, and that something can be recorded', async () => {
        expect(log.objection).to.equal(undefined);
        expect(log.size).to.include({ messages: 0, messagesLimit: PLENTY.maxMessages });
        await say('tea');
        expect(log.size.messages).to.equal(1);
        expect(log.objection).to.equal(undefined);
      });

      it('knows the time by which its events have theirs', async () => {
        const { at } = await say('tea');
        expect(log.now() - at).to.be.within(-60_000, 60_000);
      });

      it('erases a message that was appended before, and nothing else', async () => {
        const saying = say('secret');
        const erased = log.erase(1);
        expect(await erased).to.include({ seq: 1, content: 'secret' });
        await saying;
        expect(await log.messagesBefore(99, 9)).to.deep.equal([]);
        expect(await log.erase(1)).to.equal(undefined);
        expect((await say('next')).seq).to.equal(2);
      });

      it('knows which messages it has, from when they are appended', async () => {
        const message = { ...sent(1, 'carl', 'hi'), ref: 'r1' };
        expect(log.knows(1, 'r1')).to.equal(false);
        const saying = log.append(message);
        expect(log.knows(1, 'r1')).to.equal(true);
        await saying;
        expect([log.knows(1, 'r1'), log.knows(1, 'r2'), log.knows(2, 'r1')]).to.deep.equal([
          true,
          false,
          false,
        ]);
        const { seq } = await log.append(message);
        expect(await log.erase(seq)).to.include({ ref: 'r1' });
        expect(await log.append(message), 'nobody says it again').to.include({ seq, repeated: true });
      });

      if (hasOwnClock)
        it('numbers events in the order of the calls, and lets time stand still while the clock is a little behind', async () => {
          const now = sinon.stub(Date, 'now');
          now.returns(2000);
          const first = await log.append(joined(1, 'carl'));
          now.returns(1000);
          const second = await say('hi');
          now.returns(3000);
          const third = await log.append(left(1, 'carl'));
          expect([first, second, third].map(({ seq, at }) => [seq, at])).to.deep.equal([
            [1, 2000],
            [2, 2000],
            [3, 3000],
          ]);
          expect(second).to.deep.equal({ ...sent(1, 'carl', 'hi'), seq: 2, at: 2000 });
        });

      it('numbers events in the order of the calls, at times that follow it', async () => {
        const before = Date.now();
        const appends = [log.append(joined(1, 'carl')), say('hi'), log.append(left(1, 'carl'))];
        const events = await Promise.all(appends);
        expect(events.map(({ seq }) => seq)).to.deep.equal([1, 2, 3]);
        // The clock of a log that several servers share need not be this one.
        for (const { at } of events) expect(at).to.be.within(before - 1000, Date.now() + 1000);
        expect(events.map(({ at }) => at)).to.deep.equal(
          events.map(({ at }) => at).toSorted((a, b) => a - b),
        );
      });

      it('records what is appended in one turn as one, and tells it as one before the promises resolve', async () => {
        const order: string[] = [];
        log.follow(batch => order.push(`told ${batch.map(({ seq }) => seq).join(' ')}`));
        const appends = [log.append(joined(1, 'carl')), say('a'), say('b')].map(append =>
          append.then(({ seq }) => order.push(`resolved ${seq}`)),
        );
        const early = await log.read(0, 10, 10);
        await Promise.all(appends);
        expect(early).to.deep.equal([]);
        expect(order).to.deep.equal(['told 1 2 3', 'resolved 1', 'resolved 2', 'resolved 3']);
        await say('c');
        expect(order.slice(4)).to.deep.equal(['told 4']);
      });

      it('tells and records thousands in one turn in order', async () => {
        const appends = Array.from({ length: 5000 }, (_, n) => say(String(n)));
        const events = await Promise.all(appends);
        expect(events.map(({ seq }) => seq)).to.deep.equal(Array.from({ length: 5000 }, (_, n) => n + 1));
        expect(told.flat()).to.deep.equal(events);
        expect(await log.read(0, 5000, 5000)).to.deep.equal(events);
      });

      it('records what a follower appends when it is told', async () => {
        let answer: Promise<unknown> | undefined;
        log.follow(batch => {
          told.push([...batch]);
          answer ??= say('answer');
        });
        await say('question');
        await answer;
        expect(told.map(contents)).to.deep.equal([['question'], ['answer']]);
      });

      it('is settled when all earlier appends are decided', async () => {
        await log.settled();
        const decided: string[] = [];
        void say('a').then(() => decided.push('a'));
        void log.append(joined(1, 'carl')).then(() => decided.push('joined'));
        await log.settled();
        expect(decided).to.deep.equal(['a', 'joined']);
      });
    });

    describe('names', () => {
      it('lets exactly one of two have a name in one turn, however they spell it', async () => {
        const codes = await Promise.all([
          refusalOf(log.append(joined(1, 'Straße'))),
          refusalOf(log.append(joined(2, 'STRASSE'))),
          refusalOf(log.append(joined(3, 'david'))),
        ]);
        expect(codes).to.deep.equal([undefined, 'NAME_TAKEN', undefined]);
        expect(told.flat().map(({ session }) => session)).to.deep.equal([1, 3]);
        expect(await refusalOf(log.append(joined(4, 'strasse')))).to.equal('NAME_TAKEN');
      });

      it('does not let a session in the room join again', async () => {
        await log.append(joined(1, 'carl'));
        expect(await refusalOf(log.append(joined(1, 'carl')))).to.equal('NAME_TAKEN');
        expect(await refusalOf(log.append(joined(1, 'david')))).to.equal('ALREADY_JOINED');
      });

      it('frees a name with a leave, in the same turn as well', async () => {
        await log.append(joined(1, 'carl'));
        const appends = [left(1, 'carl'), joined(2, 'CARL'), left(2, 'CARL'), joined(3, 'carl')];
        const events = await Promise.all(appends.map(event => log.append(event)));
        expect(events.map(({ seq }) => seq)).to.deep.equal([2, 3, 4, 5]);
        expect(await refusalOf(log.append(joined(4, 'carl')))).to.equal('NAME_TAKEN');
      });

      it('frees nothing when somebody leaves who is not in the room', async () => {
        await log.append(joined(1, 'carl'));
        await log.append(left(2, 'carl'));
        expect(await refusalOf(log.append(joined(3, 'carl')))).to.equal('NAME_TAKEN');
      });
    });

    describe('repetitions', () => {
      it('records a message with a ref once, in one turn, later, and for each session of its own', async () => {
        const [first, again] = await Promise.all([
          log.append(sent(1, 'carl', 'hi', 'r1')),
          log.append(sent(1, 'carl', 'hi', 'r1')),
        ]);
        const later = await log.append(sent(1, 'carl', 'hi', 'r1'));
        const other = await log.append(sent(2, 'david', 'hi', 'r1'));
        expect(first).not.to.have.property('repeated');
        expect(again).to.deep.equal({ ...first, repeated: true });
        expect(later).to.deep.equal({ ...first, repeated: true });
        expect(other).to.deep.equal({ ...sent(2, 'david', 'hi', 'r1'), seq: 2, at: other.at });
        expect(told.flat().map(({ seq }) => seq)).to.deep.equal([1, 2]);
      });

      it('knows the last 256 of a session', async () => {
        for (let n = 0; n < 300; n++) void log.append(sent(1, 'carl', String(n), `r${n}`));
        await log.settled();
        expect(await log.append(sent(1, 'carl', '44', 'r44'))).to.deep.include({ seq: 45, repeated: true });
        expect((await log.append(sent(1, 'carl', '43', 'r43'))).seq).to.equal(301);
      });
    });

    describe('reading', () => {
      beforeEach(async () => {
        await log.append(joined(1, 'carl', 'key'));
        await say('a');
        await log.append(joined(2, 'david'));
        await Promise.all([say('b'), say('c')]);
        await log.append(left(2, 'david'));
        await say('d');
      });
      const seqs = (events: readonly Recorded[]) => events.map(({ seq }) => seq);

      it('gives the events after one sequence number and up to another, oldest first', async () => {
        expect(seqs(await log.read(0, 7, 10))).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
        expect(seqs(await log.read(2, 5, 10))).to.deep.equal([3, 4, 5]);
        expect(seqs(await log.read(2, 7, 2))).to.deep.equal([3, 4]);
        expect(seqs(await log.read(7, 100, 10))).to.deep.equal([]);
        expect(seqs(await log.read(5, 3, 10))).to.deep.equal([]);
        expect(seqs(await log.read(0, 7, 0))).to.deep.equal([]);
      });

      it('gives events as they were told, but for the secret of a join', async () => {
        expect(await log.read(0, 7, 10)).to.deep.equal(
          told.flat().map(event => {
            const { resumeKey: _, ...open } = { resumeKey: undefined, ...event };
            return open;
          }),
        );
      });

      it('tells an action from a message', async () => {
        const { seq } = await log.append({ ...sent(1, 'carl', 'waves'), kind: 'action' });
        const [event] = await log.read(seq - 1, seq, 1);
        expect(event).to.deep.include({ content: 'waves', kind: 'action' });
        expect(await log.messagesBefore(seq + 1, 1)).to.deep.equal([event]);
      });

      it('gives messages only', async () => {
        expect(contents(await log.messages(0, 7, 10))).to.deep.equal(['a', 'b', 'c', 'd']);
        expect(contents(await log.messages(2, 5, 10))).to.deep.equal(['b', 'c']);
        expect(contents(await log.messages(2, 7, 1))).to.deep.equal(['b']);
      });

      it('gives the newest messages before a sequence number, oldest first', async () => {
        expect(contents(await log.messagesBefore(8, 2))).to.deep.equal(['c', 'd']);
        expect(contents(await log.messagesBefore(7, 10))).to.deep.equal(['a', 'b', 'c']);
        expect(contents(await log.messagesBefore(2, 10))).to.deep.equal([]);
      });

      it('gives many', async () => {
        for (let n = 0; n < 3000; n++) void say(`m${n}`);
        await log.settled();
        expect(seqs(await log.read(0, 3007, 2500))).to.deep.equal(
          Array.from({ length: 2500 }, (_, n) => n + 1),
        );
        const newest = await log.messagesBefore(3008, 2500);
        expect(seqs(newest)).to.deep.equal(Array.from({ length: 2500 }, (_, n) => n + 508));
      });
    });

    describe('epochs and sessions', () => {
      it('locates the sequence numbers of its epoch, and none of another', async () => {
        await say('a');
        await say('b');
        expect(await log.locate(opened.epoch, 1)).to.equal(1);
        expect(await log.locate(opened.epoch, 9)).to.equal(2);
        expect(await log.locate('another', 1)).to.equal(undefined);
      });

      it('finds a session by its resume key, in the room and after it left', async () => {
        await log.append(joined(7, 'carl', 'key'));
        await log.append(joined(8, 'david'));
        const carl = { session: 7, username: 'carl', resumeKey: 'key' };
        expect(await log.sessionOf('key')).to.deep.equal(carl);
        await log.append(left(7, 'carl'));
        expect(await log.sessionOf('key')).to.deep.equal(carl);
        expect(await log.sessionOf('other')).to.equal(undefined);
      });

      it('lets a session come back, with a new resume key', async () => {
        await log.append(joined(7, 'carl', 'key'));
        await log.append(left(7, 'carl'));
        await log.append(joined(7, 'carl', 'new'));
        expect(await log.sessionOf('key')).to.equal(undefined);
        expect(await log.sessionOf('new')).to.deep.equal({ session: 7, username: 'carl', resumeKey: 'new' });
        expect(await refusalOf(log.append(joined(8, 'carl')))).to.equal('NAME_TAKEN');
      });
    });

    describe('search', () => {
      const find = async (query: Partial<SearchQuery>) =>
        contents(await log.search({ words: '', limit: 100, ...query }));

      it('finds words and beginnings of words, case and accents aside, newest first', async () => {
        for (const text of [
          'Crème brûlée',
          'the creme of creams',
          'ice cream',
          'scream',
          'STRASSE',
          'Straße 7',
        ])
          await say(text);
        expect(await find({ words: 'creme' })).to.deep.equal(['the creme of creams', 'Crème brûlée']);
        expect(await find({ words: 'CRÉM' })).to.deep.equal(['the creme of creams', 'Crème brûlée']);
        expect(await find({ words: 'cre' })).to.deep.equal([
          'ice cream',
          'the creme of creams',
          'Crème brûlée',
        ]);
        expect(await find({ words: 'ice cre' })).to.deep.equal(['ice cream']);
        expect(await find({ words: 'strasse' })).to.deep.equal(['Straße 7', 'STRASSE']);
        expect(await find({ words: 'ice brulee' })).to.deep.equal([]);
        expect(await find({ words: 'cre', limit: 2 })).to.deep.equal(['ice cream', 'the creme of creams']);
        expect(await find({ words: 'cre', limit: 0 })).to.deep.equal([]);
      });

      it('finds sequences of characters in scripts without spaces, and pictures', async () => {
        for (const text of ['東京都に住む', '京都が好き', '都京', 'ﾊﾝﾊﾞｰｶﾞｰ', 'สวัสดีครับ', 'well 👍🏽', '한국어'])
          await say(text);
        expect(await find({ words: '京都' })).to.deep.equal(['京都が好き', '東京都に住む']);
        expect(await find({ words: '好き' })).to.deep.equal(['京都が好き']);
        expect(await find({ words: 'バーガ' })).to.deep.equal(['ﾊﾝﾊﾞｰｶﾞｰ']);
        expect(await find({ words: 'ハーカ' })).to.deep.equal([]);
        expect(await find({ words: 'ครับ' })).to.deep.equal(['สวัสดีครับ']);
        expect(await find({ words: '👍' })).to.deep.equal(['well 👍🏽']);
        expect(await find({ words: '한국' })).to.deep.equal(['한국어']);
      });

      it('finds what somebody said, in any spelling of the name, with and without words', async () => {
        await say('tea', 1, 'Carl');
        await say('tea', 2, 'david');
        await say('coffee', 1, 'Carl');
        expect(await find({ from: 'cARL' })).to.deep.equal(['coffee', 'tea']);
        expect(await find({ words: 'tea', from: 'carl' })).to.deep.equal(['tea']);
        expect(await find({ from: 'car' })).to.deep.equal([]);
        expect(await find({ words: 'carl' })).to.deep.equal([]);
      });

      if (hasOwnClock)
        it('keeps to the times, with and without words', async () => {
          const now = sinon.stub(Date, 'now');
          for (const minute of [1, 2, 3, 4]) {
            now.returns(minute * 60_000);
            await log.append(joined(minute, `user${minute}`));
            await say(`tea ${minute}`);
          }
          for (const words of ['tea', '']) {
            expect(await find({ words, since: 120_000 })).to.deep.equal(['tea 4', 'tea 3', 'tea 2']);
            expect(await find({ words, until: 180_000 })).to.deep.equal(['tea 2', 'tea 1']);
            expect(await find({ words, since: 60_001, until: 180_001 })).to.deep.equal(['tea 3', 'tea 2']);
            expect(await find({ words, since: 300_000 })).to.deep.equal([]);
            expect(await find({ words, limit: 2 })).to.deep.equal(['tea 4', 'tea 3']);
          }
        });

      it('takes nothing for syntax', async () => {
        await say('hi');
        for (const words of [
          '" OR NEAR( * ^ : -- ; DROP',
          'hi" OR "x',
          'author : x',
          '-hi there',
          "'; --x",
          'hi AND no',
        ])
          expect(await find({ words }), words).to.deep.equal([]);
        for (const words of ['"hi"', 'hi*', '^hi', '-hi', '{hi}', 'h\u0000'])
          expect(await find({ words }), words).to.deep.equal(['hi']);
        expect(await find({ words: '!?' })).to.deep.equal([]);
        expect(await find({ words: 'hi', from: '" OR "' })).to.deep.equal([]);
        await say('OR near drop');
        expect(await find({ words: '" OR NEAR( * ^ : -- ; DROP' })).to.deep.equal(['OR near drop']);
      });

      it('finds all of many, and what is recorded meanwhile disturbs nothing', async () => {
        for (let n = 0; n < 4000; n++) void say(`m${n} ${n % 2 === 0 ? 'even' : 'odd'}`);
        await log.settled();
        const searching = find({ words: 'even', limit: 5000 });
        for (let n = 0; n < 10; n++) await say('even later');
        const found = await searching;
        expect(found.filter(text => text !== 'even later')).to.have.length(2000);
        expect(found.at(-1)).to.equal('m0 even');
        expect(await find({ words: 'm2 even', limit: 1 })).to.deep.equal(['m2998 even']);
      });
    });

    describe('retention', () => {
      it('keeps the newest messages, and joins and leaves by a limit of their own', async () => {
        await start({ maxMessages: 10, maxBytes: 1e12, maxPresence: 6, maxAgeMs: 1e12 });
        for (let n = 1; n <= 20; n++) {
          await log.append(joined(n, 'carl', `key${n}`));
          await say(`m${n}`);
          await log.append(left(n, 'carl'));
        }
        await until(() => log.kept.messages === 30 && log.kept.events === 52);
        expect(contents(await log.messages(0, 60, 100))).to.deep.equal(
          Array.from({ length: 10 }, (_, n) => `m${n + 11}`),
        );
        expect((await log.read(log.kept.events - 1, 60, 100)).map(({ seq }) => seq)).to.deep.equal([
          52, 53, 54, 55, 56, 57, 58, 59, 60,
        ]);
        expect(await log.search({ words: 'm', limit: 100 })).to.have.length(10);
        expect(await log.search({ words: 'm2', limit: 100 })).to.have.length(1);
        await Promise.all([say('more'), say('and more')]);
        await until(() => log.kept.messages === 36);
        expect(log.kept.events).to.equal(52);
      });

      if (hasOwnClock)
        it('removes what is too old', async () => {
          await start({ ...PLENTY, maxAgeMs: 1000 });
          const now = sinon.stub(Date, 'now').returns(10_000);
          await log.append(joined(1, 'carl'));
          for (let n = 0; n < 600; n++) void say('old');
          await log.settled();
          now.returns(10_900);
          await say('newer');
          now.returns(11_500);
          await say('newest');
          if (persists) await restart();
          await until(async () => (await log.read(0, 1000, 1000)).length === 2);
          expect(contents(await log.read(0, 1000, 1000))).to.deep.equal(['newer', 'newest']);
          expect(log.kept).to.deep.equal({ events: 602, messages: 602, allMessages: 602 });
        });

      if (hasOwnClock)
        it('removes nothing on the word of a clock that has jumped', async () => {
          const year = 365 * 86_400_000;
          await start({ ...PLENTY, maxAgeMs: year });
          await log.append(joined(1, 'carl'));
          await say('before');
          const wrong = Date.now() + 2 * year;
          const now = sinon.stub(Date, 'now').returns(wrong);
          if (persists) await restart();
          await say('while the clock was wrong');
          now.restore();
          if (persists) await restart();
          const { at } = await say('after');
          expect(at).to.be.closeTo(Date.now(), 10_000);
          await new Promise(resolve => setTimeout(resolve, 50));
          const kept = ['before', 'while the clock was wrong', 'after'];
          expect(contents(await log.messages(0, 100, 100))).to.deep.equal(kept);
        });

      it('goes on from its head when nothing is left', async () => {
        await start({ maxMessages: 0, maxBytes: 1e12, maxPresence: 0, maxAgeMs: 1e12 });
        await log.append(joined(1, 'carl'));
        await log.append(sent(1, 'carl', 'hi', 'r'));
        await until(() => log.kept.messages === 3);
        expect(await log.append(sent(1, 'carl', 'hi', 'r'))).to.deep.include({ seq: 2, repeated: true });
        expect((await say('a')).seq).to.equal(3);
      });
    });

    it('records what is pending when it is closed, and refuses what comes later', async () => {
      const pending = say('last');
      await log.close();
      await log.close();
      expect((await pending).seq).to.equal(1);
      expect(contents(told.flat())).to.deep.equal(['last']);
      expect(await refusalOf(say('late'))).to.equal('NOT_RECORDED');
      expect(await refusalOf(log.append(left(1, 'carl')))).to.equal('NOT_RECORDED');
      await log.settled();
    });

    if (!persists) return;

    describe('opened again', () => {
      it('knows who is in the room, which names they have, and the highest session', async () => {
        await log.append(joined(1, 'carl', 'key'));
        await log.append(joined(2, 'david'));
        await log.append(joined(9, 'lucio'));
        await log.append(left(9, 'lucio'));
        await say('hi');
        const next = await restart();
        expect(next.head).to.equal(5);
        expect(next.lastSession).to.be.at.least(9);
        expect(next.present).to.have.deep.members([
          { session: 1, username: 'carl', resumeKey: 'key' },
          { session: 2, username: 'david' },
        ]);
        expect(await refusalOf(log.append(joined(10, 'Carl')))).to.equal('NAME_TAKEN');
        expect(await log.append(joined(11, 'lucio'))).to.deep.include({ seq: 6 });
      });

      it('has a user in the room who had left and come back', async () => {
        await log.append(joined(7, 'carl', 'key'));
        await log.append(left(7, 'carl'));
        await log.append(joined(7, 'Carl', 'new'));
        expect((await restart()).present).to.deep.equal([{ session: 7, username: 'Carl', resumeKey: 'new' }]);
      });

      it('has all that was recorded, and finds it', async () => {
        await log.append(joined(1, 'carl'));
        await Promise.all([say('tea'), log.append(sent(1, 'carl', 'coffee', 'r1'))]);
        const before = await log.read(0, 10, 10);
        await restart();
        expect(await log.read(0, 10, 10)).to.deep.equal(before);
        expect(contents(await log.search({ words: 'coff', limit: 1 }))).to.deep.equal(['coffee']);
      });

      it('knows repetitions', async () => {
        const first = await log.append(sent(1, 'carl', 'hi', 'r1'));
        await restart();
        expect(await log.append(sent(1, 'carl', 'hi', 'r1'))).to.deep.equal({ ...first, repeated: true });
      });

      if (isShared)
        it('has one epoch, since nothing that was told is lost with a server', async () => {
          await say('a');
          expect((await restart()).epoch).to.equal(opened.epoch);
          await say('b');
          expect(await log.locate(opened.epoch, 1)).to.equal(1);
          expect(await log.locate(opened.epoch, 9)).to.equal(2);
        });
      else
        it('gives each stretch an epoch of its own, and knows where the earlier ones ended', async () => {
          await say('a');
          await say('b');
          const second = await restart();
          await say('c');
          const third = await restart();
          expect(new Set([opened.epoch, second.epoch, third.epoch]).size).to.equal(3);
          expect(await log.locate(opened.epoch, 1)).to.equal(1);
          expect(await log.locate(opened.epoch, 3)).to.equal(2);
          expect(await log.locate(second.epoch, 9)).to.equal(3);
          expect(await log.locate(third.epoch, 3)).to.equal(3);
        });

      it('recovers from an abrupt end, with all that was acknowledged', async () => {
        await log.append(joined(1, 'carl'));
        for (let n = 0; n < 100; n++) void log.append(sent(1, 'carl', `tea ${n}`, `r${n}`));
        await log.settled();
        await log.search({ words: 'tea', limit: 1 });
        await say('coffee');
        void say('never acknowledged');
        const before = await log.read(0, 1000, 1000);
        const next = await use(under.afterPowerCut?.() ?? expect.fail());
        expect(next.head).to.equal(102);
        // Another server of the room does not know yet that this one is gone.
        const elsewhere = isShared ? { elsewhere: {} } : {};
        expect(next.present).to.deep.equal([{ session: 1, username: 'carl', ...elsewhere }]);
        expect(await log.read(0, 1000, 1000)).to.deep.equal(before);
        expect(await log.take(1, 1)).to.equal(true);
        expect(await log.append(sent(1, 'carl', 'tea 7', 'r7'))).to.deep.include({ seq: 9, repeated: true });
        expect(await log.search({ words: 'tea', limit: 1000 })).to.have.length(100);
        expect(await log.search({ words: 'coffee', limit: 1000 })).to.have.length(1);
        expect(await log.locate(opened.epoch, 500)).to.equal(102);
      });
    });
  });
}
