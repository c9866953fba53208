import { expect } from 'chai';
import { RoomLogFailure } from '../../../../../src/application/server/failures.js';
import { Refusal } from '../../../../../src/domain/refusal.js';
import { joined, refusalOf, sent } from '../../../../support/room-logs.js';
import { type TestServer, TestServers } from '../../../../support/servers.js';
import { until } from '../../../../support/until.js';
import { silence, Visitor } from '../../../../support/use-cases.js';

const names = ({ opened }: TestServer) => Array.from(opened.room.users, ({ username }) => username);

describe('a room on several servers', () => {
  let servers: TestServers;
  let a: TestServer;
  let b: TestServer;

  beforeEach(async () => {
    servers = new TestServers();
    a = await servers.start('a');
    b = await servers.start('b');
  });
  afterEach(() => servers.close());

  it('has everybody at every server, and tells each what is said at the others, in one order', async () => {
    const carl = await a.opened.join('carl', { attempt: 0 });
    const david = await b.opened.join('david', { attempt: 0 });
    await until(() => names(a).length === 2 && names(b).length === 2);
    await Promise.all([a.opened.say(carl, 'tea', 'milk'), b.opened.say(david, 'coffee')]);
    await until(() => a.opened.feed.head === 5 && b.opened.feed.head === 5);
    const said = (await a.log.messages(0, 9, 9)).map(({ content }) => content);
    expect((await b.log.messages(0, 9, 9)).map(({ content }) => content)).to.deep.equal(said);
    expect(said).to.have.members(['tea', 'milk', 'coffee']);
    await until(() => carl.contents.length === 2 && david.contents.length === 2);
    expect(carl.contents).to.deep.equal(['Joined', 'coffee']);
    expect(david.contents).to.deep.equal(['tea', 'milk']);
  });

  it('lets exactly one of many have a name', async () => {
    const races = Array.from({ length: 40 }, (_, n) =>
      refusalOf([a, b][n % 2]?.opened.join('carl') ?? expect.fail()),
    );
    const outcomes = await Promise.all(races);
    expect(outcomes.filter(code => code === undefined)).to.have.length(1);
    expect(outcomes.filter(code => code === 'NAME_TAKEN')).to.have.length(39);
    await until(() => names(a).length === 1 && names(b).length === 1);
    expect([names(a), names(b)]).to.deep.equal([['carl'], ['carl']]);
    expect(await refusalOf(b.opened.join('CARL'))).to.equal('NAME_TAKEN');
  });

  it('gives sessions of different servers different numbers', async () => {
    const carl = await a.opened.join('carl');
    const david = await b.opened.join('david');
    expect(carl.session).not.to.equal(david.session);
  });

  it('frees a name for all with a leave at one', async () => {
    const carl = await a.opened.join('carl');
    await until(() => names(b).length === 1);
    await a.opened.leave(carl);
    await until(() => names(b).length === 0);
    const again = await b.opened.join('carl');
    await until(() => names(a).length === 1);
    expect(b.opened.room.userOf(again.session)?.username).to.equal('carl');
  });

  it('resumes a session at another server, and the one before is told that it is replaced', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    const david = await b.opened.join('david', { attempt: 0 });
    await a.opened.say(carl, 'tea');
    await until(() => b.opened.feed.head === 3);
    const back = await b.opened.join('carl', { attempt: 2, since: 3, ...carl.token });
    expect(back.session).to.equal(carl.session);
    expect(back.welcome).to.deep.include({ resumed: true });
    expect(carl.ends).to.deep.equal(['REPLACED']);
    await b.opened.say(back, 'milk');
    await until(() => a.opened.feed.head === 4);
    expect(david.contents).to.deep.equal(['tea', 'milk']);
    expect(names(a)).to.have.members(['carl', 'david']);
    expect(await refusalOf(a.log.append(sent(carl.session, 'carl', 'from a'))), 'it speaks no more').to.equal(
      'NOT_RECORDED',
    );
    expect(
      await refusalOf(a.opened.leave(carl).then(() => b.log.append(sent(back.session, 'carl', 'here')))),
    ).to.equal(undefined);
    expect(names(b)).to.have.members(['carl', 'david']);
  });

  it('does not let an older connection take a session back', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    await until(() => names(b).length === 1);
    await b.opened.join('carl', { attempt: 5, since: 1, ...carl.token });
    const late = await a.opened.join('carl', { attempt: 3, since: 1, ...carl.token });
    expect(late.ends).to.deep.equal(['REPLACED']);
    expect(a.opened.room.userOf(carl.session)?.session.isElsewhere).to.equal(true);
  });

  it('records once what a client sends again at another server', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    const first = await a.log.append(sent(carl.session, 'carl', 'tea', 'r1'));
    await until(() => b.opened.feed.head === 2);
    await b.opened.join('carl', { attempt: 2, since: 1, ...carl.token });
    const again = await b.log.append(sent(carl.session, 'carl', 'tea', 'r1'));
    expect(again).to.deep.equal({ ...first, repeated: true });
  });

  it('keeps the sessions of a server that is gone, and ends those that cannot be resumed, once', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    await a.opened.join('basic');
    const c = await servers.start('c');
    const david = await b.opened.join('david', { attempt: 0 });
    await until(() => names(c).length === 3);
    servers.kill(a);
    await until(() => names(b).length === 2 && names(c).length === 2);
    expect([names(b), names(c)]).to.deep.equal([
      ['carl', 'david'],
      ['carl', 'david'],
    ]);
    const back = await c.opened.join('carl', { attempt: 2, since: 1, ...carl.token });
    expect(back.welcome).to.deep.include({ resumed: true });
    await c.opened.say(back, 'here again');
    await until(() => david.contents.includes('here again'));
    expect(david.contents).to.deep.equal(['Left', 'here again']);
  });

  it('ends the sessions of a server that is gone when they are not resumed in time', async () => {
    await a.opened.join('carl', { attempt: 1 });
    const david = await b.opened.join('david', { attempt: 0 });
    b.opened.policy.graceMs satisfies number;
    servers.kill(a);
    await until(() => b.opened.room.userNamed('carl')?.session.isAway === true);
    expect(b.opened.disconnectUser.absenceOf(b.opened.room.userNamed('carl')?.session as never)).to.include({
      awayMs: 0,
    });
    expect(david.contents).to.deep.equal([]);
  });

  it('tells at each server the same of a name whose user is away: for how long still it is kept', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    const holderAt = async ({ opened }: TestServer) => {
      const error: unknown = await opened.join('carl').catch(refused => refused);
      if (!(error instanceof Refusal && error.code === 'NAME_TAKEN')) throw error;
      return error.details.holder;
    };
    await until(() => names(b).length === 1);
    for (const server of [a, b]) expect(await holderAt(server), 'is here').to.equal(undefined);
    a.opened.disconnectUser.execute(carl.session, carl.outlet);
    await until(() => b.opened.room.userNamed('carl')?.session.isAway === true);
    const c = await servers.start('c');
    const told = await Promise.all([a, b, c].map(holderAt));
    for (const holder of told) expect(holder?.freeInMs).to.be.within(4000, 6000);
    for (const holder of told) expect(holder?.awayMs).to.be.below(2000);
    servers.kill(a);
    await until(() => b.opened.room.userNamed('carl')?.session.isElsewhere === false);
    for (const server of [b, c]) {
      await until(() => server.log.cluster.servers === 2);
      expect((await holderAt(server))?.freeInMs).to.be.within(4000, 6000);
    }
    await c.opened.join('carl', { attempt: 2, since: 1, ...carl.token });
    for (const server of [b, c]) await until(async () => (await holderAt(server)) === undefined);
  });

  it('fences a server that stood still: its clients come back, and nothing late of it counts', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    const david = await b.opened.join('david', { attempt: 0 });
    await until(() => names(a).length === 2);
    a.journal.isFrozen = true;
    await until(() => b.opened.room.userNamed('carl')?.session.isAway === true);
    a.journal.thaw();
    const late = refusalOf(a.log.append(sent(carl.session, 'carl', 'late')));
    await until(() => carl.ends.length === 1);
    expect(carl.ends).to.deep.equal(['CUT_OFF']);
    expect(await late).to.equal('NOT_RECORDED');
    const back = await a.opened.join('carl', { attempt: 2, since: 1, ...carl.token });
    expect(back.welcome).to.deep.include({ resumed: true });
    await a.opened.say(back, 'on time');
    await until(() => david.contents.includes('on time'));
    expect(david.contents).to.deep.equal(['on time']);
    const lucio = await a.opened.join('lucio');
    expect(lucio.session, 'numbered by the new incarnation').to.be.above(carl.session + 1_000_000_000);
  });

  it('goes on as before when the broker was away, and says nothing that was not so', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    const david = await b.opened.join('david', { attempt: 0 });
    await until(() => names(a).length === 2);
    servers.broker.stop();
    const saying = a.opened.say(carl, 'tea', 'milk');
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(david.contents).to.deep.equal([]);
    servers.broker.start();
    await saying;
    await until(() => david.contents.length === 2);
    expect(david.contents).to.deep.equal(['tea', 'milk']);
    for (const server of [a, b]) expect(names(server)).to.have.members(['carl', 'david']);
  });

  it('keeps the order and records once, whatever is lost, doubled or late on the way', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    let n = 0;
    const late: string[] = [];
    servers.broker.deliveries = text => {
      n++;
      if (n % 31 === 0) return 0;
      if (n % 13 === 0) {
        late.push(text);
        setTimeout(() => servers.broker.take(text), 5);
        return 0;
      }
      return n % 3 === 0 ? 2 : 1;
    };
    const said = Array.from({ length: 200 }, (_, each) => `m${each}`);
    for (const content of said) {
      void a.log.append(sent(carl.session, 'carl', content));
      await silence();
    }
    await a.log.settled();
    await until(() => b.opened.feed.head === a.opened.feed.head);
    const heard = (await b.log.messages(0, 1000, 1000)).map(({ content }) => content);
    expect(heard).to.deep.equal(said);
    expect(late.length).to.be.above(5);
  });

  it('has everybody leave once when two put them out, and the own server of theirs hangs up', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    const david = await b.opened.join('david', { attempt: 0 });
    await until(() => names(a).length === 2 && names(b).length === 2);
    const ended = { reason: 'KICKED', about: { by: 'lucio' } } as const;
    const left = { type: 'UserLeft', session: carl.session, username: 'carl', ended } as const;
    b.opened.room.leave(carl.session);
    await Promise.all([b.log.append(left), b.log.append(left)]);
    await until(() => carl.ends.length === 1 && david.contents.length > 0);
    expect(carl.ends).to.deep.equal(['KICKED']);
    expect(david.contents).to.deep.equal(['Left']);
    expect([names(a), names(b)]).to.deep.equal([['david'], ['david']]);
  });

  it('ignores a leave that is said by a server which does not speak for the session', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    await until(() => names(b).length === 1);
    await b.log.append({ type: 'UserLeft', session: carl.session, username: 'carl' });
    expect([names(a), names(b)]).to.deep.equal([['carl'], ['carl']]);
  });

  it('knows at every server whose connection is gone', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    await until(() => names(b).length === 1);
    const isAway = (server: TestServer) => server.opened.room.userNamed('carl')?.session.isAway;
    expect([isAway(a), isAway(b)]).to.deep.equal([false, false]);
    a.opened.disconnectUser.execute(carl.session, carl.outlet);
    await until(() => isAway(a) === true && isAway(b) === true);
    const c = await servers.start('c');
    expect(isAway(c)).to.equal(true);
    await a.opened.join('carl', { attempt: 2, since: 1, ...carl.token });
    await until(() => [a, b, c].every(server => isAway(server) === false));
    servers.kill(a);
    await until(() => isAway(b) === true && isAway(c) === true);
  });

  it('sends clients elsewhere that can come back, and lets nobody in, when it has not reached the broker for long', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    const basic = await a.opened.join('basic');
    servers.broker.journals.delete(a.journal);
    a.journal.connectedSince = undefined;
    await until(() => a.log.isCutOff);
    expect([carl.ends, basic.ends]).to.deep.equal([['CUT_OFF'], []]);
    expect(await refusalOf(a.opened.join('david'))).to.equal('NOT_RECORDED');
    expect(a.log.objection).to.equal('NOT_RECORDED');
    servers.broker.journals.add(a.journal);
    a.journal.reconnect();
    await until(() => !a.log.isCutOff);
    await a.opened.join('david');
    await until(() => names(b).includes('david'));
  });

  it('gives whoever starts later everybody who is there', async () => {
    await a.opened.join('carl', { attempt: 1 });
    const c = await servers.start('c');
    expect(names(c)).to.deep.equal(['carl']);
    expect(c.opened.room.userNamed('carl')?.session.isElsewhere).to.equal(true);
    expect(await refusalOf(c.opened.join('carl'))).to.equal('NAME_TAKEN');
  });

  it('hands the sessions of a server that stops to another one', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    await until(() => names(b).length === 1);
    await a.log.close();
    await until(() => b.opened.room.userNamed('carl')?.session.isAway === true);
    const back = await b.opened.join('carl', { attempt: 2, since: 1, ...carl.token });
    expect(back.welcome).to.deep.include({ resumed: true });
  });

  it('does not start beside a server of other rules, unless that one is gone', async () => {
    const failure = await servers.start('c', {}, 'others').catch(error => error);
    expect(failure).to.be.instanceOf(RoomLogFailure);
    expect(failure).to.include({ code: 'OTHER_RULES', path: 'a' });
    servers.kill(a);
    servers.kill(b);
    const c = await servers.start('c', {}, 'others');
    expect(c.log.objection).to.equal(undefined);
  });

  it('keeps a state first of all when the servers before went by other rules', async () => {
    await a.opened.join('carl', { attempt: 1 });
    await until(() => b.opened.feed.head === 1);
    await servers.close();
    servers.all.splice(0);
    expect(servers.broker.checkpoints.map(({ json }) => JSON.parse(json).rules)).to.deep.equal(['of tests']);
    const c = await servers.start('c', {}, 'others');
    expect(names(c)).to.deep.equal(['carl']);
    expect(servers.broker.checkpoints.map(({ json }) => JSON.parse(json).rules)).to.deep.equal([
      'of tests',
      'others',
    ]);
    expect((await servers.start('d', {}, 'others')).opened.feed.head).to.equal(1);
    expect(servers.broker.checkpoints).to.have.length(2);
  });

  it('erases a message everywhere, and from what comes later', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    const { seq } = await a.log.append(sent(carl.session, 'carl', 'secret'));
    await a.opened.say(carl, 'tea');
    await until(() => b.opened.feed.head === 3);
    expect(await b.log.erase(seq)).to.include({ content: 'secret' });
    await until(async () => (await a.log.messages(0, 9, 9)).length === 1);
    expect(JSON.stringify(servers.broker.entries)).not.to.contain('secret');
    const c = await servers.start('c');
    expect((await c.log.messages(0, 9, 9)).map(({ content }) => content)).to.deep.equal(['tea']);
    expect(await b.log.erase(seq)).to.equal(undefined);
  });

  it('gives whoever starts when the beginning is gone, and no state is kept, a state of now', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    await a.opened.say(carl, 'one', 'two');
    await until(() => b.opened.feed.head === 3);
    servers.broker.forget(servers.broker.last - 1);
    expect(servers.broker.checkpoints).to.deep.equal([]);
    const c = await servers.start('c');
    expect([names(c), c.opened.feed.head]).to.deep.equal([['carl'], 3]);
    expect(servers.broker.checkpoints, 'by one of the two').to.have.length(1);
    await a.opened.say(carl, 'three');
    await until(() => c.opened.feed.head === 4);
  });

  it('goes on from a checkpoint when the beginning is gone', async () => {
    const carl = await a.opened.join('carl', { attempt: 1 });
    await a.log.append(sent(carl.session, 'carl', 'tea', 'r1'));
    const { session } = await b.opened.join('gone');
    await b.opened.leave(Object.assign(new Visitor(), { session }));
    await a.log.settled();
    await until(() => a.opened.feed.head === 4 && b.opened.feed.head === 4);
    await servers.close();
    servers.all.splice(0);
    expect(servers.broker.checkpoints).to.have.length(1);
    servers.broker.forget(servers.broker.checkpoints[0]?.position ?? expect.fail());
    const c = await servers.start('c');
    expect(names(c)).to.deep.equal(['carl']);
    expect(c.opened.feed.head).to.equal(4);
    const back = await c.opened.join('carl', { attempt: 2, since: 4, ...carl.token });
    expect(back.welcome).to.deep.include({ resumed: true });
    expect(await c.log.append(sent(carl.session, 'carl', 'tea', 'r1'))).to.include({
      seq: 2,
      repeated: true,
    });
    expect((await c.log.append(joined(7, 'david'))).seq).to.equal(5);
  });
});
