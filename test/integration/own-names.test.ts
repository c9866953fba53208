import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createRegister } from '../../src/container/server.js';
import { TOKENS } from '../../src/container/tokens.js';
import { KeptRoom } from '../support/kept-room.js';
import { TestKey } from '../support/keys.js';
import type { Answer, Stranger } from '../support/stranger.js';
import { notice, WireClient } from '../support/wire-client.js';

/** What somebody was told: Joined or Duplicate, or the code of a refusal. */
const told = ({ type, body }: Answer): string => body.code ?? type;

describe('a name of one’s own', () => {
  const room = KeptRoom.forEach();
  const [carl, other] = [new TestKey(), new TestKey()];

  /** Somebody joins, and is told. */
  async function enter(username: string, key?: TestKey, more: object = {}): Promise<[Stranger, Answer]> {
    const one = await room.stranger();
    const answer = key
      ? await one.join(username, key, more)
      : await one.ask('Join', { username, history: 0, ...more });
    return [one, answer];
  }

  /** Carl was here, has claimed the name, and left. */
  async function claimed(): Promise<void> {
    const [one, answer] = await enter('carl', carl);
    expect(answer.body.verified).to.equal(true);
    one.wire.leave('carl');
    await one.wire.closed;
  }

  it('belongs to who first joins with a key, and to them alone', async () => {
    await claimed();
    expect(told((await enter('carl', other))[1])).to.equal('NAME_CLAIMED');
    expect(told((await enter('carl'))[1])).to.equal('NAME_CLAIMED');
    expect((await enter('Carl', carl))[1].body).to.deep.include({ username: 'Carl', verified: true });
  });

  it('is refused to a basic session, in words; any other name is as ever', async () => {
    await claimed();
    const wire = await WireClient.connect(room.server.port);
    wire.join('carl');
    await wire.next(notice('belongs to somebody'));
    wire.join('david');
    expect(await wire.next()).to.equal('{"Joined":{"username":"david","content":"Warm Welcome"}}');
    await wire.end();
  });

  for (const spelling of ['CARL', 'ｃａｒｌ'])
    it(`is not to be had as ${JSON.stringify(spelling)}`, async () => {
      await claimed();
      expect(told((await enter(spelling, other))[1])).to.equal('NAME_CLAIMED');
    });

  for (const look of ['carI', 'car1', 'carl.', '_carl_'])
    it(`is not to be taken for ${look}, though its owner is not here`, async () => {
      await claimed();
      for (const key of [other, undefined]) {
        const { type, body } = (await enter(look, key))[1];
        expect([type, body.code]).to.deep.equal(['Refused', 'NAME_RESEMBLES']);
        expect(body.content).to.include('carl');
      }
    });

  describe('takes a proof', () => {
    const proofs: Record<string, (challenge: { nonce: string; server: string }) => string> = {
      'for another server': challenge => carl.prove({ ...challenge, server: '192.0.2.1:8081' }, 'carl'),
      'for another nonce': challenge => carl.prove({ ...challenge, nonce: 'A'.repeat(43) }, 'carl'),
      'for another name': challenge => carl.prove(challenge, 'david'),
      'for the name in another spelling': challenge => carl.prove(challenge, 'Carl'),
      'by another key': challenge => other.prove(challenge, 'carl'),
      'for another purpose': ({ nonce }) => carl.sign(nonce),
      'that is none': () => '',
    };
    for (const [what, prove] of Object.entries(proofs))
      it(`and not one ${what}`, async () => {
        await claimed();
        const one = await room.stranger();
        expect(told(await one.join('carl', carl, {}, prove))).to.equal('KEY_WRONG');
      });

    it('that was not used before, on this connection or on another one', async () => {
      let signature = '';
      const one = await room.stranger();
      await one.join('carl', carl, {}, challenge => {
        signature = carl.prove(challenge, 'carl');
        return signature;
      });
      expect(told(await one.ask('Prove', { signature }))).to.equal('ALREADY_JOINED');
      one.wire.leave('carl');
      await one.wire.closed;
      const thief = await room.stranger();
      expect(told(await thief.join('carl', carl, {}, () => signature))).to.equal('KEY_WRONG');
      expect(told(await thief.ask('Prove', { signature }))).to.equal('KEY_WRONG');
    });

    it('once: a connection is challenged only once, and still joins without a key', async () => {
      const one = await room.stranger();
      expect(told(await one.join('carl', carl, {}, () => ''))).to.equal('KEY_WRONG');
      expect(told(await one.join('carl', carl))).to.equal('KEY_WRONG');
      expect(told(await one.ask('Join', { username: 'david' }))).to.equal('Joined');
    });

    it('that was asked for', async () => {
      const one = await room.stranger();
      await one.ask('Join', { username: 'carl', key: carl.key });
      expect(told(await one.ask('Join', { username: 'carl', history: 0 }))).to.equal('Joined');
      const later = await room.stranger();
      const { type } = await later.ask('Join', { username: 'amy', key: carl.key });
      expect(type).to.equal('Challenge');
      expect(told(await later.ask('Join', { username: '', history: 0 }))).to.equal('NAME_EMPTY');
      expect(told(await later.ask('Prove', { signature: '' }))).to.equal('KEY_WRONG');
    });

    it('in time', async () => {
      await room.start({ joinTimeoutSeconds: 1 });
      const one = await room.stranger();
      await one.ask('Join', { username: 'carl', key: carl.key });
      expect((await one.next('Closing')).body.code).to.equal('NOT_JOINED_IN_TIME');
      expect(told((await enter('carl', other))[1])).to.equal('Joined');
    }).timeout(9000); // less than without the setting
  });

  for (const key of ['', 'x', carl.key.slice(1), `${carl.key}A`, `AQ${'A'.repeat(41)}`, carl.line])
    it(`takes ${key.slice(0, 12)} of ${key.length} for no key`, async () => {
      const one = await room.stranger();
      expect(told(await one.ask('Join', { username: 'carl', key }))).to.equal('KEY_FORM');
    });

  it('has one winner of two who claim it in one turn', async () => {
    const [one, two] = [await room.stranger(), await room.stranger()];
    const [first, second] = await Promise.all([
      one.ask('Join', { username: 'carl', key: carl.key }),
      two.ask('Join', { username: 'cArl', key: other.key }),
    ]);
    const answers = await Promise.all([
      one.ask('Prove', { signature: carl.prove(first.body, 'carl') }),
      two.ask('Prove', { signature: other.prove(second.body, 'cArl') }),
    ]);
    expect(answers.map(told).sort()).to.deep.equal(['Joined', 'NAME_CLAIMED']);
  });

  it('is no claim when its join is refused: somebody unverified is here under it', async () => {
    const [amy] = await enter('carl');
    expect(told((await enter('carl', other))[1])).to.equal('Duplicate');
    amy.wire.leave('carl');
    await amy.wire.closed;
    expect((await enter('carl', carl))[1].body.verified).to.equal(true);
  });

  it('shows: on what is said, on who comes, among who is here, and later', async () => {
    const [reader] = await enter('reader');
    const [one] = await enter('carl', carl);
    expect((await reader.next('Broadcast')).body).to.deep.include({ kind: 'joined', verified: true });
    one.say('Send', { content: 'hi' });
    expect((await reader.next('Broadcast')).body).to.deep.include({ content: 'hi', verified: true });
    reader.say('Send', { content: 'ho' });
    expect((await one.next('Broadcast')).body).to.not.have.property('verified');
    one.say('Send', { content: 'waves', kind: 'action' });
    await reader.next('Broadcast');
    expect((await reader.ask('Who', {}, 'Users')).body.verified).to.deep.equal(['carl']);
    await room.start();
    const [later] = await enter('later', undefined, { history: 9 });
    const { memos } = (await later.next('History')).body;
    expect(
      memos.map((memo: Record<string, unknown>) => [memo.content, memo.kind, memo.verified]),
    ).to.deep.equal([
      ['hi', 'message', true],
      ['ho', 'message', undefined],
      ['waves', 'action', true],
    ]);
    expect((await later.ask('Search', { words: 'hi' }, 'Found')).body.memos[0].verified).to.equal(true);
  });

  it('cannot be said to be proven by who says something', async () => {
    const [reader] = await enter('reader');
    const [amy] = await enter('amy', undefined, { verified: true });
    await reader.next('Broadcast');
    amy.say('Send', { content: 'hi', verified: true });
    expect((await reader.next('Broadcast')).body).to.not.have.property('verified');
  });

  it('stays proven when the session is resumed, also after a restart, without another proof', async () => {
    const [one, joined] = await enter('carl', carl);
    const { resume } = joined.body;
    one.wire.duplex.destroy();
    const [two, resumed] = await enter('carl', carl, { resume, attempt: 2 });
    expect(resumed.body).to.deep.include({ resumed: true, verified: true });
    two.wire.duplex.destroy();
    await room.start();
    const [three, again] = await enter('carl', undefined, { resume, attempt: 3 });
    expect(again.body).to.deep.include({ resumed: true, verified: true });
    expect((await three.ask('Who', {}, 'Users')).body.verified).to.deep.equal(['carl']);
  });

  it('gives nothing to an old token once it has changed hands', async () => {
    const [one, { body }] = await enter('carl', carl);
    one.wire.duplex.destroy();
    await operator(async register => register.assign('carl', other.key));
    const thief = await enter('carl', undefined, { resume: body.resume, attempt: 2 });
    expect(told(thief[1])).to.equal('NAME_CLAIMED');
    const owner = await enter('carl', other);
    expect(owner[1].body).to.deep.include({ resumed: false, verified: true });
    const second = await enter('carl', carl, { resume: body.resume, attempt: 3 });
    expect(told(second[1])).to.equal('NAME_CLAIMED');
  });

  it('gets its owner past somebody who is here under it and is not', async () => {
    const [squatter] = await enter('carl', carl);
    await operator(async register => register.assign('carl', other.key));
    const [, answer] = await enter('CARL', other);
    expect(answer.body).to.deep.include({ username: 'CARL', verified: true });
    expect((await squatter.next('Closing')).body.code).to.equal('REPLACED');
  });

  it('is free again when the operator releases it, while the server runs', async () => {
    await claimed();
    await operator(async register => register.release('carl'));
    expect(told((await enter('carl', other))[1])).to.equal('Joined');
  });

  it('is proven anew by a session whose claim was released', async () => {
    const [one, { body }] = await enter('carl', carl);
    one.wire.duplex.destroy();
    await operator(async register => register.release('carl'));
    const [, again] = await enter('carl', carl, { resume: body.resume, attempt: 2 });
    expect(again.body).to.deep.include({ resumed: false, verified: true });
  });

  it('has a second device, added from the first, and removed', async () => {
    const [one] = await enter('carl', carl);
    const added = await one.ask('AddKey', { key: other.line, ref: '1' }, 'Keys');
    expect(added.body).to.deep.include({ ref: '1', username: 'carl', done: true });
    expect(added.body.keys).to.have.length(2);
    one.wire.leave('carl');
    await one.wire.closed;
    const [two, joined] = await enter('carl', other);
    expect(joined.body.verified).to.equal(true);
    const { keys } = (await two.ask('Keys', {}, 'Keys')).body;
    const removed = await two.ask('RemoveKey', { key: keys[0] }, 'Keys');
    expect(removed.body.keys).to.deep.equal([keys[1]]);
    two.wire.leave('carl');
    await two.wire.closed;
    expect(told((await enter('carl', carl))[1])).to.equal('NAME_CLAIMED');
  });

  it('tells its keys to nobody who has not joined with one', async () => {
    const [amy] = await enter('amy');
    for (const verb of ['Keys', 'AddKey', 'RemoveKey'])
      expect(told(await amy.ask(verb, { key: other.key, ref: '1' }, 'Refused'))).to.equal('KEY_NEEDED');
    const nobody = await room.stranger();
    await nobody.ask('Join', { username: 'carl', key: carl.key });
    expect(told(await nobody.ask('Keys', {}))).to.equal('NOT_JOINED');
  });

  it('is one of a few: a key has so many, and joins unverified under any other', async () => {
    await room.start({ namesPerKey: 1 });
    await claimed();
    const [, { type, body }] = await enter('david', carl);
    expect(type).to.equal('Joined');
    expect(body).to.not.have.property('verified');
  });

  it('is not guessed at without end: a proof counts as a join of its address, right or wrong, and once', async () => {
    await room.start({ noTrustLoopback: true, joinRate: 1, joinBurst: 3 });
    const answers: Answer[] = [];
    for (const [username, wrong] of [['carl'], ['amy'], ['bob', 'AAAA'], ['bob', 'AAAA'], ['bob']]) {
      const one = await room.stranger();
      answers.push(await one.join(username ?? '', carl, {}, wrong === undefined ? undefined : () => wrong));
    }
    expect(answers.map(told)).to.deep.equal([
      'Joined',
      'Joined',
      'KEY_WRONG',
      'TOO_MANY_JOINS',
      'TOO_MANY_JOINS',
    ]);
    expect(answers.at(-1)?.body.retryAfterMs).to.be.within(1, 60_000);
  });

  it('is one of a few of an address on one day', async () => {
    await room.start({ claimsPerAddress: 1, noTrustLoopback: true });
    await claimed();
    const [, { type, body }] = await enter('david', other);
    expect(type).to.equal('Joined');
    expect(body).to.not.have.property('verified');
  });

  it('belongs to nobody with --names open', async () => {
    await claimed();
    await room.start({ names: 'open' });
    const [, answer] = await enter('carl', other);
    expect(answer.type).to.equal('Joined');
    expect(answer.body).to.not.have.property('verified');
  });

  it('does not begin with --names listed and no list', async () => {
    const failure = await room
      .start({ names: 'listed', namesFile: join(room.folder, 'nothing') })
      .catch(error => error);
    expect(failure.code).to.equal('NO_LIST');
    await room.start();
  });

  it('is kept where only the operator can read it', async () => {
    await claimed();
    expect(statSync(join(room.folder, 'claims.db')).mode & 0o777).to.equal(0o600);
  });

  async function operator(
    work: (register: {
      assign(name: string, key: string): unknown;
      release(name: string): unknown;
    }) => unknown,
  ): Promise<void> {
    const register = (await createRegister(room.server.container.get(TOKENS.LiveSettings).now)).get(
      TOKENS.ClaimRegister,
    );
    await register.open();
    await work(register);
    await register.close();
  }
});
