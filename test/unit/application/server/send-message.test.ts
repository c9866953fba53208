import { expect } from 'chai';
import sinon from 'sinon';
import { type Message, SendMessage } from '../../../../src/application/server/send-message.js';
import { Refusal } from '../../../../src/domain/refusal.js';
import { refusalOf } from '../../../support/room-logs.js';
import { OpenedRoom, type Visitor } from '../../../support/use-cases.js';
import { said } from '../../../support/wire-client.js';

describe('SendMessage', () => {
  let opened: OpenedRoom;
  let sendMessage: SendMessage;
  let carl: Visitor;
  let david: Visitor;

  beforeEach(async () => {
    opened = await OpenedRoom.open();
    sendMessage = new SendMessage(opened.room, opened.roomLog);
    carl = await opened.join('carl');
    david = await opened.join('david');
  });
  afterEach(() => opened.close());

  it('tells the others, under the name that the sender joined with, and not the sender', async () => {
    await sendMessage.execute(david.session, { content: 'hi', username: 'David' });
    expect(carl.heard).to.deep.equal([said('david', 'Joined'), said('david', 'hi')]);
    expect(david.heard).to.deep.equal([]);
  });

  it('records what the sender adds to the message, and knows a repetition', async () => {
    const message = { content: 'waves', kind: 'action', ref: '1' } as const;
    const recorded = await sendMessage.execute(carl.session, message);
    expect(recorded).to.include({ seq: 3, username: 'carl', ...message });
    expect(await sendMessage.execute(carl.session, message)).to.deep.equal({ ...recorded, repeated: true });
  });

  it('refuses at once what the room refuses, and tells nobody', () => {
    const refused: [code: string, session: number, message: Message][] = [
      ['FOREIGN_NAME', david.session, { content: 'hi', username: 'carl' }],
      ['MESSAGE_EMPTY', david.session, { content: '' }],
      ['NOT_JOINED', 99, { content: 'hi' }],
    ];
    for (const [code, session, message] of refused) {
      expect(() => sendMessage.execute(session, message))
        .to.throw(Refusal)
        .with.property('code', code);
    }
    expect(carl.heard).to.deep.equal([said('david', 'Joined')]);
  });

  it('asks whether somebody may speak, but not for what was heard already', async () => {
    const order = { isStrict: false, listenTo: sinon.spy() };
    sendMessage = new SendMessage(opened.room, opened.roomLog, order);
    await sendMessage.execute(carl.session, { content: 'hi', ref: '1' });
    expect(order.listenTo.callCount).to.equal(0);
    order.isStrict = true;
    await sendMessage.execute(carl.session, { content: 'hi', ref: '1' });
    expect(order.listenTo.callCount).to.equal(0);
    const [first, again] = [1, 2].map(() => sendMessage.execute(carl.session, { content: 'hi', ref: '2' }));
    expect((await first)?.seq).to.equal((await again)?.seq);
    expect(order.listenTo.args.map(([{ username }]) => username)).to.deep.equal(['carl']);
    await sendMessage.execute(carl.session, { content: 'without a ref' });
    expect(order.listenTo.callCount).to.equal(2);
  });

  it('tells nobody what could not be recorded', async () => {
    const full = { append: () => Promise.reject(new Refusal('DISK_FULL')), knows: () => false };
    const sending = new SendMessage(opened.room, full).execute(david.session, { content: 'lost' });
    expect(await refusalOf(sending)).to.equal('DISK_FULL');
    expect(carl.heard).to.deep.equal([said('david', 'Joined')]);
  });
});
