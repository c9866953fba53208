import { expect } from 'chai';
import sinon from 'sinon';
import { MemoryClaimStore } from '../../../../src/adapters/memory/memory-claim-store.js';
import type { Claim } from '../../../../src/application/server/name-ports.js';
import { openRegister } from '../../../support/claims.js';
import { refusalOf } from '../../../support/room-logs.js';

const DAY = 86_400_000;
const CARL: Claim = { username: 'carl', keys: ['one'], claimedAt: 1e12, usedAt: 1e12 };

/** A store that another server is at, which is faster as often as it is told to. */
class ContestedStore extends MemoryClaimStore {
  /** What the other server does before this one's next changes, one for each. */
  readonly faster: (() => Promise<unknown>)[] = [];
  /** What it does after this one's next claims, before this one looks at what is kept. */
  readonly slower: (() => Promise<unknown>)[] = [];

  override async put(claim: Claim, before: Claim | undefined): Promise<boolean> {
    await this.faster.shift()?.();
    const isKept = await super.put(claim, before);
    await this.slower.shift()?.();
    return isKept;
  }

  override async remove(claim: Claim): Promise<boolean> {
    await this.faster.shift()?.();
    return super.remove(claim);
  }

  /** What the other server puts, whatever was there. */
  async force(claim: Claim): Promise<void> {
    const kept = (await this.open()).find(({ username }) => username === claim.username);
    await super.put(claim, kept);
  }

  async takeAway(claim: Claim): Promise<void> {
    await super.remove(claim);
  }
}

