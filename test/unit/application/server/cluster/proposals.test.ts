import { expect } from 'chai';
import sinon from 'sinon';
import { decodeEntry, type Item } from '../../../../../src/application/server/cluster/entry.js';
import { Proposals } from '../../../../../src/application/server/cluster/proposals.js';
import type { Answer } from '../../../../../src/application/server/cluster/room-news.js';
import { Refusal } from '../../../../../src/domain/refusal.js';
import { joined, left, refusalOf, sent } from '../../../../support/room-logs.js';

/** Until the next entry may go. */
const APART_MS = 2;
const UP = { type: 'ServerUp', rules: 'r', name: 'n' } as const;

describe('Proposals', () => {
  let clock: sinon.SinonFakeTimers;
  let appended: string[];
  let proposals: Proposals;
  const journal = { append: (text: string) => void appended.push(text), maxBytes: 20_000, connectedSince: 0 };

  beforeEach(() => {
    clock = sinon.useFakeTimers({
      toFake: [
        ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
        ...(['setImmediate', 'clearImmediate', 'performance'] as const),
      ],
    });
    appended = [];
    proposals = new Proposals(journal);
  });
  afterEach(() => {
    proposals.close();
    clock.restore();
  });

  const numbers = () => appended.map(text => decodeEntry(text)?.n);
  const items = () => appended.flatMap(text => decodeEntry(text)?.items ?? []);
  const read = (n: number, answers: readonly Answer[] = [], by = 'a') =>
    proposals.read({ by, n, answers, news: [] });
  /** An incarnation has begun, and its first entry is read. */
  const begin = (by = 'a') => {
    proposals.begin(by, [UP]);
    read(0, ['DONE'], by);
    appended = [];
  };

  it('go into one entry, all of a turn, and are answered when it is read', async () => {
    begin();
    const asked = [joined(1, 'carl'), joined(2, 'Carl'), sent(1, 'carl', 'hi')].map(item =>
      proposals.propose(item),
    );
    expect(appended).to.deep.equal([]);
    clock.tick(APART_MS);
    expect(numbers()).to.deep.equal([1]);
    const recorded = { ...joined(1, 'carl'), seq: 1, at: 1 };
    read(1, [recorded, new Refusal('NAME_TAKEN')]);
    expect(await asked[0]).to.equal(recorded);
    expect(await refusalOf(asked[1] ?? expect.fail())).to.equal('NAME_TAKEN');
    expect(await asked[2]).to.equal('DONE');
  });

  it('go at the end of the turn, but not soon after others: what comes meanwhile goes together', () => {
    begin();
    const propose = (content: string) => void proposals.propose(sent(1, 'carl', content)).catch(() => {});
    const contents = () =>
      appended.map(text => decodeEntry(text)?.items.map(item => (item as { content: string }).content));
    propose('one');
    clock.tick(0);
    expect(contents(), 'alone, it waits for nobody').to.deep.equal([['one']]);
    propose('two');
    clock.tick(APART_MS / 2);
    propose('three');
    clock.tick(APART_MS / 2 - 0.1);
    expect(contents(), 'not yet').to.have.length(1);
    clock.tick(1);
    expect(contents().slice(1)).to.deep.equal([['two', 'three']]);
    clock.tick(APART_MS);
    propose('four');
    clock.tick(0);
    expect(contents().slice(2), 'nothing was said for as long').to.deep.equal([['four']]);
  });

  it('that wait for their entry go nowhere when all is over', () => {
    begin();
    for (const content of ['one', 'two']) {
      void proposals.propose(sent(1, 'carl', content)).catch(() => {});
      clock.tick(0);
    }
    proposals.close();
    clock.tick(100);
    expect(appended).to.have.length(1);
    expect(clock.countTimers()).to.equal(0);
  });

  it('are not answered by what others append, or what is read twice', async () => {
    begin();
    const first = proposals.propose(sent(1, 'carl', 'one'));
    clock.tick(APART_MS);
    const second = proposals.propose(sent(1, 'carl', 'two'));
    clock.tick(APART_MS);
    read(1, ['DONE'], 'b');
    read(1, ['DONE']);
    read(1);
    read(0);
    expect(await first).to.equal('DONE');
    read(2, [7]);
    expect(await second).to.equal(7);
  });

  it('of a message that is on its way already have what becomes of that one, and are never refused before it', async () => {
    begin();
    const first = proposals.propose(sent(1, 'carl', 'hi', 'r'));
    clock.tick(APART_MS);
    const again = proposals.propose(sent(1, 'carl', 'hi', 'r'));
    const other = refusalOf(proposals.propose(sent(1, 'carl', 'other', 's')));
    for (let n = 2; n <= 40; n++) {
      void proposals.propose(sent(2, 'david', `${n}`)).catch(() => {});
      clock.tick(APART_MS);
    }
    const waiting = refusalOf(proposals.propose(sent(1, 'carl', 'late', 't')));
    const repeated = refusalOf(proposals.propose(sent(1, 'carl', 'late', 't')));
    clock.tick(23_000);
    expect(await Promise.all([waiting, repeated])).to.deep.equal(['NOT_RECORDED', 'NOT_RECORDED']);
    read(1, [{ ...sent(1, 'carl', 'hi', 'r'), seq: 5, at: 1 }]);
    expect(await first).to.include({ seq: 5 });
    expect(await again, 'as what is in the room').to.equal(5);
    proposals.close();
    expect(await other).to.equal('NOT_RECORDED');
    expect(items().filter(item => (item as { ref?: string }).ref === 'r')).to.have.length.above(0);
  });

  it('wait until an incarnation has begun', () => {
    void proposals.propose(sent(1, 'carl', 'early')).catch(() => {});
    clock.tick(10);
    expect(appended).to.deep.equal([]);
  });

  it('are at most so many on their way, and in entries that a journal takes', async () => {
    begin();
    const wide = '\u4e00'.repeat(1000);
    for (let n = 0; n < 40; n++) {
      void proposals.propose(sent(1, 'carl', `${wide}${n}`));
      clock.tick(APART_MS);
    }
    expect(appended).to.have.length(32);
    for (let n = 0; n < 3000; n++) void proposals.propose(sent(1, 'carl', 'a'));
    while (numbers().length < 300) {
      const next = numbers().length;
      read(next - 31, []);
      clock.tick(APART_MS);
      if (numbers().length === next) break;
    }
    for (const text of appended) expect(Buffer.byteLength(text)).to.be.at.most(journal.maxBytes);
    const rest = numbers().at(-1) ?? 0;
    for (let n = rest - 31; n <= rest; n++) read(n, []);
    await proposals.settled();
    expect(items()).to.have.length(3040);
  });

  it('are refused when no journal takes them', async () => {
    begin();
    expect(await refusalOf(proposals.propose(sent(1, 'carl', '\u4e00'.repeat(8000))))).to.equal(
      'NOT_RECORDED',
    );
    void proposals.propose(sent(1, 'carl', 'a'.repeat(8000)));
    clock.tick(APART_MS);
    expect(items()).to.have.length(1);
  });

  it('are appended again, in their order, when they may be lost, are overtaken, or late', () => {
    begin();
    for (const content of ['one', 'two', 'three']) {
      void proposals.propose(sent(1, 'carl', content)).catch(() => {});
      clock.tick(APART_MS);
    }
    expect(numbers()).to.deep.equal([1, 2, 3]);
    proposals.appendAgain();
    proposals.appendAgain();
    clock.tick(50);
    expect(numbers()).to.deep.equal([1, 2, 3, 1, 2, 3]);
    proposals.read({ by: 'a', n: 2, answers: undefined, news: [] });
    clock.tick(50);
    expect(numbers().slice(6), 'one was overtaken').to.deep.equal([1, 2, 3]);
    read(1, []);
    clock.tick(2900);
    expect(numbers()).to.have.length(9);
    clock.tick(200);
    expect(numbers().slice(9), 'not read for long').to.deep.equal([2, 3]);
  });

  it('are refused when they have waited for long, but not when they are on their way, nor leaves', async () => {
    begin();
    for (let n = 0; n < 32; n++) {
      void proposals.propose(sent(1, 'carl', `${n}`)).catch(() => {});
      clock.tick(APART_MS);
    }
    const late = proposals.propose(sent(1, 'carl', 'late', 'r'));
    void proposals.propose(left(1, 'carl')).catch(() => {});
    clock.tick(21_900);
    expect(proposals.knows(1, 'r')).to.equal(true);
    clock.tick(300);
    expect(await refusalOf(late)).to.equal('NOT_RECORDED');
    expect(proposals.knows(1, 'r')).to.equal(false);
    appended = [];
    read(1, []);
    clock.tick(APART_MS);
    expect(items(), 'only the leave is left').to.deep.equal([left(1, 'carl')]);
  });

  it('are refused when too many wait, but for leaves', async () => {
    const propose = (item: Item) => proposals.propose(item);
    for (let n = 0; n < 10_000; n++) void propose(sent(1, 'carl', 'x')).catch(() => {});
    expect(await refusalOf(propose(sent(1, 'carl', 'one more')))).to.equal('NOT_RECORDED');
    let isRefused = false;
    void propose(left(1, 'carl')).catch(() => {
      isRefused = true;
    });
    await Promise.resolve();
    expect(isRefused).to.equal(false);
  });

  it('are refused when another incarnation begins, but for leaves: they say under which one they were', async () => {
    begin();
    const onItsWay = proposals.propose(sent(1, 'carl', 'one'));
    void proposals.propose(left(2, 'david')).catch(() => {});
    clock.tick(APART_MS);
    const ended = { reason: 'KICKED' } as const;
    void proposals.propose({ ...left(3, 'lucio'), ended }).catch(() => {});
    const waiting = proposals.propose(sent(1, 'carl', 'two'));
    appended = [];
    proposals.begin('b', [UP]);
    expect(await refusalOf(onItsWay)).to.equal('NOT_RECORDED');
    expect(await refusalOf(waiting)).to.equal('NOT_RECORDED');
    clock.tick(APART_MS);
    proposals.begin('c', [UP]);
    clock.tick(APART_MS);
    expect(appended.map(text => decodeEntry(text)?.by)).to.deep.equal(['b', 'b', 'c', 'c']);
    expect(items().slice(-2)).to.deep.equal([
      { ...left(2, 'david'), was: 'a' },
      { ...left(3, 'lucio'), ended, was: 'a' },
    ]);
  });

  it('are settled when those until now are decided, however many come later', async () => {
    begin();
    await proposals.settled();
    void proposals.propose(sent(1, 'carl', 'one'));
    clock.tick(APART_MS);
    let isSettled = false;
    const settled = proposals.settled().then(() => {
      isSettled = true;
    });
    void proposals.propose(sent(1, 'carl', 'two')).catch(() => {});
    clock.tick(APART_MS);
    await Promise.resolve();
    expect(isSettled).to.equal(false);
    read(1, []);
    clock.tick(APART_MS);
    await settled;
    expect(isSettled).to.equal(true);
  });

  it('know the messages on their way', async () => {
    begin();
    const saying = proposals.propose(sent(1, 'carl', 'hi', 'r'));
    void proposals.propose(sent(1, 'carl', 'hi')).catch(() => {});
    expect([proposals.knows(1, 'r'), proposals.knows(1, 's'), proposals.knows(2, 'r')]).to.deep.equal([
      ...[true, false, false],
    ]);
    clock.tick(APART_MS);
    read(1, []);
    await saying;
    expect(proposals.knows(1, 'r')).to.equal(false);
  });

  it('are refused when they wait and this server stops; what is on its way may have happened until it is gone', async () => {
    begin();
    const outcomes: string[] = [];
    const noting = (name: string, asked: Promise<Answer>) =>
      asked.then(
        () => outcomes.push(`${name} done`),
        () => outcomes.push(`${name} refused`),
      );
    const all = [noting('first', proposals.propose(sent(1, 'carl', 'one')))];
    clock.tick(APART_MS);
    all.push(noting('second', proposals.propose(sent(1, 'carl', 'two'))));
    clock.tick(APART_MS);
    all.push(noting('third', proposals.propose(sent(1, 'carl', 'three'))));
    const settled = proposals.settled();
    proposals.stop();
    all.push(noting('late', proposals.propose(left(1, 'carl'))));
    await Promise.resolve();
    await Promise.resolve();
    expect(outcomes).to.deep.equal(['third refused', 'late refused']);
    read(1, []);
    await all[0];
    proposals.close();
    clock.tick(APART_MS);
    await Promise.all([...all, settled]);
    expect(outcomes.slice(2)).to.deep.equal(['first done', 'second refused']);
  });
});
