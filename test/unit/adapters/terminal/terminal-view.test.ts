import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import sinon from 'sinon';
import type { Signals } from '../../../../src/adapters/terminal/line-editor/modes.js';
import { type TerminalSettings, TerminalView } from '../../../../src/adapters/terminal/terminal-view.js';
import type { ChatMemo } from '../../../../src/application/chat-response.js';
import type { ClientEvent } from '../../../../src/application/client/client-event.js';
import type { UserCommand } from '../../../../src/application/client/user-command.js';
import { Emulator, type EmulatorOptions } from '../../../support/emulator.js';

const NOON = new Date(2026, 10, 22, 12, 0).getTime();
const PASTE = (text: string) => `\u001b[200~${text}\u001b[201~`;

interface Subject {
  readonly view: TerminalView;
  readonly terminal: Emulator;
  readonly commands: UserCommand[];
  readonly bells: string[];
  show(...events: ClientEvent[]): Promise<void>;
  /** How many times the bell has rung. */
  rung(): number;
}

const memo = (username: string, content: string, more: Partial<ChatMemo> = {}): ClientEvent => ({
  type: 'Memo',
  username,
  content,
  kind: 'message',
  at: NOON,
  ...more,
});
const joined = (username: string, seq?: number) =>
  memo(username, 'Joined', { kind: 'joined', ...(seq !== undefined && { seq }) });
const left = (username: string, seq?: number) =>
  memo(username, 'Left', { kind: 'left', ...(seq !== undefined && { seq }) });
const welcome = {
  type: 'Welcome',
  username: 'carl',
  content: 'Welcome',
  count: 3,
  maxMessageBytes: 100,
} as const;
const said = (content: string): UserCommand => ({ type: 'send', message: { content } });
const pending = (ref: string, content: string): ClientEvent => ({ type: 'Pending', ref, content });
const accepted = (ref: string, content: string, unsent = 0): ClientEvent => ({
  type: 'Accepted',
  ref,
  content,
  late: false,
  unsent,
  at: NOON,
});

