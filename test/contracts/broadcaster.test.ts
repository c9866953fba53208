import { expect } from 'chai';
import { MemoryBroadcaster } from '../../src/adapters/memory/memory-broadcaster.js';
import { SharedLogBroadcaster } from '../../src/adapters/shared-log/shared-log-broadcaster.js';
import type { Broadcaster } from '../../src/application/ports.js';
import type { RoomEvent } from '../../src/domain/events.js';
import { User } from '../../src/domain/user.js';
import { Username } from '../../src/domain/username.js';
import { READERS, type Reader } from '../support/readers.js';
import { until } from '../support/until.js';
import { notice, said } from '../support/wire-client.js';

const MAX_BACKLOG_BYTES = 64 * 1024;

const BROADCASTERS: Record<string, () => Broadcaster> = {
  MemoryBroadcaster: () => new MemoryBroadcaster(MAX_BACKLOG_BYTES),
  SharedLogBroadcaster: () =>
    new SharedLogBroadcaster({ maxLogBytes: MAX_BACKLOG_BYTES, stallTimeoutMs: 60_000, coalesceMs: 0 }),
};

for (const [name, create] of Object.entries(BROADCASTERS)) {
  for (const [way, createReader] of Object.entries(READERS)) {
    describe(`Broadcaster: ${name} over ${way}`, () => {
      let broadcaster: Broadcaster;
      let readers: Reader[];
      let sessions: number;

      beforeEach(() => {
        broadcaster = create();
        readers = [];
        sessions = 0;
      });
      afterEach(() => {
        for (const reader of readers) reader.close();
      });

      const user = (name: string) => new User(++sessions, Username.parse(name));
      const sent = (by: User, content: string): RoomEvent => ({ type: 'MessageSent', user: by, content });

      async function member(name: string): Promise<[User, Reader]> {
        const reader = await createReader();
        readers.push(reader);
        const added = user(name);
        broadcaster.add(added, reader.outlet);
        return [added, reader];
      }

      it('tells every member but the one whose event it is', async () => {
        const [carl, carlReads] = await member('carl');
        const [, davidReads] = await member('david');
        const [, lucioReads] = await member('lucio');
        broadcaster.publish(sent(carl, 'hi'));
        broadcaster.publish({ type: 'UserLeft', user: user('somebody') });
        await until(() => [davidReads, lucioReads].every(reader => reader.lines.length === 2));
        expect(davidReads.lines).to.deep.equal([said('carl', 'hi'), said('somebody', 'Left')]);
        expect(lucioReads.lines).to.deep.equal(davidReads.lines);
        await until(() => carlReads.lines.length === 1);
        expect(carlReads.lines).to.deep.equal([said('somebody', 'Left')]);
      });

      it('tells all of them the same, in one order, once', async () => {
        const members = await Promise.all(['a', 'b', 'c', 'd'].map(member));
        const all: [number, string][] = [];
        for (let n = 0; n < 200; n++) {
          const [by] = members[n % members.length] ?? members[0] ?? expect.fail();
          all.push([n % members.length, said(by.username.value, String(n))]);
          broadcaster.publish(sent(by, String(n)));
        }
        for (const [index, [, reader]] of members.entries()) {
          const expected = all.filter(([by]) => by !== index).map(([, line]) => line);
          await until(() => reader.lines.length >= expected.length);
          expect(reader.lines).to.deep.equal(expected);
        }
      });

      it('tells a member nothing from before it was added or after it was removed', async () => {
        const [carl] = await member('carl');
        broadcaster.publish(sent(carl, 'early'));
        const [david, davidReads] = await member('david');
        const [, lucioReads] = await member('lucio');
        broadcaster.publish(sent(carl, 'between'));
        broadcaster.remove(david);
        broadcaster.remove(david);
        broadcaster.publish(sent(carl, 'late'));
        await until(() => lucioReads.lines.length === 2);
        await until(() => davidReads.lines.length === 1);
        expect(davidReads.lines).to.deep.equal([said('carl', 'between')]);
      });

      it('tells a member that goes all that was said before, however full its outlet', async () => {
        const [carl] = await member('carl');
        const [david, davidReads] = await member('david');
        davidReads.reading(false);
        for (let n = 0; n < 10; n++) {
          broadcaster.publish(sent(carl, String(n)));
          if (n % 3 === 0) await new Promise(resolve => setImmediate(resolve));
        }
        broadcaster.publish(sent(david, 'bye'));
        broadcaster.remove(david);
        davidReads.reading(true);
        await until(() => davidReads.lines.length === 10);
        expect(davidReads.lines).to.deep.equal(Array.from({ length: 10 }, (_, n) => said('carl', String(n))));
      });

      it('tells a member that comes in the middle of a turn what follows, and not what was before', async () => {
        const [carl] = await member('carl');
        broadcaster.publish(sent(carl, 'before'));
        const reader = await createReader();
        readers.push(reader);
        broadcaster.publish(sent(carl, 'just before'));
        const david = user('david');
        broadcaster.add(david, reader.outlet);
        broadcaster.publish(sent(david, 'own'));
        broadcaster.publish(sent(carl, 'after'));
        await until(() => reader.lines.length > 0);
        expect(reader.lines).to.deep.equal([said('carl', 'after')]);
      });

      it('lets two users of one name, one after the other, be two', async () => {
        const [first, firstReads] = await member('carl');
        broadcaster.remove(first);
        const [, secondReads] = await member('carl');
        broadcaster.publish(sent(first, 'from the first'));
        await until(() => secondReads.lines.length === 1);
        expect(firstReads.lines).to.deep.equal([]);
      });

      it('drops a reader that has stopped, with the reason, and nobody else feels it', async function () {
        this.timeout(20_000); // the system takes tens of megabytes for a socket before this process has to
        const [carl] = await member('carl');
        const [, frozen] = await member('frozen');
        const [, david] = await member('david');
        frozen.reading(false);
        const text = 'x'.repeat(4000);
        let published = 0;
        while (frozen.ends.length === 0 && published < 20_000) {
          broadcaster.publish(sent(carl, text));
          if (++published % 8 === 0) await until(() => david.lines.length === published);
        }
        expect(frozen.ends).to.deep.equal(['TOO_SLOW']);
        await until(() => david.lines.length === published);
        frozen.reading(true);
        await until(() => notice('too far behind')(frozen.lines.at(-1) ?? ''), 10_000);
        const got = frozen.lines;
        expect(got.slice(0, -1).every(line => line === said('carl', text))).to.equal(true);
        expect(got.at(-1)).to.satisfy(notice('too far behind'));
      });
    });
  }
}
