import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer as createWebServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { expect } from 'chai';
import { Program } from '../support/cli.js';
import { until } from '../support/until.js';
import { said, WireClient } from '../support/wire-client.js';

describe('the command line', () => {
  const running: Program[] = [];

  function track(program: Program): Program {
    running.push(program);
    return program;
  }

  async function start(
    args: string[] = [],
    env: Record<string, string> = {},
  ): Promise<[Program, port: number]> {
    const [server, port] = await Program.server(args, env);
    track(server);
    return [server, port];
  }

  const join = (port: number, args: string[] = [], env: Record<string, string> = {}) =>
    track(Program.client(port, args, env));
  const run = (args: string[], env: Record<string, string> = {}) => track(Program.chatty(args, env));

  afterEach(async () => {
    await Promise.all(running.splice(0).map(program => program.kill()));
  });

  describe('client:join', () => {
    it('takes a piped session to its last line', async () => {
      const [, port] = await start();
      const david = join(port, ['david']);
      await david.says('Warm Welcome, david');
      const carl = join(port, ['carl']).endInput('send Hello World\nleave\n');
      expect(await carl.exit()).to.equal(0);
      expect(carl.stderr).to.equal('');
      await david.says('carl: Left\n');
      expect(david.stdout).to.match(/carl: Joined\ncarl: Hello World\ncarl: Left\n$/);
    });

    it('sends what was typed before the end of its input, then leaves', async () => {
      const [, port] = await start();
      const david = join(port, ['david']);
      await david.says('Warm Welcome');
      expect(await join(port, ['carl']).endInput('send no newline at the end').exit()).to.equal(0);
      await david.says('carl: no newline at the end\ncarl: Left');
    });

    it('brings ten thousand piped lines, in order', async () => {
      const [, port] = await start();
      const david = await WireClient.joined(port, 'david');
      const lines = Array.from({ length: 10_000 }, (_, n) => `send ${n}\n`).join('');
      expect(await join(port, ['carl']).endInput(lines).exit()).to.equal(0);
      await david.next(line => line === said('carl', 'Left'));
      expect(david.lines.slice(2, -1)).to.deep.equal(
        Array.from({ length: 10_000 }, (_, n) => said('carl', String(n))),
      );
    });

    it('asks for a name when there is none', async () => {
      const [, port] = await start();
      const carl = join(port).endInput('carl\nleave\n');
      expect(await carl.exit()).to.equal(0);
      expect(carl.stdout).to.match(/^Username: Warm Welcome, carl!/);
    });

    const names: [title: string, args: string[], env: Record<string, string>][] = [
      ['an argument', ['carl'], { CHATTY_USERNAME: 'david' }],
      ['a flag', ['--username', 'carl'], { CHATTY_USERNAME: 'david' }],
      ['the environment', [], { CHATTY_USERNAME: 'carl' }],
    ];
    for (const [title, args, env] of names) {
      it(`takes the name from ${title}`, async () => {
        const [, port] = await start();
        const carl = join(port, args, env).endInput('leave\n');
        expect(await carl.exit()).to.equal(0);
        expect(carl.stdout).to.include('Warm Welcome, carl');
      });
    }

    it('finds the server by the environment, and a flag wins over it', async () => {
      const [, port] = await start();
      const env = { TCP_SERVER_ADDRESS: '127.0.0.1', TCP_SERVER_PORT: String(port) };
      expect(await run(['client:join', 'carl'], env).endInput('leave\n').exit()).to.equal(0);
      const wrong = { TCP_SERVER_ADDRESS: 'no.such.host.invalid', TCP_SERVER_PORT: '1' };
      expect(await join(port, ['carl', '--host', 'localhost'], wrong).endInput('leave\n').exit()).to.equal(0);
    });

    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      it(`leaves at ${signal}, and exits with ${code}`, async () => {
        const [, port] = await start();
        const david = await WireClient.joined(port, 'david');
        const carl = join(port, ['carl']);
        await carl.says('Warm Welcome');
        expect(await carl.signal(signal).exit()).to.equal(code);
        expect(carl.stderr).to.equal('Interrupted before the end of the input.\n');
        await david.next(line => line === said('carl', 'Left'));
      });
    }

    it('exits with the code of a signal also when its input is at its end, or a line has failed', async () => {
      const [, port] = await start();
      const listener = join(port, ['carl', '--listen']).endInput('who\n');
      await listener.says('is here');
      expect(await listener.signal('SIGTERM').exit()).to.equal(143);
      expect(listener.stderr).to.equal('');
      const failing = join(port, ['carl', '--listen']).endInput('sned\nwho\n');
      await failing.says('is here');
      expect(await failing.signal('SIGTERM').exit()).to.equal(143);
      expect(failing.stderr).to.equal('1 line failed. The reason is above.\n');
    });

    it('keeps with --log what is shown and said, in a file for its owner alone', async () => {
      const [, port] = await start(['--log-level', 'silent']);
      const folder = mkdtempSync(pathOf(tmpdir(), 'chatty-log-'));
      const file = pathOf(folder, 'log');
      const david = await WireClient.joined(port, 'david');
      const carl = join(port, ['carl', '--log', file]);
      await carl.says('Warm Welcome');
      david.send('david', 'hi');
      await carl.says('hi');
      expect(await carl.endInput('send hello\nleave\n').exit()).to.equal(0);
      const rows = readFileSync(file, 'utf8')
        .replaceAll(/^\d{4}-\d\d-\d\d \d\d:\d\d /gm, '')
        .split('\n');
      expect(rows.slice(1)).to.deep.equal(['david: hi', 'carl: hello', '']);
      expect(statSync(file).mode & 0o777).to.equal(0o600);
      rmSync(folder, { recursive: true });
    });

    it('ends with 2 when the file of --log cannot be opened, and goes on when it cannot be written', async () => {
      const [, port] = await start(['--log-level', 'silent']);
      const none = join(port, ['carl', '--log', '/dev/null/log']);
      expect(await none.exit()).to.equal(2);
      expect(none.stderr).to.equal(
        '/dev/null/log cannot be opened: not a directory. Give another file with --log.\n',
      );
      const carl = join(port, ['carl', '--log', '/dev/full']).endInput('send one\nsend two\nleave\n');
      expect(await carl.exit()).to.equal(0);
      expect(
        carl.stdout.match(/\/dev\/full cannot be written any more \(no space left on device\)/g),
      ).to.have.length(1);
    });

    const histories: [title: string, shown: number, args: string[], env: Record<string, string>][] = [
      ['a flag', 2, ['--show-history', '2'], { CHATTY_SHOW_HISTORY: '3', CHATTY_JOIN_HISTORY: '4' }],
      ['the environment', 3, [], { CHATTY_SHOW_HISTORY: '3', CHATTY_JOIN_HISTORY: '4' }],
      ['the old flag', 2, ['--history', '2'], { CHATTY_SHOW_HISTORY: '3' }],
      ['the old flag, in one word', 2, ['--history=2'], {}],
      ["the old variable, which is the server's", 4, [], { CHATTY_JOIN_HISTORY: '4' }],
      ['nothing', 0, [], {}],
    ];
    for (const [title, shown, args, env] of histories) {
      it(`takes the number of earlier messages to show from ${title}`, async () => {
        const [, port] = await start(['--log-level', 'silent']);
        const david = await WireClient.joined(port, 'david');
        for (let n = 1; n <= 5; n++) david.send('david', `message ${n}`);
        await david.end();
        const carl = join(port, ['carl', ...args], env).endInput('leave\n');
        expect(await carl.exit()).to.equal(0);
        expect(carl.stderr).to.equal('');
        expect(carl.stdout.match(/message \d/g) ?? []).to.have.length(shown);
      });
    }

    it('shows nothing of a message raw', async () => {
      const [, port] = await start();
      const carl = join(port, ['carl']);
      await carl.says('Warm Welcome');
      const david = await WireClient.joined(port, 'david');
      david.send('david', '\u200e</b> tab\there \u200f');
      await carl.says('tab    here');
      expect(carl.stdout).to.include('david: \u200e</b> tab    here \u200f\n');
    });

    const ends: [title: string, code: number, says: RegExp, run: () => Promise<Program>][] = [
      [
        'the name is taken',
        4,
        /The name carl is taken\. Join under another one\./,
        async () => {
          const [, port] = await start();
          await WireClient.joined(port, 'carl');
          return join(port, ['carl']);
        },
      ],
      [
        'the name is not allowed',
        5,
        /The usernames chatty, server, admin, system are reserved/,
        async () => join((await start())[1], ['admin']),
      ],
      [
        'no server is there',
        3,
        /No server answers on port 1 of localhost\. Start one with chatty server:start/,
        async () => join(1, ['carl', '--host', 'localhost']),
      ],
      [
        'there is no such machine',
        3,
        /There is no machine named no\.such\.host\.invalid/,
        async () => join(1, ['carl', '--host', 'no.such.host.invalid']),
      ],
      [
        'the connection is lost',
        6,
        /The connection was lost/,
        async () => {
          const [server, port] = await start();
          const carl = join(port, ['carl', '--retry-for', '0']);
          await carl.says('Warm Welcome');
          server.signal('SIGKILL');
          return carl;
        },
      ],
      [
        'the server stops',
        7,
        /The server has stopped\. Join again when it is back/,
        async () => {
          const [server, port] = await start();
          const carl = join(port, ['carl', '--retry-for', '0']);
          await carl.says('Warm Welcome');
          server.signal('SIGTERM');
          return carl;
        },
      ],
      ['something else answers', 8, /not a chatty server/, async () => join(await httpLike(), ['carl'])],
      [
        'a port is not a number',
        2,
        /^--port \(or TCP_SERVER_PORT\) is a whole number from 0 to 65535\.\n$/,
        async () => run(['client:join', 'carl'], { TCP_SERVER_PORT: 'abc' }),
      ],
      [
        'a port is impossible',
        2,
        /--port \(or TCP_SERVER_PORT\) is a whole number from 0 to 65535/,
        async () => join(65_536, ['carl']),
      ],
      ['the name is missing', 2, /A username is needed/, async () => join(1).endInput()],
    ];
    for (const [title, code, says, act] of ends) {
      it(`says so when ${title}, and exits with ${code}`, async () => {
        const program = await act();
        expect(await program.exit()).to.equal(code);
        expect(program.stderr).to.match(says);
        expect(program.stderr).to.not.include('    at ');
      });
    }

    for (const [title, args] of [
      ['client:join in a pipe', ['client:join', 'carl']],
      ['client:join in a pipe that waits', ['client:join', 'carl', '--retry-for', '5']],
      ['client:send', ['client:send', '--username', 'carl']],
    ] as const) {
      it(`says in one line, and nothing else, that a web server is not a chatty server: ${title}`, async () => {
        const web = createWebServer((_, response) => response.end()).listen(0, '127.0.0.1');
        await once(web, 'listening');
        const { port } = web.address() as AddressInfo;
        const program = run([...args, '--port', String(port), '--host', '127.0.0.1']).endInput('send hi\n');
        expect(await program.exit()).to.equal(8);
        web.close();
        expect(program.stdout).to.equal('');
        expect(program.stderr).to.equal(
          'What answers there is not a chatty server. Check --host and --port.\n',
        );
      });
    }

    it('waits for a server that reads slowly: what is piped arrives', async () => {
      const [, port] = await start(['--max-rate', '10']);
      const david = await WireClient.joined(port, 'david');
      const lines = Array.from({ length: 40 }, (_, n) => `send ${n}\n`).join('');
      expect(await join(port, ['carl']).endInput(lines).exit()).to.equal(0);
      await david.next(line => line === said('carl', 'Left'));
      expect(david.lines.filter(line => line.includes('"carl","content":"')).slice(1, -1)).to.have.length(40);
    });

    it('makes the server wait, not its memory, for a reader that has stopped; and ends when it is told to', async () => {
      const [, port] = await start();
      const carl = join(port, ['carl']);
      await carl.says('Warm Welcome');
      carl.child.stdout.pause();
      const david = await WireClient.joined(port, 'david');
      for (let n = 0; n < 8000; n++) david.send('david', 'x'.repeat(4000));
      await until(() => david.duplex.writableLength === 0);
      const resident = Number(
        /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${carl.child.pid}/status`, 'utf8'))?.[1],
      );
      expect(resident).to.be.below(200_000);
      carl.signal('SIGTERM');
      await once(carl.child, 'exit');
    });

    it('says with 10 that lines failed', async () => {
      const [, port] = await start();
      const david = await WireClient.joined(port, 'david');
      const carl = join(port, ['carl']).endInput('sned hi\nsend \u001b[2J\nsend good\nleave\n');
      expect(await carl.exit()).to.equal(10);
      expect(carl.stderr).to.equal('2 lines failed. The reasons are above.\n');
      await david.next(line => line === said('carl', 'good'));
    });

    it('says no more than that it was interrupted when its output goes nowhere', async () => {
      const [, port] = await start();
      const carl = track(
        Program.start('sh', [
          '-c',
          `exec ${process.execPath} bin/run.js client:join carl --port ${port} >/dev/full`,
        ]),
      );
      expect(await carl.exit()).to.equal(11);
      expect(carl.stderr).to.equal('Interrupted before the end of the input.\n');
    });

    it('ends with its reader', async () => {
      const [, port] = await start();
      const david = await WireClient.joined(port, 'david');
      const carl = join(port, ['carl']);
      await carl.says('Warm Welcome');
      carl.child.stdout.destroy();
      david.send('david', 'anybody there?');
      david.send('david', 'hello?');
      expect(await carl.exit()).to.equal(11);
      await david.next(line => line === said('carl', 'Left'));
    });
  });

  describe('server:start', () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      it(`tells everybody and exits with 0 at ${signal}`, async () => {
        const [server, port] = await start();
        const carl = await WireClient.joined(port, 'carl');
        server.signal(signal);
        await carl.next(line => line.includes('The server is stopping'));
        expect(await server.exit()).to.equal(0);
      });
    }

    it('ends at once at a second signal', async () => {
      const [server, port] = await start();
      const frozen = await WireClient.joined(port, 'frozen');
      const carl = await WireClient.joined(port, 'carl');
      frozen.duplex.pause();
      for (let n = 0; n < 4000; n++) carl.send('carl', 'x'.repeat(4000));
      server.signal('SIGTERM');
      await carl.next(line => line.includes('The server is stopping'));
      expect(await server.signal('SIGTERM').exit()).to.equal('SIGTERM');
      frozen.duplex.destroy();
    });

    it('logs joins as JSON to stderr, with connection and username', async () => {
      const [server, port] = await start();
      const carl = await WireClient.joined(port, 'carl');
      carl.send('carl', 'a secret');
      await carl.end();
      server.signal('SIGTERM');
      await server.exit();
      const entries = server.stderr
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line));
      expect(entries.find(({ msg }) => msg === 'joined')).to.include({ connection: 1, username: 'carl' });
      expect(server.stderr).to.not.include('secret');
    });

    it('logs nothing when it is told to be silent, by environment or flag', async () => {
      for (const [args, env] of [
        [[], { CHATTY_LOG_LEVEL: 'silent' }],
        [['--log-level', 'silent'], {}],
      ] as const) {
        const [server] = await start([...args], env);
        await server.signal('SIGTERM').exit();
        expect(server.stderr).to.equal('');
      }
    });

    it('listens where the environment says, and a flag wins', async () => {
      const [server] = await start(['--host', '127.0.0.1'], {
        TCP_SERVER_ADDRESS: '203.0.113.7',
        TCP_SERVER_PORT: '1',
      });
      expect(server.stdout).to.match(/^chatty listens on 127\.0\.0\.1 port \d+\n/);
    });

    it('can be written without the colon', async () => {
      const server = run(['server', 'start', '--port', '0']);
      await server.says('chatty listens on');
    });

    const failures: [title: string, code: number, says: RegExp, args: () => Promise<string[]>][] = [
      [
        'the port is in use',
        3,
        /Port \d+ of localhost is in use\./,
        async () => ['--port', String((await start())[1])],
      ],
      [
        'the address is not of this machine',
        3,
        /not an address of this machine/,
        async () => ['--host', '203.0.113.7'],
      ],
      [
        'a limit is impossible',
        2,
        /--max-connections \(or CHATTY_MAX_CONNECTIONS\) is a whole number from 1/,
        async () => ['--max-connections', '0'],
      ],
      [
        'limits contradict',
        2,
        /--max-line-bytes must be at least/,
        async () => ['--max-message-bytes', '8192'],
      ],
      [
        'a flag is unknown',
        2,
        /^Nonexistent flag: --prot\. Did you mean --port\? .*\n$/,
        async () => ['--prot', '1'],
      ],
    ];
    for (const [title, code, says, args] of failures) {
      it(`says in plain words that ${title}, and exits with ${code}`, async () => {
        const program = run(['server:start', ...(await args())]);
        expect(await program.exit()).to.equal(code);
        expect(program.stderr).to.match(says);
        expect(program.stderr).to.not.include('    at ');
      });
    }
  });

  it('shows every limit of the server on request', async () => {
    const help = run(['server:start', '--help']);
    expect(await help.exit()).to.equal(0);
    for (const limit of [
      '10000',
      '8192',
      '4096',
      '32',
      '16777216',
      '262144',
      '100000',
      'join-timeout',
      'keep-alive',
    ]) {
      expect(help.stdout).to.include(limit);
    }
  });
});

/** A server that answers as web servers do. Closed with the first connection. */
async function httpLike(): Promise<number> {
  const server = createServer(socket => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
