import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import type { Signals } from '../../../../src/adapters/terminal/line-editor/modes.js';
import { PlainInput } from '../../../../src/adapters/terminal/plain-input.js';
import { until } from '../../../support/until.js';

/** Node's process, as far as a terminal's modes depend on it. */
class FakeProcess extends EventEmitter {
  readonly pid = 1;
  readonly killed: unknown[] = [];
  kill(pid: number, signal?: string | number): true {
    this.killed.push([pid, signal]);
    return true;
  }
}

describe('PlainInput', () => {
  const open: PlainInput[] = [];
  afterEach(() => {
    for (const input of open.splice(0)) input.close();
  });

  function subject(columns = 80) {
    const modes: boolean[] = [];
    const stream = Object.assign(new PassThrough(), { setRawMode: (mode: boolean) => modes.push(mode) });
    const signals = new FakeProcess();
    let written = '';
    const write = (text: string) => {
      written += text;
      return undefined;
    };
    const options = { columns: () => columns, signals: signals as unknown as Signals };
    const input = new PlainInput(stream, write, options);
    open.push(input);
    const lines: string[] = [];
    let isEnded = false;
    const read = async () => {
      for await (const line of input.rest()) lines.push(line);
      isEnded = true;
    };
    return {
      input,
      stream,
      signals,
      modes,
      lines,
      read,
      isEnded: () => isEnded,
      /** Every key by itself, as a person types. */
      type: (text: string) => {
        for (const key of text) stream.emit('data', Buffer.from(key));
      },
      paste: (text: string) => stream.emit('data', Buffer.from(text)),
      /** What was written since the last look. */
      shown: () => {
        const text = written;
        written = '';
        return text;
      },
    };
  }

  it('echoes what is typed, and gives it out at Enter', async () => {
    const { type, read, lines, shown } = subject();
    const done = read();
    type('hé 你\r');
    await until(() => lines.length === 1);
    expect(lines).to.deep.equal(['hé 你']);
    expect(shown()).to.equal('hé 你\n');
    void done;
  });

  const erasures: [typed: string, keys: string, written: string, left: string][] = [
    ['ab', '\u007f', '\b \b', 'a'],
    ['a你', '\u007f', '\b \b\b \b', 'a'],
    ['ae\u0301', '\u007f', '\b \b', 'a'],
    ['one two ', '\u0017', '\b \b'.repeat(4), 'one '],
    ['one two', '\u0015x', `${'\b \b'.repeat(7)}x`, 'x'],
    ['a', '\u007f\u007f\u0017\u0015b', '\b \bb', 'b'],
    ['ab', '\u001b[D\u001b[Ac', 'c', 'abc'],
  ];
  for (const [typed, keys, written, left] of erasures) {
    it(`erases from the end, and moves in no other way: ${JSON.stringify(keys)} after ${typed}`, async () => {
      const { type, read, lines, shown } = subject();
      void read();
      type(typed);
      shown();
      type(keys);
      expect(shown()).to.equal(written);
      type('\r');
      await until(() => lines.length === 1);
      expect(lines).to.deep.equal([left]);
    });
  }

  it('begins a row where a line is taken away that has gone over several', () => {
    const { type, shown } = subject(10);
    type('123456789012');
    shown();
    type('\u0015');
    expect(shown()).to.equal('^U\n');
  });

  it('holds what comes in until the line is ended: by Enter, erased, or put away', () => {
    const { input, type, shown } = subject();
    for (const [key, sign] of [
      ['\r', '\n'],
      ['\u007f\u007f', '\b \b\b \b'],
      ['\u0015', '\b \b\b \b'],
      ['\u0017', '\b \b\b \b'],
      ['\u0003', '^C\n'],
    ] as const) {
      type('hi');
      input.print('one\n');
      input.print('two\n');
      expect(shown()).to.equal('hi');
      type(key);
      expect(shown()).to.equal(`${sign}one\ntwo\n`);
      input.print('three\n');
      expect(shown()).to.equal('three\n');
    }
  });

  it('loses nothing when more comes in than is held: the line goes on below it', async () => {
    const { input, type, read, lines, shown } = subject();
    void read();
    type('hi');
    for (let n = 0; n <= 2000; n++) input.print(`${n}\n`);
    const all = Array.from({ length: 2001 }, (_, n) => `${n}\n`).join('');
    expect(shown()).to.equal(`hi\n${all}hi`);
    type('!\r');
    await until(() => lines.length === 1);
    expect(lines).to.deep.equal(['hi!']);
    type('x');
    shown();
    input.print(`${'y'.repeat(5 * 1024 * 1024)}\n`);
    expect(shown()).to.have.length.above(5 * 1024 * 1024);
  });

  it('takes a paste for text, of several lines, too, and nothing in it for a key', async () => {
    const { paste, type, read, lines, shown } = subject();
    void read();
    paste('one\ntwo\u009b2J\tx');
    expect(shown()).to.equal('one ↵ two2J    x');
    type('\u007f');
    await new Promise(resolve => setTimeout(resolve, 40)); // longer than a burst
    paste('\r');
    await until(() => lines.length === 1);
    expect(lines).to.deep.equal(['one\ntwo2J    ']);
  });

  it('rings where a line would grow too long, and takes none of it', async () => {
    const { paste, read, lines, shown } = subject();
    void read();
    paste('x'.repeat(300_000));
    expect(shown()).to.equal('\u0007');
    paste('y');
    paste('\r');
    await until(() => lines.length === 1);
    expect(lines).to.deep.equal(['y']);
  });

  it('asks in a row of its own, and holds what comes in meanwhile', async () => {
    const { input, type, shown } = subject();
    const answer = input.ask('Username: ');
    input.print('news\n');
    expect(shown()).to.equal('Username: ');
    type('carl\r');
    expect(await answer).to.equal('carl');
    expect(shown()).to.equal('carl\nnews\n');
  });

  it('shows an answer that was typed before the question', async () => {
    const { input, type, shown } = subject();
    type('carl\r');
    shown();
    expect(await input.ask('Username: ')).to.equal('carl');
    expect(shown()).to.equal('Username: carl\n');
  });

  it('leaves at Ctrl-C with nothing typed, also while it asks', async () => {
    const { input, type, shown, modes, read, isEnded } = subject();
    const answer = input.ask('Username: ');
    type('x\u0003');
    type('\u0003');
    await input.closed;
    expect(await answer).to.equal(undefined);
    expect(shown()).to.equal('Username: x^C\n\n');
    expect(modes).to.deep.equal([true, false]);
    await read();
    expect(isEnded()).to.equal(true);
  });

  it('ends at Ctrl-D with nothing typed, and still can be told to go at once', async () => {
    const { input, type, shown, read, isEnded, modes } = subject();
    let isClosed = false;
    void input.closed.then(() => {
      isClosed = true;
    });
    const done = read();
    type('a\u0004\u007f\u0004');
    await done;
    expect(isEnded()).to.equal(true);
    shown();
    type('nobody hears this');
    expect(shown()).to.equal('');
    await Promise.resolve();
    expect(isClosed).to.equal(false);
    type('\u0003');
    await input.closed;
    expect(modes).to.deep.equal([true, false]);
  });

  it('is at its end with the input', async () => {
    const { input, stream, shown } = subject();
    const answer = input.ask('Username: ');
    stream.end();
    expect(await answer).to.equal(undefined);
    expect(shown()).to.equal('Username: \n');
  });

  it('gives the terminal back when it is closed, and prints what it held', () => {
    const { input, type, shown, modes } = subject();
    type('hal');
    input.print('news\n');
    input.close();
    input.close();
    input.print('late news\n');
    expect(shown()).to.equal('hal\nnews\nlate news\n');
    expect(modes).to.deep.equal([true, false]);
  });

  for (const event of ['exit', 'uncaughtExceptionMonitor', 'SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT']) {
    it(`gives the terminal back at ${event}`, () => {
      const { signals, modes } = subject();
      signals.emit(event, event);
      expect(modes).to.deep.equal([true, false]);
    });
  }

  it('stops the job at Ctrl-Z, and goes on with the line when it is continued', () => {
    const { type, signals, modes, shown } = subject();
    type('hal\u001a');
    expect(signals.killed).to.deep.equal([[0, 'SIGTSTP']]);
    expect(modes).to.deep.equal([true, false]);
    expect(shown()).to.equal('hal\n');
    signals.emit('SIGCONT');
    signals.emit('SIGCONT');
    expect(modes).to.deep.equal([true, false, true, true]);
    expect(shown()).to.equal('hal');
  });
});
