import { expect } from 'chai';
import sinon from 'sinon';
import { ConnectFailure, type Signer } from '../../../../src/application/client/ports.js';
import { SendOnce, type SendReport } from '../../../../src/application/client/send-once.js';
import { admit, joinedAs, ScriptedServer } from '../../../support/scripted.js';

describe('SendOnce', () => {
  let clock: sinon.SinonFakeTimers;
  let server: ScriptedServer;
  let sender: SendOnce;
  let report: SendReport | undefined;
  let fault: unknown;

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    server = new ScriptedServer();
    report = undefined;
    fault = undefined;
    sender = new SendOnce(server.newLink, { random: () => 1, retryForMs: 60_000 });
  });
  afterEach(() => {
    sender.stop();
    clock.restore();
  });

  async function send(messages: AsyncIterable<string> | Iterable<string>): Promise<void> {
    sender.execute('bot', messages).then(
      result => {
        report = result;
      },
      error => {
        fault = error;
      },
    );
    await clock.tickAsync(0);
  }

  const acceptAll = () => {
    for (const ref of server.link.refs) server.link.accepts(ref, 1);
    return clock.tickAsync(0);
  };

  it('asks for no history, and leaves when what it said is accepted, not before', async () => {
    await send(['hello']);
    expect(server.link.joinRequest?.extended?.history).to.equal(0);
    expect(server.link.sent.map(sent => sent.split(' ')[1])).to.deep.equal(['hello']);
    expect(server.link.commands).to.not.include('leave');
    await acceptAll();
    expect(server.link.commands.at(-1)).to.equal('leave');
    expect(report).to.deep.equal({ end: { type: 'LEFT' }, said: 1, rejected: 0, complete: true });
  });

  it('tells of a server that it knows from now on', async () => {
    server.onJoin = (link, request) => {
      Object.assign(link, { peer: { name: 'pin', isEncrypted: true, isNew: true } });
      admit(link, request);
    };
    const onNewServer = sinon.spy();
    sender = new SendOnce(server.newLink, { random: () => 1, onNewServer });
    await send(['hello']);
    expect(onNewServer.args).to.deep.equal([['pin', undefined, undefined]]);
    sender.stop();
    sender = new SendOnce(server.newLink, { random: () => 1 });
    await send(['hello']);
    expect(server.link.sent).to.have.length(1);
  });

  it('tells that its name was not proven, and why', async () => {
    const signer = { publicKey: 'key', sign: async () => 'signature' } as unknown as Signer;
    server.onJoin = (link, request) => {
      if (request.extended?.key === undefined) admit(link, request);
      else link.says({ type: 'Challenge', nonce: 'nonce', server: 'another' });
    };
    const onUnproven = sinon.spy();
    sender = new SendOnce(server.newLink, { random: () => 1, signer, onUnproven });
    await send(['hello']);
    expect(onUnproven.args).to.deep.equal([['another', '192.0.2.1:8081']]);
    sender.stop();
    sender = new SendOnce(server.newLink, { random: () => 1, signer });
    await send(['hello']);
    expect(server.link.sent).to.have.length(1);
  });

  it('asks again and again for a name in use, and speaks when it is free', async () => {
    server.onJoin = link => link.says({ type: 'Duplicate', memo: { username: 'bot', content: 'Sorry' } });
    await send(['hello']);
    await clock.tickAsync(10_000);
    expect(report).to.equal(undefined);
    expect(server.links).to.have.length.within(20, 60);
    server.onJoin = admit;
    await clock.tickAsync(400);
    await acceptAll();
    expect(report).to.include({ said: 1, rejected: 0, complete: true });
  });

  it('gives up when the name stays in use', async () => {
    const duplicate = { type: 'Duplicate', memo: { username: 'bot', content: 'Sorry' } } as const;
    server.onJoin = link => link.says(duplicate);
    await send(['hello']);
    await clock.tickAsync(61_000);
    expect(report?.end).to.deep.include({ type: 'NAME_TAKEN', username: 'bot' });
  });

  it('tries a server that cannot be reached at first for as long as it is told, and says so once', async () => {
    const onWaiting = sinon.spy();
    sender = new SendOnce(server.newLink, { random: () => 1, contactForMs: 5000, onWaiting });
    server.vanish();
    await send(['hello']);
    await clock.tickAsync(2000);
    expect(onWaiting.callCount).to.equal(1);
    server.appear();
    await clock.tickAsync(4000);
    await acceptAll();
    expect(report).to.include({ said: 1, complete: true });

    sender = new SendOnce(server.newLink, { random: () => 1, contactForMs: 5000 });
    server.vanish();
    await send(['hello']);
    await clock.tickAsync(6000);
    expect(fault).to.be.instanceOf(ConnectFailure);
  });

  it('sends through the next of several addresses, and tells whose key is another one', async () => {
    server.onOpen = ({ address }) => {
      const details = { found: 'pin', isGiven: true };
      if (address === 0) throw new ConnectFailure('OTHER_KEY', { host: 'a', port: 1 }, details);
    };
    const onOtherKey = sinon.spy();
    for (const told of [{ onOtherKey }, {}]) {
      sender = new SendOnce(server.newLink, { random: () => 0.5, addresses: ['a', 'b'], ...told });
      await send(['hello']);
      await acceptAll();
      expect(report).to.include({ said: 1, complete: true });
    }
    expect(onOtherKey.args).to.deep.equal([['a', 'pin', true]]);
  });

  it('ends when somebody stops it while the server cannot be reached', async () => {
    sender = new SendOnce(server.newLink, { random: () => 1, contactForMs: 5000 });
    server.vanish();
    await send(['hello']);
    sender.stop();
    await clock.tickAsync(6000);
    expect(report?.end).to.deep.include({ type: 'LEFT' });
  });

  it('says of a lost connection nothing that is for a first contact', async () => {
    const onWaiting = sinon.spy();
    sender = new SendOnce(server.newLink, { random: () => 1, onWaiting });
    await send(['hello']);
    server.vanish();
    server.link.ends();
    await clock.tickAsync(3000);
    expect(onWaiting.callCount).to.equal(0);
  });

  it('ends when another program of the same person keeps the name', async () => {
    const sessions = { claim: async () => ({ pid: 4711, sinceMs: 1 }) };
    sender = new SendOnce(server.newLink, { retryForMs: 0, sessions });
    await send(['hello']);
    expect(report).to.deep.equal({
      end: { type: 'HERE_ALREADY', username: 'bot', pid: 4711 },
      ...{ said: 0, rejected: 0, complete: false },
    });
  });

  it('says what is too long in parts when it is told to, and what is too long when it is not', async () => {
    const long = 'x'.repeat(5000);
    sender = new SendOnce(server.newLink, { splits: true });
    await send([long]);
    await acceptAll();
    expect(report).to.include({ said: 2, rejected: 0 });

    server.onJoin = (link, { username }) => link.says(joinedAs(username));
    sender = new SendOnce(server.newLink, { splits: true });
    await send([long]);
    expect(server.link.sent.map(text => text.length)).to.deep.equal([4096, 904]);

    server.onJoin = admit;
    sender = new SendOnce(server.newLink, {});
    await send([long]);
    const refused = { type: 'Refused', code: 'MESSAGE_TOO_LONG', content: 'Too long.' } as const;
    server.link.says({ ...refused, ref: server.link.refs[0] ?? '' });
    await clock.tickAsync(0);
    expect(report?.rejection).to.deep.equal({ type: 'REFUSED', reason: 'Too long.', isTooLong: true });
  });

  it('takes messages as they come', async () => {
    const next = Promise.withResolvers<void>();
    await send(
      (async function* () {
        yield 'one';
        await next.promise;
        yield 'two';
      })(),
    );
    expect(server.link.sent).to.have.length(1);
    await acceptAll();
    expect(report).to.equal(undefined);
    next.resolve();
    await clock.tickAsync(0);
    expect(server.link.sent).to.have.length(2);
    await acceptAll();
    expect(report).to.include({ said: 2, complete: true });
  });

  it('goes on after a refusal, and gives the first reason back', async () => {
    await send(['one', 'two', 'three']);
    const [one = '', two = '', three = ''] = server.link.refs;
    server.link.says({ type: 'Refused', ref: one, code: 'DISK_FULL', content: 'no space' });
    server.link.says({ type: 'Refused', ref: two, code: 'DISK_FULL', content: 'still none' });
    server.link.accepts(three, 1);
    await clock.tickAsync(0);
    expect(report).to.deep.equal({
      end: { type: 'LEFT' },
      said: 3,
      rejected: 2,
      rejection: { type: 'REFUSED', reason: 'no space' },
      complete: true,
    });
  });

  it('takes what the server says about no message of its own for no refusal', async () => {
    await send(['one']);
    server.link.says({ type: 'Refused', code: 'WHATEVER', content: 'a word to everybody' });
    await acceptAll();
    expect(report).to.include({ rejected: 0 });
  });

  it('says by how much a message is too long for a line', async () => {
    await send(['long']);
    expect(report).to.deep.include({ rejected: 1, rejection: { type: 'TOO_LONG', limit: 10, actual: 20 } });
  });

  it('comes back when the connection is lost, and says again what nobody has confirmed', async () => {
    await send(['hello']);
    server.link.ends('LOST');
    await clock.tickAsync(5000);
    expect(server.links).to.have.length(2);
    await acceptAll();
    expect(report).to.deep.include({ end: { type: 'LEFT' }, complete: true });
  });

  it('gives up after the time that it was given, with what is unsent', async () => {
    await send(['hello']);
    server.vanish();
    server.link.ends('LOST');
    await clock.tickAsync(61_000);
    expect(report?.end).to.deep.equal({ type: 'LOST', unsent: 1 });
  });

  it('throws when the server cannot be reached', async () => {
    server.vanish();
    await send(['hello']);
    expect(fault).to.be.instanceOf(ConnectFailure);
  });

  it('throws what the messages throw, and hangs up', async () => {
    await send(
      (async function* () {
        yield 'one';
        throw new Error('broken pipe');
      })(),
    );
    expect(fault).to.be.instanceOf(Error).with.property('message', 'broken pipe');
    expect(server.link.isClosed).to.equal(true);
  });

  it('waits no longer for messages when it is stopped, and says that it is not complete', async () => {
    await send(
      (async function* () {
        yield 'one';
        await new Promise(() => {});
      })(),
    );
    await acceptAll();
    sender.stop();
    await clock.tickAsync(10_000);
    expect(report).to.deep.include({ end: { type: 'LEFT' }, said: 1, complete: false });
  });

  it('says nothing more when it is stopped before it has joined', async () => {
    server.onJoin = () => {};
    await send(['one']);
    sender.stop();
    await clock.tickAsync(10_000);
    expect(report).to.deep.include({ end: { type: 'LEFT' }, said: 0, complete: false });
  });

  it('waits no longer for a server that takes nothing when it is stopped', async () => {
    server.onJoin = link => {
      link.drained = new Promise(() => {});
      link.says({ type: 'Joined', memo: { username: 'bot', content: 'Warm Welcome' } });
    };
    await send(['one', 'two']);
    sender.stop();
    await clock.tickAsync(10_000);
    expect(report).to.deep.include({ said: 1, complete: false });
  });
});
