import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { PipeView } from '../../../../src/adapters/terminal/pipe-view.js';
import { PlainView } from '../../../../src/adapters/terminal/plain-view.js';
import type { ClientEvent } from '../../../../src/application/client/client-event.js';
import type { Bell } from '../../../../src/application/client/preferences.js';
import type { UserCommand } from '../../../../src/application/client/user-command.js';

const welcome: ClientEvent = { type: 'Welcome', username: 'carl', content: 'Welcome' };

function subject(bell: Bell = 'mentions') {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let shown = '';
  output.on('data', chunk => {
    shown += String(chunk);
  });
  const bells: Bell[] = [];
  const view = new PlainView(input, output, { bell, onChoice: (_, chosen) => bells.push(chosen as Bell) });
  return { view, input, bells, shown: () => shown };
}

describe('PlainView', () => {
  let clock: SinonFakeTimers;
  beforeEach(() => {
    clock = useFakeTimers({ now: new Date(2026, 2, 2, 14, 5), toFake: ['Date'] });
  });
  afterEach(() => clock.restore());

  it('prints whole lines, with nothing in them that moves or colors', () => {
    const { view, shown } = subject();
    view.show(welcome);
    const at = new Date(2026, 2, 1, 9, 30).getTime();
    view.show({ type: 'Memo', username: 'anna', content: 'two\nlines\u001b[2J', at });
    view.show({ type: 'Memo', username: 'anna', content: 'waves', kind: 'action' });
    view.show({ type: 'Accepted', ref: '1', content: 'mine', late: false, unsent: 0 });
    expect(shown()).to.equal(
      [
        '[14:05] Welcome, carl! Type /help to see what you can do.',
        '[09:30] anna: two',
        '    lines<U+001B>[2J',
        '[14:05] * anna waves',
        '',
      ].join('\n'),
    );
    view.close();
  });

  it('makes a server wait that says who comes and goes to somebody who does not read', () => {
    const view = new PlainView(new PassThrough(), new PassThrough({ highWaterMark: 100 }), {
      presence: 'all',
    });
    const shown = Array.from({ length: 20 }, (_, n) =>
      view.show({ type: 'Memo', username: `eve${n}`, content: 'Joined', kind: 'joined' }),
    );
    expect(shown[0]).to.equal(undefined);
    expect(shown.at(-1)).to.be.instanceOf(Promise);
    view.close();
  });

  it('rings for its name, changes the bell, and gives out every command', async () => {
    const { view, input, bells, shown } = subject();
    view.show(welcome);
    view.show({ type: 'Memo', username: 'carl', content: 'carl' });
    view.show({ type: 'Memo', username: 'anna', content: 'hi' });
    expect(shown()).to.not.include('\u0007');
    view.show({ type: 'Memo', username: 'anna', content: 'hi Carl' });
    expect(shown()).to.include('\u0007');
    input.end('hi\n/bell off\n/who\n');
    const commands: UserCommand[] = [];
    for await (const command of view.commands()) commands.push(command);
    expect(commands).to.deep.equal([
      { type: 'send', message: { content: 'hi' } },
      { type: 'request', request: { type: 'who' } },
    ]);
    expect(bells).to.deep.equal(['off']);
    expect(shown()).to.include('The bell is off.');
  });

  it('folds joins and leaves, and tells them before what is said after them', () => {
    const { view, shown } = subject();
    for (const username of ['a', 'b', 'c', 'd'])
      view.show({ type: 'Memo', username, content: 'Joined', kind: 'joined' });
    view.show({ type: 'Memo', username: 'd', content: 'hi' });
    view.close();
    expect(shown()).to.match(/--- \+4: a, b and 2 more joined ---\n/);
  });

  it('shows nothing of whom one ignores, in lists neither', async () => {
    const { view, input, shown } = subject();
    input.end('/ignore troll\n/presence off\n/clear\n');
    for await (const _ of view.commands());
    const of = (username: string) => ({ username, content: `by ${username}`, at: 0 });
    view.show({ type: 'Memo', ...of('troll') });
    view.show({ type: 'Memo', ...of('bert'), kind: 'joined' });
    view.show({ type: 'History', memos: [of('troll'), of('anna')] });
    view.show({ type: 'Found', memos: [of('troll')], more: false });
    view.close();
    expect(shown()).to.include('by anna').and.not.include('by troll');
    expect(shown()).to.include('All of that is of people whom you ignore.').and.not.include('bert joined');
    expect(shown()).to.include('only there at a prompt that is drawn');
  });

  it('leaves lists as they are, which have times of their own', () => {
    const { view, shown } = subject();
    const memos = [{ username: 'anna', content: 'hi', at: new Date(2026, 2, 1, 9, 30).getTime() }];
    view.show({ type: 'History', memos });
    view.show({ type: 'History', memos: [] });
    expect(shown()).to.equal('[2026-03-01 09:30] anna: hi\n[14:05] Nothing has been said here yet.\n');
  });

  it('answers what is no command, and tells of mistakes only', async () => {
    const { view, input, shown } = subject();
    input.end('/help\n\n/dance now\n/history x\n');
    const commands: UserCommand[] = [];
    for await (const command of view.commands()) commands.push(command);
    expect(commands).to.deep.equal([{ type: 'invalid' }, { type: 'invalid' }]);
    expect(shown())
      .to.match(/^\/who /m)
      .and.to.include('x is not a number');
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

  it('answers a line when the next command is asked for, not before', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const commands = new PipeView(input, output).commands()[Symbol.asyncIterator]();
    input.end('send hi\nsned\nhelp\n');
    expect((await commands.next()).value).to.deep.equal({ type: 'send', message: { content: 'hi' } });
    expect(output.read()).to.equal(null);
    expect((await commands.next()).value).to.deep.equal({ type: 'invalid' });
    expect(String(output.read())).to.match(/^Unknown command: sned\nsend <message>/);
    expect((await commands.next()).done).to.equal(true);
    expect(String(output.read())).to.match(/^send <message>/);
  });
});
