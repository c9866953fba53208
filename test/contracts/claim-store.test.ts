import { expect } from 'chai';
import { KeptClaims } from '../../src/application/server/kept-claims.js';
import type { Claim, ClaimStore } from '../../src/application/server/name-ports.js';
import { CLAIM_STORES, type ClaimsUnderTest } from '../support/claims.js';

const CARL: Claim = {
  username: 'Carl',
  keys: ['one', 'ssh-rsa AAAA', 'two', 'ecdsa-sha2-nistp256 BBBB'],
  claimedAt: 1,
  usedAt: 2,
};
const AMY: Claim = { username: 'amy', keys: ['three'], claimedAt: 3, usedAt: 4 };
const LATER: Claim = { ...CARL, usedAt: 5 };

for (const [name, kind] of Object.entries(CLAIM_STORES))
  describe(`The contract of ClaimStore, kept by ${name}`, () => {
    const create = kind();
    let subject: ClaimsUnderTest;
    let store: ClaimStore;

    beforeEach(async () => {
      subject = await create();
      store = subject.store;
      expect(await store.open()).to.deep.equal([]);
    });
    afterEach(async () => {
      await store.close();
      await subject.dispose();
    });

    /** What is kept now, as whoever opens it next finds it. */
    const kept = async (): Promise<readonly Claim[]> => {
      if (subject.reopen === undefined) return store.open();
      const other = subject.reopen();
      const claims = await other.open();
      await other.close();
      return claims;
    };

    it('keeps claims as they are, each name once, in any spelling', async () => {
      const wide = { ...CARL, username: 'ｃａｒｌ' };
      expect(await store.put(AMY, undefined)).to.equal(true);
      expect(await store.put(wide, undefined)).to.equal(true);
      expect(await store.put(CARL, wide)).to.equal(true);
      expect(await kept()).to.have.deep.members([AMY, CARL]);
    });

    it('removes them, and nothing where there is none', async () => {
      for (const claim of [CARL, AMY]) await store.put(claim, undefined);
      expect(await store.remove(CARL)).to.equal(true);
      expect(await store.remove(CARL)).to.equal(false);
      expect(await kept()).to.deep.equal([AMY]);
      expect(await store.put(LATER, undefined)).to.equal(true);
      expect(await kept()).to.have.deep.members([AMY, LATER]);
    });

    it('changes nothing that is not as the caller believes', async () => {
      expect(await store.put(LATER, CARL)).to.equal(false);
      await store.put(CARL, undefined);
      const others = [
        { ...CARL, username: 'CARL' },
        { ...CARL, keys: ['one'] },
        { ...CARL, keys: [...CARL.keys].reverse() },
        { ...CARL, claimedAt: 9 },
        LATER,
      ];
      for (const other of [undefined, ...others]) expect(await store.put(LATER, other)).to.equal(false);
      for (const other of others) expect(await store.remove(other)).to.equal(false);
      expect(await kept()).to.deep.equal([CARL]);
    });

    it('has one winner of many who change one name at once, from wherever', async () => {
      const stores = [store];
      for (let n = 0; n < 2; n++) {
        const other = subject.reopen?.();
        await other?.open();
        if (other !== undefined) stores.push(other);
      }
      const race = async (before: Claim | undefined, turn: (n: number) => Claim): Promise<Claim> => {
        const claims = Array.from({ length: 30 }, (_, n) => turn(n));
        const done = await Promise.all(
          claims.map((claim, n) => stores[n % stores.length]?.put(claim, before)),
        );
        const winners = claims.filter((_, n) => done[n]);
        expect(winners).to.have.length(1);
        expect(await kept()).to.deep.equal(winners);
        return winners[0] as Claim;
      };
      const first = await race(undefined, n => ({ ...CARL, keys: [`key-${n}`] }));
      await race(first, n => ({ ...first, usedAt: 100 + n }));
      for (const other of stores.slice(1)) await other.close();
    });

    it('tells of every change once, as it is in the end', async () => {
      expect(store.changed()).to.equal(undefined);
      await store.put(CARL, undefined);
      await store.put(LATER, CARL);
      await store.put(AMY, undefined);
      await store.remove(AMY);
      const claims = new KeptClaims(store);
      expect([...claims.look()].map(({ usedAt }) => usedAt)).to.deep.equal([5]);
      expect(store.changed()).to.equal(undefined);
      await store.remove(LATER);
      expect([...claims.look()]).to.deep.equal([]);
      expect(store.changed()).to.equal(undefined);
    });

    it('tells at once of what stood in the way', async () => {
      const claims = new KeptClaims(store);
      const other = subject.reopen?.() ?? store;
      if (other !== store) await other.open();
      await other.put(CARL, undefined);
      expect(await store.put(LATER, undefined)).to.equal(false);
      expect(claims.look().named('carl')?.usedAt).to.equal(CARL.usedAt);
      await other.remove(CARL);
      expect(await store.put(LATER, CARL)).to.equal(false);
      expect(claims.look().named('carl')).to.equal(undefined);
      expect(await store.put(LATER, undefined)).to.equal(true);
      expect(claims.look().named('carl')?.usedAt).to.equal(LATER.usedAt);
      if (other !== store) await other.close();
    });

    it('can be closed twice', async () => {
      await store.close();
      await store.close();
      expect(store.changed()).to.equal(undefined);
    });
  });
