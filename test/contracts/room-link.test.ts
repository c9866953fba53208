import { expect } from 'chai';
import { MAX_LINE_BYTES } from '../../src/adapters/wire/line-splitter.js';
import { Guest, ROOMS, type Room } from '../support/rooms.js';
import { until } from '../support/until.js';

const NEW = { attempt: 1 };

for (const [name, create] of Object.entries(ROOMS)) {
  describe(`RoomLink: ${name}`, () => {
    let room: Room;
    beforeEach(async () => {
      room = await create();
    });
    afterEach(() => room.server.stop());

    it('joins, and hears the answer', async () => {
      const carl = await Guest.open(room);
      carl.link.join({ username: 'carl' });
      await until(() => carl.responses.length === 1);
      expect(carl.responses).to.deep.equal([
        { type: 'Joined', memo: { username: 'carl', content: 'Warm Welcome' } },
      ]);
    });

    it('hears that a name is taken, and can try another on the same line', async () => {
      await Guest.joined(room, 'carl');
      const second = await Guest.open(room);
      second.link.join({ username: 'carl' });
      await until(() => second.responses.length === 1);
      expect(second.responses).to.deep.equal([
        { type: 'Duplicate', memo: { username: 'carl', content: 'Sorry' } },
      ]);
      second.link.join({ username: 'david' });
      await until(() => second.responses[1]?.type === 'Joined');
    });

    it('brings every message to the others, in order, once', async () => {
      const [carl, david] = [await Guest.joined(room, 'carl'), await Guest.joined(room, 'david')];
      const words = Array.from({ length: 300 }, (_, n) => `message ${n}`);
      for (const word of words) await carl.link.send({ content: word });
      await david.hears('carl: message 299');
      expect(david.heard).to.deep.equal(words.map(word => `carl: ${word}`));
      expect(carl.heard).to.deep.equal(['david: Joined']);
    });

    it('hears why something was refused, and goes on', async () => {
      const [carl, david] = [await Guest.joined(room, 'carl'), await Guest.joined(room, 'david')];
      await carl.link.send({ content: 'a\u001bb' });
      await carl.hears(/^chatty: Your message was not sent/);
      await carl.link.send({ content: 'still here' });
      await david.hears('carl: still here');
    });

    it('says everything before it leaves, and ends CLOSED', async () => {
      const [carl, david] = [await Guest.joined(room, 'carl'), await Guest.joined(room, 'david')];
      await carl.link.send({ content: 'bye' });
      carl.link.leave();
      await david.hears('carl: Left');
      expect(david.heard).to.deep.equal(['carl: bye', 'carl: Left']);
      expect(await carl.ended()).to.equal('CLOSED');
    });

    it('ends CLOSED when it hangs up, once, and the room knows', async () => {
      const [carl, david] = [await Guest.joined(room, 'carl'), await Guest.joined(room, 'david')];
      carl.link.close();
      carl.link.close();
      expect(await carl.ended()).to.equal('CLOSED');
      await david.hears('carl: Left');
      expect(carl.ends).to.equal(1);
    });

    it('ends SERVER_STOPPING when the server says so', async () => {
      const [carl, david] = [await Guest.joined(room, 'carl'), await Guest.joined(room, 'david', NEW)];
      await room.server.stop();
      expect(await carl.ended()).to.equal('SERVER_STOPPING');
      expect(await david.ended()).to.equal('SERVER_STOPPING');
    });

    it('does not hang in a send when the line goes down', async () => {
      const carl = await Guest.joined(room, 'carl');
      carl.link.close();
      await carl.link.send({ content: 'x'.repeat(MAX_LINE_BYTES / 2) });
    });

    describe('in the extended form', () => {
      it('is told its place, who is here, and how to come back', async () => {
        await Guest.joined(room, 'carl');
        const david = await Guest.joined(room, 'david', NEW);
        expect(david.welcome).to.deep.include({ seq: 2, resumed: false, users: ['carl', 'david'], count: 2 });
        expect(david.welcome.resume).to.have.length.above(20);
        expect(david.welcome).to.not.have.property('gap');
      });

      it('tells sequence numbers, times and kinds, in a room with basic sessions', async () => {
        const carl = await Guest.joined(room, 'carl', NEW);
        const david = await Guest.joined(room, 'david');
        await david.link.send({ content: 'hi' });
        await carl.hears('david: hi');
        await carl.link.send({ content: 'hi yourself' });
        await david.hears('carl: hi yourself');
        david.link.leave();
        await carl.hears('david: Left');
        const memos = carl.responses.flatMap(response =>
          response.type === 'Broadcast' ? [response.memo] : [],
        );
        expect(memos.map(({ seq, kind }) => [seq, kind])).to.deep.equal([
          [2, 'joined'],
          [3, 'message'],
          [5, 'left'],
        ]);
        const times = memos.map(({ at = 0 }) => at);
        expect(times).to.deep.equal(times.toSorted());
        expect(Math.abs(Date.now() - (times[0] ?? 0))).to.be.below(60_000);
      });

      it('accepts or refuses each message by its ref', async () => {
        const carl = await Guest.joined(room, 'carl', NEW);
        await carl.link.send({ content: 'one' }, 'a');
        await carl.link.send({ content: '' }, 'b');
        await carl.link.send({ content: 'two' }, 'c');
        const { seq, at } = await carl.answer('Accepted', ({ ref }) => ref === 'c');
        expect(seq).to.equal(3);
        expect(at).to.be.above(1e12);
        expect(await carl.answer('Accepted', ({ ref }) => ref === 'a')).to.include({ seq: 2 });
        expect(await carl.answer('Refused')).to.include({ ref: 'b', code: 'MESSAGE_EMPTY' });
      });

      it('carries actions and messages of several lines, which a basic session gets in words of its own', async () => {
        const [carl, david] = [await Guest.joined(room, 'carl', NEW), await Guest.joined(room, 'david', NEW)];
        const basic = await Guest.joined(room, 'basic');
        await carl.link.send({ content: 'waves', kind: 'action' }, 'a');
        await carl.link.send({ content: 'one\ntwo' }, 'b');
        await david.hears('carl: one\ntwo');
        await basic.link.send({ content: 'three\nfour', kind: 'action' });
        await david.hears('basic: /me three ⏎ four');
        expect(
          david.responses
            .flatMap(one => (one.type === 'Broadcast' ? [[one.memo.kind, one.memo.content]] : []))
            .slice(1),
        ).to.deep.equal([
          ['action', 'waves'],
          ['message', 'one\ntwo'],
          ['message', '/me three ⏎ four'],
        ]);
        expect(basic.heard).to.deep.equal(['carl: /me waves', 'carl: one ⏎ two']);
        carl.link.request('h', { type: 'history', limit: 3 });
        const { memos } = await carl.answer('History', ({ ref }) => ref === 'h');
        expect(memos.map(({ kind }) => kind)).to.deep.equal(['action', 'message', 'message']);
      });

      it('takes a ref that comes again for what it is, and answers again', async () => {
        const [carl, david] = [await Guest.joined(room, 'carl', NEW), await Guest.joined(room, 'david', NEW)];
        await carl.link.send({ content: 'once' }, 'a');
        await carl.link.send({ content: 'once' }, 'a');
        await carl.answer('Accepted');
        await carl.link.send({ content: 'once' }, 'a');
        await carl.link.send({ content: 'end' }, 'b');
        await david.hears('carl: end');
        expect(david.heard).to.deep.equal(['carl: once', 'carl: end']);
        await until(() => carl.responses.filter(({ type }) => type === 'Accepted').length === 4);
        const accepted = carl.responses.flatMap(one => (one.type === 'Accepted' ? [[one.ref, one.seq]] : []));
        expect(accepted.filter(([ref]) => ref === 'a')).to.deep.equal([
          ['a', 3],
          ['a', 3],
          ['a', 3],
        ]);
      });

      it('is told what was said before it came, marked as such, and no more than it asks for', async () => {
        const carl = await Guest.joined(room, 'carl', NEW);
        for (let n = 0; n < 30; n++) await carl.link.send({ content: String(n) });
        await carl.link.send({ content: 'last' }, 'l');
        await carl.answer('Accepted');
        const contents = async (guest: Guest) =>
          (await guest.answer('History', ({ done }) => done)).memos.map(({ content }) => content);
        const lastOnes = (count: number) =>
          [...Array.from({ length: 30 }, (_, n) => String(n)), 'last'].slice(-count);
        expect(await contents(await Guest.joined(room, 'a', NEW))).to.deep.equal(lastOnes(20));
        expect(await contents(await Guest.joined(room, 'b', { ...NEW, history: 3 }))).to.deep.equal(
          lastOnes(3),
        );
        const none = await Guest.joined(room, 'c', { ...NEW, history: 0 });
        none.link.ping(1);
        await none.answer('Pong');
        expect(none.responses.some(({ type }) => type === 'History')).to.equal(false);
      });

      it('answers a Ping', async () => {
        const carl = await Guest.joined(room, 'carl', NEW);
        carl.link.ping(7);
        expect(await carl.answer('Pong')).to.include({ id: 7 });
      });

      it('says who is here, and of them who is away', async () => {
        const carl = await Guest.joined(room, 'carl', NEW);
        const david = await Guest.joined(room, 'david', NEW);
        david.link.close();
        await until(async () => {
          carl.link.request('w', { type: 'who' });
          return carl.responses.some(response => response.type === 'Users' && response.away.length > 0);
        });
        expect(await carl.answer('Users', ({ away }) => away.length > 0)).to.deep.equal({
          type: 'Users',
          ref: 'w',
          users: ['carl', 'david'],
          away: ['david'],
          done: true,
        });
      });

      it('goes back through what was said, and finds it', async () => {
        const carl = await Guest.joined(room, 'carl', NEW);
        for (let n = 0; n < 10; n++) await carl.link.send({ content: `number ${n}` }, String(n));
        await carl.link.send({ content: 'Où est le café?' }, 'last');
        await carl.answer('Accepted', ({ ref }) => ref === 'last');
        carl.link.request('h', { type: 'history', limit: 3 });
        const newest = await carl.answer('History', ({ ref }) => ref === 'h');
        expect(newest.memos.map(({ content }) => content)).to.deep.equal([
          'number 8',
          'number 9',
          'Où est le café?',
        ]);
        carl.link.request('older', { type: 'history', limit: 2, before: newest.memos[0]?.seq ?? 0 });
        const older = await carl.answer('History', ({ ref }) => ref === 'older');
        expect(older.memos.map(({ content }) => content)).to.deep.equal(['number 6', 'number 7']);
        carl.link.request('s', { type: 'search', words: 'CAFE ou', limit: 5 });
        const found = await carl.answer('Found', ({ ref }) => ref === 's');
        expect(found.memos.map(({ content }) => content)).to.deep.equal(['Où est le café?']);
        carl.link.request('n', { type: 'search', words: 'numb', from: 'Carl', limit: 2 });
        const many = await carl.answer('Found', ({ ref }) => ref === 'n');
        expect(many.memos.map(({ content }) => content)).to.deep.equal(['number 9', 'number 8']);
        carl.link.request('d', { type: 'search', words: 'number', from: 'david', limit: 2 });
        expect((await carl.answer('Found', ({ ref }) => ref === 'd')).memos).to.deep.equal([]);
      });
    });

    describe('comes back', () => {
      /** Everything a guest has been told of others, and its own, by sequence numbers. */
      const seqs = (guest: Guest) =>
        guest.responses.flatMap(response => {
          if (response.type === 'Broadcast') return [response.memo.seq ?? 0];
          return response.type === 'Accepted' ? [response.seq] : [];
        });

      it('to its session: misses nothing, hears nothing twice, and nobody else has noticed', async () => {
        const [carl, david] = [await Guest.joined(room, 'carl', NEW), await Guest.joined(room, 'david', NEW)];
        await carl.link.send({ content: 'before' }, '1');
        await david.hears('carl: before');
        david.link.close();
        for (let n = 0; n < 1200; n++) await carl.link.send({ content: `while away ${n}` });
        const { resume, epoch } = david.welcome;
        const back = await Guest.joined(room, 'david', { resume, epoch, since: 3, attempt: 2, history: 0 });
        expect(back.welcome).to.deep.include({ resumed: true, seq: 3, resume });
        await carl.link.send({ content: 'after' });
        await back.hears('carl: after');
        expect(seqs(back)).to.deep.equal(Array.from({ length: 1201 }, (_, n) => n + 4));
        await back.link.send({ content: 'here again' }, 'x');
        await carl.hears('david: here again');
        expect(carl.heard).to.deep.equal(['david: Joined', 'david: here again']);
      });

      it('while the server believes the old line alive, which is told so', async () => {
        const [carl, david] = [await Guest.joined(room, 'carl', NEW), await Guest.joined(room, 'david', NEW)];
        const { resume, epoch, seq } = david.welcome;
        const back = await Guest.joined(room, 'david', { resume, epoch, since: seq, attempt: 2, history: 0 });
        expect(await david.ended()).to.equal('REPLACED');
        await david.answer('Closing', ({ end }) => end === 'REPLACED');
        await carl.link.send({ content: 'hi' });
        await back.hears('carl: hi');
        expect(carl.heard).to.deep.equal(['david: Joined']);
      });

      it('but an earlier Join that arrives late does not take the session from the present connection', async () => {
        const david = await Guest.joined(room, 'david', NEW);
        const { resume, epoch, seq } = david.welcome;
        const again = { resume, epoch, since: seq, history: 0 };
        const now = await Guest.joined(room, 'david', { ...again, attempt: 3 });
        const late = await Guest.open(room);
        late.link.join({ username: 'david', extended: { ...again, attempt: 2 } });
        expect(await late.ended()).to.equal('REPLACED');
        now.link.ping(1);
        await now.answer('Pong');
      });

      it('and what it had said unanswered is answered, and told once', async () => {
        const [carl, david] = [await Guest.joined(room, 'carl', NEW), await Guest.joined(room, 'david', NEW)];
        const { resume, epoch, seq } = david.welcome;
        await david.link.send({ content: 'lost answer' }, 'r1');
        await carl.hears('david: lost answer');
        david.link.close();
        const back = await Guest.joined(room, 'david', { resume, epoch, since: seq, attempt: 2, history: 0 });
        await back.link.send({ content: 'lost answer' }, 'r1');
        await back.link.send({ content: 'next' }, 'r2');
        await back.answer('Accepted', ({ ref }) => ref === 'r2');
        await back.answer('Accepted', ({ ref }) => ref === 'r1');
        await carl.hears('david: next');
        expect(carl.heard).to.deep.equal(['david: Joined', 'david: lost answer', 'david: next']);
      });

      it('after it has left, under its old name, and hears what was said meanwhile', async () => {
        const [carl, david] = [await Guest.joined(room, 'carl', NEW), await Guest.joined(room, 'david', NEW)];
        const { resume, epoch, seq } = david.welcome;
        await david.link.send({ content: 'mine' }, 'm');
        await carl.hears('david: mine');
        david.link.leave();
        await david.ended();
        await carl.link.send({ content: 'you missed this' }, 'c');
        await carl.answer('Accepted');
        const back = await Guest.joined(room, 'david', { resume, epoch, since: seq, attempt: 2, history: 0 });
        expect(back.welcome).to.deep.include({ resumed: false });
        expect(back.welcome).to.not.have.property('gap');
        await back.hears('carl: you missed this');
        await back.link.send({ content: 'mine' }, 'm');
        await back.link.send({ content: 'new' }, 'n');
        await carl.hears('david: new');
        expect(carl.heard.filter(line => line === 'david: mine')).to.have.length(1);
        expect(back.heard).to.deep.equal(['carl: you missed this']);
      });

      it('with a place of another log, and is told that everything since is missing', async () => {
        const carl = await Guest.joined(room, 'carl', { ...NEW, since: 40, epoch: 'elsewhere' });
        expect(carl.welcome.gap).to.deep.equal({ from: 41 });
      });

      it('with a token that nobody knows, as somebody new', async () => {
        await Guest.joined(room, 'carl', NEW);
        const other = await Guest.open(room);
        other.link.join({ username: 'carl', extended: { resume: 'guessed', attempt: 9 } });
        await other.answer('Duplicate');
        other.link.join({ username: 'mallory', extended: { resume: 'guessed', attempt: 9 } });
        await other.answer('Joined');
        expect(other.welcome.resume).to.not.equal('guessed');
      });
    });
  });
}
