import { expect } from 'chai';
import sinon from 'sinon';
import { JoinUser } from '../../../../src/application/server/join-user.js';
import type { NameOwnership } from '../../../../src/application/server/name-ownership.js';
import { TakeSession } from '../../../../src/application/server/take-session.js';
import { Refusal } from '../../../../src/domain/refusal.js';
import { Session } from '../../../../src/domain/session.js';
import { refusalOf } from '../../../support/room-logs.js';
import { type TestServer, TestServers } from '../../../support/servers.js';
import { until } from '../../../support/until.js';
import { silence, turns, Visitor } from '../../../support/use-cases.js';

const TOKEN = 'a token that nobody can guess';

describe('TakeSession', () => {
  it('says whether a newer connection has it, and that of one that has left nobody has it', async () => {
    const roomLog = { take: sinon.stub().resolves(false) };
    const { outlet } = new Visitor();
    const taking = new TakeSession(roomLog, () => {});
    const session = new Session(7);
    expect(await taking.execute(session, outlet, 3)).to.equal(false);
    expect(roomLog.take.firstCall.args.slice(0, 2)).to.deep.equal([7, 3]);
    roomLog.take.rejects(new Refusal('NOT_JOINED'));
    expect(await taking.execute(session, outlet, 3)).to.equal(true);
    roomLog.take.rejects(new Refusal('NOT_RECORDED'));
    expect(await refusalOf(taking.execute(session, outlet, 3))).to.equal('NOT_RECORDED');
    taking.note(session, outlet, 4);
    await turns(1);
    expect(roomLog.take.lastCall.args.slice(0, 2), 'and fails with nothing').to.deep.equal([7, 4]);
  });

  it('lets nobody stay for ever whom an older connection had taken elsewhere, and whose client is gone', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const onAway = sinon.stub();
    const taking = new TakeSession({ take: () => promise }, onAway);
    const { outlet } = new Visitor();
    const [gone, back] = [new Session(7), new Session(8)];
    for (const session of [gone, back]) {
      session.connect(outlet, 4);
      taking.note(session, outlet, 4);
      session.moveElsewhere('REPLACED', { attempt: 3 });
      session.moveHere();
    }
    back.connect(outlet, 5);
    resolve(true);
    await turns(1);
    expect(onAway.args).to.deep.equal([[gone]]);
  });
});

