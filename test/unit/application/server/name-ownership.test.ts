import { expect } from 'chai';
import sinon from 'sinon';
import { NameOwnership } from '../../../../src/application/server/name-ownership.js';
import type { NameClaims } from '../../../../src/application/server/name-ports.js';
import { Refusal } from '../../../../src/domain/refusal.js';
import { openRegister } from '../../../support/claims.js';
import { refusalOf } from '../../../support/room-logs.js';

describe('NameOwnership', () => {
  it('lets everybody have every name, unverified, where names belong to nobody', async () => {
    const ownership = new NameOwnership();
    await ownership.open();
    expect(await ownership.admit('carl', 'one')).to.equal(false);
    expect(await ownership.isStanding({ username: 'carl', key: 'one' })).to.equal(true);
    await ownership.seen({ username: 'carl', key: 'one' });
    expect(ownership.asksForKeys).to.equal(false);
    await ownership.close();
  });

  it('says whether a name is open to somebody, and gives it to nobody by that', async () => {
    expect(await new NameOwnership().isOpenTo({ username: 'carl', key: 'one' })).to.equal(true);
    const ownership = new NameOwnership(await openRegister());
    expect(await ownership.isOpenTo({ username: 'carl', key: 'one' })).to.equal(true);
    expect(await ownership.isOpenTo({ username: 'carl' })).to.equal(true);
    await ownership.admit('carl', 'one');
    const open = ['one', 'two', undefined].map(key => ownership.isOpenTo({ username: 'CARL', key }));
    expect(await Promise.all(open)).to.deep.equal([true, false, false]);
  });

  it('gives a name to the first key, and to nobody else after it', async () => {
    const ownership = new NameOwnership(await openRegister());
    expect(await ownership.admit('carl')).to.equal(false);
    expect(await ownership.admit('carl', 'one')).to.equal(true);
    expect(await ownership.admit('CARL', 'one')).to.equal(true);
    for (const key of ['two', undefined])
      expect(await refusalOf(ownership.admit('Carl', key))).to.equal('NAME_CLAIMED');
  });

  it('refuses a name that can be taken for one that has an owner, with a key and without', async () => {
    const ownership = new NameOwnership(await openRegister());
    await ownership.admit('carl', 'one');
    for (const key of ['one', 'two', undefined]) {
      const refusal = await ownership.admit('carI', key).catch(error => error);
      expect(refusal).to.be.an.instanceOf(Refusal);
      expect([refusal.code, refusal.details.resembled]).to.deep.equal(['NAME_RESEMBLES', 'carl']);
    }
  });

  it('lets somebody in unverified when there is no room for one more claim', async () => {
    const ownership = new NameOwnership(await openRegister({ maxClaims: 0 }));
    expect(await ownership.admit('carl', 'one')).to.equal(false);
  });

  it('refuses the second of two who claim a name at one moment', async () => {
    const claims = await openRegister();
    const ownership = new NameOwnership(claims);
    // As if another server had been asked meanwhile.
    sinon.stub(claims, 'ownerOf').resolves(undefined);
    await claims.claim('carl', 'two');
    sinon.stub(claims, 'resembling').resolves(undefined);
    expect(await refusalOf(ownership.admit('carl', 'one'))).to.equal('NAME_CLAIMED');
  });

  it('asks for a key of everybody where a list says who may join', async () => {
    const carl = { username: 'carl', keys: ['one'], claimedAt: 0, usedAt: 0 };
    const list = {
      isComplete: true,
      ownerOf: async (name: string) => (name === 'carl' ? carl : undefined),
      resembling: async () => undefined,
      claim: async () => {
        throw new Refusal('NAME_UNLISTED');
      },
      touch: async () => {},
    } as unknown as NameClaims;
    const ownership = new NameOwnership(list);
    expect(await ownership.admit('carl', 'one')).to.equal(true);
    expect(await refusalOf(ownership.admit('amy'))).to.equal('KEY_NEEDED');
    expect(await refusalOf(ownership.admit('amy', 'two'))).to.equal('NAME_UNLISTED');
    expect(await ownership.isStanding({ username: 'amy' })).to.equal(false);
  });

  it('knows who is no longer what they were admitted as', async () => {
    const claims = await openRegister();
    const ownership = new NameOwnership(claims);
    expect(await ownership.isStanding({ username: 'carl' })).to.equal(true);
    expect(await ownership.isStanding({ username: 'carl', key: 'one' })).to.equal(false);
    await claims.claim('carl', 'one');
    expect(await ownership.isStanding({ username: 'carl', key: 'one' })).to.equal(true);
    expect(await ownership.isStanding({ username: 'carl', key: 'two' })).to.equal(false);
    expect(await ownership.isStanding({ username: 'carl' })).to.equal(false);
  });

  it('notes that an owner was here, and takes it lightly when it cannot', async () => {
    const claims = await openRegister();
    const ownership = new NameOwnership(claims);
    const touch = sinon.stub(claims, 'touch').rejects(new Refusal('DISK_FULL'));
    await ownership.seen({ username: 'amy' });
    await ownership.seen({ username: 'carl', key: 'one' });
    expect(touch.args).to.deep.equal([['carl']]);
  });

  it('lets nobody lose their name while they are here, however long', async () => {
    const clock = sinon.useFakeTimers({ now: 1e12 });
    const DAY = 86_400_000;
    const claims = await openRegister({ claimMs: 2 * DAY });
    const ownership = new NameOwnership(claims);
    try {
      for (const username of ['carl', 'amy', 'gone']) await ownership.admit(username, `key of ${username}`);
      const here = ['carl', 'amy'].map(username => ({ username, key: `key of ${username}` }));
      ownership.watch(() => [...here, { username: 'bob' }]);
      await clock.tickAsync(5 * DAY + 1000);
      for (const bearer of here) expect(await ownership.isStanding(bearer)).to.equal(true);
      expect(await claims.ownerOf('gone')).to.equal(undefined);
      await ownership.close();
      expect(clock.countTimers()).to.equal(0);
    } finally {
      clock.restore();
    }
  });
});
