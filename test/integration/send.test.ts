import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Program } from '../support/cli.js';
import { until } from '../support/until.js';
import { said, WireClient } from '../support/wire-client.js';

describe('client:send', () => {
  const running: Program[] = [];
  let port: number;
  let server: Program;
  let david: WireClient;

  const track = (program: Program) => {
    running.push(program);
    return program;
  };
  const send = (args: string[], env: Record<string, string> = {}) =>
    track(
      Program.chatty(['client:send', '--port', String(port), ...args], { CHATTY_USERNAME: 'bot', ...env }),
    );
  const heard = () => david.lines.filter(line => line.includes('"bot"')).map(line => JSON.parse(line));
  const messages = () => heard().map(({ Broadcast }) => Broadcast.content);

  beforeEach(async () => {
    [server, port] = await Program.server(['--log-level', 'silent']);
    track(server);
    david = await WireClient.joined(port, 'david');
  });
  afterEach(async () => {
    david.duplex.destroy();
    await Promise.all(running.splice(0).map(program => program.kill()));
  });

  it('says what the argument holds, writes nothing, and exits with 0 when it is recorded', async () => {
    const bot = send(['The build is done.']);
    expect(await bot.exit()).to.equal(0);
    expect([bot.stdout, bot.stderr]).to.deep.equal(['', '']);
    await david.next(line => line === said('bot', 'Left'));
    expect(messages()).to.deep.equal(['Joined', 'The build is done.', 'Left']);
  });

  it('does so while its standard input is left open', async () => {
    expect(await send(['--', '---']).exit()).to.equal(0);
    await david.next(line => line === said('bot', '---'));
  });

  it('says all that is piped in as one message, without the line end at its end', async () => {
    const bot = send(['--username', 'bot']).endInput('one\n\ntwo — zwei 👩‍👩‍👧\n');
    expect(await bot.exit()).to.equal(0);
    await david.next(line => line === said('bot', 'Left'));
    expect(messages()).to.deep.equal(['Joined', 'one ⏎  ⏎ two — zwei 👩‍👩‍👧', 'Left']);
  });

  it('waits for a server that is being restarted', async () => {
    server.signal('SIGKILL');
    await server.exit();
    const bot = send(['hello again']);
    await until(() => bot.stderr.includes('Trying again.'));
    [server] = await Program.server(['--log-level', 'silent', '--port', String(port)]);
    track(server);
    david = await WireClient.joined(port, 'david');
    expect(await bot.exit()).to.equal(0);
  });

  it('lets programs of one person that speak under one name wait for each other', async () => {
    const home = mkdtempSync(join(tmpdir(), 'chatty-state-'));
    try {
      const bots = Array.from({ length: 4 }, (_, n) => send([`b ${n}`], { XDG_STATE_HOME: home }));
      expect(await Promise.all(bots.map(bot => bot.exit()))).to.deep.equal([0, 0, 0, 0]);
      await david.next(() => messages().filter(text => text === 'Left').length === 4);
      expect(
        messages()
          .filter(text => text.startsWith('b '))
          .sort(),
      ).to.deep.equal(['b 0', 'b 1', 'b 2', 'b 3']);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });

  it('sends what is too long in parts when it is told to, and says so when it is not', async () => {
    const long = `${'x'.repeat(3000)}\n${'y'.repeat(3000)}`;
    const bot = send([]).endInput(long);
    expect(await bot.exit()).to.equal(10);
    expect(bot.stderr).to.include('With --split it is sent in parts.');
    expect(await send(['--split']).endInput(long).exit()).to.equal(0);
    await david.next(line => line === said('bot', 'y'.repeat(3000)));
    expect(messages()).to.include('x'.repeat(3000));
  });

  it('knows the line ends, byte order marks and colors of every platform', async () => {
    expect(await send([]).endInput('\ufeff\u001b[32mone\u001b[0m\r\ntwo\r\n').exit()).to.equal(0);
    await david.next(line => line === said('bot', 'Left'));
    expect(messages()).to.deep.equal(['Joined', 'one ⏎ two', 'Left']);
  });

  it('refuses what is not UTF-8, saying which byte, and sends the other lines', async () => {
    const whole = send([]);
    whole.child.stdin.end(Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x0a]));
    expect(await whole.exit()).to.equal(10);
    expect(whole.stderr).to.equal(
      'Nothing was sent. Byte 4 (0xe9) is not UTF-8. Convert the input to UTF-8.\n',
    );
    const lines = send(['--lines']);
    lines.child.stdin.end(Buffer.from([0x61, 0x0a, 0xe9, 0x0a, 0x62, 0x0a]));
    expect(await lines.exit()).to.equal(10);
    expect(lines.stderr).to.equal(
      'Line 2 was not sent. Byte 1 (0xe9) is not UTF-8. Convert the input to UTF-8.\n',
    );
    await david.next(line => line === said('bot', 'Left'));
    expect(messages()).to.deep.equal(['Joined', 'a', 'b', 'Left']);
  });

  it('says each line with --lines, as it comes, and leaves out empty ones', async () => {
    const bot = send(['--lines']).type('one\n\ntwo\r\nthr');
    await david.next(line => line === said('bot', 'two'));
    expect(await bot.endInput('ee').exit()).to.equal(0);
    await david.next(line => line === said('bot', 'Left'));
    expect(messages()).to.deep.equal(['Joined', 'one', 'two', 'three', 'Left']);
  });

  it('waits its turn where several of one name speak at once, and loses nothing', async () => {
    const lines = send(['--lines']).type('first\n');
    await david.next(line => line === said('bot', 'first'));
    const others = Array.from({ length: 5 }, (_, n) => send([`other ${n}`]));
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(await lines.endInput('last\n').exit()).to.equal(0);
    for (const other of others) expect(await other.exit(), other.stderr).to.equal(0);
    const expected = ['first', 'last', ...others.map((_, n) => `other ${n}`)];
    expect(messages().filter(text => text !== 'Joined' && text !== 'Left')).to.have.members(expected);
  });

  it('brings five thousand lines, in order', async () => {
    const lines = Array.from({ length: 5000 }, (_, n) => String(n));
    expect(await send(['--lines']).endInput(lines.join('\n')).exit()).to.equal(0);
    await david.next(line => line === said('bot', 'Left'));
    expect(messages().slice(1, -1)).to.deep.equal(lines);
  });

  it('comes back when the connection is lost, and says it once', async () => {
    const bot = send(['--lines']).type('before\n');
    await david.next(line => line === said('bot', 'before'));
    server.signal('SIGKILL');
    await server.exit();
    bot.endInput('after\n');
    [server] = await Program.server(['--port', String(port), '--log-level', 'silent', '--history', 'memory']);
    track(server);
    expect(await bot.exit()).to.equal(0);
  });

  it('leaves at SIGINT, with its code, and says that not all was said', async () => {
    const bot = send(['--lines']).type('one\n');
    await david.next(line => line === said('bot', 'one'));
    expect(await bot.signal('SIGINT').exit()).to.equal(130);
    expect(bot.stderr).to.equal('Interrupted before everything was sent.\n');
    await david.next(line => line === said('bot', 'Left'));
  });

  const ends: [title: string, code: number, says: RegExp, run: () => Promise<Program>][] = [
    [
      'a message is refused',
      10,
      /^Your message was not sent: it has 5000 bytes.*\n$/,
      async () => send([]).endInput('x'.repeat(5000)),
    ],
    [
      'a message is longer than a line',
      10,
      /^Your message was not sent: it makes a line of \d+ bytes, and a server reads \d+\. With --split it is sent in parts\.\n$/,
      async () => send([]).endInput('x'.repeat(200_000)),
    ],
    [
      'one of several is refused',
      10,
      /^1 of 3 messages were not accepted\. The first: Your message was not sent/,
      async () => send(['--lines']).endInput(`one\n${'x'.repeat(5000)}\nthree\n`),
    ],
    [
      'the name stays taken',
      4,
      /^The name david is taken\./,
      async () => send(['hi', '--username', 'david', '--retry-for', '1']),
    ],
    [
      'the name is taken and is not to be waited for',
      4,
      /^The name david is taken\./,
      async () => send(['hi', '--username', 'david', '--retry-for', '0']),
    ],
    ['the name is reserved', 5, /reserved/, async () => send(['hi', '--username', 'admin'])],
    [
      'no server is there',
      3,
      /^No server answers on port 1 of/,
      async () =>
        track(Program.chatty(['client:send', 'hi', '--username', 'bot', '--port', '1', '--retry-for', '0'])),
    ],
    [
      'the connection is lost',
      6,
      /^The connection was lost/,
      async () => {
        const bot = send(['--lines', '--retry-for', '0']).type('one\n');
        await david.next(line => line === said('bot', 'one'));
        server.signal('SIGKILL');
        return bot;
      },
    ],
    ['there is nothing to say', 2, /^There is nothing to send/, async () => send([]).endInput('\n')],
    ['there is no name', 2, /^A username is needed/, async () => send(['hi'], { CHATTY_USERNAME: '' })],
    ['a word is too many', 2, /^Unexpected argument: there\. /, async () => send(['hi', 'there'])],
    ['both are given', 2, /^--lines is for piped input/, async () => send(['hi', '--lines'])],
    [
      'a number is none',
      2,
      /^--retry-for \(or CHATTY_RETRY_FOR\) is a whole number/,
      async () => send(['hi', '--retry-for', 'x']),
    ],
  ];
  for (const [title, code, says, act] of ends) {
    it(`says in a line that ${title}, and exits with ${code}`, async () => {
      const program = await act();
      expect(await program.exit()).to.equal(code);
      expect(program.stderr).to.match(says);
      expect(program.stderr.trimEnd().split('\n')).to.have.length(1);
      expect(program.stdout).to.equal('');
    });
  }
});
