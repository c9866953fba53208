import { PassThrough, type Writable } from 'node:stream';
import { expect } from 'chai';
import { JsonView } from '../../src/adapters/terminal/json/json-view.js';
import { LogView } from '../../src/adapters/terminal/log-view.js';
import { PipeView } from '../../src/adapters/terminal/pipe-view.js';
import { PlainView } from '../../src/adapters/terminal/plain-view.js';
import { TerminalView } from '../../src/adapters/terminal/terminal-view.js';
import { eventText } from '../../src/adapters/view/event-text.js';
import type { ChatView } from '../../src/application/client/ports.js';
import type { UserCommand } from '../../src/application/client/user-command.js';
import { MemoryView } from '../doubles/memory-view.js';
import { until } from '../support/until.js';

/** A view under test, and the person before it. */
interface Subject {
  readonly view: ChatView;
  type(text: string): void;
  endInput(): void;
  /** Everything shown, as text. */
  shown(): string;
}

const SETTINGS = { tier: 'none', bell: 'off', notify: 'off' } as const;

const ADAPTERS: Record<string, () => Subject> = {
  MemoryView: () => {
    const view = new MemoryView();
    return {
      view,
      type: text => view.type(...text.replace(/\n$/, '').split('\n')),
      endInput: () => view.endInput(),
      shown: () => [...view.questions, ...view.events.map(event => `${eventText(event)}\n`)].join(''),
    };
  },
  PipeView: () => streamSubject((input, output) => new PipeView(input, output)),
  PlainView: () => streamSubject((input, output) => new PlainView(input, output)),
  'PlainView, at a terminal': () =>
    typist(streamSubject((input, output) => new PlainView(atTerminal(input), output))),
  JsonView: () => streamSubject((input, output) => new JsonView(input, output)),
  'LogView, over another one': () => logged(streamSubject((input, output) => new PipeView(input, output))),
  TerminalView: () => typist(streamSubject((input, output) => new TerminalView(input, output, SETTINGS))),
};

/** Lines that come at once are a paste: a person types one after the other. */
function typist(subject: Subject): Subject {
  return { ...subject, type: text => text.split(/(?<=\n)/).map(subject.type) };
}

function logged(subject: Subject): Subject {
  return { ...subject, view: new LogView(subject.view, { path: 'log', append: () => {} }) };
}

function atTerminal(input: PassThrough): PassThrough {
  return Object.assign(input, { setRawMode: () => {} });
}

/** What was said, or what else is wanted. */
function textOf(command: UserCommand): string {
  return command.type === 'send' ? command.message.content : command.type;
}

for (const [name, create] of Object.entries(ADAPTERS)) {
  describe(`ChatView: ${name}`, () => {
    let subject: Subject;
    beforeEach(() => {
      subject = create();
    });
    afterEach(() => subject.view.close());

    /** A line that says something. */
    const said = (text: string) => (subject.view instanceof JsonView ? text : `send ${text}`);

    const rest = async (view: ChatView) => {
      const lines: string[] = [];
      for await (const command of view.commands()) lines.push(textOf(command));
      return lines;
    };

    it('asks, and gives back the answer', async () => {
      const answer = subject.view.ask('Username: ');
      subject.type('carl\n');
      expect(await answer).to.equal('carl');
      expect(subject.shown()).to.include('Username: ');
    });

    it('gives every command, in order, to the last before the end of the input', async () => {
      subject.type(`${said('first')}\n\n${said('third')}\n`);
      subject.endInput();
      expect(await rest(subject.view)).to.deep.equal(['first', 'third']);
    });

    it('loses nothing of what was typed ahead, however much', async () => {
      const lines = Array.from({ length: 1000 }, (_, n) => `line ${n}`);
      const answer = subject.view.ask('Username: ');
      subject.type(`carl\n${lines.map(said).join('\n')}\n`);
      expect(await answer).to.equal('carl');
      subject.endInput();
      expect(await rest(subject.view)).to.deep.equal(lines);
    });

    it('answers nothing at the end of the input', async () => {
      subject.endInput();
      expect(await subject.view.ask('Username: ')).to.equal(undefined);
    });

    it('shows what it is given, in order, while somebody is waited for', async () => {
      const lines = rest(subject.view);
      subject.view.show({ type: 'Memo', username: 'david', content: 'one' });
      subject.view.show({ type: 'Memo', username: 'david', content: 'two' });
      await until(() => /david.*one[\s\S]*david.*two/.test(subject.shown()));
      subject.endInput();
      await lines;
    });

    it('tells of an interrupt, and not of the end of the input', async () => {
      let interrupted = false;
      void subject.view.interrupted.then(() => {
        interrupted = true;
      });
      subject.endInput();
      await rest(subject.view);
      expect(interrupted).to.equal(false);
      subject.view.close();
      await subject.view.interrupted;
    });

    it('ends asking and reading when it is closed, and closing twice is closing once', async () => {
      const lines = rest(subject.view);
      subject.view.close();
      subject.view.close();
      expect(await lines).to.deep.equal([]);
      expect(await subject.view.ask('Username: ')).to.equal(undefined);
    });
  });
}

