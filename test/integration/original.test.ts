import { expect } from 'chai';
import { Program } from '../support/cli.js';
import { OriginalClient, OriginalServer } from '../support/original.js';

describe('beside the original', () => {
  const running: Program[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map(program => program.kill()));
  });

  it('its client sits in our room, and ends at nothing that we say', async () => {
    const [server, port] = await Program.server();
    const ours = Program.client(port, ['carl']);
    running.push(server, ours);
    await ours.says('Warm Welcome');
    const theirs = await OriginalClient.join(port, 'david');
    ours.type('send hello\n');
    await theirs.hears('carl', 'hello');
    theirs.wire.send('david', 'hello yourself');
    await ours.says('david: hello yourself');
    // What an original's client never reads about itself comes in the only words that it knows.
    theirs.wire.send('carl', 'I am carl');
    await theirs.hears('chatty', 'That is not your username. You can speak and leave only as yourself.');
    ours.type('leave\n');
    await theirs.hears('carl', 'Left');
    server.signal('SIGTERM');
    await theirs.hears('chatty', 'The server is stopping. Goodbye.');
    expect(theirs.memos[0]).to.equal('Joined');
  });

  describe('our client sits in its room', () => {
    let original: OriginalServer;
    let port: number;
    beforeEach(async () => {
      [original, port] = await OriginalServer.start();
    });
    afterEach(() => original.stop());

    const join = (name: string) => {
      const program = Program.client(port, [name, '--host', '127.0.0.1']);
      running.push(program);
      return program;
    };

    it('and talks, and leaves though nobody hangs up', async () => {
      const carl = join('carl');
      await carl.says('Warm Welcome');
      const david = join('david');
      await david.says('Warm Welcome');
      await carl.says('david: Joined');
      david.type('send hi\nleave\n');
      await carl.says('david: hi\ndavid: Left');
      expect(await david.exit()).to.equal(0);
    });

    it('and is told that a name is taken', async () => {
      await join('carl').says('Warm Welcome');
      expect(await join('carl').exit()).to.equal(4);
    });

    it('and says so when it hears what it does not know, and goes on', async () => {
      const carl = join('carl');
      await carl.says('Warm Welcome');
      original.say('{"Topic":{"username":"d","content":"\\u001b[2J"}}');
      original.say('not even \u001b[31mJSON');
      original.say(JSON.stringify({ Broadcast: { username: 'd\u001b[1m', content: '\u001b]0;x\u0007' } }));
      await carl.says('d<U+001B>[1m: <U+001B>]0;x<U+0007>\n');
      expect(carl.stdout).to.include('does not understand: {"Topic"');
      expect(carl.stdout).to.include('does not understand: not even <U+001B>[31mJSON');
      expect(await carl.endInput('leave\n').exit()).to.equal(0);
    });
  });
});
