import { expect } from 'chai';
import { roomOf, type Shelf, shelfOf } from '../../../../src/adapters/browser/shelf.js';
import { type TabLock, TabSessions } from '../../../../src/adapters/browser/tab-sessions.js';
import { isOther } from '../../../../src/application/client/own-session.js';
import type { OwnSession, OwnSessions } from '../../../../src/application/client/ports.js';
import { MemoryShelf } from '../../../doubles/memory-shelf.js';

/** What the tabs of one browser share. */
class Tabs {
  readonly browser = new MemoryShelf();
  readonly #held = new Map<string, () => void>();

  readonly lock: TabLock = {
    take: async (name, steal, onLost) => {
      if (this.#held.has(name) && !steal) return undefined;
      this.#held.get(name)?.();
      this.#held.set(name, onLost);
      return () => this.#held.get(name) === onLost && this.#held.delete(name);
    },
  };

  sessions(tab: Shelf = new MemoryShelf()): TabSessions {
    return new TabSessions(tab, this.browser, this.lock);
  }
}

async function claimed(sessions: OwnSessions, takesOver = false): Promise<OwnSession> {
  const own = await sessions.claim('carl', takesOver);
  return isOther(own) ? expect.fail('another tab has it') : own;
}

const unsent = [{ ref: 'x-1', message: { content: 'not yet' } }];

describe('TabSessions', () => {
  let tabs: Tabs;
  beforeEach(() => {
    tabs = new Tabs();
  });

  it('goes on with the session when the page is loaded again, with what was not sent', async () => {
    const tab = new MemoryShelf();
    const first = await claimed(tabs.sessions(tab));
    expect(first.saved).to.deep.include({ attempt: 0 });
    first.keep?.([]);
    first.keep?.(unsent);
    const second = await claimed(tabs.sessions(tab));
    expect(second.saved).to.deep.include({ token: first.saved.token, unsent });
    expect(second.saved.attempt).to.be.above(0);
    second.keep?.([]);
    expect((await claimed(tabs.sessions(tab))).saved).to.not.have.property('unsent');
  });

  it('counts higher each time that it is taken up, by a copy of the tab and back again', async () => {
    const tab = new MemoryShelf();
    const first = await claimed(tabs.sessions(tab));
    const copy = new MemoryShelf(new Map(tab.texts));
    const second = await claimed(tabs.sessions(copy));
    const third = await claimed(tabs.sessions(tab));
    expect(new Set([first, second, third].map(({ saved }) => saved.token)).size).to.equal(1);
    expect(third.saved.attempt).to.be.at.least(second.saved.attempt);
  });

  it('tells which tab has the name, and takes over when that is wanted', async () => {
    const first = await claimed(tabs.sessions());
    expect(isOther(await tabs.sessions().claim('CARL'))).to.equal(true);
    const second = await claimed(tabs.sessions(), true);
    expect(second.saved.token).to.equal(first.saved.token);
    first.keep?.(unsent); // what the browser keeps is the other tab's
    first.forget();
    expect((await claimed(tabs.sessions(), true)).saved).to.not.have.property('unsent');
  });

  it('goes on after a tab that was closed, but not after one that has left', async () => {
    const first = await claimed(tabs.sessions());
    first.release();
    const second = await claimed(tabs.sessions());
    expect(second.saved.token).to.equal(first.saved.token);
    second.readTo('e', 7);
    second.forget();
    second.forget();
    const third = await claimed(tabs.sessions());
    expect([third.saved.token === first.saved.token, third.saved.attempt]).to.deep.equal([false, 0]);
  });

  it('keeps to the tab where tabs know nothing of each other, and passes over what is broken', async () => {
    const [tab, browser] = [new MemoryShelf(), new MemoryShelf()];
    const first = await claimed(new TabSessions(tab, browser));
    expect(browser.texts.size).to.equal(0);
    const [name = ''] = tab.texts.keys();
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '{"token":7,"attempt":1,"at":1}',
      '{"token":"t","attempt":-1,"at":1}',
    ]) {
      tab.texts.set(name, text);
      const { saved } = await claimed(new TabSessions(tab, browser));
      expect([saved.token === first.saved.token, saved.attempt], text).to.deep.equal([false, 0]);
    }
    tab.texts.set(
      name,
      '{"token":"t","attempt":1,"at":1,"unsent":[null,{"ref":1},{"ref":"a","message":{"content":"b"}}]}',
    );
    const { saved } = await claimed(new TabSessions(tab, browser));
    expect(saved.unsent).to.deep.equal([{ ref: 'a', message: { content: 'b' } }]);
  });

  it('keeps what belongs to one room apart from the others of its host', async () => {
    const tab = new MemoryShelf();
    const of = (page: string) =>
      new TabSessions(
        shelfOf(() => tab, roomOf(page)),
        new MemoryShelf(),
      );
    const first = await claimed(of('https://a.example/one/'));
    expect((await claimed(of('https://a.example/two/?x#y'))).saved.token).to.not.equal(first.saved.token);
    expect((await claimed(of('https://a.example/one/#y'))).saved.token).to.equal(first.saved.token);
    expect(['https://a.example/', 'https://a.example/page?x'].map(roomOf)).to.deep.equal(['', '']);
  });

  it('begins anew where a browser keeps nothing', async () => {
    const closed = shelfOf(() => {
      throw new Error('cookies are off');
    }, '');
    closed.removeItem('x');
    expect((await claimed(new TabSessions(closed, closed))).saved.attempt).to.equal(0);
  });
});
