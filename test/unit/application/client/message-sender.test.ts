import { expect } from 'chai';
import sinon from 'sinon';
import { ClientConnection } from '../../../../src/application/client/client-connection.js';
import type { ClientEvent } from '../../../../src/application/client/client-event.js';
import { MessageSender } from '../../../../src/application/client/message-sender.js';
import { newSession } from '../../../../src/application/client/own-session.js';
import { ScriptedServer } from '../../../support/scripted.js';

describe('MessageSender', () => {
  let server: ScriptedServer;
  let sender: MessageSender;
  let events: ClientEvent[];
  let advancedTo: sinon.SinonSpy;
  let onSent: sinon.SinonSpy;
  let onSettled: sinon.SinonSpy;

  beforeEach(() => {
    server = new ScriptedServer();
    events = [];
    [advancedTo, onSent, onSettled] = [sinon.fake(), sinon.fake(), sinon.fake()];
    sender = new MessageSender(
      { advanceTo: advancedTo },
      { show: event => events.push(event), onSent, onSettled, onFault: expect.fail },
    );
  });

  /** Goes on over a new connection, in the extended form or the basic one. */
  async function connect(form: 'extended' | 'basic' = 'extended'): Promise<void> {
    const attempt = server.links.length + 1;
    const request = { username: 'carl', ...(form === 'extended' && { extended: { attempt } }) };
    const connection = new ClientConnection(attempt, server.newLink(), request, {
      onUnproven: () => {},
      onJoined: joined => sender.begin(joined),
      onResponse: () => {},
      onEnd: (_, end) => sender.end(end === 'CLOSED'),
    });
    await connection.open();
  }

  const accept = (ref = '', seq = 1) => sender.accept({ ref, seq, at: 0 });
  const types = () => events.map(({ type }) => type);

  it('keeps a message until it is answered, and sends it again over each connection until then', async () => {
    await sender.send({ content: 'one' });
    expect(types()).to.deep.equal(['Pending', 'Queued']);
    for (let n = 0; n < 3; n++) {
      await connect();
      await sender.send({ content: `more ${n}` });
      if (n < 2) server.link.ends('LOST');
    }
    const { refs } = server.link;
    expect(refs).to.have.length(4);
    expect(onSent.callCount).to.equal(2 + 3 + 4);
    for (const ref of refs) accept(ref);
    expect([sender.unsent, onSettled.callCount]).to.deep.equal([0, 4]);
  });

  it('passes on the place of an answer only when it comes in order', async () => {
    await connect();
    await sender.send({ content: 'said twice' });
    server.link.ends('LOST');
    await connect();
    await sender.send({ content: 'said once' });
    const [twice, once] = server.link.refs;
    accept(twice, 7);
    accept(once, 8);
    accept('of nobody', 9);
    expect(advancedTo.args).to.deep.equal([[8]]);
  });

  it('has the session keep what is unsent, as long as it is', async () => {
    const kept: string[][] = [];
    const unsent = [{ ref: 'old', message: { content: 'before' } }];
    const keep = (all: readonly { readonly message: { readonly content: string } }[]) =>
      kept.push(all.map(({ message }) => message.content));
    sender.takeUp({ ...newSession(), saved: { token: 't', attempt: 1, unsent }, keep });
    await sender.send({ content: 'new' });
    await connect();
    await sender.send({ content: 'long' });
    accept('old');
    expect(kept).to.deep.equal([['before', 'new'], ['before', 'new', 'long'], ['before', 'new'], ['new']]);
    expect(types()).to.include('TooLong');
  });

  it('offers a refused message again, and passes on a refusal of nothing that is known', async () => {
    await connect();
    await sender.send({ content: 'hi' });
    sender.refuse(server.link.refs[0], 'Full.');
    sender.refuse(undefined, 'Something else.');
    expect(events.slice(1)).to.deep.equal([
      { type: 'Refused', reason: 'Full.', content: 'hi' },
      { type: 'Refused', reason: 'Something else.' },
    ]);
    expect(onSettled.callCount).to.equal(1);
  });

  it('cannot be sure of what went out in the basic form, unless the end was an orderly one', async () => {
    for (const end of ['CLOSED', 'LOST'] as const) {
      await connect('basic');
      await sender.send({ content: 'hi' });
      server.link.ends(end);
    }
    expect(sender.unsettled).to.deep.equal({ unsure: 1 });
  });
});
