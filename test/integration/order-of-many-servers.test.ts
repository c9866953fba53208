import { expect } from 'chai';
import { TOKENS } from '../../src/container/tokens.js';
import { eventOf } from '../../src/domain/room-change.js';
import { Brokers } from '../support/brokers.js';
import { Program } from '../support/cli.js';
import { natsConnection } from '../support/journals.js';
import { TestKey } from '../support/keys.js';
import type { NatsServer } from '../support/nats-server.js';
import { changes, moderate, OrderlyRoom, refusal } from '../support/orderly-room.js';
import { startServer } from '../support/server.js';
import { until } from '../support/until.js';

describe('A room on two servers, as one: its names and its order', () => {
  let one: OrderlyRoom;
  let other: OrderlyRoom;
  let broker: NatsServer;

  // Before the broker ends.
  afterEach(async () => {
    for (const room of [one, other]) await room.stop();
  });
  const brokers = Brokers.forEach();

  beforeEach(async () => {
    broker = await brokers.start();
    [one, other] = [new OrderlyRoom(), new OrderlyRoom()];
    for (const [username, key] of ['anna', 'carl', 'david'].map(name => [name, one.keyOf(name)] as const))
      other.keys.set(username, key);
    await Promise.all([one, other].map(room => room.start({ history: broker.url, names: 'claimed' })));
  });

  const moderateRoomOf = (room: OrderlyRoom) => room.server.container.get(TOKENS.ModerateRoom);
  const moderationOf = (room: OrderlyRoom) => room.server.container.get(TOKENS.RoomOrder).moderation;

  it('lets no second server have the folder of one, of whatever room, or of none that is shared', async () => {
    for (const settings of [{ history: broker.url, room: 'blue' }, { history: 'sqlite' as const }]) {
      const starting = startServer({ ...settings, dataDir: one.folder });
      expect(await starting.catch((error: unknown) => error)).to.include({ code: 'IN_USE' });
    }
    await one.server.stop();
    const next = await startServer({ history: broker.url, room: 'blue', dataDir: one.folder });
    await next.stop();
  });

  it('has one token for the first operator, which holds at both, once', async () => {
    const tokens = [one, other].flatMap(room => moderateRoomOf(room).token ?? []);
    expect(tokens).to.have.length(1);
    const [token = ''] = tokens;
    const [[anna], [david]] = [await one.enter('anna'), await other.enter('david')];
    for (const who of [anna, david]) who.say('Moderate', { action: 'operator', token, ref: 't' });
    const answers = () =>
      [anna, david].flatMap(({ wire }) =>
        wire.lines.flatMap(line => /^{"(Moderated|Refused)"/.exec(line)?.[1] ?? []),
      );
    await until(() => answers().length === 2);
    expect(answers().sort()).to.deep.equal(['Moderated', 'Refused']);
    await until(() => moderationOf(one).operators.size === 1 && moderationOf(other).operators.size === 1);
    expect([...moderationOf(one).operators]).to.deep.equal([...moderationOf(other).operators]);
  });

  it('says at both for how long a name is kept whose user is away at one of them', async () => {
    const [carl] = await one.enterBare('carl');
    await until(() => other.server.room.userNamed('carl') !== undefined);
    expect((await other.enterBare('carl'))[1]).to.deep.include({ type: 'Duplicate' });
    carl.wire.duplex.destroy();
    await until(() => other.server.room.userNamed('carl')?.session.isAway === true);
    for (const room of [one, other]) {
      const { body } = (await room.enterBare('carl'))[1];
      expect(body.awayMs).to.be.below(30_000);
      expect(body.freeInMs).to.be.within(30_000, 61_000);
    }
  });

  it('gives a name at one, and no other key has it at the other', async () => {
    await one.enter('carl');
    await until(
      async () =>
        (await other.server.container.get(TOKENS.NameOwnership).claims?.ownerOf('carl')) !== undefined,
    );
    await one.server.container
      .get(TOKENS.LeaveUser)
      .execute(one.server.room.userNamed('carl')?.session.id ?? 0);
    other.keys.delete('carl');
    expect((await other.enter('carl'))[1].body.code).to.equal('NAME_CLAIMED');
    other.keys.set('carl', one.keyOf('carl'));
    await until(() => one.server.room.userNamed('carl') === undefined);
    expect((await other.enter('carl'))[1].body.verified).to.equal(true);
  });

  it('lets its operator handle names with the brokers, not in the folder of a server', async () => {
    await one.enter('carl');
    const names = async (...args: string[]) => {
      const program = Program.chatty(['server:names', ...args]);
      return { status: await program.exit(), stdout: program.stdout, stderr: program.stderr };
    };
    const { history } = one.server.container.get(TOKENS.LiveSettings).now;
    const brokers = ['--history', history];
    const [line, other_] = [one.keyOf('carl'), one.keyOf('anna')].map(({ line }) => line);
    const listed = await names(...brokers);
    expect([listed.status, listed.stdout.includes(`${line} carl`)]).to.deep.equal([0, true]);
    expect((await names(...brokers, '--assign', 'carl', other_ ?? '')).status).to.equal(0);
    await until(async () => {
      const claims = other.server.container.get(TOKENS.NameOwnership).claims;
      return (await claims?.ownerOf('carl'))?.keys[0] === one.keyOf('anna').key;
    });
    const inFolder = await names('--data-dir', one.folder);
    expect([inFolder.status, inFolder.stdout]).to.deep.equal([2, '']);
    expect(inFolder.stderr).to.include('Give --history nats://');
    const nowhere = await names(...brokers, '--room', 'other');
    expect([nowhere.status, nowhere.stderr]).to.deep.equal([
      4,
      `There is no room other at ${history}. Check --room and --history, or start a server of it.\n`,
    ]);
    expect((await names('--history', 'memory')).status).to.equal(2);
    const away = await names('--history', 'nats://127.0.0.1:1');
    expect([away.status, away.stderr.split('.')[0]]).to.deep.equal([4, 'No broker answers at nats://127']);
  });

  it('lets an owner at one add a device that was refused at the other, by its code', async () => {
    const [carl] = await one.enter('carl');
    await until(() => other.server.room.userNamed('carl') !== undefined);
    other.keys.delete('carl');
    const { body } = (await other.enter('carl'))[1];
    expect(body.code).to.equal('NAME_CLAIMED');
    const [, key] = /key add (\S+) where/.exec(body.content) ?? [];
    await until(async () => (await carl.ask('AddKey', { key, ref: '1' })).type === 'Keys');
    expect((await carl.ask('Keys', {}, 'Keys')).body.keys).to.have.length(2);
  });

  it('bans at one who is at the other, and lets them in at neither', async () => {
    const anna = await one.anna();
    const [eve] = await other.enter('eve');
    await until(() => one.server.room.userNamed('eve') !== undefined);
    expect(await moderate(anna, { action: 'ban', target: 'eve', reason: 'spam' })).to.include({ ended: 1 });
    const { body } = await eve.next('Closing');
    expect(body.code).to.equal('BANNED');
    expect(body.content).to.match(/anna.*spam/);
    for (const room of [one, other]) {
      expect((await room.enter('eve'))[1].body.code).to.equal('BANNED');
      expect(room.server.room.userNamed('eve')).to.equal(undefined);
    }
    await moderate(anna, { action: 'unban', target: 'eve' });
    await until(() => moderationOf(other).measures(Date.now()).length === 0);
    expect((await other.enter('eve'))[1].type).to.equal('Joined');
  });

  it('says what is not known yet of a ban, and all that belongs to it is done when a broker that stood still goes on', async () => {
    const anna = await one.anna();
    const [eve] = await other.enter('eve');
    // A server answers what comes from one address one after the other.
    const [carl] = await other.enter('carl');
    await until(() => one.server.room.userNamed('eve') !== undefined);
    await broker.freeze();
    anna.say('Moderate', { action: 'ban', target: 'eve', ref: 'ban' });
    carl.say('AddKey', { key: new TestKey().line, ref: 'key' });
    const refused = [await anna.next('Refused'), await carl.next('Refused')].map(({ body }) => body);
    expect(refused.map(({ ref, code }) => `${ref} ${code}`)).to.have.members([
      'ban OUTCOME_UNKNOWN',
      'key OUTCOME_UNKNOWN',
    ]);
    broker.thaw();
    // All may have been sent to other servers meanwhile, to come back.
    for (const room of [one, other]) {
      await until(() => moderationOf(room).measures(Date.now()).length === 1, 20_000);
      await until(() => room.server.room.userNamed('eve') === undefined, 20_000);
      const { claims } = room.server.container.get(TOKENS.NameOwnership);
      await until(async () => (await claims?.ownerOf('carl'))?.keys.length === 2, 20_000);
    }
    await eve.wire.closed;
    const log = one.server.container.get(TOKENS.RoomLog);
    const told = async () => (await log.messages(0, 1000, 1000)).map(({ content }) => content);
    await until(async () => (await told()).some(content => content.includes('"banned"')), 20_000);
  });

  it('takes out once whoever is put out at both at one moment, or is just coming in', async () => {
    const anna = await one.anna();
    const visitors = [];
    for (let n = 0; n < 10; n++) visitors.push((await [one, other][n % 2]?.enterBare(`many${n}`))?.[0]);
    await until(() => [one, other].every(room => room.server.room.size === 11));
    const coming = [one, other].map(room => room.enterBare('late').catch(() => undefined));
    await Promise.all(
      [one, other].map(room =>
        moderateRoomOf(room).execute('machine', { action: 'ban', target: '127.0.0.0/8', ms: 60_000 }),
      ),
    );
    await Promise.all(coming);
    await until(() => [one, other].every(room => room.server.room.size === 1));
    const left = () =>
      anna.wire.lines.flatMap(line => /"username":"(\w+)","content":"Left"/.exec(line)?.[1] ?? []).sort();
    await until(() => left().length >= 10);
    const joined = anna.wire.lines.flatMap(
      line => /"username":"(\w+)","content":"Joined"/.exec(line)?.[1] ?? [],
    );
    expect(left()).to.deep.equal(joined.sort());
    await Promise.all(visitors.map(each => each?.wire.closed));
  });

  it('mutes, slows down and has a topic at both', async () => {
    const anna = await one.anna();
    const [david] = await other.enter('david');
    await until(() => one.server.room.userNamed('david') !== undefined);
    await moderate(anna, { action: 'mute', target: 'david' });
    await until(() => changes(david).some(({ change }) => change.type === 'muted'));
    expect((await david.ask('Send', { content: 'hi', ref: '1' }, 'Refused')).body.code).to.equal('MUTED');
    await moderate(anna, { action: 'topic', topic: 'tea' });
    await until(() => other.server.room.topic === 'tea');
    await moderate(anna, { action: 'unmute', target: 'david' });
    await moderate(anna, { action: 'slow', ms: 60_000 });
    await until(() => changes(david).some(({ change }) => change.type === 'slow'));
    await david.ask('Send', { content: 'one', ref: '2' }, 'Accepted');
    expect((await david.ask('Send', { content: 'two', ref: '3' }, 'Refused')).body.code).to.equal(
      'SLOW_MODE',
    );
    expect(await refusal(david, { action: 'topic', topic: 'mine' })).to.equal('NOT_OPERATOR');
  });

  it('leaves everybody with the topic that newcomers are told, of several that are set at one moment', async () => {
    const anna = await one.anna();
    for (let round = 0; round < 10; round++)
      await Promise.all(
        [one, other].map((room, n) =>
          moderateRoomOf(room).execute('machine', { action: 'topic', topic: `${round} ${n}` }),
        ),
      );
    // As a server does that hears of one later.
    await moderateRoomOf(one).execute('machine', { action: 'topic', topic: 'holds' });
    const change = { type: 'topic', by: 'anna', topic: 'told late' } as const;
    await one.server.container.get(TOKENS.RoomLog).append(eventOf(change));
    await until(() => changes(anna).at(-1)?.change.topic === 'holds', 10_000);
    const [, { body }] = await other.enter('david');
    expect([one.server.room.topic, other.server.room.topic, body.topic]).to.deep.equal(
      Array(3).fill('holds'),
    );
  });

  it('finishes a deletion whose server was killed: nothing of it is in the log of the brokers', async () => {
    const [carl] = await one.enterBare('carl');
    await carl.ask('Send', { content: 'secret', ref: '1' }, 'Accepted');
    const { container } = one.server;
    const [message] = await container.get(TOKENS.RoomLog).messages(0, 9, 9);
    const deletion = {
      type: 'MessageDeleted',
      seq: message?.seq ?? 0,
      author: 'carl',
      by: 'chatty',
    } as const;
    const { epoch } = container.get(TOKENS.RoomFeed);
    await container.get(TOKENS.ModerationLog).append(() => ({ ...deletion, epoch, at: 1 }));
    const admin = natsConnection([broker]);
    await admin.open();
    try {
      const { first_seq, last_seq } = (await admin.api.streams.info('CHATTY_main')).state;
      const raw = async () => {
        const found = [];
        for (let seq = first_seq; seq <= last_seq; seq++)
          found.push((await admin.api.streams.getMessage('CHATTY_main', { seq }))?.string() ?? '');
        return found.join();
      };
      expect(await raw()).to.include('secret');
      for (const { server } of [one, other])
        await until(
          async () => (await server.container.get(TOKENS.RoomLog).messages(0, 9, 9))[0]?.kind === 'notice',
          40_000,
        );
      expect(await raw()).not.to.include('secret');
    } finally {
      await admin.close();
    }
  });

  it('counts measures once for both, and knows them after a restart of all', async () => {
    const machine = (room: OrderlyRoom, target: string) =>
      moderateRoomOf(room).execute('machine', { action: 'ban', target });
    const names = Array.from({ length: 10 }, (_, n) => `eve${n}`);
    await Promise.all(names.flatMap(name => [machine(one, name), machine(other, `${name}x`)]));
    await until(() => [one, other].every(room => moderationOf(room).nextId === 21));
    expect(moderationOf(one).measures(0)).to.deep.equal(moderationOf(other).measures(0));
    const before = moderationOf(one).measures(0);
    const history = one.server.container.get(TOKENS.LiveSettings).now.history;
    for (const room of [one, other]) await room.server.stop();
    await one.start({ history, names: 'claimed' });
    expect(moderationOf(one).measures(0)).to.deep.equal(before);
    expect(moderateRoomOf(one).token).to.equal(undefined);
  });
});