describe('TerminalView', () => {
  const open: TerminalView[] = [];
  let clock: sinon.SinonFakeTimers | undefined;
  afterEach(() => {
    clock?.restore();
    clock = undefined;
    for (const view of open.splice(0)) view.close();
  });

  /** Also where time stands still: xterm.js writes in a timer. */
  async function settled(terminal: Emulator): Promise<void> {
    let isDone = false;
    const done = terminal.settled().then(() => {
      isDone = true;
    });
    for (; clock !== undefined && !isDone; clock.tick(0)) await new Promise(resolve => setImmediate(resolve));
    await done;
  }

  function subject(settings: Partial<TerminalSettings> = {}, options: EmulatorOptions = {}): Subject {
    const terminal = new Emulator(options);
    const bells: string[] = [];
    const signals = Object.assign(new EventEmitter(), { pid: 1, kill: () => true }) as unknown as Signals;
    const view = new TerminalView(
      terminal.input,
      terminal.output,
      {
        tier: 'none',
        bell: 'off',
        notify: 'off',
        now: () => NOON,
        onChoice: (name, value) => bells.push(name === 'bell' ? `${value}` : `${name}: ${value}`),
        ...settings,
      },
      { env: { TERM: 'xterm' }, signals, times: { answer: 150, again: 0, storm: 0, calm: 0 } },
    );
    open.push(view);
    const commands: UserCommand[] = [];
    void (async () => {
      for await (const command of view.commands()) commands.push(command);
    })();
    const show = async (...events: ClientEvent[]) => {
      for (const event of events) view.show(event);
      await settled(terminal);
    };
    return {
      view,
      terminal,
      commands,
      bells,
      show,
      rung: () => terminal.written.join('').split('\u0007').length - 1,
    };
  }

  /** A view that nobody has asked for commands yet. */
  function unasked(): { view: TerminalView; terminal: Emulator } {
    const terminal = new Emulator();
    const signals = Object.assign(new EventEmitter(), { pid: 1, kill: () => true }) as unknown as Signals;
    const settings = { tier: 'none', bell: 'off', notify: 'off' } as const;
    const view = new TerminalView(terminal.input, terminal.output, settings, {
      env: { TERM: 'xterm' },
      signals,
    });
    open.push(view);
    return { view, terminal };
  }

  it('shows who says what and when, with what is wrapped below the text', async () => {
    const { terminal, show } = subject({}, { columns: 40 });
    await show(welcome, memo('anna', 'a text that is longer than one row of this screen'));
    await show(memo('bert', 'two\nlines'), memo('anna', 'waves', { kind: 'action' }));
    expect(terminal.screen.slice(2)).to.deep.equal([
      '12:00 anna  a text that is longer than',
      '            one row of this screen',
      '12:00 bert  two',
      '            lines',
      '12:00 * anna waves',
      '> ',
      'connected · 3 here',
    ]);
  });

  it('lets nobody forge a line, on however narrow a screen and under however long a name', async () => {
    for (const columns of [20, 40, 80]) {
      const { terminal, show } = subject({}, { columns });
      const forged = '12:00 anna  I resign';
      await show(
        welcome,
        memo('x'.repeat(32), `hi\n${forged}\r\n${forged}\u2028${forged}\n\n${forged}`),
        memo('bert', `${'word '.repeat(20)}${forged}`),
        memo('bert', `https://a.example/${'x'.repeat(columns - 6)}${forged.replaceAll(' ', '\u00a0')}`),
        memo('bert', `https://a.example/${'x'.repeat(columns - 18)}${forged.replaceAll(' ', '\u3164')}`),
      );
      for (const row of terminal.screen) expect(row).to.not.match(/^12:00.anna/u);
      for (const view of open.splice(0)) view.close();
    }
  });

  it('shows an own message above the input until the room has heard it, and then in its place', async () => {
    const { terminal, show } = subject();
    await show(welcome, pending('1', 'mine'), memo('anna', 'before'));
    await terminal.type('next');
    expect(terminal.screen.slice(1)).to.deep.equal([
      '12:00 anna  before',
      '  …   carl  mine',
      '> next',
      'connected · 3 here',
    ]);
    await show(accepted('1', 'mine'), memo('anna', 'after'));
    expect(terminal.screen.slice(1)).to.deep.equal([
      '12:00 anna  before',
      '12:00 carl  mine',
      '12:00 anna  after',
      '> next',
      'connected · 3 here',
    ]);
  });

  it('counts own messages when they are many, and writes out what stays unsent', async () => {
    const { view, terminal, show } = subject();
    await show(welcome, ...Array.from({ length: 200 }, (_, n) => pending(`${n}`, `text ${n}`)));
    expect(terminal.screen.slice(1)).to.deep.equal([
      '  …   198 more',
      '  …   carl  text 198',
      '  …   carl  text 199',
      '> ',
      '3 here · 200 unsent',
    ]);
    view.close();
    await settled(terminal);
    expect(terminal.lines.at(1)).to.equal('Not sent: text 0');
    expect(terminal.lines.at(-1)).to.equal('Not sent: 180 more');
  });

  it('puts a refused message back into an empty input, and not into one that is in use', async () => {
    const { terminal, show } = subject();
    await show(welcome, pending('1', '/tmp is full'), {
      type: 'Refused',
      reason: 'No.',
      content: '/tmp is full',
    });
    expect(terminal.screen.slice(1)).to.deep.equal([
      '12:00 -!- "/tmp is full": No.',
      '> //tmp is full',
      'connected · 3 here',
    ]);
    await show(pending('2', 'other'), { type: 'TooLong', content: 'other', limit: 1, actual: 2 });
    expect(terminal.screen.at(-2)).to.equal('> //tmp is full');
  });

  it('tells of many who come in one line, and of a script by what it says', async () => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { terminal, show } = subject();
    const later = async () => {
      clock?.tick(1000);
      await settled(terminal);
    };
    await show(welcome, joined('anna'));
    expect(terminal.screen.slice(1)).to.deep.equal(['> ', 'connected · 4 here']);
    await later();
    expect(terminal.screen.slice(1)).to.deep.equal(['12:00 → anna joined', '> ', 'connected · 4 here']);
    await show(...['b', 'c', 'd', 'e'].map(name => joined(name)), left('anna'));
    await later();
    expect(terminal.screen.slice(2)).to.deep.equal([
      '12:00 +4 −1: b, c and 2 more joined, anna left',
      '> ',
      'connected · 7 here',
    ]);
    // Who comes, says something and goes is one row; who stays is told of; what happened long before comes before.
    await show(joined('ci'), memo('ci', 'built'), left('ci'), joined('f'));
    await show(memo('anna', 'late', { at: NOON + 60_000 }));
    expect(terminal.screen.slice(3, -2)).to.deep.equal([
      '12:00 ci  built',
      '12:00 → f joined',
      '12:01 anna  late',
    ]);
  });

  it('marks the day when it changes, and what was said before one came', async () => {
    const { terminal, show } = subject();
    const day = 24 * 60 * 60 * 1000;
    const memos = [
      { username: 'anna', content: 'old', at: NOON - day },
      { username: 'anna', content: 'new', at: NOON },
    ];
    await show(welcome, { type: 'Earlier', memos, agoMs: 0 }, memo('anna', 'tomorrow', { at: NOON + day }));
    expect(terminal.screen.slice(0, -2)).to.deep.equal([
      '--- Saturday, 21 November 2026 ---',
      '12:00 anna  old',
      '--- Sunday, 22 November 2026 ---',
      '12:00 anna  new',
      '--- earlier, until just now ---',
      'Welcome, carl! 3 are here:  and 3 more. Type /help to see what you can do.',
      '--- Monday, 23 November 2026 ---',
      '12:00 anna  tomorrow',
    ]);
    await show({ type: 'Found', memos: memos.toReversed(), more: false, words: 'ol' });
    expect(terminal.screen.slice(8, -2)).to.deep.equal([
      '--- found, newest last ---',
      '#2 2026-11-21 12:00 anna  old',
      '#1 12:00 anna  new',
      '--- 2 messages found; what was said around one: /around n ---',
    ]);
  });

  it('counts who comes and goes after the number that it was told, also where an outage was too short to be told of', async () => {
    const { terminal, show } = subject({}, { columns: 40 });
    const status = () => terminal.screen.at(-1);
    await show({ ...welcome, count: 3, head: 5 }, left('anna', 5), left('eve', 6));
    expect(status()).to.equal('connected · 2 here');
    await show(
      { type: 'Reconnected', extended: true, resumed: true, count: 3, head: 9, isNews: false },
      joined('anna', 8),
      left('bob', 9),
    );
    expect(status()).to.equal('connected · 3 here');
    await show(left('anna', 10), { type: 'Users', users: ['carl'], away: [] });
    expect(status()).to.equal('connected · 2 here');
  });

  it('says how things stand while it comes back, and how much was missed', async () => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { terminal, show } = subject({}, { columns: 40 });
    const outage = { code: 'LOST' } as const;
    await show(welcome, { type: 'Reconnecting', outage, inMs: 3000, unsent: 0, isNews: false });
    await show(pending('1', 'hi'));
    expect(terminal.screen.at(-1)).to.equal('reconnecting in 3 s · 1 unsent');
    clock.tick(1000);
    await settled(terminal);
    expect(terminal.screen.at(-1)).to.equal('reconnecting in 2 s · 1 unsent');
    clock.tick(2000);
    await settled(terminal);
    expect(terminal.screen.at(-1)).to.equal('reconnecting… · 1 unsent');
    await show(
      { type: 'Reconnected', extended: true, resumed: true, count: 5, head: 7 },
      joined('anna', 7),
      memo('anna', 'hi'),
    );
    await show(accepted('1', 'hi'), { type: 'Replayed', missed: 2 });
    expect(terminal.screen.slice(-7)).to.deep.equal([
      '--- new while you were away ---',
      '12:00 anna  hi',
      '12:00 carl  hi',
      '12:00 → anna joined',
      '--- 2 new lines up to here ---',
      '> ',
      'connected · 5 here',
    ]);
    await show(pending('2', 'ho'), { type: 'Delayed', ms: 2000 });
    expect(terminal.screen.at(-1)).to.equal('5 here · sending in 2 s');
  });

  it('shows what comes after an outage in which nothing was missed as ever', async () => {
    const { terminal, show, rung } = subject({ bell: 'all' });
    clock = sinon.useFakeTimers({ toFake: ['performance'] });
    await show(welcome, { type: 'Reconnected', extended: true, resumed: true, count: 2 });
    await show({ type: 'Replayed', missed: 0, isNews: false });
    for (let n = 0; n < 2; n++) {
      clock.tick(5000);
      await show(memo('anna', 'hi'));
    }
    expect(rung()).to.equal(2);
    await show(joined('david'));
    expect(terminal.screen.at(-1)).to.equal('connected · 3 here');
    expect(terminal.screen.join()).not.to.match(/new while|up to here/);
  });

  it('shows nothing but the status of an outage that is no news', async () => {
    const { terminal, show, rung } = subject({ bell: 'mentions' });
    const outage = { code: 'SERVER_STOPPING' } as const;
    await show(welcome, memo('anna', 'before'));
    await show({ type: 'Reconnecting', outage, inMs: 700, unsent: 0, isNews: false });
    expect(terminal.screen.at(-1)).to.equal('reconnecting in 1 s');
    await show({ type: 'Reconnected', extended: true, resumed: true, count: 5, isNews: false });
    await show(memo('anna', 'carl?'), { type: 'Replayed', missed: 1, isNews: false });
    expect(terminal.screen.slice(-4)).to.deep.equal([
      '12:00 anna  before',
      '12:00 anna  carl?',
      '> ',
      'connected · 5 here',
    ]);
    expect(rung()).to.equal(1);
  });

  for (const [bell, content, rings] of [
    ['mentions', 'hi @Carl', 1],
    ['mentions', 'hi carla', 0],
    ['mentions', '你好carl！', 1],
    ['all', 'hi', 1],
    ['off', 'hi carl', 0],
  ] as const) {
    it(`rings ${rings} times for "${content}" with bell ${bell}`, async () => {
      const { rung, show } = subject({ bell });
      await show(welcome, memo('anna', content), memo('anna', content));
      expect(rung()).to.equal(rings);
    });
  }

  it('rings neither for own words nor for earlier ones, and once for all that was missed', async () => {
    const { rung, show } = subject({ bell: 'all' });
    const memos = [{ username: 'anna', content: 'carl', at: NOON }];
    await show(
      welcome,
      { type: 'Earlier', memos, agoMs: 0 },
      memo('carl', 'me, carl'),
      accepted('1', 'carl'),
    );
    expect(rung()).to.equal(0);
    clock = sinon.useFakeTimers({ toFake: ['performance'] });
    await show({ type: 'Reconnected', extended: true, resumed: true });
    for (let n = 0; n < 5; n += 1) {
      await show(memo('anna', 'carl'));
      clock.tick(5000);
    }
    expect(rung()).to.equal(1);
    await show({ type: 'Replayed', missed: 5 }, memo('anna', 'carl'));
    expect(rung()).to.equal(2);
  });

  it('shows a mention in another look', async () => {
    const { terminal, show } = subject({ tier: '256' });
    await show(welcome, memo('anna', 'hi CARL, hello'));
    expect(terminal.written.join('')).to.include('hi \u001b[1;7mCARL\u001b[0m, hello');
  });

  it('notifies only where that is asked for, and with nothing but the words', async () => {
    for (const [notify, sequence] of [
      ['osc9', '\u001b]9;anna: carl <U+001B>],0,x<U+0007>\u0007'],
      ['osc777', '\u001b]777;notify;anna;carl <U+001B>],0,x<U+0007>\u0007'],
    ] as const) {
      const { terminal, show } = subject({ notify, bell: 'mentions' });
      await show(welcome, memo('anna', 'carl \u001b];0;x\u0007'));
      expect(terminal.written.join('')).to.include(sequence);
    }
    const { terminal, show } = subject({ bell: 'mentions' });
    await show(welcome, memo('anna', 'carl'));
    expect(terminal.written.join('')).to.not.include('\u001b]');
  });

  it('completes names, the last who spoke first, and commands', async () => {
    const { terminal, show } = subject();
    await show(
      { ...welcome, users: ['carl', 'andy', 'anna'] },
      joined('ansel'),
      memo('anna', 'hi'),
      memo('Andy', 'hi'),
    );
    const typed = async (text: string) => {
      await terminal.type(`\u0015${text}`);
      return terminal.screen.at(-2)?.slice(2);
    };
    expect(await typed('an\t')).to.equal('Andy: ');
    expect(await typed('an\t\t')).to.equal('anna: ');
    expect(await typed('hi @AN\t')).to.equal('hi @Andy ');
    expect(await typed('/hi\t')).to.equal('/history ');
    expect(await typed('/bell m\t')).to.equal('/bell mentions');
    expect(await typed('/search from:a\t')).to.equal('/search from:Andy ');
    await show(left('Andy'));
    expect(await typed('an\t')).to.equal('anna: ');
  });

  it('says by how much a message is too long, and keeps it', async () => {
    const { terminal, commands, show } = subject();
    await show(welcome);
    await terminal.type(`${'é'.repeat(51)}\r`);
    expect(terminal.screen.slice(-2)).to.deep.equal([
      `> ${'é'.repeat(51)}`,
      'Too long by 2 bytes: shorten it',
    ]);
    await terminal.type('\u007f\r');
    expect(commands).to.deep.equal([said('é'.repeat(50))]);
  });

  it('takes a paste of 500 lines as one message, after one question', async () => {
    const { terminal, commands, show } = subject();
    await show({ ...welcome, maxMessageBytes: 100_000 });
    const text = Array.from({ length: 500 }, (_, n) => `line ${n}`).join('\n');
    await terminal.type(PASTE(text));
    expect(terminal.screen.at(-1)).to.equal('Paste 500 lines as one message? Enter sends, Esc drops');
    await terminal.type('\r');
    expect(commands).to.deep.equal([said(text)]);
  });

  it('changes the bell by itself, and remembers', async () => {
    const { terminal, commands, bells, show, rung } = subject();
    await show(welcome);
    for (const command of ['/bell all\r', '/bell loud\r', '/bell\r']) await terminal.type(command);
    expect(bells).to.deep.equal(['all']);
    expect(commands).to.deep.equal([]);
    await show(memo('anna', 'hi'));
    expect(rung()).to.equal(1);
    expect(terminal.screen.slice(1, 4)).to.deep.equal([
      '12:00 -!- The bell rings at every message.',
      '12:00 -!- Type /bell off, /bell mentions or /bell all.',
      '12:00 -!- The bell rings at every message. Change it with /bell off, mentions or',
    ]);
  });

  it('names every command in its help, on rows that fit', async () => {
    const { terminal, show } = subject({}, { rows: 40 });
    await terminal.type('/help\r');
    await show();
    const help = terminal.screen.join('\n');
    for (const command of ['/who', '/history', '/search', '/me', '/bell', '/leave', '//text', 'Tab'])
      expect(help).to.include(command);
    expect(terminal.lines).to.have.length(terminal.screen.length);
  });

  it('lets nothing reach the terminal that it did not mean, whatever anybody says', async () => {
    const { view, terminal, show } = subject({ tier: '256', bell: 'all', notify: 'osc9' });
    let title = '';
    terminal.terminal.onTitleChange(now => {
      title = now;
    });
    const hostile = [
      ...Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)),
      ...Array.from({ length: 0x80 }, (_, code) => `\u001b${String.fromCharCode(code)}`),
      '\u001b[2J\u001b[H\u001b[31m\u001b[?1049h\u001b]0;owned\u0007\u001b]52;c;eA==\u0007\u001bP$q"p\u001b\\\u001b[6n\u001bc',
      '\u009b2J\u009d0;owned\u009c\u202eabc\u2066\ud800',
    ];
    await show(welcome);
    for (const text of hostile) {
      const [message] = [{ username: text, content: `carl ${text}`, at: NOON }];
      await show(
        memo(text, `carl ${text}`),
        memo(text, text, { kind: 'action' }),
        joined(text),
        left(text),
        pending(text, text),
        { type: 'Refused', reason: text, content: text },
        { type: 'Earlier', memos: [message], agoMs: 0 },
        { type: 'History', memos: [message] },
        { type: 'Found', memos: [message], more: true },
        { type: 'Users', users: [text], away: [text] },
        { type: 'UnknownResponse', text },
        { type: 'NameRefused', username: text, reason: text },
        {
          type: 'Reconnecting',
          outage: { code: 'SERVER_SAYS', notice: text },
          inMs: 10,
          unsent: 1,
          isNews: true,
        },
      );
      await show({ ...welcome, content: text });
    }
    view.close();
    await settled(terminal);
    const sent = terminal.written.join('');
    // biome-ignore-start lint/suspicious/noControlCharactersInRegex: they are what is looked for
    const meant =
      /\u001b\[(?:\d*[ABCJK]|[\d;]*m|\?(?:2026|2004|25|7)[hl])|\u001b\]9;[^\u0000-\u001f\u007f-\u009f]*\u0007|\u0007|\r|\n/g;
    expect(sent.replace(meant, '')).to.not.match(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    // biome-ignore-end lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(title).to.equal('');
  });

  it('keeps own messages and the input whole through resizes', async () => {
    const { terminal, show } = subject();
    await show(welcome, pending('1', 'a text of mine that is longer than many a narrow screen is wide'));
    await terminal.type('half a text');
    for (let n = 0; n < 40; n += 1) {
      await show(memo('anna', `<${n}>`));
      await terminal.resize(24 + ((n * 37) % 150), 10 + ((n * 13) % 40));
    }
    await terminal.resize(80, 24);
    await show(accepted('1', 'mine'));
    expect(terminal.screen.slice(-3)).to.deep.equal([
      '12:00 carl  mine',
      '> half a text',
      'connected · 3 here',
    ]);
    const all = terminal.lines.join('\n');
    expect(all).to.not.include('…');
    for (let n = 0; n < 40; n += 1) expect(all.split(`<${n}>`)).to.have.length(2);
  });

  it('asks once more before it leaves, and at once whoever is not in or leaves already', async () => {
    const { view, terminal, show } = subject();
    let isOver = false;
    void view.interrupted.then(() => {
      isOver = true;
    });
    await show(welcome);
    await terminal.type('\u0003');
    expect([isOver, terminal.screen.at(-1)]).to.deep.equal([false, 'Ctrl-C again to leave']);
    await terminal.type('x\u007f\u0003');
    expect(isOver).to.equal(false);
    await terminal.type('\u0003');
    expect(isOver).to.equal(true);

    const before = subject();
    await before.terminal.type('\u0003');
    await before.view.interrupted;

    const leaving = subject();
    await leaving.show(welcome, { type: 'Leaving', unsent: 1 });
    await leaving.terminal.type('\u0003');
    await leaving.view.interrupted;
  });

  it('shows that it connects, and what waits to be said; and says that it was not sent', async () => {
    const { view, terminal } = unasked();
    await settled(terminal);
    expect(terminal.screen).to.deep.equal(['> ', 'connecting…']);
    await terminal.type('hello\r');
    await terminal.type('/me waits\r');
    expect(terminal.screen.slice(-4)).to.deep.equal(['  …   hello', '  …   *  waits', '> ', 'connecting…']);
    view.close();
    await settled(terminal);
    expect(terminal.lines.slice(-2)).to.deep.equal(['Not sent: hello', 'Not sent: waits']);
  });

  it('takes nothing for a name that was typed to be said', async () => {
    const { view, terminal } = unasked();
    await terminal.type('hello all\r');
    view.show({ type: 'NameRefused', username: 'carl' });
    const answer = view.ask('Username: ');
    await settled(terminal);
    await terminal.type('karl\r');
    expect(await answer).to.equal('karl');
  });

  it('tries again at once at Enter while it is away, and at /reconnect', async () => {
    const { terminal, commands, show } = subject();
    await show(welcome);
    await terminal.type('\r');
    expect(commands).to.deep.equal([]);
    await show({ type: 'Reconnecting', outage: { code: 'LOST' }, inMs: 20_000, unsent: 0, isNews: false });
    await terminal.type('\r');
    await terminal.type('/reconnect\r');
    expect(commands).to.deep.equal([{ type: 'reconnect' }, { type: 'reconnect' }]);
    await show({ type: 'NotAway' });
    expect(terminal.screen.at(-3)).to.equal('12:00 -!- You are connected.');
  });

  it('tells how long there was no answer, and what is unsent then', async () => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { terminal, show } = subject();
    await show(welcome, pending('1', 'hi'), { type: 'Lagging', ms: 5000 });
    expect(terminal.screen.at(-1)).to.equal('3 here · no answer for 5 s · 1 unsent');
    clock.tick(1000);
    await settled(terminal);
    expect(terminal.screen.at(-1)).to.equal('3 here · no answer for 6 s · 1 unsent');
    await show({ type: 'Lagging', ms: 0 });
    expect(terminal.screen.at(-1)).to.equal('connected · 3 here');
  });

  it('explains once what becomes of the word send, unless one has chosen', async () => {
    const { terminal, show } = subject();
    await show(welcome);
    await terminal.type('send me the log please\r');
    await terminal.type('send it\r');
    expect(terminal.lines.filter(line => line.includes('"send" is a command'))).to.have.length(1);
    const chosen = subject({ commands: 'slash' });
    await chosen.show(welcome);
    await chosen.terminal.type('send me the log please\r');
    expect(chosen.commands).to.deep.equal([said('send me the log please')]);
    expect(chosen.terminal.lines.join()).to.not.include('is a command');
  });

  it('keeps a mistake where it can be corrected', async () => {
    const { terminal, commands, show } = subject();
    await show(welcome);
    await terminal.type('/histroy 5\r');
    expect(terminal.screen.slice(-2)).to.deep.equal([
      '> /histroy 5',
      'There is no /histroy. Did you mean /history? One slash more says it.',
    ]);
    await terminal.type('\u0015/usr/bin/foo is missing\r');
    expect(commands).to.deep.equal([said('/usr/bin/foo is missing')]);
  });

  it('shows nothing of whom one ignores, and remembers it', async () => {
    clock = sinon.useFakeTimers({ toFake: ['performance'] });
    const { terminal, bells, rung, show } = subject({ bell: 'all' });
    await show(welcome, memo('bob', 'one'));
    await terminal.type('/ignore bob\r');
    clock.tick(5000);
    const memos = [{ username: 'Bob', content: 'old', at: NOON }];
    await show(memo('BOB', 'two carl'), joined('bob'), { type: 'History', memos });
    expect(rung()).to.equal(1);
    await show(memo('anna', 'three'));
    expect(bells).to.deep.equal(['ignore: bob']);
    expect(rung()).to.equal(2);
    expect(terminal.lines.filter(line => /two|old/.test(line))).to.deep.equal([]);
    await terminal.type('/unignore bob\r');
    await show(memo('bob', 'four'));
    expect(terminal.screen.at(-3)).to.match(/^12:00 bob {2,}four$/);
  });

  it('rings for words that one has chosen, and marks them', async () => {
    const { terminal, rung, show } = subject({ bell: 'mentions', highlight: 'release, v2', tier: '256' });
    await show(welcome, memo('anna', 'the Release is out'));
    expect(rung()).to.equal(1);
    expect(terminal.written.join('')).to.include('the \u001b[1;7mRelease\u001b[0m is out');
  });

  it('shows what Tab goes through, and every name after an @', async () => {
    const { terminal, show } = subject();
    await show({ ...welcome, users: ['carl', 'andy', 'anna', 'bert'] });
    await terminal.type('an\t');
    expect(terminal.screen.slice(-2)).to.deep.equal(['> anna: ', 'anna:  andy:']);
    await terminal.type('\t');
    expect(terminal.screen.slice(-2)).to.deep.equal(['> andy: ', 'andy:']);
    await terminal.type('hi \u0015hi @\t');
    expect(terminal.screen.slice(-2)).to.deep.equal(['> hi @bert ', '@bert  @anna  @andy']);
    await terminal.type('x');
    expect(terminal.screen.at(-1)).to.equal('connected · 3 here');
  });

  it('searches what was entered, here and at other times', async () => {
    const added: string[] = [];
    const inputLog = { read: async () => ['green tea', 'coffee'], add: (entry: string) => added.push(entry) };
    const { terminal, commands, show } = subject({ inputLog });
    await show(welcome);
    await terminal.type('black tea\r');
    await terminal.type('draft\u0012tea');
    expect(terminal.screen.at(-2)).to.equal('search "tea": black tea');
    await terminal.type('\u0012');
    expect(terminal.screen.at(-2)).to.equal('search "tea": green tea');
    await terminal.type('\u0007');
    expect(terminal.screen.at(-2)).to.equal('> draft');
    await terminal.type('\u0012coff\r');
    expect(commands).to.deep.equal([said('black tea'), said('coffee')]);
    expect(added).to.deep.equal(['black tea', 'coffee']);
    await terminal.type('\u0012nowhere');
    expect(terminal.screen.at(-2)).to.equal('not found "nowhere": ');
  });

  it('says who and where one is, and what one has not read, in the title of the window too', async () => {
    const terminal = new Emulator();
    const titles: string[] = [];
    terminal.terminal.onTitleChange(title => titles.push(title));
    let now = NOON;
    const view = new TerminalView(
      terminal.input,
      terminal.output,
      { tier: 'none', bell: 'off', notify: 'off', place: 'chat.example.org', now: () => now },
      {
        env: { TERM: 'xterm' },
        hasWindow: true,
        signals: Object.assign(new EventEmitter(), { pid: 1, kill: () => true }) as unknown as Signals,
      },
    );
    open.push(view);
    view.show(welcome);
    await settled(terminal);
    expect(terminal.screen.at(-1)).to.equal('connected · 3 here · carl @ chat.example.org · 12:00');
    await terminal.type('\u001b[O');
    view.show(memo('anna', 'early'));
    now += 60_000;
    view.show(memo('anna', 'hi carl'));
    await settled(terminal);
    expect(terminal.screen.slice(-5)).to.deep.equal([
      '12:00 anna  early',
      '--- new since 12:00 ---',
      '12:00 anna  hi carl',
      '> ',
      '3 here · 2 unread, 1 for you · carl @ chat.example.org · 12:01',
    ]);
    await terminal.type('\u001b[I');
    expect(titles.slice(-4)).to.deep.equal([
      'carl @ chat.example.org - chatty',
      '(1) carl @ chat.example.org - chatty',
      '(2!) carl @ chat.example.org - chatty',
      'carl @ chat.example.org - chatty',
    ]);
    view.close();
    expect(terminal.written.join('')).to.include('\u001b[?1004l\u001b[23;2t');
  });

  it('says at which of several addresses one is, and where one is being connected', async () => {
    const terminal = new Emulator();
    const settings = {
      tier: 'none',
      bell: 'off',
      notify: 'off',
      place: '2 addresses',
      now: () => NOON,
    } as const;
    const view = new TerminalView(terminal.input, terminal.output, settings);
    open.push(view);
    await settled(terminal);
    expect(terminal.screen.at(-1)).to.equal('connecting… · 2 addresses · 12:00');
    view.show({ ...welcome, address: 'a.example.org' });
    await settled(terminal);
    expect(terminal.screen.at(-1)).to.equal('connected · 3 here · carl @ a.example.org · 12:00');
    const away = {
      type: 'Reconnecting',
      outage: { code: 'LOST' },
      inMs: 0,
      unsent: 0,
      isNews: false,
    } as const;
    view.show({ ...away, address: 'b.example.org:9000' });
    await settled(terminal);
    expect(terminal.screen.at(-1)).to.equal('reconnecting… · carl @ b.example.org:9000 · 12:00');
    view.show({
      type: 'Reconnected',
      extended: true,
      resumed: true,
      count: 3,
      address: 'b.example.org:9000',
    });
    await settled(terminal);
    expect(terminal.screen.at(-1)).to.equal('connected · 3 here · carl @ b.example.org:9000 · 12:00');
    expect(terminal.screen.at(-3)).to.include(
      'You are back, at b.example.org:9000. The others did not notice.',
    );
  });

  it('folds a message that would fill the screen, and shows it whole on request', async () => {
    const { terminal, show } = subject();
    await show(welcome);
    await terminal.type('/expand\r');
    expect(terminal.screen.at(-3)).to.equal('12:00 -!- Nothing that was shown here is folded.');
    await show(memo('anna', Array.from({ length: 300 }, (_, n) => `row ${n}`).join('\n')));
    expect(terminal.lines.filter(line => line.includes('row '))).to.have.length(12);
    expect(terminal.screen.at(-3)).to.equal('    … 288 more rows: /expand shows them');
    await terminal.type('/expand\r');
    expect(terminal.lines.filter(line => line.includes('row '))).to.have.length(312);
  });

  it('asks for what was said around a message that was found', async () => {
    const { terminal, commands, show } = subject();
    await show(welcome);
    await terminal.type('/around\r');
    expect(terminal.screen.at(-3)).to.equal('12:00 -!- There is no #1: /search first.');
    const memos = [
      { username: 'anna', content: 'tea two', at: NOON, seq: 90 },
      { username: 'anna', content: 'tea one', at: NOON, seq: 40 },
    ];
    await show({ type: 'Found', memos, more: true, words: 'tea' });
    await terminal.type('/around 2\r');
    expect(commands).to.deep.equal([
      { type: 'request', request: { type: 'history', limit: 120, before: 101 } },
    ]);
  });

  it('shows five messages before and after it, whoever came and went', async () => {
    const { terminal, show } = subject();
    await show(welcome);
    const at = (seq: number) => ({ username: 'anna', content: `<${seq}>`, at: NOON, seq });
    await show({ type: 'Found', memos: [at(40)], more: false, words: '40' });
    await terminal.type('/around\r');
    await show({ type: 'History', memos: [4, 8, 12, 16, 20, 24, 40, 50, 60].map(at), more: true });
    const shown = terminal.lines.slice(terminal.lines.lastIndexOf('--- history ---'));
    expect(shown.flatMap(line => /<(\d+)>/.exec(line)?.[1] ?? [])).to.deep.equal([
      '8',
      '12',
      '16',
      '20',
      '24',
      '40',
      '50',
      '60',
    ]);
    await show({ type: 'History', memos: [4, 8].map(at), more: true });
    expect(terminal.lines.at(-4)).to.include('<8>');
  });

  it('says so when all that was asked for is of people whom one ignores', async () => {
    const { terminal, show } = subject({ ignore: 'troll' });
    await show(welcome);
    const memos = [{ username: 'troll', content: 'x', at: NOON, seq: 1 }];
    await show({ type: 'History', memos, more: true });
    expect(terminal.screen.at(-3)).to.equal(
      '12:00 -!- All of that is of people whom you ignore. Older: /more',
    );
  });

  it('puts names into a column, no wider than it is told to be', async () => {
    const { terminal, show } = subject({ align: 6 });
    await show(
      welcome,
      memo('anna', 'a'),
      memo('dörte', 'b'),
      memo('a-very-long-name', 'c'),
      memo('bo', 'd'),
    );
    expect(terminal.screen.slice(1, -2)).to.deep.equal([
      '12:00 anna  a',
      '12:00 dörte  b',
      '12:00 a-very-long-name  c',
      '12:00 bo     d',
    ]);
    const narrow = subject({ align: 6 }, { columns: 50 });
    await narrow.show(welcome, memo('dörte', 'b'), memo('bo', 'd'));
    expect(narrow.terminal.screen.at(-3)).to.equal('12:00 bo  d');
  });

  it('underlines the own name, and no other', async () => {
    const { terminal, show } = subject({ tier: 'mono' });
    await show(welcome, memo('anna', 'a'), memo('carl', 'b'));
    const sent = terminal.written.join('');
    expect(sent).to.include('\u001b[1manna\u001b[0m').and.include('\u001b[1;4mcarl\u001b[0m');
  });
});
