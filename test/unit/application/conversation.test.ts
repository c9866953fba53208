import { expect } from 'chai';
import type { MemoryServer } from '../../../src/adapters/memory/memory-server.js';
import { MemoryView } from '../../../src/adapters/memory/memory-view.js';
import { Conversation } from '../../../src/application/conversation.js';
import { MessageTooLong, type RoomLink, type RoomLinkListener } from '../../../src/application/ports.js';
import { memoryServer } from '../../support/rooms.js';

describe('Conversation', () => {
  let server: MemoryServer;
  let view: MemoryView;

  beforeEach(() => {
    server = memoryServer();
    view = new MemoryView();
  });

  const converse = (name?: string, person = view) => new Conversation(server.connect(), person).execute(name);

  /** Somebody else, who is in the room by the time this resolves. */
  async function inRoom(name: string): Promise<{ person: MemoryView; end: ReturnType<typeof converse> }> {
    const person = new MemoryView();
    const end = converse(name, person);
    await person.seen(sight => sight.type === 'Welcome');
    return { person, end };
  }

  it('joins, sends what is typed after send, and leaves', async () => {
    const david = await inRoom('david');
    view.type('send Hello   World', '  send  spaces ', 'leave', 'send too late');
    expect(await converse('carl')).to.deep.equal({ type: 'LEFT' });
    await david.person.seen(sight => sight.type === 'Memo' && sight.content === 'Left');
    expect(david.person.sights.slice(1)).to.deep.equal([
      { type: 'Memo', username: 'carl', content: 'Joined' },
      { type: 'Memo', username: 'carl', content: 'Hello   World' },
      { type: 'Memo', username: 'carl', content: 'spaces' },
      { type: 'Memo', username: 'carl', content: 'Left' },
    ]);
  });

  it('asks for a name when none was given, until there is one', async () => {
    view.type('', '  ', ' carl ', 'leave');
    expect(await converse()).to.deep.equal({ type: 'LEFT' });
    expect(view.questions).to.deep.equal(['Username: ', 'Username: ', 'Username: ']);
    expect(view.sights[0]).to.deep.include({ type: 'Welcome', username: 'carl' });
  });

  it('ends without a name when the input does', async () => {
    view.endInput();
    expect(await converse()).to.deep.equal({ type: 'NO_USERNAME' });
  });

  it('sends what was typed before the end of the input, then leaves', async () => {
    const david = await inRoom('david');
    view.type('send last words');
    view.endInput();
    expect(await converse('carl')).to.deep.equal({ type: 'LEFT' });
    await david.person.seen(sight => sight.type === 'Memo' && sight.content === 'last words');
  });

  it('explains what it does not understand, and goes on', async () => {
    view.type('', 'sned hi', 'send', 'help', 'leave');
    await converse('carl');
    expect(view.sights.slice(1)).to.deep.equal([
      { type: 'UnknownCommand', line: 'sned hi' },
      { type: 'NothingToSend' },
      { type: 'Help' },
    ]);
  });

  it('says that a name is taken', async () => {
    await inRoom('carl');
    expect(await converse('Carl')).to.deep.equal({ type: 'NAME_TAKEN', username: 'Carl' });
  });

  it('says why a name is not admitted, in the words of the server', async () => {
    const end = await converse('admin');
    expect(end.type).to.equal('NOT_ADMITTED');
    expect(end).to.have.property('reason').that.includes('reserved');
  });

  it('says that the server stops', async () => {
    const carl = await inRoom('carl');
    await server.stop();
    expect(await carl.end).to.deep.equal({ type: 'SERVER_STOPPING' });
  });

  describe('with a server that does as it likes', () => {
    /** A link whose other end is this test. */
    class ScriptedLink implements RoomLink {
      listener: RoomLinkListener | undefined;
      readonly commands: string[] = [];
      onJoin: (listener: RoomLinkListener) => void = listener =>
        listener.onResponse({ type: 'Joined', memo: { username: 'carl', content: 'Hi' } });

      async open(listener: RoomLinkListener) {
        this.listener = listener;
      }
      join(username: string) {
        this.commands.push(`join ${username}`);
        if (this.listener !== undefined) this.onJoin(this.listener);
      }
      async send(username: string, content: string) {
        if (content === 'long') throw new MessageTooLong(10, 20);
        if (content === 'boom') throw new Error('boom');
        this.commands.push(`send ${username} ${content}`);
        if (content === 'cut') this.listener?.onEnd('LOST');
      }
      leave(username: string) {
        this.commands.push(`leave ${username}`);
        this.listener?.onEnd('CLOSED');
      }
      pauseUntil(ready: Promise<void>) {
        this.commands.push('pause');
        void ready.then(() => this.commands.push('go on'));
      }
      close() {
        this.commands.push('close');
      }
    }

    let link: ScriptedLink;
    beforeEach(() => {
      link = new ScriptedLink();
    });
    const talk = (timeoutMs?: number) => new Conversation(link, view, timeoutMs).execute('carl');

    it('speaks under the name that the server gave', async () => {
      link.onJoin = listener =>
        listener.onResponse({ type: 'Joined', memo: { username: 'Carl', content: 'Hi' } });
      view.type('send hi', 'leave');
      await talk();
      expect(link.commands).to.deep.equal(['join carl', 'send Carl hi', 'leave Carl', 'close']);
    });

    it('shows what it does not know, and waits on', async () => {
      link.onJoin = listener => {
        listener.onResponse({ type: 'Broadcast', memo: { username: 'david', content: 'early' } });
        listener.onResponse({ type: 'Unknown', text: '{"Rooms":[]}' });
        listener.onResponse({ type: 'Joined', memo: { username: 'carl', content: 'Hi' } });
      };
      view.type('leave');
      expect(await talk()).to.deep.equal({ type: 'LEFT' });
      expect(view.sights[0]).to.deep.equal({ type: 'UnknownResponse', text: '{"Rooms":[]}' });
    });

    it('gives up on a server that never answers', async () => {
      link.onJoin = () => {};
      expect(await talk(1)).to.deep.equal({ type: 'NOT_CHATTY' });
    });

    it('says by how much a message is too long, and goes on', async () => {
      view.type('send long', 'send short', 'leave');
      await talk();
      expect(view.sights[1]).to.deep.equal({ type: 'TooLong', limit: 10, actual: 20 });
      expect(link.commands).to.include('send carl short');
    });

    it('sends nothing more on a line that is down', async () => {
      view.type('send cut', 'send lost', 'leave');
      expect(await talk()).to.deep.equal({ type: 'LOST' });
      expect(link.commands).to.deep.equal(['join carl', 'send carl cut', 'close']);
    });

    it('gives up on a server that nobody understands', async () => {
      link.onJoin = listener => {
        for (let n = 0; n < 100; n++) listener.onResponse({ type: 'Unknown', text: 'HTTP/1.1 400' });
      };
      expect(await talk()).to.deep.equal({ type: 'NOT_CHATTY' });
    });

    it('goes at once when it is interrupted before the server has answered', async () => {
      link.onJoin = () => view.close();
      expect(await talk()).to.deep.equal({ type: 'LEFT' });
      expect(link.commands).to.deep.equal(['join carl', 'close']);
    });

    it('goes at once when it is interrupted before it has a name, or a line', async () => {
      view.close();
      expect(await new Conversation(link, view).execute()).to.deep.equal({ type: 'LEFT' });
      link.open = () => new Promise(() => {});
      expect(await talk()).to.deep.equal({ type: 'LEFT' });
    });

    it('lets the server wait while the view is full', async () => {
      const room = Promise.withResolvers<void>();
      view.full = room.promise;
      view.type('leave');
      const end = talk();
      room.resolve();
      await end;
      expect(link.commands).to.include.members(['pause', 'go on']);
    });

    it('closes link and view whatever goes wrong', async () => {
      view.type('send boom');
      const error = await talk().catch((error: Error) => error);
      expect(error).to.be.an('error').with.property('message', 'boom');
      expect(link.commands.at(-1)).to.equal('close');
      expect(await view.ask('?')).to.equal(undefined);
    });
  });
});
