import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { TOKENS } from '../../src/container/tokens.js';
import { Refusal } from '../../src/domain/refusal.js';
import { cpuMs } from '../support/cpu-time.js';
import { changes, moderate, notice, OrderlyRoom, refusal } from '../support/orderly-room.js';
import { until } from '../support/until.js';

describe('order in the room, at its edges', () => {
  let room: OrderlyRoom;
  beforeEach(async () => {
    room = new OrderlyRoom();
    await room.start();
  });
  afterEach(() => room.stop());

  const kindsOf = (lines: readonly string[], username: string) =>
    lines
      .filter(line => line.startsWith('{"Broadcast"') && line.includes(`"${username}"`))
      .map(line => JSON.parse(line).Broadcast.kind);

  it('puts out who is just coming in, whatever comes first', async () => {
    const one = await room.anna();
    for (let n = 0; n < 12; n++) {
      const [name, other] = [`zed${n}`, await room.stranger()];
      const key = room.keyOf(name);
      const { body } = await other.ask('Join', { username: name, key: key.key, history: 0 });
      const prove = () => other.say('Prove', { signature: key.prove(body, name) });
      if (n % 2 === 0) prove();
      // Further and further into the turns that a join takes.
      for (let turn = 0; turn < n >> 1; turn++) await new Promise(setImmediate);
      const target = n % 4 < 2 ? name : '127.0.0.0/8';
      const ban = moderate(one, { action: 'ban', target });
      if (n % 2 === 1) prove();
      await ban;
      const told = await other.wire.next(line => line.includes('"BANNED"'));
      expect(told, `${n}`).to.be.a('string');
      const who = await one.ask('Who', { ref: 'w' }, 'Users');
      expect(who.body.users, `${n}`).to.deep.equal(['anna']);
      expect(
        kindsOf(one.wire.lines, name)
          .filter(kind => kind !== 'notice')
          .join(),
        `${n}`,
      ).to.be.oneOf(['', 'joined,left']);
      await moderate(one, { action: 'unban', target });
    }
  });

  it('puts out who is just coming back', async () => {
    const one = await room.anna();
    for (let n = 0; n < 8; n++) {
      const name = `zed${n}`;
      const [zed, { body }] = await room.enter(name);
      await zed.wire.reset();
      const back = await room.stranger();
      back.say('Join', { username: name, resume: body.resume, since: 1, epoch: body.epoch, attempt: 2 });
      for (let turn = 0; turn < n; turn++) await new Promise(setImmediate);
      await moderate(one, { action: 'ban', target: name });
      await back.wire.next(line => line.includes('"BANNED"'));
      const who = await one.ask('Who', { ref: 'w' }, 'Users');
      expect(who.body.users, `${n}`).to.deep.equal(['anna']);
    }
  });

  it('has no end where no calendar has one, and goes on', async () => {
    const one = await room.anna();
    const [david] = await room.enter('david');
    const { until: end } = await moderate(one, {
      action: 'mute',
      target: 'david',
      ms: Number.MAX_SAFE_INTEGER,
    });
    expect(end).to.equal(undefined);
    expect((await notice(david))?.content).to.equal('anna has muted david.');
    const { body } = await david.ask('Send', { content: 'x', ref: '1' }, 'Refused');
    expect(body.content).to.equal('Your message was not sent: you are muted by anna.');
  });

  it('bans nobody whom nobody can be', async () => {
    const one = await room.anna();
    for (const target of [
      '192.0.2.0/33',
      'a b',
      '',
      'x'.repeat(5000),
      'SHA256:abc',
      '#3',
      '@david',
      '1.2.3.4%x',
    ])
      expect(await refusal(one, { action: 'ban', target }), target.slice(0, 20)).to.equal('NO_SUCH_TARGET');
    expect((await one.ask('Bans', { ref: 'b' }, 'Bans')).body.count).to.equal(0);
  });

  it('bans who has left by name and by all that the name is known by, but no operator', async () => {
    const one = await room.anna();
    const [david] = await room.enter('david');
    david.say('Leave', 'david' as never);
    await david.wire.closed;
    const { targets } = await moderate(one, { action: 'ban', target: 'DAVID' });
    expect(targets[0]).to.equal('DAVID');
    expect(targets[1]).to.match(/^SHA256:/);
    const other = await room.stranger();
    expect((await other.join('harmless', room.keyOf('david'))).body.code).to.equal('BANNED');
    one.say('Leave', 'anna' as never);
    await one.wire.closed;
    const execute = room.server.container.get(TOKENS.ModerateRoom);
    const refused = await execute.execute('machine', { action: 'ban', target: 'anna' }).catch(error => error);
    expect(refused).to.be.instanceOf(Refusal).with.property('code', 'IS_OPERATOR');
  });

  it('makes an operator of somebody whose name looks like a token, and dismisses them by any of their names', async () => {
    const one = await room.anna();
    const name = 'abcdefghijklmnopqrstuvwx';
    const [tall] = await room.enter(name);
    expect((await moderate(one, { action: 'operator', token: name })).targets).to.deep.equal([name]);
    tall.say('Leave', name as never);
    await tall.wire.closed;
    await moderate(one, { action: 'dismiss', target: name.toUpperCase() });
    const other = await room.stranger();
    await other.join('short', room.keyOf(name));
    expect(await refusal(other, { action: 'slow', ms: 0 })).to.equal('NOT_OPERATOR');
    await moderate(one, { action: 'operator', target: 'short' });
    await moderate(other, { action: 'slow', ms: 0 });
  });

  it('lets nobody wait for a long name while there are bans', async () => {
    const one = await room.anna();
    const moderation = room.server.container.get(TOKENS.RoomOrder).moderation;
    for (let n = 0; n < 5000; n++)
      moderation.apply({
        ...{ type: 'MeasureTaken', at: 1, by: 'anna', id: moderation.nextId, kind: 'ban' },
        targets: [
          { kind: 'name', name: `b${n}` },
          { kind: 'network', network: `10.0.${n >> 8}.${n & 255}` },
        ],
      });
    const other = await room.stranger();
    const started = cpuMs();
    const { body } = await other.ask('Join', { username: 'ﷺ'.repeat(2500) });
    expect(body.code).to.equal('NAME_TOO_LONG');
    expect((await room.enter('carl'))[1].type).to.equal('Joined');
    expect((await room.enterBare('b77'))[1].body.code).to.equal('BANNED');
    expect(cpuMs() - started).to.be.below(1000);
    expect((await one.ask('Bans', { ref: 'b' }, 'Bans')).body.count).to.equal(5000);
    expect((await moderate(one, { action: 'unban', target: '#77' })).targets).to.have.length(2);
  });

  it('tells an operator from where they came whom they put out, and nobody else', async () => {
    await room.start({ noTrustLoopback: true, graceSeconds: 0 });
    const one = await room.anna();
    const [eve] = await room.enter('eve');
    const [david] = await room.enterBare('david');
    const origins = room.server.container.get(TOKENS.Networks);
    origins.origin = address => address; // as if it were elsewhere
    const done = await moderate(one, { action: 'kick', target: 'david' });
    expect(done).to.deep.include({ ended: 1, from: ['127.0.0.1'] });
    await david.wire.closed;
    expect((await room.enter('carl'))[1].body.code).to.equal('BANNED');
    await eve.ask('Send', { content: 'still here', ref: '1' }, 'Accepted');
    await until(() => changes(eve).length > 0);
    expect(eve.wire.lines.join('')).to.not.include('127.0.0.1"');
  });

  describe('when nothing can be recorded', () => {
    it('still does what is kept in its own file, and says so', async () => {
      const one = await room.anna();
      const [david] = await room.enter('david');
      const log = room.server.container.get(TOKENS.RoomLog);
      const append = log.append.bind(log);
      log.append = async () => {
        throw new Refusal('DISK_FULL');
      };
      expect(await moderate(one, { action: 'ban', target: 'david' })).to.include({ ended: 1 });
      expect((await david.next('Closing')).body.code).to.equal('BANNED');
      await moderate(one, { action: 'topic', topic: 'tea' });
      log.append = append;
      expect((await room.enter('david'))[1].body.code).to.equal('BANNED');
    });

    it('deletes nothing that it could not write down', async () => {
      const one = await room.anna();
      const { body } = await one.ask('Send', { content: 'secret', ref: '1' }, 'Accepted');
      const log = room.server.container.get(TOKENS.ModerationLog);
      const append = log.append.bind(log);
      log.append = () => {
        throw new Refusal('DISK_FULL');
      };
      expect(await refusal(one, { action: 'delete', seq: body.seq })).to.equal('DISK_FULL');
      log.append = append;
      expect((await one.ask('Search', { words: 'secret', ref: 's' }, 'Found')).body.memos).to.have.length(1);
      expect((await moderate(one, { action: 'delete', seq: body.seq })).targets).to.deep.equal(['anna']);
      expect((await notice(one))?.change).to.include({ type: 'deleted', target: body.seq });
    });
  });

  it('puts out many at once, of whom none says a word meanwhile', async () => {
    const one = await room.anna();
    const names = Array.from({ length: 20 }, (_, n) => `many${n}`);
    const many = [];
    for (const name of names) many.push((await room.enterBare(name))[0]);
    const ban = moderate(one, { action: 'ban', target: '127.0.0.0/8', ms: 60_000 });
    let isDone = false;
    const talking = Promise.all(
      many.map(async other => {
        for (let n = 0; n < 50 && !isDone; n++) {
          other.say('Send', { content: 'me' });
          await new Promise(setImmediate);
        }
      }),
    );
    expect((await ban).ended).to.equal(20);
    isDone = true;
    await talking;
    const lines = one.wire.lines.slice(one.wire.lines.findIndex(line => line.includes('"type":"banned"')));
    expect(lines.filter(line => line.includes('"content":"me"'))).to.deep.equal([]);
    expect(changes(one).map(({ change }) => change.username)).to.deep.equal(names);
  });

  it('answers whoever floods its control socket no faster than they read', async () => {
    const socket = connect({ path: join(room.folder, 'control.sock') });
    socket.pause();
    let [taken, before] = [0, -1];
    const go = (left: number): void => {
      if (left > 0)
        socket.write('{"Bans":{"ref":"1"}}\n'.repeat(1000), () => {
          taken++;
          go(left - 1);
        });
    };
    go(200);
    await until(async () => {
      before = taken;
      await new Promise(resolve => setTimeout(resolve, 300));
      return taken === before;
    });
    expect(taken, 'thousands of lines that the server has taken').to.be.within(1, 199);
    let lines = 0;
    socket.on('data', chunk => {
      lines += String(chunk).split('\n').length - 1;
    });
    socket.resume();
    await until(() => lines >= 1000);
    socket.destroy();
  });

  it('leaves nothing of what it deletes in any file, not even in the index', async () => {
    const one = await room.anna();
    const { body } = await one.ask('Send', { content: 'xyzzy plugh', ref: '1' }, 'Accepted');
    await one.ask('Send', { content: 'tea', ref: '2' }, 'Accepted');
    const holds = (file: string, text: string) => readFileSync(join(room.folder, file)).includes(text);
    // What was said, and the words of the index, which come later.
    const copies = () =>
      readFileSync(join(room.folder, 'room.db-wal')).toString('latin1').split('plugh').length - 1;
    await until(() => copies() > 1);
    await moderate(one, { action: 'delete', seq: body.seq });
    for (const file of ['room.db', 'room.db-wal', 'moderation.jsonl'])
      for (const word of ['xyzzy', 'plugh']) expect(holds(file, word), `${word} in ${file}`).to.equal(false);
    expect(JSON.stringify(room.server.logger.entries)).to.not.include('xyzzy');
    await one.ask('Send', { content: 'more tea', ref: '3' }, 'Accepted');
    expect((await one.ask('Search', { words: 'tea', ref: 's' }, 'Found')).body.memos).to.have.length(2);
  });
});
