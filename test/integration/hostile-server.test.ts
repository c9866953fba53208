import { EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type Duplex, PassThrough, Writable } from 'node:stream';
import { expect } from 'chai';
import { JsonView } from '../../src/adapters/terminal/json/json-view.js';
import type { Signals } from '../../src/adapters/terminal/line-editor/modes.js';
import { PipeView } from '../../src/adapters/terminal/pipe-view.js';
import { PlainView } from '../../src/adapters/terminal/plain-view.js';
import { TerminalView } from '../../src/adapters/terminal/terminal-view.js';
import { LineLink } from '../../src/adapters/wire/connect/line-link.js';
import { Conversation } from '../../src/application/client/conversation.js';
import type { ChatView } from '../../src/application/client/ports.js';
import { Program } from '../support/cli.js';
import { cpuMs } from '../support/cpu-time.js';
import { GOOD_WELCOME } from '../support/hostile-responses.js';
import { memoryLine } from '../support/streams.js';
import { until } from '../support/until.js';

/** How long a flood lasts, in milliseconds. */
const FLOOD_MS = 120;
/** Longest that one piece of work may keep everybody waiting, in milliseconds of this thread's own time. */
const MAX_HOLD_MS = 100;
/** Most bytes that a client takes from a server while nobody reads what it shows: buffers of streams, a chunk, a line. */
const MAX_TAKEN = 1024 * 1024;
/** Longest that a key waits for its echo, in milliseconds of this thread's own time. */
const MAX_ECHO_MS = 500;

const memo = (content: string, more: object = {}) =>
  JSON.stringify({ Broadcast: { username: 'eve', content, ...more } });
const event = (kind: string, n: number) =>
  memo('hi', { username: `eve${n}`, seq: n + 1, at: 1e12 + n, kind });
const history = (ref: string | undefined, content: string, count: number) => {
  const memos = Array.from({ length: count }, (_, n) => ({
    username: 'eve',
    content,
    seq: n,
    at: n,
    kind: 'message',
  }));
  return JSON.stringify({ History: { ref, memos, done: true } });
};

/** What a server says without end. */
const FLOODS: Record<string, (n: number) => string> = {
  'short messages': () => memo('x'),
  'what it does not know': () => '{}',
  'those who come': n => event('joined', n),
  'those who come and go': n => event(n % 2 === 0 ? 'joined' : 'left', n),
  'messages of one letter after the other': () => memo('你'.repeat(21_000)),
  'messages of many rows': () => memo('x\n'.repeat(30_000)),
  'messages of control characters': () => memo('\u001b'.repeat(20_000)),
  'messages of names': () => memo('/carl '.repeat(20_000)),
  'names that are long': n => memo('hi', { username: `${n}${'n'.repeat(100_000)}` }),
  'histories that nobody asked for': () => history(undefined, 'x'.repeat(500), 200),
  'users that nobody asked for': () =>
    JSON.stringify({ Users: { ref: 'q1', users: Array(20_000).fill(''), away: [], done: false } }),
  'who has it and who does not': () =>
    JSON.stringify({ Refused: { code: 'NO', content: 'no '.repeat(30_000) } }),
  delays: () => '{"Delayed":{"ms":1}}',
};

const FRONTS: Record<string, (input: PassThrough, output: Writable) => ChatView> = {
  'the prompt': (input, output) => {
    const settings = { tier: '256', bell: 'all', notify: 'osc9', place: 'here', align: 12 } as const;
    return new TerminalView(input, output, settings, {
      env: { TERM: 'xterm' },
      signals: signals(),
      hasWindow: true,
    });
  },
  '--plain': (input, output) =>
    new PlainView(input, output, { columns: () => 80, presence: 'all', signals: signals() }),
  'a pipe': (input, output) => new PipeView(input, output, () => 80),
  '--json': (input, output) => new JsonView(input, output),
};

function signals(): Signals {
  return Object.assign(new EventEmitter(), { pid: 1, kill: () => true }) as unknown as Signals;
}

describe('a server that means no good', () => {
  for (const [front, newView] of Object.entries(FRONTS)) {
    for (const [flood, line] of Object.entries(FLOODS))
      it(`does not keep ${front} from anything with ${flood}`, async () => {
        const stay = new Stay(newView, line);
        await stay.joined;
        const hold = await longestHold(FLOOD_MS);
        const { taken } = stay;
        await stay.end();
        expect(hold).to.be.below(MAX_HOLD_MS);
        expect(taken).to.be.above(0);
      });

    if (front === 'the prompt' || front === '--plain')
      it(`does not keep the keys from ${front}`, async () => {
        for (const [flood, line] of Object.entries(FLOODS)) {
          const stay = new Stay(newView, line);
          await stay.joined;
          await longestHold(FLOOD_MS / 6);
          const since = cpuMs();
          stay.input.write('K');
          await until(() => stay.output.hasKey);
          const echoMs = cpuMs() - since;
          await stay.end();
          expect(echoMs, flood).to.be.below(MAX_ECHO_MS);
        }
      });

    it(`fills no memory of ${front} when nobody reads what it shows`, async () => {
      for (const [flood, line] of Object.entries(FLOODS)) {
        const stay = new Stay(newView, line, true);
        await stay.joined;
        await longestHold(FLOOD_MS / 2);
        const { takenWhileFull, output } = stay;
        const held = output.writableLength;
        await stay.end();
        expect(takenWhileFull, flood).to.be.below(MAX_TAKEN);
        expect(held, flood).to.be.below(MAX_TAKEN);
      }
    });
  }
});