describe('ChatView: PipeView', () => {
  const pipe = () => streamSubject((input, output) => new PipeView(input, output));

  async function linesOf(...chunks: (string | Buffer)[]): Promise<string[]> {
    const input = new PassThrough();
    for (const chunk of chunks) input.write(chunk);
    input.end();
    const lines: string[] = [];
    for await (const command of new PipeView(input, new PassThrough()).commands())
      lines.push(textOf(command));
    return lines;
  }

  it('gives the last line even if nothing ends it', async () => {
    expect(await linesOf('send first\nsend last')).to.deep.equal(['first', 'last']);
  });

  it('ends lines at \\n only: nothing else in a text can start a command', async () => {
    const text = 'a\u2028leave\u2029leave\rleave\u0085leave\fleave';
    expect(await linesOf(`send ${text}\r\nsend b\n`)).to.deep.equal([text.replace('\r', '\n'), 'b']);
  });

  it('puts together what was torn, between characters and within', async () => {
    const bytes = Buffer.from('send 👋\nsend é\n');
    expect(await linesOf(...Array.from(bytes, byte => Buffer.from([byte])))).to.deep.equal(['👋', 'é']);
  });

  it('holds no more of a line than a bound, and goes on with the next', async () => {
    const block = 'x'.repeat(1024 * 1024);
    const [first = '', second] = await linesOf('send ', block, block, '\nsend next\n');
    expect(first.length).to.be.below(block.length / 2);
    expect(second).to.equal('next');
  });

  it('writes nothing but what is shown', async () => {
    const subject = pipe();
    subject.view.show({ type: 'Memo', username: 'david', content: 'hi' });
    subject.endInput();
    for await (const _ of subject.view.commands());
    expect(subject.shown()).to.equal('david: hi\n');
  });

  it('is at its end when its input cannot be read', async () => {
    const input = new PassThrough();
    const view = new PipeView(input, new PassThrough());
    input.destroy(new Error('EBADF'));
    expect(await view.ask('Username: ')).to.equal(undefined);
  });
});

for (const [name, create] of [
  ['PipeView', (output: Writable) => new PipeView(new PassThrough(), output)],
  ['PlainView', (output: Writable) => new PlainView(new PassThrough(), output)],
  ['PlainView, at a terminal', (output: Writable) => new PlainView(atTerminal(new PassThrough()), output)],
  [
    'LogView, over another one',
    (output: Writable) =>
      new LogView(new PipeView(new PassThrough(), output), { path: 'log', append: () => {} }),
  ],
  ['JsonView', (output: Writable) => new JsonView(new PassThrough(), output)],
  ['TerminalView', (output: Writable) => new TerminalView(new PassThrough(), output, SETTINGS)],
] as const) {
  describe(`ChatView: ${name}`, () => {
    it('ends when nobody reads what it writes', async () => {
      const output = new PassThrough();
      const view = create(output);
      output.destroy(new Error('EPIPE'));
      await view.interrupted;
      expect(await view.ask('Username: ')).to.equal(undefined);
    });

    it('ends when what it writes to throws', async () => {
      const output = new PassThrough();
      const view = create(output);
      output.write = () => {
        throw new Error('ENOSPC');
      };
      view.show({ type: 'Memo', username: 'david', content: 'hi' });
      await view.interrupted;
    });

    it('says that it is full, and when it is not any more', async () => {
      const output = new PassThrough({ highWaterMark: 10 });
      const full = create(output).show({ type: 'Memo', username: 'david', content: 'hello' });
      expect(full).to.be.instanceOf(Promise);
      output.resume();
      await full;
    });
  });
}

function streamSubject(create: (input: PassThrough, output: PassThrough) => ChatView): Subject {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let shown = '';
  output.on('data', chunk => {
    shown += String(chunk);
  });
  return {
    view: create(input, output),
    type: text => input.write(text),
    endInput: () => input.end(),
    shown: () => shown,
  };
}
