import { EventEmitter } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import { JsonView } from '../../src/adapters/terminal/json/json-view.js';
import type { Signals } from '../../src/adapters/terminal/line-editor/modes.js';
import { LogView } from '../../src/adapters/terminal/log-view.js';
import { PipeView } from '../../src/adapters/terminal/pipe-view.js';
import { PlainView } from '../../src/adapters/terminal/plain-view.js';
import { TerminalView } from '../../src/adapters/terminal/terminal-view.js';
import { Conversation } from '../../src/application/client/conversation.js';
import type { ChatView } from '../../src/application/client/ports.js';
import { SendOnce } from '../../src/application/client/send-once.js';
import { explain } from '../../src/cli/exit.js';
import { GOOD_WELCOME, hostileLine, hostileWelcome } from '../support/hostile-responses.js';
import { HostileServer, type HostileStep } from '../support/hostile-server.js';
import { unsafeIn } from '../support/raw-output.js';
import { target } from './target.js';

/** How long one server has at most, in milliseconds: what it says takes far less. */
const STAY_MS = 50;

const FRONTS = ['prompt', 'plain', 'pipe', 'json', 'send'] as const;

/** What a person or a program says meanwhile. */
const TYPED = [
  '/who',
  '/history',
  'hello',
  '/search x',
  '/more',
  '{"Who":{"ref":"a"}}',
  'send hi',
  '/around 1',
];

const say = (text: string): HostileStep => ({ do: 'say', bytes: Buffer.from(text) });
const step = fc.oneof(
  { weight: 20, arbitrary: hostileLine.map(line => say(`${line}\n`)) },
  // Several lines, and a character that is cut.
  { weight: 3, arbitrary: fc.array(hostileLine, { maxLength: 8 }).map(lines => say(lines.join('\n'))) },
  {
    weight: 1,
    arbitrary: fc
      .uint8Array({ maxLength: 30 })
      .map((bytes): HostileStep => ({ do: 'say', bytes: Buffer.from(bytes) })),
  },
  { weight: 3, arbitrary: fc.constant<HostileStep>({ do: 'pause' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<HostileStep>({ do: 'end' }, { do: 'reset' }, { do: 'stop reading' }),
  },
);
const beginning = fc.oneof(
  { weight: 3, arbitrary: fc.constant([say(GOOD_WELCOME)]) },
  { weight: 2, arbitrary: hostileWelcome.map(welcome => [say(welcome)]) },
  { weight: 1, arbitrary: fc.constant([]) },
);
const script = fc
  .tuple(beginning, fc.array(step, { maxLength: 30 }))
  .map(([welcome, steps]): HostileStep[] => [...welcome, ...steps]);

/**
 * Whatever a server says and does: no front of the client breaks, writes anything to a terminal that acts on it but its
 * own drawing, or goes on when it was told to end.
 */
export const clientViews = target(
  fc.asyncProperty(
    fc.constantFrom(...FRONTS),
    fc.array(script, { minLength: 1, maxLength: 3 }),
    fc.array(fc.constantFrom(...TYPED), { maxLength: 5 }),
    async (front, scripts, typed) => {
      const server = new HostileServer(scripts);
      const output = new Sink();
      const logged: string[] = [];
      try {
        const end =
          front === 'send' ? await once(server, typed) : await stay(server, front, typed, output, logged);
        output.text += explain(end)?.[0] ?? '';
      } finally {
        server.close();
      }
      expect(unsafeIn(output.text)).to.equal(undefined);
      expect(unsafeIn(logged.join(''))).to.equal(undefined);
    },
  ),
  150,
);

async function stay(
  server: HostileServer,
  front: Exclude<(typeof FRONTS)[number], 'send'>,
  typed: readonly string[],
  output: Sink,
  logged: string[],
) {
  const input = Object.assign(new PassThrough(), { setRawMode: () => {} });
  const file = { path: 'log', append: (rows: string) => void logged.push(rows) };
  const view = viewOf(front, input, output);
  const conversation = new Conversation(server.newLink, new LogView(view, file), {
    history: 20,
    random: () => 0.01,
  });
  const ended = conversation.execute('carl');
  for (const line of typed) input.write(`${line}\r${front === 'pipe' || front === 'json' ? '\n' : ''}`);
  const timer = setTimeout(() => leave(server, () => view.close()), STAY_MS);
  const end = await ended;
  clearTimeout(timer);
  return end;
}

async function once(server: HostileServer, typed: readonly string[]) {
  const sender = new SendOnce(server.newLink, { splits: true, random: () => 0.01 });
  const timer = setTimeout(() => leave(server, () => sender.stop()), STAY_MS);
  const { end } = await sender.execute('carl', [...typed, 'x'.repeat(10_000)]);
  clearTimeout(timer);
  return end;
}

/** The server does not wait to be told. */
function leave(server: HostileServer, leaves: () => void): void {
  leaves();
  setImmediate(() => server.close());
}

function viewOf(front: 'prompt' | 'plain' | 'pipe' | 'json', input: PassThrough, output: Sink): ChatView {
  const signals = Object.assign(new EventEmitter(), { pid: 1, kill: () => true }) as unknown as Signals;
  switch (front) {
    case 'prompt':
      return new TerminalView(
        input,
        output,
        { tier: '256', bell: 'all', notify: 'osc9', place: 'here', align: 12, highlight: 'word' },
        { env: { TERM: 'xterm' }, signals, hasWindow: true },
      );
    case 'plain':
      return new PlainView(input, output, { bell: 'all', columns: () => 80, signals });
    case 'pipe':
      return new PipeView(input, output, () => 80);
    case 'json':
      return new JsonView(input, output);
  }
}

/** Where everything goes, as to a terminal. */
class Sink extends Writable {
  text = '';
  readonly columns = 80;
  readonly rows = 24;

  constructor() {
    super({
      decodeStrings: false,
      write: (chunk, _encoding, done) => {
        this.text += String(chunk);
        done();
      },
    });
  }
}
