import { expect } from 'chai';
import sinon from 'sinon';
import { DUPLICATE, WELCOME } from '../../../../../src/adapters/wire/basic-form.js';
import { CommandReader } from '../../../../../src/adapters/wire/listen/command.js';
import type { Origin } from '../../../../../src/adapters/wire/listen/origins.js';
import { Pace } from '../../../../../src/adapters/wire/listen/pace.js';
import { ResponseWriter } from '../../../../../src/adapters/wire/listen/response.js';
import { Questions, Turns } from '../../../../../src/adapters/wire/listen/turns.js';
import { Voice } from '../../../../../src/adapters/wire/listen/voices.js';
import { noticeText } from '../../../../../src/adapters/wire/notice.js';
import { ProtocolError } from '../../../../../src/adapters/wire/protocol-error.js';
import { Refusal } from '../../../../../src/domain/refusal.js';
import { MemoryChannel } from '../../../../doubles/memory-channel.js';
import { SESSION, stubUseCases } from '../../../../support/stub-use-cases.js';

describe('CommandReader', () => {
  let stubs: ReturnType<typeof stubUseCases>;
  let channel: MemoryChannel;
  let responses: ResponseWriter;
  let listener: {
    onJoinRefused: sinon.SinonSpy;
    onJoined: sinon.SinonSpy;
    onWait: sinon.SinonSpy;
    onFailure: sinon.SinonSpy;
  };
  let pace: Pace;
  let voice: Voice;
  let mayWork: boolean;
  let guest: {
    origin: Origin | undefined;
    arrive: sinon.SinonStub;
    turn: sinon.SinonStub;
    enter: sinon.SinonStub;
    leave: sinon.SinonSpy;
  };
  let reader: CommandReader;

  beforeEach(() => {
    stubs = stubUseCases();
    channel = new MemoryChannel();
    responses = new ResponseWriter(channel, { maxBacklogBytes: 1000 }, () => {});
    listener = {
      onJoined: sinon.spy(),
      onJoinRefused: sinon.spy(),
      onWait: sinon.spy(),
      onFailure: sinon.spy(),
    };
    const time = { turns: new Turns(), questions: new Questions() };
    pace = new Pace({ maxRate: 1e9 }, { congestion: undefined }, time.turns, () => {});
    mayWork = true;
    sinon.stub(pace, 'mayWork').get(() => mayWork);
    voice = new Voice();
    guest = {
      origin: undefined,
      arrive: sinon.stub(),
      turn: sinon.stub(),
      enter: sinon.stub().returns(voice),
      leave: sinon.spy(),
    };
    reader = new CommandReader(stubs.useCases, responses, listener, time, pace, guest, 1024);
  });
  afterEach(() => sinon.restore());

  const read = (...commands: object[]) =>
    reader.read(Buffer.from(commands.map(command => `${JSON.stringify(command)}\n`).join('')));

  /** Resolves when everything that was read so far is done. */
  const done = async () => {
    for (let n = 0; n < listener.onWait.callCount; n++) await listener.onWait.args[n]?.[0];
  };

  async function join(body: unknown = 'carl'): Promise<void> {
    read({ Join: body });
    await done();
  }

  const notice = (code: Parameters<typeof noticeText>[0]) => ({
    Broadcast: { username: 'chatty', content: noticeText(code) },
  });

  it('joins in the basic form', async () => {
    await join();
    expect(stubs.joinUser.firstCall.args[0].request).to.deep.equal({ username: 'carl' });
    expect(channel.lines).to.deep.equal([{ Joined: { username: 'carl', content: WELCOME } }]);
    expect(listener.onJoined.args).to.deep.equal([
      [{ session: SESSION, username: 'carl', isResumed: false }],
    ]);
    expect(responses.form).to.equal('basic');
  });

  it('joins in the extended form, with all that is asked for', async () => {
    await join({ username: 'carl', history: 5, resume: 'token', since: 3, epoch: 'e', attempt: 2 });
    expect(stubs.joinUser.firstCall.args[0].request).to.deep.equal({
      username: 'carl',
      extended: { history: 5, resume: 'token', since: 3, epoch: 'e', attempt: 2 },
    });
    expect(responses.form).to.equal('extended');
  });

  describe('with a key', () => {
    const challenge = { nonce: 'nonce', server: '192.0.2.7:8081' };
    const proofs = () => stubs.joinUser.args.map(([{ proof }]) => proof);

    it('joins when it has proven it', async () => {
      stubs.proveKey.resolves(challenge);
      await join({ username: 'carl', key: 'key' });
      expect(channel.lines).to.deep.equal([{ Challenge: challenge }]);
      expect(stubs.joinUser.callCount).to.equal(0);
      read({ Prove: { signature: 'signature' } });
      await done();
      expect(proofs()).to.deep.equal([{ ...challenge, signature: 'signature' }]);
      expect(stubs.joinUser.firstCall.args[0].request.extended).to.include({ key: 'key' });
    });

    it('joins without a proof where none is asked for', async () => {
      await join({ username: 'carl', key: 'key' });
      expect(proofs()).to.deep.equal([undefined]);
    });

    it('is challenged once, and proves it once', async () => {
      stubs.proveKey.resolves(challenge);
      stubs.joinUser.rejects(new Refusal('KEY_WRONG'));
      await join({ username: 'carl', key: 'key' });
      read({ Prove: { signature: 'one' } }, { Prove: { signature: 'two' } });
      await done();
      await join({ username: 'carl', key: 'key' });
      expect(proofs().length).to.equal(1);
      const code = 'KEY_WRONG';
      const refused = { Refused: { code, content: noticeText(code) } };
      expect(channel.lines).to.deep.equal([{ Challenge: challenge }, refused, refused, refused]);
    });
  });

  it('counts a join as the first one when it does not say', async () => {
    await join({ username: 'carl' });
    expect(stubs.joinUser.firstCall.args[0].request.extended).to.include({ attempt: 0 });
  });

  it('answers a join that was refused, and lets the client try again', async () => {
    stubs.joinUser.onFirstCall().rejects(new Refusal('NAME_TAKEN'));
    stubs.joinUser.onSecondCall().rejects(new Refusal('NAME_RESERVED'));
    await join();
    await join('admin');
    await join('carla');
    expect(channel.lines.slice(0, 2)).to.deep.equal([
      { Duplicate: { username: 'carl', content: DUPLICATE } },
      notice('NAME_RESERVED'),
    ]);
    expect(listener.onJoined.args).to.deep.equal([
      [{ session: SESSION, username: 'carla', isResumed: false }],
    ]);
  });

  it('joins once', async () => {
    await join();
    await join('david');
    expect(stubs.joinUser.callCount).to.equal(1);
    expect(channel.lines.at(-1)).to.deep.equal(notice('ALREADY_JOINED'));
  });

  it('hands over a message, and does not wait for it', async () => {
    await join();
    stubs.sendMessage.returns(new Promise(() => {}));
    const waits = listener.onWait.callCount;
    read({ Send: { username: 'carl', content: 'one' } }, { Send: { username: 'carl', content: 'two' } });
    expect(stubs.sendMessage.args.map(([session, { content }]) => [session, content])).to.deep.equal([
      [SESSION, 'one'],
      [SESSION, 'two'],
    ]);
    expect(listener.onWait.callCount).to.equal(waits);
  });

  it('answers a message that was refused, at once or later', async () => {
    await join({ username: 'carl' });
    stubs.sendMessage.onFirstCall().throws(new Refusal('MESSAGE_EMPTY'));
    stubs.sendMessage.onSecondCall().rejects(new Refusal('DISK_FULL'));
    read({ Send: { content: '', ref: 'a' } }, { Send: { content: 'hi', ref: 'b' } });
    await Promise.resolve();
    expect(channel.lines.slice(1)).to.deep.equal([
      { Refused: { ref: 'a', code: 'MESSAGE_EMPTY', content: noticeText('MESSAGE_EMPTY') } },
      { Refused: { ref: 'b', code: 'DISK_FULL', content: noticeText('DISK_FULL') } },
    ]);
  });

  it('confirms a repetition itself: nobody is told of it again', async () => {
    await join({ username: 'carl' });
    stubs.sendMessage.onFirstCall().resolves({ seq: 5, at: 6 });
    stubs.sendMessage.onSecondCall().resolves({ seq: 5, at: 6, repeated: true });
    read({ Send: { content: 'hi', ref: 'a' } }, { Send: { content: 'hi', ref: 'a' } });
    await Promise.resolve();
    expect(channel.lines.slice(1)).to.deep.equal([{ Accepted: { ref: 'a', seq: 5, at: 6 } }]);
  });

  it('lets nobody speak, ask or leave who has not joined', async () => {
    read({ Send: { username: 'carl', content: 'hi' } }, { Leave: 'carl' });
    await done();
    responses.form = 'extended';
    read({ Who: { ref: 'w' } });
    await done();
    expect(channel.lines).to.deep.equal([
      notice('NOT_JOINED'),
      notice('NOT_JOINED'),
      { Refused: { ref: 'w', code: 'NOT_JOINED', content: noticeText('NOT_JOINED') } },
    ]);
    for (const stub of [stubs.sendMessage, stubs.leaveUser, stubs.answerRequest])
      expect(stub.callCount).to.equal(0);
  });

  it('answers questions and pings', async () => {
    await join({ username: 'carl' });
    read({ Ping: 3 }, { Who: { ref: 'w' } });
    await done();
    expect(stubs.answerRequest.args).to.deep.equal([[SESSION, { type: 'who' }]]);
    expect(channel.lines.slice(1)).to.deep.equal([
      { Pong: 3 },
      { Users: { ref: 'w', users: ['carl'], away: [], done: true } },
    ]);
  });

  it('does commands one after the other', async () => {
    const joining = Promise.withResolvers<number>();
    stubs.joinUser.returns(joining.promise);
    read({ Join: 'carl' }, { Send: { username: 'carl', content: 'hi' } }, { Leave: 'carl' });
    reader.read(Buffer.from('{"Send":{"username":"carl",'));
    expect(listener.onWait.callCount).to.equal(1);
    expect(stubs.sendMessage.callCount).to.equal(0);
    joining.resolve(SESSION);
    await done();
    expect(stubs.sendMessage.callCount).to.equal(1);
    expect(stubs.leaveUser.args).to.deep.equal([[SESSION, 'carl']]);
  });

  it('hangs up once a leave is recorded, and the session has no connection to lose then', async () => {
    await join();
    read({ Leave: 'carl' });
    await done();
    expect(channel.ended).to.deep.include({ lastLines: undefined });
    reader.end();
    expect(stubs.disconnectUser.callCount).to.equal(0);
  });

  it('keeps the session when its leave is refused', async () => {
    await join();
    stubs.leaveUser.rejects(new Refusal('FOREIGN_NAME'));
    read({ Leave: 'david' });
    await done();
    expect(channel.lines.at(-1)).to.deep.equal(notice('FOREIGN_NAME'));
    reader.end();
    expect(stubs.disconnectUser.args).to.deep.equal([[SESSION, responses]]);
  });

  it('does not wait for ever until a leave is recorded', async () => {
    await join();
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    stubs.leaveUser.returns(new Promise(() => {}));
    read({ Leave: 'carl' });
    clock.tick(1999);
    expect(responses.ended).to.equal(false);
    clock.tick(1);
    expect(responses.ended).to.equal(true);
  });

  it('gives up a session whose line went down while its join was recorded', async () => {
    const joining = Promise.withResolvers<number>();
    stubs.joinUser.returns(joining.promise);
    read({ Join: 'carl' });
    channel.close();
    reader.end();
    expect(stubs.disconnectUser.callCount).to.equal(0);
    joining.resolve(SESSION);
    await done();
    expect(stubs.disconnectUser.args).to.deep.equal([[SESSION, responses]]);
  });

  it('passes over blank lines and what comes after the end', async () => {
    reader.read(Buffer.from('\n\r\n'));
    expect(channel.lines).to.deep.equal([]);
    responses.end('STOPPING');
    read({ Join: 'carl' });
    expect(stubs.joinUser.callCount).to.equal(0);
  });

  it('counts lines, blank ones and refused ones too, and of the messages what is said', async () => {
    const line = sinon.spy(pace, 'countLine');
    const message = sinon.spy(pace, 'countMessage');
    await join({ username: 'carl' });
    reader.read(Buffer.from('\n\r\n{"Ping":1}\n{"Send":{"username":"x","content":"refused"}}\n'));
    expect(line.args.flat()).to.deep.equal([28, 0, 1, 10, 45]);
    expect(message.args.flat()).to.deep.equal([45]);
  });

  it('goes on when it may, and not before', async () => {
    await join();
    expect(guest.enter.args).to.deep.equal([[SESSION]]);
    expect(pace.voice).to.equal(voice);
    const may = Promise.withResolvers<void>();
    sinon.stub(pace, 'look').onFirstCall().returns(may.promise);
    sinon.stub(pace, 'isDue').get(() => stubs.sendMessage.callCount === 3);
    read(...Array(10).fill({ Send: { username: 'carl', content: 'hi' } }));
    expect(stubs.sendMessage.callCount).to.equal(3);
    read({ Send: { username: 'carl', content: 'ho' } });
    expect(stubs.sendMessage.callCount).to.equal(3);
    may.resolve();
    await done();
    expect(stubs.sendMessage.callCount).to.equal(11);
  });

  it('lets nobody in who comes too often, and leaves the voice behind at the end', async () => {
    stubs.joinUser.callsFake(async handshake => {
      handshake.entering?.();
      return SESSION;
    });
    guest.arrive.onFirstCall().throws(new Refusal('TOO_MANY_JOINS', undefined, { retryAfterMs: 1500 }));
    await join({ username: 'carl' });
    expect(channel.lines).to.deep.equal([
      {
        Refused: {
          code: 'TOO_MANY_JOINS',
          content: 'Too many have come in just now. Join again in 2 s.',
          retryAfterMs: 1500,
        },
      },
    ]);
    expect(guest.enter.callCount).to.equal(0);
    await join({ username: 'carl' });
    expect(guest.enter.callCount).to.equal(1);
    reader.end();
    expect(guest.leave.callCount).to.equal(1);
  });

  it('does not read on for a moment when a stranger from elsewhere was refused, and answers at once', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout'] });
    guest.origin = '192.0.2.1';
    stubs.joinUser.rejects(new Refusal('NAME_TAKEN'));
    read(...Array(3).fill({ Join: 'carl' }));
    const after = async (ms: number) => {
      await clock.tickAsync(ms);
      // On a machine that is busy the slice of time may be over, and the next one comes in another turn.
      for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve));
      return channel.lines.length;
    };
    expect(await after(0)).to.equal(1);
    expect(await after(19)).to.equal(1);
    expect(await after(1)).to.equal(2);
    expect(await after(20)).to.equal(3);
  });

  it('tells who asks without pause how long it will take', async () => {
    await join({ username: 'carl' });
    const told = sinon.spy(pace, 'tellDelay');
    read({ Who: {} }, { Who: {} });
    await done();
    expect(told.callCount).to.equal(2);
    expect(told.args[0]?.[1].waiting).to.equal(0);
  });

  it('waits for its turn when it has worked much lately and others work', async () => {
    await join();
    mayWork = false;
    read({ Send: { username: 'carl', content: 'hi' } });
    expect(stubs.sendMessage.callCount).to.equal(0);
    mayWork = true;
    read({ Send: { username: 'carl', content: 'ho' } });
    expect(stubs.sendMessage.callCount).to.equal(0);
    await done();
    expect(stubs.sendMessage.args.map(([, { content }]) => content)).to.deep.equal(['hi', 'ho']);
  });

  it('gives others their turn after a read that was not all there was, however few lines it had', async () => {
    await join();
    const waits = listener.onWait.callCount;
    reader.read(Buffer.alloc(1023, ' '));
    expect(listener.onWait.callCount).to.equal(waits);
    reader.read(Buffer.from('\n'.repeat(64 * 1024)));
    await done();
    const after = listener.onWait.callCount;
    expect(after).to.be.above(waits);
    sinon.stub(pace, 'isDue').value(false);
    reader.read(Buffer.from('\n'.repeat(64 * 1024)));
    expect(listener.onWait.callCount).to.equal(after + 1);
    await done();
  });

  it('gives others their turn after a slice of time, and goes on then', async () => {
    await join();
    const now = performance.now();
    const clock = sinon.useFakeTimers({ toFake: ['performance'] });
    clock.tick(now);
    stubs.sendMessage.callsFake(async () => {
      clock.tick(0.3);
      return { seq: 1, at: 0, repeated: false };
    });
    read(...Array(40).fill({ Send: { username: 'carl', content: 'hi' } }));
    expect(stubs.sendMessage.callCount).to.be.within(3, 16);
    await done();
    expect(stubs.sendMessage.callCount).to.equal(40);
    clock.restore();
  });

  it('tells of nonsense and of faults, at once or later', async () => {
    reader.read(Buffer.from('nonsense\n'));
    expect(listener.onFailure.lastCall.args[0]).to.be.an.instanceOf(ProtocolError);
    const fault = new Error('a bug');
    stubs.joinUser.onFirstCall().rejects(fault);
    await join();
    expect(listener.onFailure.lastCall.args[0]).to.equal(fault);
    await join();
    stubs.sendMessage.rejects(fault);
    read({ Send: { username: 'carl', content: 'hi' } });
    await Promise.resolve();
    await Promise.resolve();
    expect(listener.onFailure.args.filter(([error]) => error === fault)).to.have.length(2);
  });

  it('tells of nonsense among the commands that waited', async () => {
    reader.read(Buffer.from('{"Join":"carl"}\nnonsense\n'));
    expect(listener.onFailure.callCount).to.equal(0);
    await done();
    expect(listener.onFailure.firstCall.args[0]).to.include({ code: 'NOT_JSON' });
  });
});
