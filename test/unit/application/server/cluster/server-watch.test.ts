import { expect } from 'chai';
import sinon from 'sinon';
import { ServerWatch } from '../../../../../src/application/server/cluster/server-watch.js';

describe('ServerWatch', () => {
  let clock: sinon.SinonFakeTimers;
  let journal: {
    call: sinon.SinonSpy;
    listen: sinon.SinonStub;
    answerAs: sinon.SinonSpy;
    find: sinon.SinonStub;
    connectedSince: number | undefined;
    outOfTouchSince: number | undefined;
  };
  let up: string[];
  let gone: string[];
  let cutOffs: number;
  let watch: ServerWatch;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    journal = {
      ...{ call: sinon.spy(), listen: sinon.stub(), answerAs: sinon.spy() },
      find: sinon.stub().resolves('SILENT'),
      ...{ connectedSince: -10_000, outOfTouchSince: undefined },
    };
    up = ['own', 'other'];
    gone = [];
    cutOffs = 0;
    const servers = () => ({ up: up.map(incarnation => ({ incarnation, name: incarnation, rules: 'r' })) });
    watch = new ServerWatch(
      journal,
      servers,
      incarnation => gone.push(incarnation),
      () => cutOffs++,
    );
    watch.start('own');
  });
  afterEach(() => {
    watch.stop();
    clock.restore();
  });

  const hear = (incarnation: string) => journal.listen.firstCall.args[0](incarnation);
  /** So much time passes, of which each beat of this server is on time. */
  async function pass(ms: number, ...heard: string[]) {
    for (let left = ms; left > 0; left -= 250) {
      for (const each of heard) hear(each);
      await clock.tickAsync(250);
    }
  }

  it('says that this server is there, under the name it has', async () => {
    await pass(500);
    watch.start('next');
    await pass(250);
    expect(journal.answerAs.args.flat()).to.deep.equal(['own', 'next']);
    expect(journal.call.args.flat()).to.deep.equal(['own', 'own', 'next']);
  });

  it('asks whoever was silent, and takes them for gone when they do not answer', async () => {
    await pass(3000, 'other');
    expect(journal.find.callCount).to.equal(0);
    await pass(1000);
    expect(gone).to.deep.equal([]);
    await pass(250);
    expect(journal.find.args[0]).to.deep.equal(['other', 400]);
    expect(gone).to.deep.equal(['other']);
  });

  it('asks once at a time, and leaves alone who answers, or of whom nothing can be known', async () => {
    const answer = Promise.withResolvers<string>();
    journal.find.returns(answer.promise);
    await pass(3000);
    expect(journal.find.callCount).to.equal(1);
    answer.resolve('HERE');
    journal.find.resolves('UNKNOWN');
    await pass(1250);
    expect(journal.find.callCount).to.equal(1);
    await pass(250);
    expect(journal.find.callCount).to.equal(2);
    expect(gone).to.deep.equal([]);
  });

  it('holds nobody for gone soon after it was cut off, or stood still', async () => {
    await pass(1000, 'other');
    journal.connectedSince = undefined;
    await pass(5000);
    expect(journal.call.callCount, 'says nothing').to.equal(4);
    journal.connectedSince = performance.now();
    await pass(2000);
    expect(journal.find.callCount).to.equal(0);
    await pass(500);
    expect(journal.find.callCount).to.be.above(0);
    gone = [];
    journal.find.resetHistory();
    clock.jump(10_000);
    await pass(1750);
    expect(journal.find.callCount, 'it stood still itself').to.equal(0);
    await pass(750);
    expect(gone).to.include('other');
  });

  it('tells once that nothing was recorded for ten seconds, whether it is connected or not', async () => {
    journal.outOfTouchSince = performance.now();
    await pass(10_000, 'other');
    expect([cutOffs, watch.isCutOff]).to.deep.equal([0, false]);
    await pass(5000, 'other');
    expect([cutOffs, watch.isCutOff]).to.deep.equal([1, true]);
    expect(journal.call.callCount, 'says that it is there').to.equal(60);
    journal.outOfTouchSince = undefined;
    await pass(250, 'other');
    expect([cutOffs, watch.isCutOff]).to.deep.equal([1, false]);
  });

  it('forgets those that are over', async () => {
    hear('other');
    up = ['own'];
    await pass(3000);
    up = ['own', 'other'];
    await pass(250);
    expect(gone, 'silent since the start').to.deep.equal(['other']);
  });
});
