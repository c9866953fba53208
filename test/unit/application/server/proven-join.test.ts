import { expect } from 'chai';
import sinon from 'sinon';
import { field } from '../../../../src/adapters/keys/ed25519.js';
import { Ed25519Proofs } from '../../../../src/adapters/keys/ed25519-proofs.js';
import type { ClaimRegister } from '../../../../src/application/server/claim-register.js';
import { JoinUser } from '../../../../src/application/server/join-user.js';
import { NameOwnership } from '../../../../src/application/server/name-ownership.js';
import { ProveKey } from '../../../../src/application/server/prove-key.js';
import { RefusedKeys } from '../../../../src/application/server/refused-keys.js';
import type { Refusal } from '../../../../src/domain/refusal.js';
import { MemoryLogger } from '../../../doubles/memory-logger.js';
import { openRegister } from '../../../support/claims.js';
import { TestKey } from '../../../support/keys.js';
import { refusalOf } from '../../../support/room-logs.js';
import { OpenedRoom, Visitor } from '../../../support/use-cases.js';

const SERVER = '192.0.2.7:8081';

describe('joining with a key', () => {
  const [carl, other] = [new TestKey(), new TestKey()];
  let opened: OpenedRoom;
  let claims: ClaimRegister;
  let proveKey: ProveKey;
  let joinUser: JoinUser;
  let logger: MemoryLogger;

  beforeEach(async () => {
    opened = await OpenedRoom.open();
    claims = await openRegister();
    const ownership = new NameOwnership(claims, new RefusedKeys(new Ed25519Proofs()));
    const { room, roomLog, feed, tokens, replay, policy, disconnectUser } = opened;
    proveKey = new ProveKey(room, tokens, new Ed25519Proofs(), ownership);
    const resumeSession = opened.resumeSession();
    const parts = [room, roomLog, feed, tokens, resumeSession, replay, policy, disconnectUser] as const;
    logger = new MemoryLogger();
    joinUser = new JoinUser(...parts, ownership, proveKey, undefined, logger);
  });
  afterEach(() => opened.close());

  async function join(username: string, key: TestKey, more: { resume?: string } = {}): Promise<Visitor> {
    const visitor = new Visitor();
    const handshake = visitor.handshake(username, { attempt: 0, key: key.key, ...more });
    const challenge = await proveKey.execute(handshake.request, SERVER);
    const proof = challenge && { ...challenge, signature: key.prove(challenge, username) };
    visitor.session = await joinUser.execute({ ...handshake, ...(proof && { proof }) });
    return visitor;
  }

  it('claims the name, and tells so', async () => {
    const visitor = await join('carl', carl);
    expect(visitor.welcome?.verified).to.equal(true);
    expect(await claims.ownerOf('carl')).to.deep.include({ keys: [carl.key] });
  });

  it('takes the word of a transport that has seen the key proven, where it asks for keys', async () => {
    const visitor = new Visitor();
    const handshake = { ...visitor.handshake('carl', { attempt: 0 }), provenKey: carl.key };
    visitor.session = await joinUser.execute(handshake);
    expect(visitor.welcome?.verified).to.equal(true);
    expect(await claims.ownerOf('carl')).to.deep.include({ keys: [carl.key] });
    const { room, tokens } = opened;
    const open = new ProveKey(room, tokens, new Ed25519Proofs(), new NameOwnership());
    expect(open.provenBy(handshake)).to.equal(undefined);
  });

  it('keeps nobody waiting for a session that cannot be taken up again', async () => {
    const visitor = new Visitor();
    const handshake = visitor.handshake('carl', { attempt: 0, resume: 'a token of the client’s own' });
    visitor.session = await joinUser.execute({ ...handshake, endsSession: true });
    opened.disconnectUser.execute(visitor.session, visitor.outlet);
    expect(opened.room.userNamed('carl')).to.equal(undefined);
  });

  it('asks for no proof of a key that only a transport can prove', async () => {
    const line = `ecdsa-sha2-nistp256 ${Buffer.concat([
      field('ecdsa-sha2-nistp256'),
      field('nistp256'),
      field(Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 7)])),
    ]).toString('base64')}`;
    const { request } = new Visitor().handshake('carl', { attempt: 0, key: line });
    expect(await refusalOf(proveKey.execute(request, SERVER))).to.equal('KEY_FORM');
  });

  it('takes a proof only where there was a challenge, which is where a key was given', async () => {
    const visitor = new Visitor();
    expect(proveKey.provenBy(visitor.handshake('carl', { attempt: 0, key: carl.key }))).to.equal(undefined);
    const proof = { nonce: 'nonce', server: SERVER, signature: 'x' };
    expect(proveKey.provenBy({ ...visitor.handshake('carl'), proof })).to.equal(undefined);
    for (const extended of [undefined, { attempt: 0 }])
      expect(await proveKey.execute(visitor.handshake('carl', extended).request, SERVER)).to.equal(undefined);
  });

  it('asks for no proof where the server has no name', async () => {
    const { request } = new Visitor().handshake('carl', { attempt: 0, key: carl.key });
    expect(await proveKey.execute(request, '')).to.equal(undefined);
  });

  it('asks for no proof from who resumes a session, unless the name is somebody else’s meanwhile', async () => {
    const visitor = await join('carl', carl);
    opened.lose(visitor);
    const { resume } = visitor.token;
    const { request } = new Visitor().handshake('carl', { attempt: 1, key: carl.key, resume });
    expect(await proveKey.execute(request, SERVER)).to.equal(undefined);
    await claims.assign('carl', other.key);
    expect(await proveKey.execute(request, SERVER)).to.have.property('nonce');
    expect(await refusalOf(join('carl', carl, { resume }))).to.equal('NAME_CLAIMED');
    expect(opened.room.size).to.equal(0);
  });

  it('comes in anew when the session is over before it is known whose the name is', async () => {
    const visitor = await join('carl', carl);
    opened.lose(visitor);
    const back = new Visitor();
    const { resume } = visitor.token;
    const handshake = back.handshake('carla', { attempt: 1, resume });
    const coming = joinUser.execute(handshake);
    await opened.leave(visitor);
    back.session = await coming;
    expect(back.welcome?.resumed).to.equal(false);
    expect([...opened.room.users].map(({ username }) => username)).to.deep.equal(['carla']);
  });

  it('frees the name again when it is not theirs', async () => {
    await claims.assign('carl', other.key);
    expect(await refusalOf(join('carl', carl))).to.equal('NAME_CLAIMED');
    expect(opened.room.size).to.equal(0);
    expect((await join('carl', other)).welcome?.verified).to.equal(true);
  });

  it('says of a name whose owner is here that it is theirs, and by which code they can let the key in', async () => {
    await join('carl', carl);
    const refusal: Refusal = await join('carl', other).catch(error => error);
    expect(refusal.code).to.equal('NAME_CLAIMED');
    expect(refusal.details.keyCode).to.match(/^[0-9A-Z]{5}-[0-9A-Z]{5}$/);
    expect(await refusalOf(join('carl', carl))).to.equal('NAME_TAKEN');
    await opened.join('amy');
    expect(await refusalOf(join('amy', other))).to.equal('NAME_TAKEN');
    expect(await refusalOf(join('carI', other))).to.equal('NAME_RESEMBLES');
  });

  it('shows somebody out who is here under the name, once, when its owner comes twice at a time', async () => {
    const squatter = await opened.join('carl', { attempt: 0 });
    await claims.assign('carl', carl.key);
    const append = sinon.spy(opened.roomLog, 'append');
    const both = await Promise.allSettled([join('carl', carl), join('Carl', carl)]);
    expect(both.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected']);
    expect(squatter.ends).to.deep.equal(['REPLACED']);
    const [left] = append.args.map(([event]) => event).filter(({ type }) => type === 'UserLeft');
    expect(left).to.deep.include({ session: squatter.session, ended: { reason: 'REPLACED' } });
    const [{ message, fields } = expect.fail()] = logger.entries;
    expect([message, fields.session, fields.reason]).to.deep.equal([
      'session ended',
      squatter.session,
      'NAME_CLAIMED',
    ]);
    expect(Array.from(opened.room.users, ({ session }) => session.key)).to.deep.equal([carl.key]);
  });

  it('says when the name is free only to who can have it then', async () => {
    const visitor = await join('carl', carl);
    opened.disconnectUser.execute(visitor.session, visitor.outlet);
    const refusalFor = (key: TestKey): Promise<Refusal> =>
      join('carl', key).then(
        () => expect.fail(),
        error => error,
      );
    const [foreign, own] = [await refusalFor(other), await refusalFor(carl)];
    expect([foreign.code, foreign.details.holder]).to.deep.equal(['NAME_CLAIMED', undefined]);
    expect(own.code).to.equal('NAME_TAKEN');
    expect(own.details.holder).to.have.property('freeInMs');
  });

  it('does not show out somebody whose name it is not, for want of a claim', async () => {
    await opened.join('carl', { attempt: 0 });
    expect(await refusalOf(join('carl', carl))).to.equal('NAME_TAKEN');
    expect(await claims.list()).to.deep.equal([]);
  });
});
