import { expect } from 'chai';
import sinon from 'sinon';
import { ToldChanges } from '../../../../src/application/server/told-changes.js';
import type { ModerationEntry } from '../../../../src/domain/moderation.js';
import type { RoomChange } from '../../../../src/domain/room-change.js';

const by = 'anna';
const topicSet = (topic: string): ModerationEntry => ({ type: 'TopicSet', at: 1, by, topic });
const topic = (text: string): RoomChange => ({ type: 'topic', by, topic: text });

describe('What everybody was told of the room', () => {
  let clock: sinon.SinonFakeTimers;
  let tell: sinon.SinonStub;
  let changes: ToldChanges;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    tell = sinon.stub().callsFake(async (change: RoomChange) => changes.told(change));
    changes = new ToldChanges(tell);
    changes.kept(topicSet('of before the start'));
    changes.open();
  });
  afterEach(() => {
    changes.close();
    expect(clock.countTimers()).to.equal(0);
    clock.restore();
  });

  it('is not told again when it holds', async () => {
    changes.kept(topicSet('tea'));
    changes.told(topic('tea'));
    changes.kept({ type: 'SlowedDown', at: 1, by, ms: 5 });
    changes.told({ type: 'slow', by, ms: 5 });
    changes.kept({ type: 'MeasureLifted', at: 1, by, id: 1 });
    changes.told({ type: 'muted', by, username: 'eve' });
    await clock.tickAsync(60_000);
    expect(tell.callCount).to.equal(0);
  });

  it('is told again when two were told in another order than they hold', async () => {
    for (const text of ['tea', 'milk']) changes.kept(topicSet(text));
    for (const text of ['milk', 'tea']) changes.told(topic(text));
    await clock.tickAsync(2000);
    expect(tell.args).to.deep.equal([[topic('milk')]]);
    await clock.tickAsync(60_000);
    expect(tell.callCount).to.equal(1);
  });

  it('is told by another server when the one that kept it does not, and until that has been recorded', async () => {
    tell.onFirstCall().resolves();
    changes.kept({ type: 'SlowedDown', at: 1, by, ms: 5 });
    await clock.tickAsync(6000);
    expect(tell.callCount).to.equal(1);
    await clock.tickAsync(60_000);
    expect(tell.args).to.deep.equal([[{ type: 'slow', by, ms: 5 }], [{ type: 'slow', by, ms: 5 }]]);
  });

  it('is told no more when the room is closed meanwhile', async () => {
    tell.callsFake(async () => changes.close());
    changes.kept(topicSet('tea'));
    await clock.tickAsync(60_000);
    expect(tell.callCount).to.equal(1);
  });
});
