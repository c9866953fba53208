import { expect } from 'chai';
import sinon from 'sinon';
import { MessageErasure } from '../../../../../src/application/server/cluster/message-erasure.js';
import type { Answer } from '../../../../../src/application/server/cluster/room-news.js';
import { Refusal } from '../../../../../src/domain/refusal.js';
import { refusalOf, sent } from '../../../../support/room-logs.js';

const SECRET = { ...sent(1, 'carl', 'secret', 'r'), seq: 3, at: 5000 };
const ENTRY = JSON.stringify({ by: 'a', n: 1, items: [sent(1, 'carl', 'secret', 'r')] });

describe('MessageErasure', () => {
  let asked: PromiseWithResolvers<Answer>[];
  let replace: sinon.SinonStub;
  let erasure: MessageErasure;

  beforeEach(() => {
    asked = [];
    replace = sinon.stub().resolves(true);
    erasure = new MessageErasure(
      { replace },
      {
        propose: () => {
          const answer = Promise.withResolvers<Answer>();
          asked.push(answer);
          return answer.promise;
        },
      },
    );
  });

  it('takes a message out of the journal once the copies are without it', async () => {
    const erasing = erasure.erase(3);
    expect(replace.callCount).to.equal(0);
    erasure.erased(3, SECRET);
    erasure.erased(4, undefined);
    asked[0]?.resolve('DONE');
    expect(await erasing).to.equal(SECRET);
    const [at, change] = replace.firstCall.args;
    expect(at).to.equal(5000);
    expect(change(ENTRY)).not.to.contain('secret');
    expect(change(ENTRY.replace('"r"', '"s"'))).to.equal(undefined);
  });

  it('finds an entry that was taken while the clock of a broker was behind, and gives up when there is none', async () => {
    replace.resolves(false);
    replace.onThirdCall().resolves(true);
    const erasing = erasure.erase(3);
    erasure.erased(3, SECRET);
    asked[0]?.resolve('DONE');
    expect(await erasing).to.equal(SECRET);
    expect(replace.args.map(([at]) => at)).to.deep.equal([5000, 3000, 1000]);
    const again = erasure.erase(4);
    erasure.erased(4, { ...SECRET, seq: 4 });
    asked[1]?.resolve('DONE');
    expect(await again).to.include({ seq: 4 });
    expect(replace.lastCall.args[0]).to.equal(5000 - 60_000);
  });

  it('says that there is none', async () => {
    const erasing = erasure.erase(3);
    erasure.erased(3, undefined);
    asked[0]?.resolve('DONE');
    expect(await erasing).to.equal(undefined);
    expect(replace.callCount).to.equal(0);
  });

  it('says that it could not be done', async () => {
    replace.rejects(new Error('no broker'));
    const erasing = erasure.erase(3);
    erasure.erased(3, SECRET);
    asked[0]?.resolve('DONE');
    expect(await refusalOf(erasing)).to.equal('NOT_RECORDED');
  });

  it('tells two who erase the same, and the second when the first is refused', async () => {
    const [first, second] = [erasure.erase(3), erasure.erase(3)];
    asked[0]?.reject(new Refusal('NOT_RECORDED'));
    expect(await refusalOf(first)).to.equal('NOT_RECORDED');
    erasure.erased(3, SECRET);
    asked[1]?.resolve('DONE');
    expect(await second).to.equal(SECRET);
    expect(replace.callCount).to.equal(1);
  });
});
