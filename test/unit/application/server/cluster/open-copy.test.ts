import { rmSync } from 'node:fs';
import { expect } from 'chai';
import { SqliteRoomCopies } from '../../../../../src/adapters/sqlite/sqlite-room-copies.js';
import { type Journal, JournalFailure } from '../../../../../src/application/server/cluster/journal.js';
import { comparison, openCopy } from '../../../../../src/application/server/cluster/open-copy.js';
import { ReplicatedRoomLog } from '../../../../../src/application/server/cluster/replicated-room-log.js';
import { RoomFold } from '../../../../../src/application/server/cluster/room-fold.js';
import { RoomLogFailure } from '../../../../../src/application/server/failures.js';
import type { StoredRoom } from '../../../../../src/application/server/room-log-ports.js';
import { MemoryBroker, MemoryJournal } from '../../../../doubles/memory-journal.js';
import { joined, PLENTY, REPLICA, refusalOf, sent, temporaryFolder } from '../../../../support/room-logs.js';

describe('the copies of a journal', () => {
  let broker: MemoryBroker;
  let folders: Record<'a' | 'b', string>;
  let open: ReplicatedRoomLog[];

  beforeEach(() => {
    broker = new MemoryBroker();
    folders = { a: temporaryFolder(), b: temporaryFolder() };
    open = [];
  });
  afterEach(async () => {
    for (const log of open) await log.close();
    for (const folder of Object.values(folders)) rmSync(folder, { recursive: true });
  });

  const copiesOf = (name: 'a' | 'b') =>
    new SqliteRoomCopies({ folder: folders[name], synchronous: 'normal', ...PLENTY });

  /** A server that has a copy in a folder of its own. */
  async function start(name: 'a' | 'b', acceptsLoss = false, on = broker) {
    const log = new ReplicatedRoomLog(new MemoryJournal(on), copiesOf(name), {
      ...REPLICA,
      name,
      acceptsLoss,
    });
    const opened = await log.open();
    log.follow(() => {});
    open.push(log);
    const say = (...contents: string[]) =>
      Promise.all(contents.map(content => log.append(sent(1, 'carl', content))));
    const contents = async () => (await log.messages(0, 1000, 1000)).map(({ content }) => content);
    return { log, opened, say, contents };
  }
  const failureOf = (starting: Promise<unknown>) => starting.catch(error => error);

  it('are refused when they have more than the journal, and begun anew when that is accepted', async () => {
    const first = await start('a');
    await first.say('one', 'two');
    const kept = broker.last;
    await first.say('three');
    await first.log.close();
    broker.rollBack(kept);
    const failure = await failureOf(start('a'));
    expect(failure).to.be.instanceOf(RoomLogFailure);
    expect(failure).to.include({ code: 'LOG_LOST', path: copiesOf('a').pathOf(broker.id) });
    const again = await start('a', true);
    expect(await again.contents()).to.deep.equal(['one', 'two']);
    expect(again.opened.epoch).not.to.equal(first.opened.epoch);
    expect(await again.log.locate(first.opened.epoch, 3)).to.equal(2);
    await again.say('other');
    expect(await again.log.locate(again.opened.epoch, 9)).to.equal(3);
    await again.log.close();
    const later = await start('a');
    expect(later.opened.epoch, 'it is accepted once').to.equal(again.opened.epoch);
    expect(await later.contents()).to.deep.equal(['one', 'two', 'other']);
  });

  it('are refused when they have something else than the journal', async () => {
    const first = await start('a');
    await first.say('one', 'two');
    const kept = broker.last;
    await first.say('three');
    await first.log.close();
    broker.rollBack(kept);
    const second = await start('b');
    await second.log.append(joined(7, 'david'));
    await second.say('four');
    expect(await failureOf(start('a'))).to.include({ code: 'LOG_LOST' });
    const again = await start('a', true);
    expect(await again.contents()).to.deep.equal(['one', 'two', 'four']);
  });

  it('are begun anew at the other servers as well when nothing was said since a loss was accepted at one', async () => {
    const [first, second] = [await start('a'), await start('b')];
    await first.say('one');
    const kept = broker.last;
    await first.say('two', 'three');
    await second.log.settled();
    await second.log.close();
    await first.log.close();
    broker.rollBack(kept);
    const again = await start('a', true);
    const other = await start('b');
    expect(await other.contents()).to.deep.equal(['one']);
    expect(other.opened.epoch).to.equal(again.opened.epoch);
  });

  it('are begun anew at the other servers as well when a loss was accepted at one', async () => {
    const [first, second] = [await start('a'), await start('b')];
    await first.say('one');
    const kept = broker.last;
    await first.say('two', 'three');
    await second.log.append(joined(2, 'david'));
    await second.log.close();
    await first.log.close();
    broker.rollBack(kept);
    const again = await start('a', true);
    await again.say('2', '3', '4', '5');
    const other = await start('b');
    expect(await other.contents()).to.deep.equal(['one', '2', '3', '4', '5']);
    expect(other.opened.epoch).to.equal(again.opened.epoch);
  });

  it('are refused when there is one of another journal, unless that is accepted', async () => {
    const first = await start('a');
    await first.say('one');
    await first.log.close();
    const another = new MemoryBroker();
    const failure = await failureOf(start('a', false, another));
    expect(failure).to.include({ code: 'OTHER_LOG', path: copiesOf('a').pathOf(broker.id) });
    const second = await start('a', true, another);
    expect(await second.contents()).to.deep.equal([]);
    await second.log.close();
    expect(await (await start('a', false, another)).contents(), 'this one is known now').to.deep.equal([]);
  });

  it('cannot be begun when the beginning is gone, no checkpoint is there, and no server runs that could make one', async () => {
    const first = await start('a');
    await first.say('one');
    await first.log.close();
    broker.checkpoints = [];
    broker.forget(broker.last - 1);
    const failure = await failureOf(start('b'));
    expect(failure).to.be.instanceOf(JournalFailure);
    expect(failure).to.include({ code: 'CUT', place: 'memory' });
  });

  it('are begun anew, with a checkpoint, when they lack what is gone', async () => {
    const first = await start('a');
    await first.say('one');
    await first.log.close();
    broker.checkpoints = [];
    const second = await start('b');
    await second.say('two', 'three');
    await second.log.close();
    expect(broker.checkpoints).to.have.length(1);
    broker.forget(broker.checkpoints[0]?.position ?? expect.fail());
    const again = await start('a');
    expect(again.opened.head).to.equal(3);
    expect(await again.contents(), 'what was before is there no more').to.deep.equal([]);
    expect((await again.say('four'))[0]).to.include({ seq: 4 });
  });

  describe('go on from', () => {
    const opened = (first: number) => ({ id: broker.id, first, last: 999 });
    const stateAt = (head: number) => {
      const fold = new RoomFold('e');
      fold.apply({
        position: 1,
        at: 1,
        text: '{"by":"a","n":0,"items":[{"type":"ServerUp","rules":"r","name":"a"}]}',
      });
      const items = Array.from({ length: head }, () => sent(0, 'chatty', 'x'));
      fold.apply({ position: 2, at: 1, text: JSON.stringify({ by: 'a', n: 1, items }) });
      return fold.kept;
    };
    /** A journal with checkpoints at these heads, from the oldest to the newest, 100 entries each. */
    const journalWith = (...heads: number[]) => ofRules('ours', ...heads);
    const ofRules = (newest: string, ...heads: number[]) => ({
      async *checkpoints() {
        for (const [n, head] of heads.toReversed().entries())
          yield { position: head * 100, state: { ...stateAt(head), rules: n === 0 ? newest : 'ours' } };
      },
    });
    let hadOtherRules = false;
    async function openedWith(journal: Pick<Journal, 'checkpoints'>, first: number) {
      const copy = await openCopy(
        { place: 'nowhere', checkpoints: () => journal.checkpoints() },
        opened(first),
        copiesOf('b'),
        {
          acceptsLoss: false,
          rules: 'ours',
        },
      );
      await copy.store.close();
      hadOtherRules = copy.hasOtherRules;
      return [copy.fold.position, copy.fold.head];
    }
    const fill = async (head: number) => {
      const store = copiesOf('b').store(broker.id);
      await store.open();
      store.write(Array.from({ length: head }, (_, n) => ({ ...sent(1, 'carl', 'x'), seq: n + 1, at: 1 })));
      await store.close();
    };

    it('the beginning while that is there, or the oldest checkpoint, when there is none', async () => {
      expect(await openedWith(journalWith(2, 4), 1)).to.deep.equal([0, 0]);
      rmSync(folders.b, { recursive: true });
      expect(await openedWith(journalWith(2, 4), 150)).to.deep.equal([200, 2]);
    });

    it('nothing that was folded by other rules: of their checkpoints the newest alone', async () => {
      expect(await openedWith(ofRules('others', 2, 4), 1)).to.deep.equal([400, 4]);
      expect(hadOtherRules).to.equal(true);
      await fill(4);
      expect(await openedWith(ofRules('others', 2, 4), 1)).to.deep.equal([400, 4]);
      rmSync(folders.b, { recursive: true });
      await fill(3);
      expect(await openedWith(ofRules('others', 2, 4), 1), 'the copy ends before').to.deep.equal([400, 4]);
      const since = {
        async *checkpoints() {
          yield { position: 600, state: { ...stateAt(6), rules: 'ours' } };
          yield { position: 500, state: { ...stateAt(5), rules: 'ours' } };
          yield* ofRules('others', 2, 4).checkpoints();
        },
      };
      rmSync(folders.b, { recursive: true });
      expect(await openedWith(since, 1)).to.deep.equal([500, 5]);
      expect(hadOtherRules).to.equal(false);
    });

    it('the newest checkpoint that is not ahead of them, or the beginning', async () => {
      await fill(3);
      expect(await openedWith(journalWith(2, 4), 150)).to.deep.equal([200, 2]);
      expect(await openedWith(journalWith(2, 3), 150)).to.deep.equal([300, 3]);
      expect(await openedWith(journalWith(4), 1)).to.deep.equal([0, 0]);
      expect(await openedWith(journalWith(4, 5), 150), 'anew, from the oldest').to.deep.equal([400, 4]);
    });
  });

  it('are the same, or lack what is new, or have what was lost', () => {
    const compared = (copyHead: number, head: number, isOther = false, epoch?: string) =>
      comparison(
        { stored: { head: copyHead } as StoredRoom, start: 1 },
        { head, epoch: 'e' },
        isOther,
        epoch,
      );
    expect(compared(0, 5)).to.deep.equal({ type: 'SAME' });
    expect(compared(2, 5, false, 'e')).to.deep.equal({ type: 'SAME' });
    expect(compared(2, 5, true)).to.deep.equal({ type: 'LOST', upTo: 1 });
    expect(compared(6, 5)).to.deep.equal({ type: 'LOST', upTo: 5 });
    expect(compared(6, 5, false, 'before')).to.deep.equal({ type: 'ACCEPTED' });
  });

  it('go on from no checkpoint of what was lost, whatever has been appended since', async () => {
    const first = await start('a');
    await first.say('one', 'two');
    const kept = broker.last;
    await first.log.append(joined(5, 'lost', 'key'));
    await first.log.close();
    broker.rollBack(kept);
    const second = await start('b');
    await second.say('3', '4', '5');
    await second.log.close();
    expect(broker.checkpoints).to.have.length(1);
    expect(broker.checkpoints[0]?.position).to.be.at.most(broker.last);
    const again = await start('a', true);
    expect(again.opened.present).to.deep.equal([]);
    expect(await again.contents()).to.deep.equal(['one', 'two', '3', '4', '5']);
    await again.log.close();
    const other = await start('b', true);
    expect(await other.contents()).to.deep.equal(['one', 'two', '3', '4', '5']);
  });

  it('say so when the journal is rolled back while they are made, and nothing is appended after that', async () => {
    const { log, say } = await start('a');
    await say('one');
    broker.rollBack(broker.last - 1);
    expect(await log.failed).to.include({ code: 'LOG_LOST' });
    expect(await refusalOf(log.append(sent(1, 'carl', 'late')))).to.equal('NOT_RECORDED');
  });
});