describe('a server that means no good, and the program', () => {
  const sockets: Socket[] = [];
  const server = createServer(socket => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.resume();
    socket.write(GOOD_WELCOME);
    flood(socket);
  });
  before(() => once(server.listen(0, '127.0.0.1'), 'listening'));
  after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  /** Says as much as is taken, and counts it. */
  function flood(socket: Socket): void {
    const lines = Buffer.from(`${memo('x'.repeat(1000))}\n`.repeat(60));
    const more = () => {
      while (socket.write(lines));
    };
    socket.on('drain', more);
    more();
  }

  it('fills no memory of the program when nobody reads what it says', async () => {
    const { port } = server.address() as AddressInfo;
    const program = Program.client(port, ['carl', '--json']);
    program.child.stdout.pause();
    const taken = () => sockets.reduce((sum, socket) => sum + socket.bytesWritten - socket.writableLength, 0);
    await until(() => taken() > 0);
    let before = -1;
    // Buffers of the system fill up first.
    await until(async () => {
      if (taken() === before) return true;
      before = taken();
      await new Promise(resolve => setTimeout(resolve, 500));
      return false;
    });
    expect(before).to.be.below(32 * 1024 * 1024);
    program.signal('SIGTERM');
    program.child.stdout.resume();
    expect(await program.exit()).to.equal(143);
  });
});

/** A person's stay with a server that says the same without end. */
class Stay {
  readonly output: Screen;
  readonly input = Object.assign(new PassThrough(), { setRawMode: () => {} });
  readonly joined: Promise<void>;
  /** Bytes that the client has taken. */
  taken = 0;
  takenWhileFull = 0;
  readonly #view: ChatView;
  readonly #ended: Promise<unknown>;
  #line: Duplex | undefined;

  constructor(
    newView: (input: PassThrough, output: Writable) => ChatView,
    line: (n: number) => string,
    isStalled = false,
  ) {
    this.output = new Screen(isStalled);
    this.#view = newView(this.input, this.output);
    const joined = Promise.withResolvers<void>();
    this.joined = joined.promise;
    const newLink = () =>
      new LineLink(async () => {
        const [near, far] = await memoryLine();
        this.#line = near;
        near.on('error', () => {});
        near.resume();
        near.write(GOOD_WELCOME);
        setImmediate(() => {
          joined.resolve();
          this.#flood(near, line);
        });
        return { stream: far, peer: { name: 'hostile', isEncrypted: false } };
      });
    this.#ended = new Conversation(newLink, this.#view, { history: 20 }).execute('carl');
  }

  async end(): Promise<void> {
    this.#view.close();
    setImmediate(() => this.#line?.destroy());
    this.output.release();
    await this.#ended;
  }

  #flood(line: Duplex, text: (n: number) => string): void {
    let n = 0;
    // Made before: what the server takes is not what the client takes.
    const chunk = (): Buffer => {
      let lines = '';
      while (lines.length < 64 * 1024) lines += `${text(n++)}\n`;
      return Buffer.from(lines);
    };
    const chunks = Array.from({ length: 16 }, chunk);
    const next = (at: number): void => {
      const some = chunks[at % chunks.length] ?? Buffer.alloc(0);
      line.write(some, error => {
        if (error) return;
        this.taken += some.length;
        if (this.output.writableNeedDrain) this.takenWhileFull += some.length;
        setImmediate(() => next(at + 1));
      });
    };
    next(0);
  }
}

/** Takes everything at once, or nothing. */
class Screen extends Writable {
  /** Whether what was typed has been shown: nothing else has this letter. */
  hasKey = false;
  readonly columns = 80;
  readonly rows = 24;
  #waiting: (() => void)[] = [];

  constructor(private isStalled: boolean) {
    super({ decodeStrings: false });
  }

  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    this.hasKey ||= String(chunk).includes('K');
    if (this.isStalled) this.#waiting.push(done);
    else done();
  }

  release(): void {
    this.isStalled = false;
    for (const done of this.#waiting.splice(0)) done();
  }
}

/** The longest that this thread has worked without a break, in milliseconds of its own time. */
async function longestHold(forMs: number): Promise<number> {
  const until = performance.now() + forMs;
  let longest = 0;
  while (performance.now() < until) {
    const before = cpuMs();
    await new Promise(resolve => setImmediate(resolve));
    longest = Math.max(longest, cpuMs() - before);
  }
  return longest;
}
