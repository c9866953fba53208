import { expect } from 'chai';
import sinon from 'sinon';
import { JournalFailure } from '../../../../../src/application/server/cluster/journal.js';
import { ReplicatedRoomLog } from '../../../../../src/application/server/cluster/replicated-room-log.js';
import { RoomLogFailure } from '../../../../../src/application/server/failures.js';
import type { LogChange } from '../../../../../src/application/server/room-log-ports.js';
import { Refusal } from '../../../../../src/domain/refusal.js';
import { MemoryBroker, MemoryJournal } from '../../../../doubles/memory-journal.js';
import { MemoryLogger } from '../../../../doubles/memory-logger.js';
import { MemoryRoomCopies } from '../../../../doubles/memory-room-copies.js';
import { PLENTY, REPLICA, refusalOf, sent } from '../../../../support/room-logs.js';
import { turns } from '../../../../support/use-cases.js';

describe('a replicated log', () => {
  let clock: sinon.SinonFakeTimers;
  let broker: MemoryBroker;
  let journal: MemoryJournal;
  let copies: MemoryRoomCopies;
  let logger: MemoryLogger;
  let log: ReplicatedRoomLog;

  beforeEach(() => {
    clock = sinon.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
    });
    broker = new MemoryBroker();
    journal = new MemoryJournal(broker);
    copies = new MemoryRoomCopies(PLENTY);
    logger = new MemoryLogger();
    log = new ReplicatedRoomLog(journal, copies, REPLICA, logger);
  });
  afterEach(async () => {
    await passing(log.close());
    clock.restore();
  });

  /** Lets time pass until the work is done. */
  async function passing<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const end = () => {
      isDone = true;
    };
    work.then(end, end);
    for (let n = 0; n < 2000 && !isDone; n++) {
      await turns(2);
      clock.tick(50);
    }
    return work;
  }
  const failureOf = (starting: Promise<unknown>) => passing(starting.catch(error => error));
  async function open(): Promise<LogChange[]> {
    const changes: LogChange[] = [];
    await passing(log.open());
    log.follow(
      () => {},
      change => changes.push(change),
    );
    return changes;
  }

  it('has nothing before it is open, and can be closed', async () => {
    expect(() => log.objection).to.throw('not open');
    await log.close();
    expect(broker.last).to.equal(0);
  });

  it('leaves the place of its copies to others when there is no journal', async () => {
    const close = sinon.spy(copies, 'close');
    const failure = new JournalFailure('UNREACHABLE', 'memory');
    const opening = sinon.stub(journal, 'open').rejects(failure);
    expect(await log.open().catch((error: unknown) => error)).to.equal(failure);
    expect(close.callCount).to.equal(1);
    opening.restore();
  });

  it('does not start when nothing of it gets in, or the brokers are full', async () => {
    broker.deliveries = () => 0;
    const failure = await failureOf(log.open());
    expect(failure).to.be.instanceOf(JournalFailure);
    expect(failure).to.include({ code: 'UNREACHABLE', place: 'memory' });
    log = new ReplicatedRoomLog(new MemoryJournal(broker), copies, REPLICA);
    const starting = log.open();
    await turns(5);
    broker.object('DISK_FULL');
    expect(await failureOf(starting)).to.include({ code: 'NO_SPACE' });
  });

  it('starts, whatever somebody else has written into the log', async () => {
    for (const text of [
      'nonsense',
      '{"by":"","n":0,"items":[{"type":"ServerUp","rules":"of tests","name":""}]}',
    ])
      broker.take(text);
    await open();
    expect((await passing(log.append(sent(1, 'carl', 'tea')))).seq).to.equal(1);
  });

  it('does not start when it cannot note what its copy is of', async () => {
    sinon.stub(copies, 'note').throws(new RoomLogFailure('UNUSABLE', 'here'));
    expect(await failureOf(log.open())).to.include({ code: 'UNUSABLE' });
    expect(broker.journals.size, 'nothing is left of it').to.equal(0);
  });

  it('goes on when another epoch begins that it cannot note', async () => {
    const changes = await open();
    sinon.stub(copies, 'note').throws(new RoomLogFailure('UNUSABLE', 'here'));
    const begun = { type: 'EpochBegun', epoch: 'next', lost: broker.id, upTo: 0 };
    broker.take(
      `{"by":"other","n":0,"items":[{"type":"ServerUp","rules":"of tests","name":"o"},${JSON.stringify(begun)}]}`,
    );
    await turns(3);
    expect(changes).to.deep.include({ type: 'epoch', epoch: 'next' });
    expect((await passing(log.append(sent(1, 'carl', 'tea')))).seq).to.equal(1);
  });

  it('says that nothing can be recorded at present, and when that is over', async () => {
    await open();
    broker.object('DISK_FULL');
    expect(log.objection).to.equal('DISK_FULL');
    broker.object('DISK_FULL');
    broker.object(undefined);
    expect(log.objection).to.equal(undefined);
    broker.object(undefined);
    const told = logger.entries.map(({ level, fields, message }) => [level, fields.code, message]);
    expect(told).to.deep.equal([
      ['error', 'DISK_FULL', 'the brokers take nothing of what is said'],
      ['info', undefined, 'the brokers take again what is said'],
    ]);
  });

  it('waits for what another server has told, for some seconds, and for nothing that it has or never will have', async () => {
    const { epoch } = await passing(log.open());
    log.follow(() => {});
    await passing(log.append(sent(1, 'carl', 'one')));
    expect([log.reach(epoch, 1), log.reach('of another log', 9)]).to.deep.equal([undefined, undefined]);
    const reached = log.reach(epoch, 2) ?? expect.fail();
    const never = refusalOf(log.reach(epoch, 9) ?? expect.fail());
    await passing(log.append(sent(1, 'carl', 'two')));
    await reached;
    clock.tick(5000);
    expect(await never).to.equal('NOT_RECORDED');
  });

  it('refuses for want of space what waited too long for it, and what is wrong with itself for that', async () => {
    await open();
    broker.object('DISK_FULL');
    for (let n = 0; n < 40; n++) {
      void log.append(sent(1, 'carl', String(n))).catch(() => {});
      await turns(1);
      // Each in an entry of its own.
      clock.tick(2);
    }
    const waiting = refusalOf(log.append(sent(1, 'carl', 'late')));
    clock.tick(23_000);
    expect(await waiting).to.equal('DISK_FULL');
    broker.object(undefined);
    expect(await refusalOf(log.append(sent(1, 'carl', 'x'.repeat(300_000))))).to.equal('NOT_RECORDED');
  });

  it('waits for nothing when it is closed without the brokers, and some seconds for those that do not answer', async () => {
    await passing(log.open());
    broker.deliveries = () => 0;
    const lost = refusalOf(log.append(sent(0, 'chatty', 'tea')));
    const before = performance.now();
    await passing(log.close());
    expect(performance.now() - before).to.be.within(2000, 4500);
    expect(await lost).to.equal('NOT_RECORDED');
    broker.deliveries = () => 1;
    const other = new ReplicatedRoomLog(new MemoryJournal(broker), copies, REPLICA, logger);
    await passing(other.open());
    broker.stop();
    const refused = refusalOf(other.append(sent(0, 'chatty', 'milk')));
    const stopped = performance.now();
    await other.close();
    expect(performance.now() - stopped).to.equal(0);
    expect(await refused).to.equal('NOT_RECORDED');
  });

  it('goes by the time of the broker, whatever the clock of this machine says', async () => {
    const before = sinon.stub(Date, 'now').returns(1000);
    try {
      expect(log.now(), 'as long as nothing else is known').to.equal(1000);
      before.restore();
      const begun = Date.now();
      await open();
      sinon.stub(Date, 'now').returns(begun - 5 * 3_600_000);
      clock.tick(60_000);
      expect(log.now() - begun).to.be.within(60_000, 240_000);
    } finally {
      sinon.restore();
    }
  });

  it('lets nobody wait who wants to come in while there is no space', async () => {
    await open();
    broker.object('DISK_FULL');
    expect(await refusalOf(log.append({ type: 'UserJoined', session: 9, username: 'david' }))).to.equal(
      'DISK_FULL',
    );
    broker.object(undefined);
    expect((await passing(log.append({ type: 'UserJoined', session: 9, username: 'david' }))).seq).to.equal(
      1,
    );
  });

  it('sends clients to others when its copy takes nothing for long, if there are others', async () => {
    const write = sinon.stub().returns([]);
    const store = copies.store();
    sinon.stub(copies, 'store').returns(Object.assign(store, { write }));
    const changes = await open();
    const isSent = () => changes.some(({ type }) => type === 'cut off');
    const say = async (content: string) => {
      write.throws(new Refusal('DISK_FULL'));
      void log.append(sent(1, 'carl', content)).catch(() => {});
      await turns(3);
      clock.tick(11_000);
      expect(log.objection).to.equal('DISK_FULL');
    };
    await say('alone');
    expect([log.isCutOff, isSent()]).to.deep.equal([false, false]);
    write.reset();
    clock.tick(250);
    broker.take('{"by":"other","n":0,"items":[{"type":"ServerUp","rules":"of tests","name":"o"}]}');
    await turns(3);
    await say('not alone');
    expect([log.isCutOff, isSent()]).to.deep.equal([true, true]);
    write.reset();
    clock.tick(250);
    expect([log.isCutOff, log.objection]).to.deep.equal([false, undefined]);
  });

  it('is closed within some seconds without the brokers, and refuses what was on its way', async () => {
    await open();
    broker.stop();
    const saying = refusalOf(log.append(sent(1, 'carl', 'tea')));
    const began = Date.now();
    await passing(log.close());
    expect(Date.now() - began).to.be.below(3000);
    expect(await saying).to.equal('NOT_RECORDED');
    expect(broker.checkpoints).to.deep.equal([]);
  });

  it('tells nothing wrong of what is on its way when its journal is lost', async () => {
    await open();
    await passing(log.append(sent(1, 'carl', 'tea')));
    broker.deliveries = () => 0;
    let outcome = 'open';
    const saying = log.append(sent(1, 'carl', 'milk')).catch(() => {
      outcome = 'refused';
    });
    await turns(5);
    broker.rollBack(broker.last - 1);
    expect(await log.failed).to.include({ code: 'LOG_LOST' });
    await turns(5);
    expect(outcome, 'it may be in the journal').to.equal('open');
    expect(await refusalOf(log.append(sent(1, 'carl', 'late')))).to.equal('NOT_RECORDED');
    await passing(log.close());
    await saying;
    expect(outcome).to.equal('refused');
  });

  it('says of a message that it records twice what it was, though it is kept no more', async () => {
    await passing(log.close());
    log = new ReplicatedRoomLog(journal, new MemoryRoomCopies({ ...PLENTY, maxMessages: 1 }), REPLICA);
    await open();
    const first = await passing(log.append(sent(1, 'carl', 'tea', 'r1')));
    for (let n = 0; n < 20; n++) await passing(log.append(sent(1, 'carl', `m${n}`)));
    const again = await passing(log.append(sent(1, 'carl', 'tea', 'r1')));
    expect(again).to.include({ seq: first.seq, content: 'tea', repeated: true });
  });
});
