import { expect } from 'chai';
import sinon from 'sinon';
import {
  type ClaimLimits,
  ClaimRegister,
  MAX_KEYS_OF_NAME,
} from '../../src/application/server/claim-register.js';
import { CLAIM_STORES, type ClaimsUnderTest, FREELY, openRegister } from '../support/claims.js';
import { refusalOf } from '../support/room-logs.js';
import { until } from '../support/until.js';

const DAY = 86_400_000;

for (const [name, kind] of Object.entries(CLAIM_STORES))
  describe(`The contract of NameClaims, kept by a ClaimRegister over a ${name}`, () => {
    const create = kind();
    let subject: ClaimsUnderTest;

    beforeEach(async () => {
      subject = await create();
    });
    afterEach(async () => {
      sinon.restore();
      await subject.store.close();
      await subject.dispose();
    });

    const open = (limits: Partial<ClaimLimits> = {}) => openRegister(limits, subject.store);

    it('gives a name to the first who asks, in every spelling', async () => {
      const claims = await open();
      expect(await claims.ownerOf('carl')).to.equal(undefined);
      const claimed = await claims.claim('carl', 'one');
      expect(claimed).to.deep.include({ username: 'carl', keys: ['one'] });
      expect(await claims.ownerOf('ＣＡＲＬ')).to.deep.include({ keys: ['one'] });
      expect(await claims.claim('Carl', 'two')).to.deep.include({ username: 'carl', keys: ['one'] });
    });

    it('has one winner of several at once', async () => {
      const claims = await open();
      const [first, second] = await Promise.all([claims.claim('carl', 'one'), claims.claim('cArl', 'two')]);
      expect([first?.keys, second?.keys]).to.deep.equal([['one'], ['one']]);
    });

    it('lets two who are where claims are kept have no names that can be taken for each other', async () => {
      const claims = await open();
      const other = subject.reopen ? await openRegister({}, subject.reopen()) : claims;
      for (let round = 0; round < 20; round++) {
        const made = await Promise.allSettled([
          claims.claim(`carl${round}x`, 'one'),
          other.claim(`carI${round}x`, 'two'),
        ]);
        expect(made.filter(({ status }) => status === 'fulfilled').length, `round ${round}`).to.be.at.most(1);
        const [, code] = await Promise.all([
          claims.ownerOf(`carl${round}x`),
          refusalOf(claims.claim(`carI${round}x`, 'three')),
        ]);
        expect([undefined, 'NAME_RESEMBLES']).to.include(code);
      }
      // What the other one has given up is read here a little later.
      await until(async () => {
        const names = (await claims.list()).map(({ username }) =>
          username.toLowerCase().replace('cari', 'carl'),
        );
        return names.length === new Set(names).size;
      });
      if (other !== claims) await other.close();
    });

    it('knows whom a name can be taken for', async () => {
      const claims = await open();
      await claims.claim('carl', 'one');
      expect((await claims.resembling('carI'))?.username).to.equal('carl');
      expect(await claims.resembling('david')).to.equal(undefined);
    });

    it('bounds the names of a key, and of all', async () => {
      const claims = await open({ maxNamesOfKey: 2, maxClaims: 3 });
      for (const username of ['amy', 'bob']) await claims.claim(username, 'one');
      expect(await claims.claim('carl', 'one')).to.equal(undefined);
      await claims.claim('carl', 'two');
      expect(await claims.claim('david', 'two')).to.equal(undefined);
    });

    it('is not used up for ever: who was here once gives way to who claims anew, after some days', async () => {
      const clock = sinon.useFakeTimers({ now: 1e12, toFake: ['Date', 'performance'] });
      const claims = await open({ maxClaims: 3 });
      for (const username of ['carl', 'bot1']) {
        await claims.claim(username, `key of ${username}`);
        clock.tick(1000);
      }
      await claims.claim('bot2', 'key of bot2');
      expect(await claims.claim('amy', 'one')).to.equal(undefined);
      clock.tick(2 * DAY);
      await claims.touch('carl'); // who came back
      await claims.claim('amy', 'one');
      const names = async () => (await claims.list()).map(({ username }) => username);
      expect(await names()).to.have.members(['carl', 'bot2', 'amy']);
      await claims.claim('bob', 'two');
      expect(await names()).to.have.members(['carl', 'amy', 'bob']);
      expect(await claims.claim('dave', 'three')).to.equal(undefined);
      await claims.assign('bob', 'four'); // the operator's word
      await claims.addKey('amy', 'five', 'one'); // a second device
      clock.tick(5 * DAY);
      expect(await claims.claim('dave', 'three')).to.equal(undefined);
    });

    it('does not count for a key what others have added it to', async () => {
      const claims = await open({ maxNamesOfKey: 1 });
      await claims.claim('eve', 'key of eve');
      await claims.addKey('eve', 'one', 'key of eve');
      expect(await claims.claim('carl', 'one')).to.deep.include({ username: 'carl' });
      expect(await claims.claim('dave', 'one')).to.equal(undefined);
    });

    it('bounds the names of one place, each day anew, and of no other', async () => {
      const clock = sinon.useFakeTimers({ now: 1e12, toFake: ['Date', 'performance'] });
      const claims = await open({ claimsPerDay: 1 });
      const claim = async (username: string, origin?: string) =>
        (await claims.claim(username, `key of ${username}`, origin)) !== undefined;
      expect(await claim('amy', '192.0.2.1')).to.equal(true);
      expect(await claim('bob', '192.0.2.1')).to.equal(false);
      expect(await claim('bob', '192.0.2.2')).to.equal(true);
      for (const username of ['carl', 'david']) expect(await claim(username)).to.equal(true);
      clock.tick(DAY);
      expect(await claim('eve', '192.0.2.1')).to.equal(true);
    });

    it('lets go of a name whose owner was not seen for long enough, and not before', async () => {
      const clock = sinon.useFakeTimers({ now: 1e12, toFake: ['Date', 'performance'] });
      const claims = await open({ claimMs: 10 * DAY, maxClaims: 2 });
      await claims.claim('carl', 'one');
      await claims.claim('amy', 'two');
      clock.tick(9 * DAY);
      await claims.touch('carl');
      await claims.touch('nobody');
      clock.tick(2 * DAY);
      expect((await claims.ownerOf('carl'))?.keys).to.deep.equal(['one']);
      expect(await claims.claim('bob', 'three')).to.deep.include({ username: 'bob' });
      expect(await claims.ownerOf('amy')).to.equal(undefined);
      clock.tick(9 * DAY);
      expect(await claims.resembling('carI')).to.equal(undefined);
      expect(await claims.claim('CARL', 'four')).to.deep.include({ username: 'CARL', keys: ['four'] });
    });

    it('knows every name that one can be taken for, though another one of them has expired', async () => {
      const clock = sinon.useFakeTimers({ now: 1e12, toFake: ['Date', 'performance'] });
      const claims = await open({ claimMs: 10 * DAY });
      await claims.claim('carl', 'one');
      clock.tick(8 * DAY);
      await claims.claim('cari', 'two');
      clock.tick(8 * DAY);
      expect((await claims.resembling('carI'))?.username).to.equal('cari');
      expect((await claims.list()).map(({ username }) => username)).to.deep.equal(['cari']);
    });

    it('knows of a claim that lasts for a day to the hour when its owner was here', async () => {
      const clock = sinon.useFakeTimers({ now: 1e12, toFake: ['Date', 'performance'] });
      const claims = await open({ claimMs: DAY });
      await claims.claim('carl', 'one');
      clock.tick(DAY - 1000);
      await claims.touch('carl');
      clock.tick(DAY - 1000);
      expect((await claims.ownerOf('carl'))?.keys).to.deep.equal(['one']);
    });

    it('takes no claim for older since a clock was set back', async () => {
      const clock = sinon.useFakeTimers({ now: 1e12, toFake: ['Date', 'performance'] });
      const claims = await open({ claimMs: 10 * DAY });
      await claims.claim('carl', 'one');
      clock.setSystemTime(0); // as of a machine without a battery, at its start
      await claims.touch('carl');
      expect((await claims.ownerOf('carl'))?.usedAt).to.equal(1e12);
    });

    it('keeps to what it knows while the store cannot be read, and says so once', async () => {
      const warn = sinon.spy();
      const claims = new ClaimRegister(subject.store, FREELY, { warn });
      await claims.open();
      await claims.claim('carl', 'one');
      const changed = sinon.stub(subject.store, 'changed').throws(new Error('gone'));
      for (const _ of [1, 2]) expect((await claims.ownerOf('carl'))?.keys).to.deep.equal(['one']);
      expect(warn.callCount).to.equal(1);
      changed.restore();
      await claims.ownerOf('carl');
      sinon.stub(subject.store, 'changed').throws(new Error('gone again'));
      await claims.ownerOf('carl');
      expect(warn.callCount).to.equal(2);
    });

    it('takes a clock that jumps ahead for no reason to let go of anything', async () => {
      const clock = sinon.useFakeTimers({ now: 1e12, toFake: ['Date', 'performance'] });
      const claims = await open({ claimMs: 10 * DAY });
      await claims.claim('carl', 'one');
      clock.setSystemTime(1e12 + 1000 * DAY);
      expect((await claims.ownerOf('carl'))?.keys).to.deep.equal(['one']);
    });

    it('writes no more than once a day that an owner was here', async () => {
      const clock = sinon.useFakeTimers({ now: 1e12, toFake: ['Date', 'performance'] });
      const claims = await open();
      await claims.claim('carl', 'one');
      const put = sinon.spy(subject.store, 'put');
      for (let hour = 0; hour < 48; hour++) {
        clock.tick(3_600_000);
        await claims.touch('carl');
      }
      expect(put.callCount).to.equal(1);
    });

    it('adds keys, up to a bound, and removes them', async () => {
      const claims = await open();
      expect(await refusalOf(claims.addKey('carl', 'one', 'one'))).to.equal('KEY_NEEDED');
      expect(await refusalOf(claims.removeKey('carl', 'one', 'one'))).to.equal('KEY_NEEDED');
      await claims.claim('carl', 'one');
      expect((await claims.addKey('CARL', 'two', 'one')).keys).to.deep.equal(['one', 'two']);
      expect((await claims.addKey('carl', 'two', 'one')).keys).to.deep.equal(['one', 'two']);
      expect((await claims.removeKey('carl', 'one', 'two')).keys).to.deep.equal(['two']);
      expect(await refusalOf(claims.removeKey('carl', 'one', 'two'))).to.equal('KEY_UNKNOWN');
      for (let n = 1; n < MAX_KEYS_OF_NAME; n++) await claims.addKey('carl', `key ${n}`, 'two');
      expect(await refusalOf(claims.addKey('carl', 'one more', 'two'))).to.equal('KEY_LIMIT');
    });

    it('lets the operator give names away, take them and list them', async () => {
      const claims = await open();
      await claims.claim('carl', 'one');
      await claims.assign('carl', 'two');
      await claims.assign('amy', 'three');
      expect((await claims.list()).map(({ username, keys }) => [username, ...keys])).to.have.deep.members([
        ['carl', 'two'],
        ['amy', 'three'],
      ]);
      expect(await refusalOf(claims.assign('carI', 'one'))).to.equal('NAME_RESEMBLES');
      expect(await refusalOf(claims.assign('two words', 'one'))).to.equal('NAME_CHARACTERS');
      expect([await claims.release('CARL'), await claims.release('carl')]).to.deep.equal([true, false]);
    });

    it('knows soon what was changed elsewhere, and after a restart all of it', async () => {
      const claims = await open();
      // What only this process has nobody else can change.
      const reopen = subject.reopen ?? (() => subject.store);
      const operator = subject.reopen ? await openRegister({}, reopen()) : claims;
      await operator.assign('carl', 'one');
      await until(async () => (await claims.ownerOf('carl'))?.keys.join() === 'one');
      await operator.release('carl');
      await until(async () => (await claims.ownerOf('carl')) === undefined);
      await claims.claim('carl', 'two');
      await operator.close();
      const again = await openRegister({}, reopen());
      expect((await again.ownerOf('carl'))?.keys).to.deep.equal(['two']);
      await again.close();
    });
  });