describe('one session at several servers', () => {
  let servers: TestServers;
  let a: TestServer;
  let b: TestServer;

  beforeEach(async () => {
    servers = new TestServers();
    a = await servers.start('a');
    b = await servers.start('b');
  });
  afterEach(() => servers.close());

  const sessionAt = ({ opened }: TestServer, id: number) => opened.room.userOf(id)?.session;

  it('is one when a client asks two servers at once with its token', async () => {
    const request = { resume: TOKEN, attempt: 0 };
    const [one, two] = await Promise.all([
      a.opened.join('carl', request),
      b.opened.join('carl', { ...request, attempt: 1 }),
    ]);
    expect(one.session).to.equal(two.session);
    expect([one.welcome?.resumed, two.welcome?.resumed].filter(Boolean)).to.have.length(1);
    await until(() => a.opened.room.size === 1 && b.opened.room.size === 1);
  });

  it('belongs to the newest connection, though that one came back to the server that had it', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    const newer = await a.opened.join('carl', { attempt: 4, since: 1, ...carl.token });
    await until(() => b.opened.room.size === 1);
    await a.log.settled();
    const older = await b.opened.join('carl', { attempt: 3, since: 1, ...carl.token });
    expect([newer.ends, older.ends]).to.deep.equal([[], ['REPLACED']]);
    expect(sessionAt(a, carl.session)?.isHeldBy(newer.outlet)).to.equal(true);
  });

  it('belongs to the newest connection when two servers ask for it at once', async () => {
    const c = await servers.start('c');
    const carl = await a.opened.join('carl', { attempt: 1 });
    await until(() => b.opened.room.size === 1 && c.opened.room.size === 1);
    const back = { since: 1, ...carl.token };
    const [five, six] = await Promise.all([
      b.opened.join('carl', { attempt: 5, ...back }),
      c.opened.join('carl', { attempt: 6, ...back }),
    ]);
    await until(() => five.ends.length > 0);
    expect([carl.ends, five.ends, six.ends]).to.deep.equal([['REPLACED'], ['REPLACED'], []]);
    expect(sessionAt(c, carl.session)?.isHeldBy(six.outlet)).to.equal(true);
    await until(() => sessionAt(b, carl.session)?.isElsewhere === true);
    expect(sessionAt(a, carl.session)?.isElsewhere).to.equal(true);
  });

  it('is not told of a gap at a server that has not read yet what its client has, and is taken there', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    const david = await b.opened.join('david', { attempt: 1 });
    await until(() => a.opened.room.size === 2);
    a.journal.isFrozen = true;
    await b.opened.join('carl', { attempt: 2, since: 1, ...carl.token });
    await b.opened.say(david, 'one', 'two');
    const back = new Visitor();
    const joining = a.opened.join('carl', { attempt: 3, since: 4, ...carl.token }, back);
    await turns(5);
    expect(back.welcome).to.equal(undefined);
    a.journal.thaw();
    await joining;
    expect(back.welcome).to.include({ resumed: true, seq: 4, head: 4 }).and.to.not.have.property('gap');
    expect(back.ends).to.deep.equal([]);
    await until(() => sessionAt(b, carl.session)?.isElsewhere === true);
  });

  it('is begun again when its user leaves while another server takes it', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    await until(() => b.opened.room.size === 1);
    await silence();
    const leaving = a.opened.leave(carl);
    const back = await b.opened.join('carl', { attempt: 2, since: 1, ...carl.token });
    await leaving;
    expect(back.session).to.equal(carl.session);
    expect(back.welcome).to.deep.include({ resumed: false });
    await until(() => sessionAt(a, carl.session)?.isElsewhere === true);
  });

  it('is waited for when its client has gone again before it was taken', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    await until(() => b.opened.room.size === 1);
    const hasty = new Visitor();
    const back = b.opened.join('carl', { attempt: 2, since: 1, ...carl.token }, hasty);
    hasty.outlet.end('SILENT');
    const { session } = await back;
    b.opened.disconnectUser.execute(session, hasty.outlet);
    const away = sessionAt(b, session) ?? expect.fail();
    expect(b.opened.disconnectUser.absenceOf(away)).to.include({ awayMs: 0 });
  });

  it('is known by every server to be where its client is now', async () => {
    const c = await servers.start('c');
    const carl = await a.opened.join('carl', { attempt: 1 });
    await until(() => b.opened.room.size === 1);
    const moved = new Visitor();
    Object.assign(moved.outlet, { owner: 'another', address: '::2' });
    await b.opened.join('carl', { attempt: 2, since: 1, ...carl.token }, moved);
    await until(() => sessionAt(c, carl.session)?.address === '::2');
    expect(sessionAt(a, carl.session)).to.include({ owner: 'another', address: '::2', isElsewhere: true });
  });

  it('ends everywhere when its name has become the key of somebody at another server', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    await until(() => b.opened.room.size === 1);
    const { room, roomLog, feed, tokens, replay, policy, disconnectUser } = b.opened;
    const ownership = {
      ...{ asksForKeys: true, isStanding: async () => false },
      ...{ admit: async () => false, objectionTo: async () => undefined },
    } as unknown as NameOwnership;
    const joinUser = new JoinUser(
      ...([room, roomLog, feed, tokens, b.opened.resumeSession(), replay, policy, disconnectUser] as const),
      ownership,
    );
    const back = new Visitor();
    const session = await joinUser.execute(back.handshake('carl', { attempt: 2, since: 1, ...carl.token }));
    expect(back.welcome).to.deep.include({ resumed: false });
    await until(() => carl.ends.length === 1);
    expect(carl.ends).to.deep.equal(['REPLACED']);
    await until(() => sessionAt(a, session)?.isElsewhere === true);
  });
});
