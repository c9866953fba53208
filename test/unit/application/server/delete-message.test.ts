import { expect } from 'chai';
import sinon from 'sinon';
import { MemoryModerationLog } from '../../../../src/adapters/memory/memory-moderation-log.js';
import { DeleteMessage } from '../../../../src/application/server/delete-message.js';
import type { ModerationEntry } from '../../../../src/domain/moderation.js';
import { OpenedRoom } from '../../../support/use-cases.js';

describe('A deletion that a server has begun', () => {
  let opened: OpenedRoom;
  let clock: sinon.SinonFakeTimers;
  let tell: sinon.SinonStub;
  let deleting: DeleteMessage;
  const deletion = (seq: number, more: object = {}): ModerationEntry => ({
    ...{ type: 'MessageDeleted', seq, author: 'carl', at: 1, by: 'anna', epoch: opened.feed.epoch },
    ...more,
  });
  const contents = async () => (await opened.roomLog.messages(0, 999, 999)).map(({ content }) => content);

  beforeEach(async () => {
    opened = await OpenedRoom.open();
    const carl = await opened.join('carl', { attempt: 1 });
    await opened.say(carl, 'secret', 'tea', ...Array.from({ length: 60 }, (_, n) => `${n}`));
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    tell = sinon.stub().resolves();
    const record = { keep: sinon.stub().resolves(true) };
    deleting = new DeleteMessage(opened.roomLog, record, tell, () => opened.feed.epoch);
  });
  afterEach(async () => {
    deleting.close();
    expect(clock.countTimers()).to.equal(0);
    clock.restore();
    await opened.close();
  });

  it('is finished by another one, or at the next start', async () => {
    deleting.kept(deletion(2));
    expect(clock.countTimers(), 'before the start').to.equal(0);
    deleting.open();
    await clock.tickAsync(30_000);
    expect((await contents())[0]).to.equal('tea');
    deleting.kept(deletion(3));
    deleting.kept(deletion(4));
    await clock.tickAsync(30_000);
    expect((await contents()).slice(0, 2)).to.deep.equal(['1', '2']);
    expect(tell.args[0]).to.deep.equal([{ type: 'deleted', by: 'anna', target: 2, author: 'carl' }]);
    expect(tell.callCount).to.equal(3);
  });

  it('is not what is deleted when it was of another history, is somebody else’s, or is gone', async () => {
    deleting.open();
    deleting.kept(deletion(2, { epoch: undefined }));
    deleting.kept(deletion(2, { epoch: 'another' }));
    deleting.kept(deletion(2, { author: 'eve' }));
    deleting.kept(deletion(999));
    deleting.kept({ type: 'TopicSet', at: 1, by: 'anna', topic: 'tea' });
    await clock.tickAsync(60_000);
    expect(await contents()).to.have.length(62);
    sinon.stub(opened.roomLog, 'erase').resolves(undefined);
    deleting.kept(deletion(2));
    await clock.tickAsync(60_000);
    expect(tell.callCount).to.equal(0);
  });

  it('is tried again when it cannot be done, and no more when the room is closed', async () => {
    const erase = sinon.stub(opened.roomLog, 'erase').rejects(new Error('no broker'));
    deleting.open();
    for (let seq = 2; seq < 62; seq++) deleting.kept(deletion(seq));
    await clock.tickAsync(31_000);
    expect(erase.callCount).to.equal(60);
    erase.callsFake(async () => {
      deleting.close();
      return undefined;
    });
    await clock.tickAsync(60_000);
    expect(erase.callCount).to.equal(61);
  });

  it('names the history in which the message was', async () => {
    const log = new MemoryModerationLog();
    const kept: ModerationEntry[] = [];
    await log.open(entry => kept.push(entry));
    const keep = async (make: () => object | undefined) => {
      await log.append(() => ({ ...make(), at: 1 }) as ModerationEntry);
      return true;
    };
    const { roomLog, feed } = opened;
    expect(
      await new DeleteMessage(roomLog, { keep }, tell, () => feed.epoch).execute('anna', { seq: 2 }),
    ).to.equal('carl');
    expect(kept).to.deep.equal([deletion(2)]);
  });
});
