import { expect } from 'chai';
import { TOKENS } from '../../src/container/tokens.js';
import { TestKey } from '../support/keys.js';
import { type KeyType, needSsh, type SshHome, SshRoom } from '../support/ssh.js';
import { until } from '../support/until.js';
import { notice, WireClient } from '../support/wire-client.js';

const CLAIMED = /^This username belongs to somebody, who joins with a key\./;
const CODE = /with \/key add ([0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}) where/;

describe('with the keys of ssh', () => {
  let room: SshRoom;
  let home: SshHome;

  before(needSsh);
  beforeEach(async () => {
    room = await SshRoom.start();
    ({ home } = room);
  });
  afterEach(() => room?.stop());

  for (const type of ['ed25519', 'ecdsa', 'rsa'] satisfies KeyType[])
    it(`a name belongs to the ${type} key that first joins under it`, async () => {
      const key = home.newKey(type);
      const carl = home.terminal('carl', { keys: [key] });
      await carl.says('Warm Welcome, carl✓');
      expect(room.users).to.deep.equal(['carl✓']);
      carl.type('\u0004');
      await carl.says('EXIT 0');
      expect((await home.run('carl', ['send', 'again'], { keys: [key] })).code).to.equal(0);
      const stranger = await WireClient.connect(room.server.port);
      stranger.join('carl');
      await stranger.next(notice('This username belongs to somebody'));
      await stranger.end();
    });

  it('without a key somebody has any name that is nobody’s, for as long as they are here', async () => {
    const anon = home.terminal('anon');
    await anon.says('Warm Welcome, anon!');
    expect(room.users).to.deep.equal(['anon']);
    anon.type('\u0004');
    await anon.says('EXIT 0');
    expect((await home.run('anon', ['send', 'x'], { keys: [home.newKey('ed25519')] })).code).to.equal(0);
    const refused = await home.run('anon', ['send', 'x']);
    expect([refused.code, refused.stderr]).to.satisfy(
      ([code, text]: [number, string]) => code === 5 && CLAIMED.test(text) && !CODE.test(text),
    );
  });

  it('another key is refused in the words of the room, with the code by which it is let in', async () => {
    const [own, foreign] = [home.newKey('ed25519'), home.newKey('ecdsa')];
    await home.run('carl', ['send', 'x'], { keys: [own] });
    for (const command of [['send', 'x'], ['who'], []]) {
      const { code, stderr } = await home.run('carl', command, { keys: [foreign], options: ['-T'] });
      expect(code, stderr).to.equal(5);
      expect(stderr).to.match(CLAIMED).and.to.match(CODE);
    }
    const [, code] = CODE.exec((await home.run('carl', ['who'], { keys: [foreign] })).stderr) ?? [];
    const proofs = room.server.container.get(TOKENS.KeyProofs);
    expect(proofs.codeOf(proofs.keyOf(home.lineOf(foreign)) ?? '')).to.equal(code);
  });

  it('at a terminal another name can be given then, and whoever gives none has not been admitted', async () => {
    await home.run('carl', ['send', 'x'], { keys: [home.newKey('ed25519')] });
    const foreign = home.newKey('rsa');
    const carl = home.terminal('carl', { keys: [foreign] });
    await carl.says('Username: ');
    carl.type('carla\r');
    await carl.says('Warm Welcome, carla✓');
    const other = home.terminal('carl', { keys: [foreign] });
    await other.says('Username: ');
    other.type('\u0004');
    await other.says('EXIT 5');
  });

  it('ssh finds the owner’s key by itself, wherever it is among several', async () => {
    const keys = ['one', 'two', 'three', 'four'].map(name => home.newKey('ed25519', name));
    const [, , third] = keys;
    await home.run('carl', ['send', 'x'], { keys: [third ?? ''] });
    expect(await home.run('carl', ['send', 'y'], { keys })).to.deep.equal({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('whoever has a dozen keys is not hung up on, and is told how to name the right one', async () => {
    const keys = Array.from({ length: 14 }, (_, n) => home.newKey('ed25519', `key${n}`));
    await home.run('carl', ['send', 'x'], { keys: keys.slice(9, 10) });
    expect((await home.run('carl', ['send', 'y'], { keys })).code).to.equal(0);
    await home.run('anna', ['send', 'x'], { keys: keys.slice(-1) });
    const { code, stderr } = await home.run('anna', ['send', 'y'], { keys });
    expect([code, stderr]).to.satisfy(
      ([status, text]: [number, string]) =>
        status === 5 && text.includes('belongs to somebody') && text.includes('ssh -i FILE'),
    );
  });

  it('/key shows, adds and removes keys of every type', async () => {
    const own = home.newKey('ed25519');
    const carl = home.terminal('carl', { keys: [own] }, 200, 20);
    await carl.says('Warm Welcome, carl✓');
    const proofs = room.server.container.get(TOKENS.KeyProofs);
    for (const type of ['ecdsa', 'rsa'] satisfies KeyType[]) {
      const line = home.lineOf(home.newKey(type));
      carl.type(`/key add ${line}`);
      await until(() => carl.stdout.includes(line.slice(-12)));
      carl.type('\r');
      await carl.says(proofs.fingerprintOf(line));
    }
    expect((await home.run('carl', ['who'], { keys: [`${home.folder}/rsa`] })).code).to.equal(0);
    carl.type(`/key remove ${proofs.fingerprintOf(home.lineOf(`${home.folder}/rsa`))}`);
    await until(() => carl.stdout.split('/key remove').length > 1);
    carl.type('\r');
    await until(async () => (await claim())?.keys.length === 2);
    expect((await home.run('carl', ['who'], { keys: [`${home.folder}/rsa`] })).code).to.equal(5);
    expect((await home.run('carl', ['who'], { keys: [`${home.folder}/ecdsa`] })).code).to.equal(0);

    function claim() {
      return room.server.container.get(TOKENS.NameOwnership).claims?.ownerOf('carl');
    }
  });

  it('an Ed25519 key is the same person over ssh and over TCP, and a ban by it holds through both', async () => {
    const own = home.newKey('ed25519');
    await home.run('carl', ['send', 'x'], { keys: [own] });
    const proofs = room.server.container.get(TOKENS.KeyProofs);
    const claims = room.server.container.get(TOKENS.NameOwnership).claims;
    const key = proofs.keyOf(home.lineOf(own)) ?? '';
    expect((await claims?.ownerOf('carl'))?.keys).to.deep.equal([key]);
    expect(new TestKey().key).to.have.length(key.length);
    const target = proofs.fingerprintOf(key);
    const moderateRoom = room.server.container.get(TOKENS.ModerateRoom);
    await moderateRoom.execute('machine', { action: 'ban', target, reason: 'spam' });
    for (const command of [['send', 'x'], ['who']]) {
      const { code, stderr } = await home.run('carl', command, { keys: [own] });
      expect(code).to.equal(5);
      expect(stderr).to.include('You are banned from this room');
    }
    const other = await home.run('karl', ['send', 'x'], { keys: [own] });
    expect(other.stderr).to.include('You are banned');
  });
});
