import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { PipeView } from '../../../../src/adapters/terminal/pipe-view.js';
import { PlainView } from '../../../../src/adapters/terminal/plain-view.js';
import type { ClientEvent } from '../../../../src/application/client/client-event.js';
import type { Bell } from '../../../../src/application/client/preferences.js';

const welcome: ClientEvent = { type: 'Welcome', username: 'carl', content: 'Welcome' };

function subject(bell: Bell = 'mentions') {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let shown = '';
  output.on('data', chunk => {
    shown += String(chunk);
  });
  const bells: Bell[] = [];
  const view = new PlainView(input, output, { bell, onBell: chosen => bells.push(chosen) });
  return { view, input, bells, shown: () => shown };
}

describe('PlainView', () => {
  it('prints whole lines, with nothing in them that moves or colors', () => {
    const { view, shown } = subject();
    view.show(welcome);
    view.show({ type: 'Memo', username: 'anna', content: 'two\nlines\u001b[2J' });
    view.show({ type: 'Memo', username: 'anna', content: 'waves', kind: 'action' });
    view.show({ type: 'Accepted', ref: '1', content: 'mine', late: false, unsent: 0 });
    expect(shown()).to.equal(
      'Welcome, carl! Type /help to see what you can do.\nanna: two\n    lines<U+001B>[2J\n* anna waves\n',
    );
    view.close();
  });

  it('rings for its name, changes the bell, and gives out every other line', async () => {
    const { view, input, bells, shown } = subject();
    view.show(welcome);
    view.show({ type: 'Memo', username: 'carl', content: 'carl' });
    view.show({ type: 'Memo', username: 'anna', content: 'hi' });
    expect(shown()).to.not.include('\u0007');
    view.show({ type: 'Memo', username: 'anna', content: 'hi Carl' });
    expect(shown()).to.include('\u0007');
    input.end('hi\n/bell off\n/who\n');
    const lines: string[] = [];
    for await (const line of view.lines()) lines.push(line);
    expect(lines).to.deep.equal(['hi', '/who']);
    expect(bells).to.deep.equal(['off']);
    expect(shown()).to.include('The bell is off.');
  });

  it('folds comings and goings, and tells them before what is said after them', () => {
    const { view, shown } = subject();
    for (const username of ['a', 'b', 'c', 'd'])
      view.show({ type: 'Memo', username, content: 'Joined', kind: 'joined' });
    view.show({ type: 'Memo', username: 'd', content: 'hi' });
    expect(shown()).to.equal('--- a joined ---\n--- +3: b, c and d joined ---\nd: hi\n');
    view.close();
  });

  it('names no command without its slash', () => {
    const { view, shown } = subject();
    view.show({ type: 'Help' });
    view.show({ type: 'UnknownCommand', line: '/dance now' });
    view.show({ type: 'WrongUsage', problem: 'COUNT', text: 'x' });
    expect(shown())
      .to.match(/^\/who /m)
      .and.to.include('/history 50');
    expect(shown()).to.include('There is no /dance.').and.not.match(/^who/m);
  });
});

describe('PipeView', () => {
  it('indents the lines of a message after the first, so that none passes for a message', () => {
    const output = new PassThrough();
    new PipeView(new PassThrough(), output).show({
      type: 'Memo',
      username: 'a',
      content: 'x\nanna: I resign',
    });
    expect(String(output.read())).to.equal('a: x\n    anna: I resign\n');
  });
});
