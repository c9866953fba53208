import { expect } from 'chai';
import type { Claim } from '../../src/application/server/name-ports.js';
import { CLAIM_STORES, type ClaimsUnderTest } from '../support/claims.js';

const CARL: Claim = {
  username: 'Carl',
  keys: ['one', 'ssh-rsa AAAA', 'two', 'ecdsa-sha2-nistp256 BBBB'],
  claimedAt: 1,
  usedAt: 2,
};
const AMY: Claim = { username: 'amy', keys: ['three'], claimedAt: 3, usedAt: 4 };

for (const [name, create] of Object.entries(CLAIM_STORES))
  describe(`The contract of ClaimStore, kept by ${name}`, () => {
    let subject: ClaimsUnderTest;

    beforeEach(() => {
      subject = create();
    });
    afterEach(() => {
      subject.store.close();
      subject.dispose();
    });

    /** What is kept now. */
    const kept = (): readonly Claim[] => {
      if (subject.reopen === undefined) return subject.store.open();
      const other = subject.reopen();
      const claims = other.open();
      other.close();
      return claims;
    };

    it('is empty at first', () => {
      expect(subject.store.open()).to.deep.equal([]);
    });

    it('keeps claims as they are, each name once, in any spelling', () => {
      const { store } = subject;
      store.open();
      store.put(AMY);
      store.put({ ...CARL, username: 'ｃａｒｌ' });
      store.put(CARL);
      expect(kept()).to.have.deep.members([AMY, CARL]);
    });

    it('removes them, by any spelling, and nothing where there is none', () => {
      const { store } = subject;
      store.open();
      for (const claim of [CARL, AMY]) store.put(claim);
      store.remove('CARL');
      store.remove('david');
      expect(kept()).to.deep.equal([AMY]);
    });

    it('tells of no changes but those of another program, once', () => {
      const { store } = subject;
      store.open();
      store.put(CARL);
      expect(store.changed()).to.equal(undefined);
      const other = subject.reopen?.();
      other?.open();
      other?.put(AMY);
      other?.close();
      expect(store.changed()).to.deep.equal(other && [AMY, CARL]);
      expect(store.changed()).to.equal(undefined);
    });

    it('can be closed twice', () => {
      subject.store.open();
      subject.store.close();
      subject.store.close();
      expect(subject.store.changed()).to.equal(undefined);
    });
  });
