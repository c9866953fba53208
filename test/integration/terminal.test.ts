import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { Program } from '../support/cli.js';
import { said, WireClient } from '../support/wire-client.js';

/** util-linux's `script` gives a program a real pseudo-terminal; Debian always has it, other systems may not. */
const SCRIPT = spawnSync('script', ['--version']).stdout?.includes('util-linux') === true;

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
      'stty cols 40 rows 10;',
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

  it('keeps what is being typed when a message comes in, also when it is longer than a row', async () => {
    const carl = terminal('carl');
    await carl.says('> ');
    const david = await WireClient.joined(port, 'david');
    await carl.says('david: Joined\r\n');
    const typed = `send ${'half a message '.repeat(4)}`;
    carl.type(typed);
    await carl.says('half a message half');
    david.send('david', 'an interruption');
    await carl.says('david: an interruption\r\n');
    await carl.says(`interruption\r\n\u001b[1G\u001b[0J> ${typed}`);
    // The cursor went up to the first row of the prompt before anything was written.
    expect(carl.stdout).to.include('\u001b[1A\u001b[1G\u001b[0Jdavid: an interruption');
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
