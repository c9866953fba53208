import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { expect } from 'chai';
import { Program } from '../support/cli.js';
import { Emulator } from '../support/emulator.js';
import { until } from '../support/until.js';
import { said, WireClient } from '../support/wire-client.js';

/** util-linux's `script` gives a program a real pseudo-terminal; Debian always has it, other systems may not. */
const SCRIPT = spawnSync('script', ['--version']).stdout?.includes('util-linux') === true;

const COLUMNS = 60;
const ROWS = 10;

/** Messages a second that come in while somebody types. */
const RATE = 200;

/** The device of the terminal that a program of ours, started by `script`, runs in. */
function ptyOf(program: Program): string {
  return readlinkSync(`/proc/${childOf(program)}/fd/0`);
}

/** The process that `script` has started. */
function childOf(program: Program): number {
  const { pid } = program.child;
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

describe('in a real pseudo-terminal', () => {
  const running: Program[] = [];
  let port: number;

  before(function () {
    if (SCRIPT) return;
    if (process.env.CI !== undefined) throw new Error('CI has to have util-linux, for its `script`');
    process.stderr.write('SKIPPED: the tests in a pseudo-terminal need `script` of util-linux\n');
    this.skip();
  });

  beforeEach(async () => {
    const [server, chosen] = await Program.server();
    running.push(server);
    port = chosen;
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map(program => program.kill()));
  });

  function terminal(...args: string[]): Program {
    const command = [
      `stty cols ${COLUMNS} rows ${ROWS};`,
      'exec',
      process.execPath,
      'bin/run.js',
      'client:join',
      '--port',
      port,
      ...args,
    ];
    const program = Program.start('script', ['-qefc', command.join(' '), '/dev/null'], { TERM: 'xterm' });
    running.push(program);
    return program;
  }

  /** What a person sees: a screen that shows all that the program writes, and answers it. */
  function screenOf(program: Program): Emulator {
    const screen = new Emulator({ columns: COLUMNS, rows: ROWS });
    program.child.stdout.on('data', (chunk: Buffer) => screen.terminal.write(chunk));
    screen.terminal.onData(answer => program.type(answer));
    return screen;
  }

  async function joined(name: string): Promise<[Program, Emulator]> {
    const program = terminal(name);
    const screen = screenOf(program);
    await shows(screen, /^connected · \d+ here\b/m);
    return [program, screen];
  }

  async function shows(screen: Emulator, what: string | RegExp): Promise<void> {
    const matches = () => {
      const text = screen.screen.join('\n');
      return typeof what === 'string' ? text.includes(what) : what.test(text);
    };
    await until(matches).catch(() => expect.fail(`no ${what} in\n${screen.screen.join('\n')}`));
  }

  it('asks for a name, then shows a prompt', async () => {
    const carl = terminal();
    await carl.says('Username: ');
    carl.type('carl\r');
    await carl.says('Warm Welcome, carl');
    carl.type('leave\r');
    expect(await carl.exit()).to.equal(0);
  });

  it('keeps what is being typed, and every message, also when the line is longer than a row', async () => {
    const [carl, screen] = await joined('carl');
    const david = await WireClient.joined(port, 'david');
    await shows(screen, '→ david joined');
    const typed = `send ${'half a message '.repeat(6)}`;
    carl.type(typed);
    await shows(screen, typed.trimEnd().slice(-20));
    for (const word of ['one', 'two', 'three']) david.send('david', word);
    await shows(screen, 'david  three');
    const rows = screen.screen;
    const start = rows.findIndex(row => row.startsWith('> '));
    expect(rows.slice(start - 3, start).map(row => row.slice(6))).to.deep.equal([
      'david  one',
      'david  two',
      'david  three',
    ]);
    const input = rows
      .slice(start, -1)
      .map(row => row.slice(2))
      .join('')
      .replaceAll(' ', '');
    expect(input).to.equal(typed.replaceAll(' ', ''));
    expect(rows.at(-1)).to.match(/^connected · 2 here\b/);
    carl.type('and the rest\r');
    await david.next(line => line === said('carl', `${typed.slice(5)}and the rest`));
    await shows(screen, /^\d\d:\d\d carl {2,}half a message/m);
  });

  it('shows every line in order, and the input whole, while 200 lines a second come in and somebody types', async () => {
    const [carl, screen] = await joined('carl');
    const david = await WireClient.joined(port, 'david');
    let count = 0;
    const talk = setInterval(() => {
      for (let n = 0; n < RATE / 50; n += 1) david.send('david', `number ${count++} of many`);
    }, 20);
    const typed = 'Zwölf 你好 👩‍👩‍👧 boxing wizards jump quickly';
    for (const { segment } of new Intl.Segmenter('en').segment(typed)) {
      carl.type(segment);
      await new Promise(resolve => setTimeout(resolve, 30));
    }
    clearInterval(talk);
    await shows(screen, `number ${count - 1} of many`);
    await shows(screen, `> ${typed}\nconnected`);
    const numbers = screen.lines.flatMap(line => / number (\d+) of many$/.exec(line)?.[1] ?? []).map(Number);
    expect(numbers).to.deep.equal(Array.from({ length: count }, (_, n) => n));
    expect(screen.lines.filter(line => line.startsWith('> '))).to.have.length(1);
  });

  it('takes a paste of 500 lines as one message, and leaves every line of it whole', async () => {
    const [carl, screen] = await joined('carl');
    const david = await WireClient.joined(port, 'david');
    const text = Array.from({ length: 500 }, (_, n) => `${n}`).join('\n');
    carl.type(`\u001b[200~${text.replaceAll('\n', '\r')}\u001b[201~`);
    await shows(screen, 'Paste 500 lines as one message?');
    carl.type('\r');
    // A basic session is told of it in one line.
    await david.next(line => line === said('carl', text.replaceAll('\n', ' ⏎ ')));
    await shows(screen, /… \d+ more rows: \/expand shows them/);
    carl.type('/expand\r');
    await shows(screen, /\n {12}499\n> /);
    const shown = screen.lines.flatMap(line => /^ {12}(\d+)$/.exec(line)?.[1] ?? []);
    expect(shown.slice(-499)).to.deep.equal(text.split('\n').slice(1));
  });

  it('survives hostile messages: the screen is what it was, and the title too', async () => {
    // A server that lets everything through: chatty's own refuses such messages.
    const hostile = createServer(socket => {
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.write(
          `${JSON.stringify({ Joined: { username: 'eve', content: '\u001b[2J\u001b]0;x\u0007' } })}\n`,
        );
        for (let code = 0; code < 0x300; code += 1) {
          const content = `${String.fromCharCode(code)}\u001b${String.fromCharCode(code % 0x80)}\u001b[1;1H\u202e`;
          socket.write(`${JSON.stringify({ Broadcast: { username: 'mallory', content } })}\n`);
        }
        socket.write(`${JSON.stringify({ Broadcast: { username: 'mallory', content: 'done' } })}\n`);
      });
    }).listen(0, '127.0.0.1');
    await once(hostile, 'listening');
    ({ port } = hostile.address() as AddressInfo);
    const eve = terminal('eve');
    const shown = screenOf(eve);
    const titles = new Set<string>();
    shown.terminal.onTitleChange(title => titles.add(title));
    await shows(shown, /mallory {2}done\n> \nconnected · /);
    expect([...titles]).to.deep.equal([`localhost:${port} - chatty`, `eve @ localhost:${port} - chatty`]);
    expect(shown.terminal.buffer.active.type).to.equal('normal');
    expect(shown.lines.filter(line => line.includes('mallory'))).to.have.length(0x300 + 1);
    eve.type('\u0003\u0003');
    await eve.exit();
    hostile.close();
  });

  it('counts down while the server is away, keeps what is said, and shows it in its place', async () => {
    const [server] = running;
    const [carl, screen] = await joined('carl');
    await server?.kill();
    await shows(screen, /^reconnecting/m);
    carl.type('still there?\r');
    await shows(screen, /^ {2}… {3}carl {2}still there\?\n> \nreconnecting.* · 1 unsent\b/m);
    const [again] = await Program.server(['--port', String(port)]);
    running.push(again);
    await shows(screen, /^\d\d:\d\d carl {2}still there\?$[\s\S]*\n> \nconnected · 1 here\b/m);
    expect(screen.screen.join('\n')).to.not.include('…   carl');
  });

  it('keeps the input whole through a storm of resizes', async () => {
    const [carl, screen] = await joined('carl');
    const david = await WireClient.joined(port, 'david');
    await shows(screen, '→ david joined');
    carl.type('half a message');
    await shows(screen, '> half a message');
    for (let n = 0; n < 20; n += 1) {
      const [columns, rows] = [30 + ((n * 37) % 120), 8 + ((n * 13) % 40)];
      screen.terminal.resize(columns, rows);
      spawnSync('stty', ['-F', ptyOf(carl), 'cols', `${columns}`, 'rows', `${rows}`]);
      david.send('david', `<${n}>`);
      await shows(screen, new RegExp(`david {2}<${n}>\\n> half a message\\nconnected · 2 here\\b`));
    }
    for (let n = 0; n < 20; n += 1) expect(screen.lines.join('\n').split(`<${n}>`)).to.have.length(2);
  });

  it('rings at a mention, and only then', async () => {
    const [carl, screen] = await joined('carl');
    const david = await WireClient.joined(port, 'david');
    david.send('david', 'hello all');
    await shows(screen, 'hello all');
    expect(carl.stdout).to.not.include('\u0007');
    david.send('david', 'hello @Carl');
    await shows(screen, 'hello @Carl');
    await carl.says('\u0007');
    carl.type('da\t');
    await shows(screen, '> david: ');
  });

  for (const [key, code] of [
    ['Ctrl-C twice', '\u0003\u0003'],
    ['Ctrl-D', '\u0004'],
  ] as const) {
    it(`leaves at ${key}, and gives the terminal back`, async () => {
      const david = await WireClient.joined(port, 'david');
      const [carl, screen] = await joined('carl');
      carl.type(code);
      expect(await carl.exit()).to.equal(0);
      await david.next(line => line === said('carl', 'Left'));
      // The paste mode is off again, and the cursor at the beginning of an empty row.
      expect(carl.stdout.endsWith('\u001b[?2004l')).to.equal(true);
      expect(screen.cursor.column).to.equal(0);
    });
  }

  for (const args of [[], ['--plain']]) {
    it(`leaves at SIGTERM with its code, and gives the terminal back: ${args.join(' ') || 'the prompt'}`, async () => {
      const david = await WireClient.joined(port, 'david');
      const carl = terminal('carl', ...args);
      await carl.says('Warm Welcome');
      carl.type('half a');
      await carl.says('half a');
      process.kill(childOf(carl), 'SIGTERM');
      expect(await carl.exit()).to.equal(143);
      await david.next(line => line === said('carl', 'Left'));
    });
  }

  it('holds what comes in while somebody types with --plain, and draws nothing', async () => {
    const david = await WireClient.joined(port, 'david');
    const carl = terminal('carl', '--plain');
    await carl.says('Warm Welcome');
    carl.type('half a');
    await carl.says('half a');
    david.send('david', 'hi carl');
    await carl.says('\u0007'); // it has come, and rings
    carl.type('x\u007f line\r');
    await carl.says('david: hi');
    const shown = carl.stdout.replace(/\[\d\d:\d\d\] david/, '[14:05] david');
    expect(shown.endsWith('\r\nhalf a\u0007x\b \b line\r\n[14:05] david: hi carl\r\n')).to.equal(true);
    expect(carl.stdout).to.not.include('\u001b');
    await david.next(line => line === said('carl', 'half a line'));
    carl.type('\u0003');
    expect(await carl.exit()).to.equal(0);
  });

  it('ends at Ctrl-C though the server says nothing', async () => {
    const silent = createServer(socket => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port: silentPort } = silent.address() as AddressInfo;
    port = silentPort;
    const connected = once(silent, 'connection');
    const carl = terminal('carl');
    await connected;
    carl.type('\u0003');
    expect(await carl.exit()).to.equal(0);
    silent.close();
  });

  it('logs for people when the server runs in a terminal', async () => {
    const command = `exec ${process.execPath} bin/run.js server:start --port 0`;
    const server = Program.start('script', ['-qefc', command, '/dev/null'], { NO_COLOR: '1' });
    running.push(server);
    await server.says('chatty listens on');
    await server.says('INFO: listening addresses=127.0.0.1:');
    server.type('\u0003');
    expect(await server.exit()).to.equal(0);
  });

  it('holds nobody up when the terminal with the log is stopped, as by Ctrl-S', async () => {
    const command = `exec ${process.execPath} bin/run.js server:start --port 0`;
    const server = Program.start('script', ['-qefc', command, '/dev/null'], { NO_COLOR: '1' });
    running.push(server);
    await server.says('INFO: listening addresses=127.0.0.1:');
    await server.says('operator, join and type');
    port = Number(/listens on \S+ port (\d+)/.exec(server.stdout)?.[1]);
    const [carl, david] = [await WireClient.joined(port, 'carl'), await WireClient.joined(port, 'david')];
    await server.says('username=david');
    server.type('\u0013');
    for (let n = 0; n < 600; n++) {
      const nonsense = await WireClient.connect(port);
      nonsense.write('nonsense\n');
      await nonsense.closed;
    }
    expect(server.stdout).not.to.include('connection=600');
    carl.send('carl', 'still here?');
    await david.next(line => line === said('carl', 'still here?'));
    server.type('\u0011');
    await server.says('connection=600');
    for (const { duplex } of [carl, david]) duplex.destroy();
    server.type('\u0003');
    expect(await server.exit()).to.equal(0);
  });
});
