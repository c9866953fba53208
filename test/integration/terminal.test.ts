import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import xterm from '@xterm/headless';
import { expect } from 'chai';
import { Program } from '../support/cli.js';
import { until } from '../support/until.js';
import { said, WireClient } from '../support/wire-client.js';

/** util-linux's `script` gives a program a real pseudo-terminal; Debian always has it, other systems may not. */
const SCRIPT = spawnSync('script', ['--version']).stdout?.includes('util-linux') === true;

const { Terminal } = xterm;
const COLUMNS = 60;
const ROWS = 10;

/** What a person sees: the rows of a terminal that was given everything that the program wrote. */
async function screen(program: Program): Promise<string[]> {
  const terminal = new Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  await new Promise<void>(resolve => terminal.write(program.stdout, resolve));
  const lines = Array.from({ length: ROWS }, (_, row) =>
    terminal.buffer.active.getLine(row)?.translateToString(true),
  );
  terminal.dispose();
  return lines.map(line => line ?? '');
}

/** A text as a terminal wraps it. */
function rows(text: string): string[] {
  return text.match(new RegExp(`.{1,${COLUMNS}}`, 'g')) ?? [];
}

describe('in a real pseudo-terminal', function () {
  this.timeout(30_000);
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

  it('asks for a name, then shows a prompt', async () => {
    const carl = terminal();
    await carl.says('Username: ');
    carl.type('carl\r');
    await carl.says('Warm Welcome, carl');
    await carl.says('> ');
    carl.type('leave\r');
    expect(await carl.exit()).to.equal(0);
  });

  it('keeps what is being typed, and every message, also when the line is longer than a row', async () => {
    const carl = terminal('carl');
    await carl.says('> ');
    const david = await WireClient.joined(port, 'david');
    await carl.says('david: Joined\r\n');
    const typed = `send ${'half a message '.repeat(4)}`;
    carl.type(typed);
    await until(async () => (await screen(carl)).join('').includes(typed.trimEnd()));
    for (const word of ['one', 'two', 'three']) {
      david.send('david', word);
      await carl.says(`david: ${word}\r\n`);
    }
    const expected = ['david: Joined', 'david: one', 'david: two', 'david: three', ...rows(`> ${typed}`)];
    await until(
      async () => (await screen(carl)).slice(1).join('\n').trimEnd() === expected.join('\n').trimEnd(),
    );
    carl.type('and the rest\r');
    await david.next(line => line === said('carl', `${typed.slice(5)}and the rest`));
  });

  for (const [key, code] of [
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ] as const) {
    it(`leaves at ${key}, and gives the terminal back`, async () => {
      const david = await WireClient.joined(port, 'david');
      const carl = terminal('carl');
      await carl.says('> ');
      carl.type(code);
      expect(await carl.exit()).to.equal(0);
      await david.next(line => line === said('carl', 'Left'));
      expect(carl.stdout).to.match(/\r\n$/);
    });
  }

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
    await server.says('INFO: listening');
    server.type('\u0003');
    expect(await server.exit()).to.equal(0);
  });
});
