import { expect } from 'chai';
import sinon from 'sinon';
import { parseConfig } from '../../../../src/adapters/config/config.js';
import { ServerConfig } from '../../../../src/adapters/config/server-config.js';
import type { SessionRequest } from '../../../../src/application/chat-request.js';
import type { Welcome } from '../../../../src/application/chat-response.js';
import type { RoomLog } from '../../../../src/application/server/ports.js';
import { createServer } from '../../../../src/container/server.js';
import { TOKENS } from '../../../../src/container/tokens.js';
import { Refusal } from '../../../../src/domain/refusal.js';
import { MemoryBroadcaster } from '../../../doubles/memory-broadcaster.js';
import { MemoryOutlet } from '../../../doubles/memory-outlet.js';
import { said } from '../../../support/wire-client.js';

/** Somebody at the edge of the use cases. */
class Visitor {
  readonly heard: string[] = [];
  readonly ends: string[] = [];
  welcome: Welcome | undefined;
  history: string[] | undefined;
  session = 0;
  readonly outlet = new MemoryOutlet(
    bytes => this.heard.push(...Buffer.from(bytes).toString().trimEnd().split('\n')),
    reason => this.ends.push(reason),
  );
}

describe('the use cases', () => {
  let container: Awaited<ReturnType<typeof createServer>>;
  let log: RoomLog;

  beforeEach(async () => {
    container = await createServer(parseConfig(ServerConfig, { history: 'memory', graceSeconds: 5 }));
    container.rebind(TOKENS.Broadcaster).toConstantValue(new MemoryBroadcaster(1e6));
    log = container.get(TOKENS.RoomLog);
    await container.get(TOKENS.OpenRoom).execute();
  });
  afterEach(() => log.close());

  async function join(
    username: string,
    extended?: SessionRequest,
    visitor = new Visitor(),
  ): Promise<Visitor> {
    visitor.outlet.form = extended === undefined ? 'basic' : 'extended';
    visitor.session = await container.get(TOKENS.JoinUser).execute({
      request: { username, ...(extended !== undefined && { extended }) },
      outlet: visitor.outlet,
      joined: (_, welcome) => {
        visitor.welcome = welcome;
      },
      history: messages => {
        visitor.history = messages.map(({ content }) => content);
      },
    });
    return visitor;
  }

  const send = (visitor: Visitor, content: string, username?: string) =>
    container
      .get(TOKENS.SendMessage)
      .execute(visitor.session, { content, ...(username !== undefined && { username }) });
  const leave = (visitor: Visitor, name?: string) =>
    container.get(TOKENS.LeaveUser).execute(visitor.session, name);
  const lose = (visitor: Visitor) =>
    container.get(TOKENS.DisconnectUser).execute(visitor.session, visitor.outlet);
  const who = () => container.get(TOKENS.AnswerRequest).execute({ type: 'who' });
  const delivered = () => new Promise<void>(resolve => setImmediate(() => setImmediate(resolve)));

  async function refusal(promise: Promise<unknown>): Promise<string> {
    const error = await promise.then(
      () => undefined,
      (error: unknown) => error,
    );
    return error instanceof Refusal ? error.code : `no refusal: ${error}`;
  }

  it('tell the others, and not the one who did it', async () => {
    const carl = await join('carl');
    const david = await join('david');
    await send(david, 'hi', 'David');
    await leave(david);
    await delivered();
    expect(carl.heard).to.deep.equal([said('david', 'Joined'), said('david', 'hi'), said('david', 'Left')]);
    expect(david.heard).to.deep.equal([]);
  });

  it('tell nobody of what was refused', async () => {
    const carl = await join('carl');
    const david = await join('david');
    expect(await refusal(join('carl'))).to.equal('NAME_TAKEN');
    expect(() => send(david, 'hi', 'carl'))
      .to.throw(Refusal)
      .with.property('code', 'FOREIGN_NAME');
    expect(await refusal(leave(david, 'carl'))).to.equal('FOREIGN_NAME');
    await delivered();
    expect(carl.heard).to.deep.equal([said('david', 'Joined')]);
  });

  it('tell a user nothing from before they came or after they went', async () => {
    const carl = await join('carl');
    await send(carl, 'early');
    const david = await join('david');
    await send(carl, 'between');
    await leave(david);
    await send(carl, 'late');
    await delivered();
    expect(david.heard).to.deep.equal([said('carl', 'between')]);
  });

  it('show nothing that was not recorded', async () => {
    const carl = await join('carl');
    const append = sinon.stub(log, 'append').rejects(new Refusal('DISK_FULL'));
    expect(await refusal(send(carl, 'lost'))).to.equal('DISK_FULL');
    expect(await refusal(join('david'))).to.equal('DISK_FULL');
    append.restore();
    expect(await who()).to.deep.include({ users: ['carl'] });
    await join('david');
    await delivered();
    expect(carl.heard).to.deep.equal([said('david', 'Joined')]);
  });

  describe('keep a session whose connection is lost', () => {
    let clock: sinon.SinonFakeTimers;
    beforeEach(() => {
      clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    });
    afterEach(() => clock.restore());

    it('for the grace time, and then its user has left', async () => {
      const carl = await join('carl');
      const david = await join('david', { attempt: 1 });
      lose(david);
      lose(david);
      await clock.tickAsync(5000);
      await delivered();
      expect(carl.heard).to.deep.equal([said('david', 'Joined')]);
      expect(await who()).to.deep.equal({
        type: 'Users',
        users: ['carl', 'david'],
        away: new Set(['david']),
      });
      await clock.tickAsync(1000);
      await delivered();
      expect(carl.heard).to.deep.equal([said('david', 'Joined'), said('david', 'Left')]);
    });

    it('as long as it takes, once it is back', async () => {
      const carl = await join('carl');
      const david = await join('david', { attempt: 1 });
      const { resume = '', epoch = '', seq = 0 } = david.welcome ?? {};
      lose(david);
      await clock.tickAsync(4000);
      const back = await join('david', { resume, epoch, since: seq, attempt: 2 });
      expect(back.session).to.equal(david.session);
      await clock.tickAsync(60_000);
      lose(back);
      const again = await join('david', { resume, attempt: 3, history: 1 });
      expect(again.welcome).to.include({ resumed: true, seq: 2 });
      await delivered();
      expect(carl.heard).to.deep.equal([said('david', 'Joined')]);
    });

    it('but not one that cannot be taken up again', async () => {
      const carl = await join('carl');
      lose(await join('david'));
      await delivered();
      expect(carl.heard).to.deep.equal([said('david', 'Joined'), said('david', 'Left')]);
    });
  });

  it('let two who come back with one token be one', async () => {
    const david = await join('david', { attempt: 1 });
    const { resume = '' } = david.welcome ?? {};
    await leave(david);
    const both = [new Visitor(), new Visitor()];
    await Promise.all(both.map((visitor, n) => join('david', { resume, attempt: n + 2 }, visitor)));
    await delivered();
    expect(both.map(({ session }) => session)).to.deep.equal([david.session, david.session]);
    expect(both.map(({ ends }) => ends)).to.deep.equal([['REPLACED'], []]);
  });

  it('let the last of two who take up one session at once have it', async () => {
    const david = await join('david', { attempt: 1 });
    const { resume = '', epoch = '' } = david.welcome ?? {};
    const both = [new Visitor(), new Visitor()];
    const since = { since: 0, epoch };
    await Promise.all(both.map((visitor, n) => join('david', { resume, attempt: n + 2, ...since }, visitor)));
    await delivered();
    expect([david, ...both].map(({ ends }) => ends)).to.deep.equal([['REPLACED'], ['REPLACED'], []]);
    expect(both.map(({ welcome }) => welcome?.resumed)).to.deep.equal([undefined, true]);
  });

  it('end the connection of somebody whose past cannot be read, rather than leave it out', async () => {
    const david = await join('david', { attempt: 1 });
    const { resume = '', epoch = '' } = david.welcome ?? {};
    for (const method of ['read', 'locate', 'messagesBefore'] as const) {
      const broken = sinon.stub(log, method).rejects(new Error('unreadable'));
      const since = method === 'messagesBefore' ? {} : { since: 0, epoch };
      const back = await join('david', { resume, attempt: 2, history: 1, ...since });
      await delivered();
      expect(back.ends, method).to.deep.equal(['FAULT']);
      broken.restore();
    }
    const broken = sinon.stub(log, 'messagesBefore').rejects(new Error('unreadable'));
    const carl = await join('carl', { attempt: 1 });
    await delivered();
    expect(carl.ends).to.deep.equal(['FAULT']);
    broken.restore();
  });

  it('tell who comes back what is recorded in the very moment of their arrival', async () => {
    const david = await join('david', { attempt: 1 });
    const amy = await join('amy');
    const { resume = '', epoch = '', seq = 0 } = david.welcome ?? {};
    lose(david);
    for (let n = 0; n < 501; n++) await send(amy, `missed ${n}`);
    const back = await join('david', { resume, epoch, since: seq, attempt: 2 });
    // More than a batch: the log does not wait for the end of the turn with these.
    for (let n = 0; n < 1200; n++) void send(back, `own ${n}`);
    void send(amy, 'in the same turn');
    for (let n = 0; n < 300; n++) await delivered();
    const contents = back.heard.map(line => JSON.parse(line).Broadcast?.content).filter(Boolean);
    expect(contents).to.deep.equal([
      'Joined',
      ...Array.from({ length: 501 }, (_, n) => `missed ${n}`),
      'in the same turn',
    ]);
  });

  it('look again, if something was recorded between the last look and the handing over', async () => {
    const feed = container.get(TOKENS.RoomFeed);
    const david = await join('david', { attempt: 1 });
    const { resume = '', epoch = '' } = david.welcome ?? {};
    const amy = await join('amy');
    expect(feed.attach(david.session, new Visitor().outlet)).to.equal(false);
    const attach = sinon.stub(feed, 'attach').callThrough().onFirstCall().returns(false);
    const back = await join('david', { resume, epoch, since: 1, attempt: 2 });
    await send(amy, 'hi');
    for (let n = 0; n < 5; n++) await delivered();
    expect(attach.callCount).to.equal(2);
    expect(back.heard.map(line => JSON.parse(line).Broadcast?.content)).to.deep.equal(['Joined', 'hi']);
  });

  it('name some of those who are here, and say how many there are', async () => {
    for (let n = 0; n < 60; n++) await join(`user${n}`);
    const { welcome } = await join('david', { attempt: 1 });
    expect(welcome?.users).to.have.length(50);
    expect(welcome?.count).to.equal(61);
  });

  it('leave nobody behind who left while they came back', async () => {
    const david = await join('david', { attempt: 1 });
    const { resume = '', epoch = '' } = david.welcome ?? {};
    const amy = await join('amy');
    for (let n = 0; n < 100; n++) await send(amy, String(n));
    const back = await join('david', { resume, epoch, since: 0, attempt: 2 });
    await leave(back);
    back.outlet.end('LEFT');
    const add = sinon.spy(container.get(TOKENS.Broadcaster), 'add');
    for (let n = 0; n < 20; n++) await delivered();
    expect(add.callCount).to.equal(0);
  });

  it('end the connection of who reads too slowly to be told all that is kept, where the gap begins', async () => {
    container = await createServer(parseConfig(ServerConfig, { history: 'memory', keepMessages: 100 }));
    log = container.get(TOKENS.RoomLog);
    await container.get(TOKENS.OpenRoom).execute();
    const amy = await join('amy');
    for (let n = 0; n < 100; n++) await send(amy, String(n));
    const { epoch = '' } = (await join('x', { attempt: 1 })).welcome ?? {};
    for (const since of [{ since: 1, epoch }]) {
      const david = new Visitor();
      david.outlet.reading = false;
      await join('david', { ...since, attempt: 1 }, david);
      for (let n = 0; n < 10; n++) await delivered();
      for (let n = 0; n < 100; n++) await send(amy, `later ${n}`);
      david.outlet.reading = true;
      for (let n = 0; n < 10; n++) await delivered();
      expect(david.ends).to.deep.equal(['TOO_SLOW']);
      expect(david.outlet.lastSeq).to.be.within(2, 100);
      const closing = JSON.parse(david.heard.at(-1) ?? '').Closing;
      expect(closing).to.include({ code: 'TOO_SLOW', seq: david.outlet.lastSeq });
      expect(JSON.parse(david.heard.at(-2) ?? '').Broadcast.seq).to.equal(david.outlet.lastSeq);
    }
  });

  it('tell somebody who comes back where the gap is, and everything after it', async () => {
    const small = await createServer(parseConfig(ServerConfig, { history: 'memory', keepMessages: 5 }));
    container = small;
    log = small.get(TOKENS.RoomLog);
    await small.get(TOKENS.OpenRoom).execute();
    const carl = await join('carl');
    for (let n = 0; n < 10; n++) await send(carl, String(n));
    const { epoch = '' } = (await join('x', { attempt: 1 })).welcome ?? {};
    const david = await join('david', { since: 2, epoch, attempt: 1 });
    expect(david.welcome?.gap).to.deep.equal({ from: 3, to: 6 });
    await delivered();
    const contents = david.heard.map(line => JSON.parse(line).Broadcast.content);
    expect(contents).to.deep.equal(['5', '6', '7', '8', '9']);
  });
});
