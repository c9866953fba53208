import { expect } from 'chai';
import sinon from 'sinon';
import { PendingRequests } from '../../../../src/application/client/pending-requests.js';

const memos = [1, 2, 3].map(
  seq => ({ username: 'david', content: `message ${seq}`, seq, at: 0, kind: 'message' }) as const,
);

describe('PendingRequests', () => {
  let clock: sinon.SinonFakeTimers;
  let requests: PendingRequests;

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    requests = new PendingRequests();
  });
  afterEach(() => clock.restore());

  const unanswered = { type: 'Unanswered', asked: 'who', why: 'NO_ANSWER' };

  it('gives every request a ref of its own', () => {
    const refs: string[] = [];
    for (let n = 0; n < 2; n++) void requests.ask('who', ref => refs.push(ref));
    expect(refs).to.deep.equal(['q1', 'q2']);
  });

  it('puts an answer together that comes in parts', async () => {
    const answer = requests.ask('who', ref => {
      requests.take({ type: 'Users', ref, users: ['carl', 'david'], away: ['david'], done: false });
      requests.take({ type: 'Users', ref: 'other', users: ['mallory'], away: [], done: true });
      requests.take({ type: 'Users', users: ['mallory'], away: [], done: true });
      requests.take({ type: 'Users', ref, users: ['lucio'], away: [], done: true });
    });
    expect(await answer).to.deep.equal({
      type: 'Users',
      users: ['carl', 'david', 'lucio'],
      away: ['david'],
    });
    expect(clock.countTimers()).to.equal(0);
  });

  it('puts together who is proven as well', async () => {
    const answer = requests.ask('who', ref => {
      requests.take({ type: 'Users', ref, users: ['carl'], away: [], verified: ['carl'], done: false });
      requests.take({ type: 'Users', ref, users: ['amy', 'bob'], away: [], verified: ['bob'], done: true });
    });
    expect(await answer).to.deep.include({ verified: ['carl', 'bob'] });
  });

  it('takes the keys of a name as they come', async () => {
    const keys = { type: 'Keys', username: 'carl', keys: ['a'], own: 'a' } as const;
    for (const asked of ['keys', 'addKey', 'removeKey'] as const)
      expect(await requests.ask(asked, ref => requests.take({ ...keys, ref, done: true }))).to.deep.equal(
        keys,
      );
  });

  for (const [asked, type] of [
    ['history', 'History'],
    ['search', 'Found'],
  ] as const) {
    it(`puts the messages of an answer together: ${type}`, async () => {
      const answer = requests.ask(asked, ref => {
        requests.take({ type: 'Users', ref, users: ['what nobody asked for'], away: [], done: true });
        requests.take({ type, ref, memos: memos.slice(0, 1), done: false });
        requests.take({ type, ref, memos: memos.slice(1), done: true });
      });
      expect(await answer).to.deep.equal({ type, memos });
    });
  }

  it('says when a request was refused, and why', async () => {
    let isRefused: boolean | undefined;
    const answer = requests.ask('who', ref => {
      isRefused = requests.refuse(ref, 'No.');
    });
    expect(await answer).to.deep.equal({ type: 'Refused', reason: 'No.' });
    expect(isRefused).to.equal(true);
    expect(requests.refuse('other', 'No.')).to.equal(false);
  });

  it('waits for an answer for 10 s', async () => {
    const answer = requests.ask('who', () => {});
    await clock.tickAsync(10_000);
    expect(await answer).to.deep.equal(unanswered);
  });

  it('waits no longer when no answer can come', async () => {
    const answer = requests.ask('who', () => {});
    requests.drop();
    expect(await answer).to.deep.equal(unanswered);
    await clock.tickAsync(0);
    expect(clock.countTimers()).to.equal(0);
  });
});