describe('ClaimRegister', () => {
  let store: ContestedStore;
  let clock: sinon.SinonFakeTimers;

  beforeEach(() => {
    store = new ContestedStore();
    clock = sinon.useFakeTimers({ now: 1e12, toFake: ['Date', 'performance'] });
  });
  afterEach(() => clock.restore());

  describe('where another server is faster', () => {
    it('gives a name to whoever the other has given it, and counts nothing for that', async () => {
      const claims = await openRegister({ claimsPerDay: 1 }, store);
      store.faster.push(() => store.force({ ...CARL, keys: ['two'] }));
      expect((await claims.claim('carl', 'one', '192.0.2.1'))?.keys).to.deep.equal(['two']);
      expect((await claims.claim('amy', 'one', '192.0.2.1'))?.keys).to.deep.equal(['one']);
      expect(await claims.claim('bob', 'one', '192.0.2.1')).to.equal(undefined);
    });

    it('counts nothing for a claim that could not be kept, nor for one of before midnight', async () => {
      const claims = await openRegister({ claimsPerDay: 1 }, store);
      const fail = async () => {
        throw new Error('gone');
      };
      store.faster.push(fail, async () => {
        clock.tick(DAY);
        await claims.claim('bob', 'two', '192.0.2.2');
        await fail();
      });
      for (let n = 0; n < 2; n++)
        expect(await refusalOf(claims.claim('amy', 'one', '192.0.2.1'))).to.be.instanceOf(Error);
      expect((await claims.claim('amy', 'one', '192.0.2.1'))?.keys).to.deep.equal(['one']);
      expect(await claims.claim('bea', 'three', '192.0.2.1')).to.equal(undefined);
    });

    it('takes back a name that can be taken for one of the other, and counts nothing for that', async () => {
      const claims = await openRegister({ claimsPerDay: 1, claimMs: 10 * DAY }, store);
      store.faster.push(() => store.force({ ...CARL, username: 'carI' }));
      const refusal = await claims.claim('carl', 'one', '192.0.2.1').catch((error: unknown) => error);
      expect(refusal).to.have.nested.property('details.resembled', 'carI');
      expect(await refusalOf(Promise.reject(refusal))).to.equal('NAME_RESEMBLES');
      expect((await claims.list()).map(({ username }) => username)).to.deep.equal(['carI']);
      expect((await claims.claim('amy', 'one', '192.0.2.1'))?.username).to.equal('amy');
    });

    it('lets somebody have it when that one has expired, or belongs to somebody else by then', async () => {
      const claims = await openRegister({ claimMs: 10 * DAY }, store);
      clock.tick(11 * DAY);
      store.faster.push(() => store.force({ ...CARL, username: 'carI' }));
      expect((await claims.claim('carl', 'one'))?.username).to.equal('carl');
      const gone = { ...CARL, username: 'bi1l', usedAt: Date.now() };
      store.faster.push(
        () => store.force(gone),
        () => store.force({ ...CARL, username: 'bill', keys: ['three'], usedAt: Date.now() }),
      );
      expect(await refusalOf(claims.claim('bill', 'two'))).to.equal('NAME_RESEMBLES');
      expect((await claims.ownerOf('bill'))?.keys).to.deep.equal(['three']);
      await store.takeAway(gone);
      expect((await claims.claim('bill', 'three'))?.keys).to.deep.equal(['three']);
    });

    it('loses no key that was added meanwhile', async () => {
      const claims = await openRegister({}, store);
      await store.force(CARL);
      store.faster.push(() => store.force({ ...CARL, keys: ['one', 'two'] }));
      expect((await claims.addKey('carl', 'three', 'one')).keys).to.deep.equal(['one', 'two', 'three']);
      clock.tick(2 * DAY);
      store.faster.push(() => store.force({ ...CARL, keys: ['four'] }));
      await claims.touch('carl');
      expect(await claims.ownerOf('carl')).to.deep.include({ keys: ['four'], usedAt: 1e12 + 2 * DAY });
    });

    it('adds no key for whoever has lost the name meanwhile, and removes none', async () => {
      const claims = await openRegister({}, store);
      await store.force(CARL);
      store.faster.push(() => store.force({ ...CARL, keys: ['two', 'three'] }));
      expect(await refusalOf(claims.addKey('carl', 'four', 'one'))).to.equal('KEY_NEEDED');
      store.faster.push(() => store.force({ ...CARL, keys: ['three'] }));
      expect(await refusalOf(claims.removeKey('carl', 'three', 'two'))).to.equal('KEY_NEEDED');
      expect((await claims.ownerOf('carl'))?.keys).to.deep.equal(['three']);
    });

    it('gives back no name that was released meanwhile', async () => {
      const claims = await openRegister({}, store);
      await store.force(CARL);
      clock.tick(2 * DAY);
      store.faster.push(() => store.takeAway(CARL));
      await claims.touch('carl');
      expect(await claims.ownerOf('carl')).to.equal(undefined);
      expect(await claims.release('carl')).to.equal(false);
    });

    it('keeps the name of an owner who comes back there at the last moment', async () => {
      const claims = await openRegister({ claimMs: 10 * DAY }, store);
      await store.force(CARL);
      clock.tick(11 * DAY);
      store.faster.push(() => store.force({ ...CARL, usedAt: Date.now() }));
      expect((await claims.ownerOf('carl'))?.keys).to.deep.equal(['one']);
      clock.tick(11 * DAY);
      store.faster.push(() => store.force({ ...CARL, usedAt: Date.now() }));
      expect((await claims.resembling('carI'))?.username).to.equal('carl');
      clock.tick(11 * DAY);
      store.faster.push(() => store.force({ ...CARL, usedAt: Date.now() }));
      expect((await claims.claim('carl', 'two'))?.keys).to.deep.equal(['one']);
    });

    it('takes the place of somebody else when one who was here once came back there', async () => {
      const claims = await openRegister({ maxClaims: 2 }, store);
      await store.force(CARL);
      await store.force({ ...CARL, username: 'bob', usedAt: 1e12 + 1, claimedAt: 1e12 + 1 });
      clock.tick(3 * DAY);
      store.faster.push(() => store.force({ ...CARL, usedAt: Date.now() }));
      expect((await claims.claim('amy', 'two'))?.username).to.equal('amy');
      expect((await claims.list()).map(({ username }) => username)).to.have.members(['carl', 'amy']);
    });

    it('decides no more after some times, and says so', async () => {
      const claims = await openRegister({}, store);
      await store.force(CARL);
      for (let n = 1; n < 100; n++) store.faster.push(() => store.force({ ...CARL, usedAt: 1e12 + n }));
      expect(await refusalOf(claims.addKey('carl', 'two', 'one'))).to.equal('NOT_RECORDED');
      expect(store.faster.length).to.be.greaterThan(80);
      expect((await claims.ownerOf('carl'))?.keys).to.deep.equal(['one']);
    });
  });

  describe('of several who claim names at one moment', () => {
    const names = ['amy', 'bob', 'eve', 'dan'];

    it('gives a key no more than it may have', async () => {
      const claims = await openRegister({ maxNamesOfKey: 2 }, store);
      const made = await Promise.all(names.map(name => claims.claim(name, 'one')));
      expect(made.filter(claim => claim !== undefined)).to.have.length(2);
      expect((await claims.claim('AMY', 'one'))?.username).to.equal('amy');
    });

    it('gives the same name to the same key each time', async () => {
      const claims = await openRegister({ maxNamesOfKey: 1, maxClaims: 1 }, store);
      const made = await Promise.all(['amy', 'Amy', 'AMY'].map(name => claims.claim(name, 'one')));
      expect(made.map(claim => claim?.username)).to.deep.equal(['amy', 'amy', 'amy']);
    });

    it('keeps to the limit of all, of whom one after the other gives way', async () => {
      const claims = await openRegister({ maxClaims: 4 }, store);
      const made = await Promise.all(
        [...names, 'kim', 'lee'].map(name => claims.claim(name, `key of ${name}`)),
      );
      expect(made.map(claim => claim?.username)).to.deep.equal([...names, undefined, undefined]);
      clock.tick(3 * DAY);
      const later = ['kim', 'lee', 'mia'];
      await Promise.all(later.map(name => claims.claim(name, `key of ${name}`)));
      expect((await claims.list()).map(({ username }) => username)).to.have.members(['dan', ...later]);
    });

    it('gives one place no more than its names of a day', async () => {
      const claims = await openRegister({ claimsPerDay: 2 }, store);
      const made = await Promise.all(names.map(name => claims.claim(name, `key of ${name}`, '192.0.2.1')));
      expect(made.filter(claim => claim !== undefined)).to.have.length(2);
    });
  });

  it('leaves a name to who claimed it first, of several that look alike and were claimed at one moment', async () => {
    const claims = await openRegister({}, store);
    store.slower.push(() => store.force({ ...CARL, username: 'carI' }));
    expect((await claims.claim('carl', 'one'))?.username).to.equal('carl');
    expect((await claims.list()).map(({ username }) => username)).to.deep.equal(['carl', 'carI']);
    // The other server takes its own back, and the first is found by what can be taken for it.
    await claims.release('carI');
    expect((await claims.resembling('carI'))?.username).to.equal('carl');
  });

  it('does not wait for ever for a change that it cannot read', async () => {
    const claims = await openRegister({ claimMs: 10 * DAY, maxClaims: 1 }, store);
    await claims.claim('carl', 'one');
    const unreadable = sinon.stub(store, 'changed').throws(new Error('gone'));
    clock.tick(3 * DAY);
    expect(await refusalOf(claims.claim('amy', 'two'))).to.equal('NOT_RECORDED');
    clock.tick(8 * DAY);
    expect(await refusalOf(claims.resembling('carI'))).to.equal('NOT_RECORDED');
    unreadable.restore();
    expect(await claims.list()).to.deep.equal([]);
  });
});
