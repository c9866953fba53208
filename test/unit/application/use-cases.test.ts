import { expect } from 'chai';
import { MemoryBroadcaster } from '../../../src/adapters/memory/memory-broadcaster.js';
import { MemoryOutlet } from '../../../src/adapters/memory/memory-outlet.js';
import { JoinUser } from '../../../src/application/join-user.js';
import { LeaveUser } from '../../../src/application/leave-user.js';
import { SendMessage } from '../../../src/application/send-message.js';
import { ChatRoom } from '../../../src/domain/chat-room.js';
import { Refusal } from '../../../src/domain/refusal.js';
import { said } from '../../support/wire-client.js';

describe('the use cases', () => {
  let joinUser: JoinUser;
  let sendMessage: SendMessage;
  let leaveUser: LeaveUser;

  beforeEach(() => {
    const room = new ChatRoom();
    const broadcaster = new MemoryBroadcaster(1e6);
    joinUser = new JoinUser(room, broadcaster);
    sendMessage = new SendMessage(room, broadcaster);
    leaveUser = new LeaveUser(room, broadcaster);
  });

  /** Joins and gives back an array in which everything that the user is told turns up. */
  function join(session: number, name: string): string[] {
    const heard: string[] = [];
    joinUser.execute(
      session,
      name,
      new MemoryOutlet(bytes => heard.push(Buffer.from(bytes).toString().trimEnd())),
    );
    return heard;
  }

  const delivered = () => new Promise<void>(resolve => setImmediate(resolve));

  it('tell the others, and not the one who did it', async () => {
    const carl = join(1, 'carl');
    const david = join(2, 'david');
    sendMessage.execute(2, 'david', 'hi');
    leaveUser.execute(2, 'david');
    await delivered();
    expect(carl).to.deep.equal([said('david', 'Joined'), said('david', 'hi'), said('david', 'Left')]);
    expect(david).to.deep.equal([]);
  });

  it('tell nobody of what was refused', async () => {
    const carl = join(1, 'carl');
    join(2, 'david');
    expect(() => join(3, 'carl'))
      .to.throw(Refusal)
      .with.property('code', 'NAME_TAKEN');
    expect(() => sendMessage.execute(2, 'carl', 'hi'))
      .to.throw(Refusal)
      .with.property('code', 'FOREIGN_NAME');
    expect(() => leaveUser.execute(2, 'carl'))
      .to.throw(Refusal)
      .with.property('code', 'FOREIGN_NAME');
    await delivered();
    expect(carl).to.deep.equal([said('david', 'Joined')]);
  });

  it('tell a user nothing from before they came or after they went', async () => {
    join(1, 'carl');
    sendMessage.execute(1, 'carl', 'early');
    const david = join(2, 'david');
    sendMessage.execute(1, 'carl', 'between');
    leaveUser.execute(2);
    sendMessage.execute(1, 'carl', 'late');
    await delivered();
    expect(david).to.deep.equal([said('carl', 'between')]);
  });
});
