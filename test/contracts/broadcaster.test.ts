import { expect } from 'chai';
import { SharedLogBroadcaster } from '../../src/adapters/shared-log/shared-log-broadcaster.js';
import type { Broadcaster } from '../../src/application/server/broadcast-ports.js';
import { MemoryBroadcaster } from '../doubles/memory-broadcaster.js';
import { Recording } from '../support/events.js';
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
      let recording: Recording;

      beforeEach(() => {
        broadcaster = create();
        readers = [];
        sessions = 0;
        recording = new Recording();
      });
      afterEach(() => {
        for (const reader of readers) reader.close();
      });

      interface Author {
        readonly session: number;
        readonly name: string;
      }
      const author = (name: string): Author => ({ session: ++sessions, name });
      const sent = ({ session, name }: Author, content: string, ref?: string) =>
        recording.sent(session, name, content, ref);
      const left = ({ session, name }: Author) => recording.left(session, name);

      async function reader(): Promise<Reader> {
        const created = await createReader();
        readers.push(created);
        return created;
      }

      async function member(name: string): Promise<[Author, Reader]> {
        const reads = await reader();
        const added = author(name);
        broadcaster.add(added.session, reads.outlet);
        return [added, reads];
      }

      it('tells every member but the author of the event', async () => {
        const [carl, carlReads] = await member('carl');
        const [, davidReads] = await member('david');
        const [, lucioReads] = await member('lucio');
        broadcaster.publish(sent(carl, 'hi'));
        broadcaster.publish(left(author('somebody')));
        await until(() => [davidReads, lucioReads].every(reader => reader.lines.length === 2));
        expect(davidReads.lines).to.deep.equal([said('carl', 'hi'), said('somebody', 'Left')]);
        expect(lucioReads.lines).to.deep.equal(davidReads.lines);
        await until(() => carlReads.lines.length === 1);
        expect(carlReads.lines).to.deep.equal([said('somebody', 'Left')]);
      });

      it('counts what it hands over, and knows who is behind', async () => {
        const [carl] = await member('carl');
        const [, davidReads] = await member('david');
        await member('lucio');
        expect(broadcaster.load).to.include({ behind: 0, deliveries: 0, isCongested: false });
        for (let n = 0; n < 3; n++) broadcaster.publish(sent(carl, String(n)));
        await until(() => davidReads.lines.length === 3);
        expect(broadcaster.load).to.include({ behind: 0, deliveries: 9 });
        davidReads.reading(false);
        const text = 'x'.repeat(4000);
        await until(() => {
          broadcaster.publish(sent(carl, text));
          return broadcaster.load.behind > 0 || davidReads.ends.length > 0;
        });
        davidReads.reading(true);
        await until(() => broadcaster.load.behind === 0);
      });

      it('tells all members the same events, once, in one order', async () => {
        const members = await Promise.all(['a', 'b', 'c', 'd'].map(member));
        const all: [number, string][] = [];
        for (let n = 0; n < 200; n++) {
          const [by] = members[n % members.length] ?? members[0] ?? expect.fail();
          all.push([n % members.length, said(by.name, String(n))]);
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
        broadcaster.remove(david.session);
        broadcaster.remove(david.session);
        broadcaster.publish(sent(carl, 'late'));
        await until(() => lucioReads.lines.length === 2);
        await until(() => davidReads.lines.length === 1);
        expect(davidReads.lines).to.deep.equal([said('carl', 'between')]);
      });

      it('tells a member that is removed all that was published before, however full its outlet', async () => {
        const [carl] = await member('carl');
        const [david, davidReads] = await member('david');
        davidReads.reading(false);
        for (let n = 0; n < 10; n++) {
          broadcaster.publish(sent(carl, String(n)));
          if (n % 3 === 0) await new Promise(resolve => setImmediate(resolve));
        }
        broadcaster.publish(sent(david, 'bye'));
        broadcaster.remove(david.session);
        davidReads.reading(true);
        await until(() => davidReads.lines.length === 10);
        expect(davidReads.lines).to.deep.equal(Array.from({ length: 10 }, (_, n) => said('carl', String(n))));
      });

      it('tells a member that is added in the middle of a turn what follows, and nothing from before', async () => {
        const [carl] = await member('carl');
        broadcaster.publish(sent(carl, 'before'));
        const reads = await reader();
        broadcaster.publish(sent(carl, 'just before'));
        const david = author('david');
        broadcaster.add(david.session, reads.outlet);
        broadcaster.publish(sent(david, 'own'));
        broadcaster.publish(sent(carl, 'after'));
        await until(() => reads.lines.length > 0);
        expect(reads.lines).to.deep.equal([said('carl', 'after')]);
      });

      it('tells a member once it is ready what was published meanwhile, and then everything else', async () => {
        const [carl] = await member('carl');
        broadcaster.publish(sent(carl, 'before'));
        const reads = await reader();
        const ready = Promise.withResolvers<void>();
        broadcaster.add(author('david').session, reads.outlet, ready.promise);
        broadcaster.publish(sent(carl, 'meanwhile'));
        await new Promise(resolve => setTimeout(resolve, 50));
        reads.outlet.write(Buffer.from('first\n'));
        await until(() => reads.lines.length > 0);
        expect(reads.lines).to.deep.equal(['first']);
        ready.resolve();
        broadcaster.publish(sent(carl, 'at last'));
        await until(() => reads.lines.length === 3);
        expect(reads.lines.slice(1)).to.deep.equal([said('carl', 'meanwhile'), said('carl', 'at last')]);
      });

      it('tells nothing to a member that is removed before it is ready', async () => {
        const [carl] = await member('carl');
        const [, lucioReads] = await member('lucio');
        const reads = await reader();
        const ready = Promise.withResolvers<void>();
        const david = author('david');
        broadcaster.add(david.session, reads.outlet, ready.promise);
        broadcaster.publish(sent(carl, 'hi'));
        broadcaster.flush();
        broadcaster.remove(david.session);
        ready.resolve();
        await until(() => lucioReads.lines.length === 1);
        expect(reads.lines).to.deep.equal([]);
      });

      it('tells the author in an extended session, in order with the other events, that a message was accepted', async () => {
        const [carl] = await member('carl');
        const [david, reads] = await member('david');
        reads.join('extended');
        broadcaster.remove(david.session);
        broadcaster.add(david.session, reads.outlet);
        const events = [
          sent(carl, 'one'),
          sent(david, 'two', 'a'),
          sent(david, 'three', 'b'),
          sent(david, 'no ref'),
          sent(carl, 'four'),
          sent(david, 'five', 'c'),
        ];
        for (const event of events) broadcaster.publish(event);
        await until(() => reads.lines.length === 5);
        expect(reads.lines.map(line => Object.entries(JSON.parse(line))[0])).to.deep.equal([
          ['Broadcast', { username: 'carl', content: 'one', seq: 1, at: events[0]?.at, kind: 'message' }],
          ['Accepted', { ref: 'a', seq: 2, at: events[1]?.at }],
          ['Accepted', { ref: 'b', seq: 3, at: events[2]?.at }],
          ['Broadcast', { username: 'carl', content: 'four', seq: 5, at: events[4]?.at, kind: 'message' }],
          ['Accepted', { ref: 'c', seq: 6, at: events[5]?.at }],
        ]);
        expect(reads.outlet.lastSeq).to.equal(6);
      });

      it('hands nothing more to an outlet that has ended, ready or not', async () => {
        const [carl] = await member('carl');
        const [, davidReads] = await member('david');
        const [, lucioReads] = await member('lucio');
        const waiting = await reader();
        const ready = Promise.withResolvers<void>();
        broadcaster.add(author('amy').session, waiting.outlet, ready.promise);
        davidReads.outlet.end('LEFT');
        waiting.outlet.end('LEFT');
        broadcaster.publish(sent(carl, 'hi'));
        ready.resolve();
        await until(() => lucioReads.lines.length === 1);
        for (const { outlet, lines } of [davidReads, waiting]) {
          expect(outlet.lastSeq).to.equal(0);
          expect(lines).to.deep.equal([]);
        }
      });

      it('tells apart two users who have one name one after the other', async () => {
        const [first, firstReads] = await member('carl');
        broadcaster.remove(first.session);
        const [, secondReads] = await member('carl');
        broadcaster.publish(sent(first, 'from the first'));
        await until(() => secondReads.lines.length === 1);
        expect(firstReads.lines).to.deep.equal([]);
      });

      it('drops a reader that has stopped, tells it why, and does not delay the others', async () => {
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
        await until(() => notice('too far behind')(frozen.lines.at(-1) ?? ''));
        const got = frozen.lines;
        expect(got.slice(0, -1).every(line => line === said('carl', text))).to.equal(true);
        expect(got.at(-1)).to.satisfy(notice('too far behind'));
      });
    });
  }
}
