import { expect } from 'chai';
import sinon from 'sinon';
import { Ed25519Proofs } from '../../../../src/adapters/keys/ed25519-proofs.js';
import { ChangeKeys } from '../../../../src/application/server/change-keys.js';
import type { ClaimRegister } from '../../../../src/application/server/claim-register.js';
import { NameOwnership } from '../../../../src/application/server/name-ownership.js';
import { RefusedKeys } from '../../../../src/application/server/refused-keys.js';
import { ChatRoom } from '../../../../src/domain/chat-room.js';
import { openRegister } from '../../../support/claims.js';
import { TestKey } from '../../../support/keys.js';
import { refusalOf } from '../../../support/room-logs.js';

describe('ChangeKeys', () => {
  const proofs = new Ed25519Proofs();
  const [first, second] = [new TestKey(), new TestKey()];
  const [one, two] = [first, second].map(({ key }) => proofs.fingerprintOf(key));
  let room: ChatRoom;
  let claims: ClaimRegister;
  let changeKeys: ChangeKeys;

  beforeEach(async () => {
    room = new ChatRoom();
    claims = await openRegister();
    changeKeys = new ChangeKeys(room, proofs, new NameOwnership(claims));
    await claims.claim('carl', first.key);
    room.verify(room.join(1, 'carl'), first.key);
    room.join(2, 'amy');
  });

  it('tells the owner of a name its keys', async () => {
    expect(await changeKeys.execute(1, { type: 'keys' })).to.deep.equal({
      username: 'carl',
      keys: [one],
      own: one,
    });
  });

  it('adds a second device, by its line or its key, and removes it by its fingerprint', async () => {
    const added = await changeKeys.execute(1, { type: 'addKey', key: `${second.line} my phone` });
    expect(added).to.deep.equal({ username: 'carl', keys: [one, two], own: one });
    expect((await changeKeys.execute(1, { type: 'addKey', key: second.key })).keys).to.deep.equal([one, two]);
    expect((await changeKeys.execute(1, { type: 'removeKey', key: ` ${two} ` })).keys).to.deep.equal([one]);
    await changeKeys.execute(1, { type: 'addKey', key: second.key });
    expect((await changeKeys.execute(1, { type: 'removeKey', key: second.line })).keys).to.deep.equal([one]);
  });

  it('adds a device that was refused by the code that it shows', async () => {
    const refused = new RefusedKeys(proofs);
    changeKeys = new ChangeKeys(room, proofs, new NameOwnership(claims, refused));
    const add = (key: string) => changeKeys.execute(1, { type: 'addKey', key });
    const code = proofs.codeOf(second.key);
    expect(await refusalOf(add(code))).to.equal('KEY_CODE');
    expect(refused.add('carl', second.key)).to.equal(code);
    expect((await add(code.toLowerCase())).keys).to.deep.equal([one, two]);
    const twin = sinon.stub(refused, 'find').returns(['one', 'other']);
    expect(await refusalOf(add(code))).to.equal('KEY_CODE_TWICE');
    sinon.assert.calledWith(twin, 'carl', code);
    changeKeys = new ChangeKeys(room, proofs, new NameOwnership(claims));
    expect(await refusalOf(add(code))).to.equal('KEY_CODE');
  });

  it('does not let anybody lock themselves out', async () => {
    await changeKeys.execute(1, { type: 'addKey', key: second.key });
    const removal = changeKeys.execute(1, { type: 'removeKey', key: first.line });
    expect(await refusalOf(removal)).to.equal('KEY_IN_USE');
  });

  it('says what is no key, and what is no key of this name', async () => {
    for (const key of ['', 'ssh-rsa AAAA', 'SHA256:nothing'])
      expect(await refusalOf(changeKeys.execute(1, { type: 'addKey', key })), key).to.equal('KEY_FORM');
    expect(await refusalOf(changeKeys.execute(1, { type: 'removeKey', key: second.key }))).to.equal(
      'KEY_UNKNOWN',
    );
  });

  it('is for who has joined with a key of the name, not for anybody else', async () => {
    for (const session of [2, 3])
      expect(await refusalOf(changeKeys.execute(session, { type: 'keys' }))).to.equal('KEY_NEEDED');
    await claims.assign('carl', second.key);
    expect(await refusalOf(changeKeys.execute(1, { type: 'addKey', key: first.key }))).to.equal('KEY_NEEDED');
    await claims.release('carl');
    expect(await refusalOf(changeKeys.execute(1, { type: 'keys' }))).to.equal('KEY_NEEDED');
  });

  it('is for nobody where names belong to nobody', async () => {
    const open = new ChangeKeys(room, proofs, new NameOwnership());
    expect(await refusalOf(open.execute(1, { type: 'keys' }))).to.equal('KEY_NEEDED');
  });
});
