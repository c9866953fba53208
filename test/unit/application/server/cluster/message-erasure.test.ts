import { expect } from 'chai';
import sinon from 'sinon';
import { MessageErasure } from '../../../../../src/application/server/cluster/message-erasure.js';
import { refusalOf, sent } from '../../../../support/room-logs.js';

const SECRET = { ...sent(1, 'carl', 'secret', 'r'), seq: 3, at: 5000 };
const ENTRY = JSON.stringify({ by: 'a', n: 1, items: [sent(1, 'carl', 'secret', 'r')] });

describe('MessageErasure', () => {
  let steps: string[];
  let propose: sinon.SinonStub;
  let replace: sinon.SinonStub;
  let erasure: MessageErasure;

  beforeEach(() => {
    steps = [];
    propose = sinon.stub().callsFake(async item => {
      steps.push(JSON.stringify(item));
      return 'DONE';
    });
    replace = sinon.stub().resolves(false);
    replace.onFirstCall().callsFake(async (_, change) => {
      steps.push('replaced');
      return change(ENTRY) !== undefined;
    });
    erasure = new MessageErasure({ replace }, { propose, settled: async () => {} }, seq =>
      seq === 3 ? SECRET : undefined,
    );
  });

  it('takes a message out of the journal, and out of the copies then: a server that is killed between leaves it to be found', async () => {
    expect(await erasure.erase(3)).to.equal(SECRET);
    expect(steps).to.deep.equal(['replaced', '{"type":"MessageErased","seq":3}']);
    const [at, change] = replace.firstCall.args;
    expect(at).to.equal(5000);
    expect(change(ENTRY)).not.to.contain('secret');
    expect(change(ENTRY.replace('"r"', '"s"'))).to.equal(undefined);
  });

  it('takes it out of all that are the same entry, which was appended again, and of no other one', async () => {
    replace.onSecondCall().callsFake(async (_, change) => {
      expect(change(ENTRY.replace('"n":1', '"n":2')), 'said twice').to.equal(undefined);
      expect(change('nonsense')).to.equal(undefined);
      return change(ENTRY) !== undefined;
    });
    await erasure.erase(3);
    expect(replace.args.map(([at]) => at)).to.deep.equal([5000, 5000, 5000, 9000, 13_000]);
  });

  it('finds an entry that was taken while the clock of a broker was behind, and gives up when there is none', async () => {
    replace.onFirstCall().resolves(false);
    replace.onThirdCall().callsFake(async (_, change) => change(ENTRY) !== undefined);
    expect(await erasure.erase(3)).to.equal(SECRET);
    expect(replace.args.slice(0, 4).map(([at]) => at)).to.deep.equal([5000, 3000, 1000, 1000]);
    replace.resetBehavior();
    replace.resolves(false);
    expect(await erasure.erase(3)).to.include({ seq: 3 });
    expect(replace.lastCall.args[0]).to.equal(5000 - 60_000);
  });

  it('says that there is none', async () => {
    expect(await erasure.erase(4)).to.equal(undefined);
    expect([replace.callCount, propose.callCount]).to.deep.equal([0, 0]);
  });

  it('says that it could not be done, and leaves it in the copies', async () => {
    replace.onFirstCall().rejects(new Error('no broker'));
    expect(await refusalOf(erasure.erase(3))).to.equal('NOT_RECORDED');
    expect(propose.callCount).to.equal(0);
  });
});
