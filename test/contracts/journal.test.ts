import { expect } from 'chai';
import type { Checkpoint, Journal } from '../../src/application/server/cluster/journal.js';
import { JOURNALS, type JournalKeeper, JournalUser } from '../support/journals.js';
import { until } from '../support/until.js';

const texts = (count: number, name = 'entry') => Array.from({ length: count }, (_, n) => `${name} ${n}`);

for (const [name, kind] of Object.entries(JOURNALS)) {
  describe(`Journal: ${name}`, () => {
    const start = kind();
    let keeper: JournalKeeper;
    let opened: Journal[] = [];

    /** Another server. */
    function journal(): Journal {
      const next = keeper.journal();
      opened.push(next);
      return next;
    }

    const join = (after?: number) => JournalUser.of(journal(), after);

    async function checkpoints(of: Journal): Promise<Checkpoint[]> {
      const found: Checkpoint[] = [];
      for await (const each of of.checkpoints()) found.push(each);
      return found;
    }

    beforeEach(async () => {
      keeper = await start();
    });
    afterEach(async () => {
      for (const each of opened) await each.close();
      opened = [];
    });

    it('is empty at first, and begins at 1', async () => {
      const { opened } = await join();
      expect(opened).to.include({ first: 1, last: 0 });
      expect(opened.id).to.match(/./);
    });

    it('tells everybody what anybody appends, in one order, at increasing places, with true times', async () => {
      const before = Date.now();
      const users = [await join(), await join()];
      for (const text of texts(100))
        for (const [index, user] of users.entries()) user.append(`${index} ${text}`);
      for (const user of users) await until(() => user.read.length === 200);
      expect(users[0]?.read).to.deep.equal(users[1]?.read);
      const { read = [] } = users[0] ?? {};
      expect(read.map(({ position }) => position)).to.deep.equal(read.map((_, index) => index + 1));
      expect(read.filter(({ text }) => text.startsWith('0')).map(({ text }) => text.slice(2))).to.deep.equal(
        texts(100),
      );
      for (const { at } of read) expect(at).to.be.within(before - 1000, Date.now() + 1000);
    });

    it('keeps texts as they are', async () => {
      const user = await join();
      const odd = ['{"a":"ü \\u0000 \\n"}', '🙂'.repeat(100), '\u2028'];
      for (const text of odd) user.append(text);
      await user.settled();
      expect(user.texts).to.deep.equal(odd);
    });

    it('takes entries of up to its bound', async () => {
      const user = await join();
      user.append('x'.repeat(user.journal.maxBytes));
      await user.settled();
      expect(user.journal.maxBytes).to.be.at.least(16 * 1024);
    });

    it('tells the same to who comes later, from where they want', async () => {
      const first = await join();
      for (const text of texts(10)) first.append(text);
      await first.settled();
      await first.journal.close();
      const [whole, rest] = [await join(), await join(7)];
      await until(() => whole.read.length === 10 && rest.read.length === 3);
      expect(whole.opened).to.deep.equal({ ...first.opened, last: 10 });
      expect(whole.read).to.deep.equal(first.read);
      expect(rest.read).to.deep.equal(first.read.slice(7));
    });

    it('begins anew with another reader', async () => {
      const user = await join();
      for (const text of texts(5)) user.append(text);
      await user.settled();
      const next = new JournalUser(user.journal);
      user.journal.follow(3, next);
      await until(() => next.read.length === 2);
      next.append('more');
      await next.settled();
      expect(next.texts).to.deep.equal(['entry 3', 'entry 4', 'more']);
      expect(user.read.length).to.equal(5);
    });

    it('loses nothing in an outage that is appended again, and tells everybody the same', async () => {
      const users = [await join(), await join()];
      for (const text of texts(50, 'before')) users[0]?.append(text);
      const back = keeper.outage();
      for (const text of texts(50, 'within')) users[0]?.append(text);
      await back;
      await users[0]?.settled();
      await until(() => users[1]?.read.length === users[0]?.read.length);
      expect(users[0]?.read).to.deep.equal(users[1]?.read);
      expect(new Set(users[0]?.texts)).to.have.property('size', 100);
      users[1]?.append('after');
      await users[1]?.settled();
      await until(() => users[0]?.texts.at(-1) === 'after');
      expect(users.map(({ losses }) => losses)).to.deep.equal([[], []]);
    });

    it('is connected while it is open, and says since when', async () => {
      const before = performance.now();
      const user = await join();
      expect(user.journal.connectedSince).to.be.within(before, performance.now());
      expect(user.journal.outOfTouchSince).to.equal(undefined);
      await user.journal.close();
      expect(user.journal.connectedSince).to.equal(undefined);
    });

    it('keeps checkpoints, and has the newest first', async () => {
      const user = await join();
      for (const text of texts(3)) user.append(text);
      await user.settled();
      const states = [{ names: ['carl', 'ü'] }, { names: [], big: 'x'.repeat(2_000_000) }, null];
      for (const [index, state] of states.entries()) await user.journal.keep({ position: index + 1, state });
      const other = await join();
      expect(await checkpoints(other.journal)).to.deep.equal(
        states.map((state, index) => ({ position: index + 1, state })).reverse(),
      );
    });

    it('replaces an entry for all who come later, and leaves nothing of it', async () => {
      const user = await join();
      for (const text of texts(5)) user.append(text);
      await user.settled();
      const at = user.read[2]?.at ?? 0;
      const change = (text: string) => (text === 'entry 2' ? 'instead' : undefined);
      expect(await user.journal.replace(at, change)).to.equal(true);
      expect(await user.journal.replace(at, change)).to.equal(false);
      const other = await join();
      await until(() => other.read.length === 5);
      const read = user.read.map(entry => (entry.text === 'entry 2' ? { ...entry, text: 'instead' } : entry));
      expect(other.read).to.deep.equal(read);
      expect(await other.journal.replace(at, text => (text === 'instead' ? 'again' : undefined))).to.equal(
        true,
      );
      const third = await join();
      await until(() => third.read.length === 5);
      expect(third.texts[2]).to.equal('again');
    });

    it('replaces nothing of another time', async () => {
      const user = await join();
      user.append('entry');
      await user.settled();
      const at = (user.read[0]?.at ?? 0) - 3_600_000;
      expect(await user.journal.replace(at, () => 'instead')).to.equal(false);
    });

    it('replaces the first and the last entry', async () => {
      const user = await join();
      for (const text of texts(3)) user.append(text);
      await user.settled();
      for (const { at, text: meant } of user.read)
        if (meant !== 'entry 1')
          await user.journal.replace(at, text => (text === meant ? `no ${meant}` : undefined));
      const other = await join();
      expect(other.opened).to.include({ first: 1, last: 3 });
      await until(() => other.read.length === 3);
      expect(other.texts).to.deep.equal(['no entry 0', 'entry 1', 'no entry 2']);
      user.append('more');
      await until(() => other.read.length === 4);
    });

    it('calls the others, and not itself', async () => {
      const [one, two, three] = [await join(), await join(), await join()];
      const heard: string[] = [];
      for (const [index, user] of [one, two, three].entries())
        user.journal.listen(text => heard.push(`${index} ${text}`));
      await until(() => {
        one.journal.call('hello');
        return heard.includes('1 hello') && heard.includes('2 hello');
      });
      expect(heard.filter(text => text.startsWith('0'))).to.deep.equal([]);
      three.journal.listen(text => heard.push(`also ${text}`));
      await until(() => {
        one.journal.call('again');
        return ['1 again', '2 again', 'also again'].every(text => heard.includes(text));
      });
    });

    it('finds who answers under a name, as long as they are there', async () => {
      const [one, two] = [await join(), await join()];
      expect(await one.journal.find('nobody', 300)).to.equal('GONE');
      two.journal.answerAs('two');
      await until(async () => (await one.journal.find('two', 300)) === 'HERE');
      two.journal.answerAs('other');
      await until(async () => (await one.journal.find('other', 300)) === 'HERE');
      expect(await one.journal.find('two', 300)).to.equal('GONE');
      await two.journal.close();
      await until(async () => (await one.journal.find('other', 300)) === 'GONE');
    });

    it('can be closed twice, and at any time', async () => {
      const user = await join();
      user.append('last words');
      await user.journal.close();
      await user.journal.close();
      user.append('too late');
      const other = await join();
      await until(() => other.read.length === 1);
      expect(other.texts).to.deep.equal(['last words']);
    });
  });
}
