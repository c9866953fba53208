import { expect } from 'chai';
import sinon from 'sinon';
import { ListUsers } from '../../../../src/application/server/list-users.js';
import { NameOwnership } from '../../../../src/application/server/name-ownership.js';
import type { NameClaims } from '../../../../src/application/server/name-ports.js';
import { Refusal } from '../../../../src/domain/refusal.js';
import { openRegister } from '../../../support/claims.js';
import { refusalOf } from '../../../support/room-logs.js';
import { OpenedRoom } from '../../../support/use-cases.js';

describe('ListUsers', () => {
  let opened: OpenedRoom;
  const admit = sinon.stub();

  beforeEach(async () => {
    opened = await OpenedRoom.open();
    admit.reset();
    for (const [id, name] of ['carl', 'david'].entries()) opened.room.join(id + 1, name);
  });
  afterEach(() => opened.close());

  const list = (ownership: NameOwnership) => new ListUsers(opened.room, opened.roomLog, ownership, { admit });

  it('tells who is here to somebody who is not', async () => {
    const users = list(new NameOwnership());
    expect(await users.execute({ username: 'anna' }, '192.0.2.1')).to.deep.equal(['carl', 'david']);
    expect(admit.args).to.deep.equal([['anna', undefined, '192.0.2.1']]);
    expect(opened.room.size).to.equal(2);
  });

  it('tells it under a name that is somebody’s only to them', async () => {
    const ownership = new NameOwnership(await openRegister());
    await ownership.admit('anna', 'one');
    const users = list(ownership);
    expect(await users.execute({ username: 'anna', key: 'one' }, undefined)).to.have.length(2);
    expect(await users.execute({ username: 'emma', key: 'two' }, undefined)).to.have.length(2);
    for (const key of ['two', undefined])
      expect(await refusalOf(users.execute({ username: 'anna', key }, undefined))).to.equal('NAME_CLAIMED');
  });

  it('tells it to nobody who is banned, or whose name is not allowed or not listed', async () => {
    const users = list(new NameOwnership());
    expect(await refusalOf(users.execute({ username: 'no name' }, undefined))).to.equal('NAME_CHARACTERS');
    admit.throws(new Refusal('BANNED'));
    expect(await refusalOf(users.execute({ username: 'anna' }, undefined))).to.equal('BANNED');
    admit.reset();
    const claims = await openRegister();
    await claims.claim('anna', 'one');
    const complete = { isComplete: true, ownerOf: name => claims.ownerOf(name) } as Partial<NameClaims>;
    const listed = list(new NameOwnership(complete as NameClaims));
    expect(await listed.execute({ username: 'anna', key: 'one' }, undefined)).to.have.length(2);
    expect(await refusalOf(listed.execute({ username: 'emma', key: 'one' }, undefined))).to.equal(
      'NAME_UNLISTED',
    );
  });
});
