import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { MemoryView } from '../../src/adapters/memory/memory-view.js';
import { sightText } from '../../src/adapters/terminal/sight.js';
import { TerminalView } from '../../src/adapters/terminal/terminal-view.js';
import type { ChatView } from '../../src/application/ports.js';
import { until } from '../support/until.js';

/** A view under test, and the person before it. */
interface Subject {
  readonly view: ChatView;
  type(text: string): void;
  endInput(): void;
  /** Everything shown, as text. */
  shown(): string;
}

const ADAPTERS: Record<string, () => Subject> = {
  MemoryView: () => {
    const view = new MemoryView();
    return {
      view,
      type: text => view.type(...text.replace(/\n$/, '').split('\n')),
      endInput: () => view.endInput(),
      shown: () => [...view.questions, ...view.sights.map(sight => `${sightText(sight)}\n`)].join(''),
    };
  },
  'TerminalView in a pipe': () => terminalSubject(false),
  'TerminalView in a terminal': () => terminalSubject(true),
};

for (const [name, create] of Object.entries(ADAPTERS)) {
  describe(`ChatView: ${name}`, () => {
    let subject: Subject;
    beforeEach(() => {
      subject = create();
    });
    afterEach(() => subject.view.close());

    const rest = async (view: ChatView) => {
      const lines: string[] = [];
      for await (const line of view.lines()) lines.push(line);
      return lines;
    };

    it('asks, and gives back the answer', async () => {
      const answer = subject.view.ask('Username: ');
      subject.type('carl\n');
      expect(await answer).to.equal('carl');
      expect(subject.shown()).to.include('Username: ');
    });

    it('gives every line, in order, to the last before the end of the input', async () => {
      subject.type('first\n\nthird\n');
      subject.endInput();
      expect(await rest(subject.view)).to.deep.equal(['first', '', 'third']);
    });

    it('loses nothing of what was typed ahead, however much', async () => {
      const lines = Array.from({ length: 1000 }, (_, n) => `line ${n}`);
      const answer = subject.view.ask('Username: ');
      subject.type(`carl\n${lines.join('\n')}\n`);
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
      await until(() => /david: one\n[\s\S]*david: two\n/.test(subject.shown()));
      subject.endInput();
      await lines;
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

describe('ChatView: TerminalView', () => {
  it('sends the last line of a pipe even if nothing ends it', async () => {
    const subject = terminalSubject(false);
    subject.type('send last');
    subject.endInput();
    const lines: string[] = [];
    for await (const line of subject.view.lines()) lines.push(line);
    expect(lines).to.deep.equal(['send last']);
  });

  it('writes nothing to a pipe but what is shown', async () => {
    const subject = terminalSubject(false);
    subject.view.show({ type: 'Memo', username: 'david', content: 'hi' });
    subject.endInput();
    for await (const _ of subject.view.lines());
    expect(subject.shown()).to.equal('david: hi\n');
  });

  it('ends when nobody reads what it writes', async () => {
    const output = new PassThrough();
    const view = new TerminalView(new PassThrough(), output);
    output.destroy(new Error('EPIPE'));
    expect(await view.ask('Username: ')).to.equal(undefined);
  });
});

function terminalSubject(isTTY: boolean): Subject {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let shown = '';
  output.on('data', chunk => {
    shown += String(chunk);
  });
  return {
    view: new TerminalView(Object.assign(input, { isTTY }), Object.assign(output, { isTTY })),
    type: text => input.write(text),
    endInput: () => input.end(),
    shown: () => shown,
  };
}
