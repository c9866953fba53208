import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import fc from 'fast-check';
import sinon from 'sinon';
import { BINDINGS } from '../../../../../src/adapters/terminal/line-editor/bindings.js';
import {
  LinePrompt,
  type LinePromptOptions,
} from '../../../../../src/adapters/terminal/line-editor/line-prompt.js';
import type { Signals } from '../../../../../src/adapters/terminal/line-editor/modes.js';
import type { Line } from '../../../../../src/adapters/terminal/line-editor/spans.js';
import { visible } from '../../../../../src/adapters/view/visible.js';
import { Emulator, type EmulatorOptions } from '../../../../support/emulator.js';
import { escaped } from '../../../../support/escaped.js';
import { until } from '../../../../support/until.js';

/** Every change of the size is looked at by itself. */
const AT_ONCE = { answer: 150, again: 0, storm: 0, calm: 0 };

const FAMILY = '👩‍👩‍👧';

/** Node's process, as far as a terminal's modes depend on it. */
class FakeProcess extends EventEmitter {
  readonly pid = 1;
  readonly killed: unknown[] = [];
  kill(_pid: number, signal?: string | number): true {
    this.killed.push(signal);
    return true;
  }
}

interface Subject {
  readonly prompt: LinePrompt;
  readonly terminal: Emulator;
  readonly signals: FakeProcess;
  readonly submitted: string[];
  readonly happened: string[];
}

const line = (text: string, indent = 0): Line => ({ spans: [{ text }], indent });

describe('LinePrompt', () => {
  const open: LinePrompt[] = [];
  afterEach(() => {
    for (const prompt of open.splice(0)) prompt.close();
  });

  function subject(options: EmulatorOptions & Partial<LinePromptOptions> = {}): Subject {
    const terminal = new Emulator(options);
    const signals = new FakeProcess();
    const [submitted, happened]: [string[], string[]] = [[], []];
    const prompt = new LinePrompt(
      terminal.input,
      terminal.output,
      {
        submitted: text => submitted.push(text),
        interrupted: isAgain => happened.push(isAgain ? 'interrupted again' : 'interrupted'),
        ended: () => happened.push('ended'),
      },
      {
        tier: '256',
        times: AT_ONCE,
        env: { TERM: 'xterm-256color' },
        signals: signals as unknown as Signals,
        ...options,
      },
    );
    open.push(prompt);
    return { prompt, terminal, signals, submitted, happened };
  }

  it('shows what is typed, and gives it out at Enter', async () => {
    const { terminal, submitted } = subject();
    await terminal.type('hello');
    expect(terminal.screen).to.deep.equal(['> hello']);
    expect(terminal.cursor).to.deep.equal({ row: 0, column: 7 });
    await terminal.type('\r');
    expect(submitted).to.deep.equal(['hello']);
    expect(terminal.screen).to.deep.equal(['> ']);
  });

  it('echoes a key in the same turn, and a plain one with a few bytes', () => {
    const { terminal } = subject();
    terminal.written.length = 0;
    terminal.input.emit('data', Buffer.from('x'));
    expect(terminal.written).to.have.length(1);
    expect(terminal.written[0]?.length).to.be.below(40);
  });

  it('prints above what is typed, one write for a turn', async () => {
    const { prompt, terminal } = subject();
    prompt.setStatus([{ text: '3 here' }]);
    await terminal.type('hello\u001b[D\u001b[D');
    terminal.written.length = 0;
    const time = sinon.stub(performance, 'now').returns(0); // it is not the machine that makes two of one
    try {
      for (let n = 0; n < 5; n += 1) prompt.print([line(`line ${n}`)]);
      await terminal.settled();
    } finally {
      time.restore();
    }
    expect(terminal.written).to.have.length(1);
    expect(terminal.screen).to.deep.equal([...[0, 1, 2, 3, 4].map(n => `line ${n}`), '> hello', '3 here']);
    expect(terminal.cursor).to.deep.equal({ row: 5, column: 5 });
  });

  for (const unicode of ['6', '15-graphemes'] as const) {
    for (const typed of [
      `a${FAMILY}b`,
      '你好',
      'e\u0301x',
      '❤️!',
      '👍🏽👍🏽',
      'नमस्ते',
      'שלום abc',
      'ก็ดี',
      '\u00ad\u200bx',
    ]) {
      it(`puts the cursor where the terminal (Unicode ${unicode}) has it, in ${escaped(typed)}`, async () => {
        const { prompt, terminal } = subject({ unicode });
        prompt.setStatus([{ text: 'status' }]);
        await terminal.type(typed);
        await terminal.type('\u001b[D');
        await terminal.type('\u001b[C');
        const { column } = terminal.cursor;
        await terminal.type('X');
        expect(terminal.screen).to.deep.equal([`> ${visible(typed)}X`, 'status']);
        expect(terminal.cursor.column).to.equal(column + 1);
      });
    }
  }

  for (const unicode of ['6', '15-graphemes'] as const) {
    it(`wraps long input between clusters, and never over the edge (Unicode ${unicode})`, async () => {
      const { terminal } = subject({ columns: 20, rows: 30, unicode });
      const typed = `abc你好${FAMILY}e\u0301`.repeat(6);
      await terminal.type(typed);
      const { screen } = terminal;
      expect(screen.map(row => row.slice(2)).join('')).to.equal(typed);
      expect(terminal.lines).to.have.length(screen.length);
    });
  }

  it('keeps the input in half of the screen, around the cursor', async () => {
    const { prompt, terminal } = subject({ columns: 20, rows: 10 });
    prompt.setStatus([{ text: 'status' }]);
    prompt.print(Array.from({ length: 20 }, (_, n) => line(`line ${n}`)));
    await terminal.type(Array.from({ length: 30 }, (_, n) => `row ${n}`).join('\u001b\r'));
    expect(terminal.screen).to.deep.equal([
      ...[15, 16, 17, 18, 19].map(n => `line ${n}`),
      ...[26, 27, 28, 29].map(n => `  row ${n}`),
      'status',
    ]);
    await terminal.type('\u001b[1;5H');
    expect(terminal.screen.slice(5)).to.deep.equal(['> row 0', '  row 1', '  row 2', '  row 3', 'status']);
    await terminal.type('\u0015\u000b'.repeat(60));
    expect(terminal.screen.at(-1)).to.equal('status');
    expect(terminal.screen.at(-2)).to.equal('> ');
  });

  it('hears keys while much is printed, and has whoever prints wait', async () => {
    const { prompt, terminal } = subject();
    await terminal.settled();
    const words = '你好'.repeat(1000);
    const full = prompt.print(Array.from({ length: 400 }, (_, n) => line(`${n} ${words}`)));
    expect(full).to.be.instanceOf(Promise);
    let isPrinted = false;
    void full?.then(() => {
      isPrinted = true;
    });
    terminal.input.emit('data', Buffer.from('typed'));
    await new Promise(resolve => setImmediate(resolve));
    expect(terminal.written.join('')).to.include('typed');
    expect(isPrinted).to.equal(false);
    await full;
    await terminal.settled();
    expect(terminal.rows.filter(row => /^\d+ /.test(row))).to.have.length(400);
    expect(terminal.screen.at(-1)).to.equal('> typed');
  });

  it('prints all of it when it is closed meanwhile', async () => {
    const { prompt, terminal } = subject();
    const words = '你好'.repeat(1000);
    prompt.print(Array.from({ length: 100 }, (_, n) => line(`${n} ${words}`)));
    await new Promise(resolve => setImmediate(resolve));
    prompt.close();
    await terminal.settled();
    expect(terminal.rows.filter(row => /^\d+ /.test(row))).to.have.length(100);
  });

  it('keeps the prompt whole while 200 lines a second come in and somebody types', async () => {
    const { prompt, terminal } = subject({ columns: 40, rows: 10 });
    prompt.setStatus([{ text: 'status' }]);
    const typed = `Zwölf Boxkämpfer ${FAMILY} 你好 `.repeat(4);
    let sofar = '';
    let n = 0;
    for (const char of typed) {
      for (let k = 0; k < 10; k += 1)
        prompt.print([line(`${n++} said something that is longer than a row, word by word`, 4)]);
      terminal.input.write(char);
      sofar += char;
    }
    await terminal.settled();
    const region = terminal.screen.slice(terminal.screen.findIndex(row => row.startsWith('> ')));
    expect(
      region
        .slice(0, -1)
        .map(row => row.slice(2).padEnd(row.length < 39 ? 0 : 37))
        .join('')
        .trimEnd(),
    ).to.satisfy((shown: string) => shown.replaceAll(' ', '') === sofar.replaceAll(' ', ''));
    expect(region.at(-1)).to.equal('status');
    const numbers = terminal.lines.filter(row => row.includes(' said')).map(row => Number.parseInt(row, 10));
    expect(numbers).to.deep.equal(Array.from({ length: n }, (_, index) => index));
  });

  it('is the same after any keys as if the result had been drawn at once', async () => {
    const step = fc.oneof(
      fc.constantFrom(...SENT.values()),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }),
      fc.constantFrom('你好', FAMILY, 'word word word '),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.boolean(), async (steps, isOld) => {
        const size = { columns: 12, rows: 40, unicode: isOld ? ('6' as const) : ('15-graphemes' as const) };
        const { prompt, terminal } = subject(size);
        prompt.setStatus([{ text: 'status' }]);
        await terminal.settled();
        for (const one of steps) await terminal.type(one);
        const left = { screen: terminal.screen, cursor: terminal.cursor };
        const { columns, rows } = terminal.output;
        await terminal.resize(columns, rows);
        expect(left.screen).to.deep.equal(terminal.screen);
        expect(left.cursor).to.deep.equal(terminal.cursor);
        prompt.close();
      }),
      { numRuns: 60 },
    );
  });

  for (const reflowsCursorLine of [false, true]) {
    const kind = reflowsCursorLine
      ? 'that breaks every row anew'
      : 'that leaves the row with the cursor alone';
    for (const typed of [
      'short',
      'a text that is longer than the screen will be, here and there, but not by much',
    ]) {
      it(`comes through a storm of resizes in a terminal ${kind}, with ${typed.length} typed`, async () => {
        await fc.assert(
          fc.asyncProperty(
            fc.array(
              fc.tuple(fc.integer({ min: 20, max: 200 }), fc.integer({ min: 12, max: 50 }), fc.nat(4)),
              {
                minLength: 1,
                maxLength: 12,
              },
            ),
            async sizes => {
              const { prompt, terminal } = subject({ reflowsCursorLine });
              prompt.setStatus([{ text: 'carl | 3 here' }]);
              await terminal.type(typed);
              const expected: string[] = [];
              for (const [columns, rows, count] of sizes) {
                for (let n = 0; n < count; n += 1) {
                  expected.push(`<${expected.length}${'x'.repeat((expected.length * 7) % 90)}>`);
                  prompt.print([line(expected.at(-1) ?? '')]);
                }
                await terminal.resize(columns, rows);
              }
              const text = terminal.screen.join('\n');
              const region = text.slice(text.lastIndexOf('\n> ') + 1);
              expect(
                region
                  .split('\n')
                  .slice(0, -1)
                  .map(row => row.slice(2))
                  .join('')
                  .replaceAll(' ', ''),
              ).to.equal(typed.replaceAll(' ', ''));
              expect(region.split('\n').at(-1)).to.equal('carl | 3 here');
              const all = terminal.lines.join('');
              for (const printed of expected) expect(all.split(printed), printed).to.have.length(2);
              prompt.close();
            },
          ),
          { numRuns: 40 },
        );
      });
    }
  }

  for (const [kind, columns] of [
    ['height', [80, 80]],
    ['size', [20, 200]],
  ] as const) {
    it(`loses no line when it hears late of another ${kind}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.boolean(),
          fc.array(
            fc.tuple(
              fc.integer({ min: columns[0], max: columns[1] }),
              fc.integer({ min: 8, max: 50 }),
              fc.nat(3),
            ),
            { minLength: 1, maxLength: 12 },
          ),
          async (reflowsCursorLine, sizes) => {
            const { prompt, terminal } = subject({ reflowsCursorLine });
            await terminal.type('half a text');
            const expected: string[] = [];
            for (const [width, height, count] of sizes) {
              const noticed = await terminal.resizeUnnoticed(width, height);
              prompt.setStatus([{ text: `${expected.length} lines` }]);
              await terminal.settled();
              for (let n = 0; n < count; n += 1) {
                expected.push(`<${expected.length}${'x'.repeat((expected.length * 7) % 30)}>`);
                prompt.print([line(expected.at(-1) ?? '')]);
                await terminal.settled();
              }
              await noticed();
            }
            const all = terminal.lines.join('');
            for (const printed of expected) expect(all.split(printed), printed).to.have.length(2);
            expect(terminal.screen.at(-2)).to.equal('> half a text');
            prompt.close();
          },
        ),
        { numRuns: 60 },
      );
    });
  }

  for (const reflowsCursorLine of [false, true])
    it(`leaves one draft on a screen that goes through many sizes before anybody hears of it (${reflowsCursorLine})`, async () => {
      const { prompt, terminal } = subject({
        reflowsCursorLine,
        times: { answer: 150, again: 5, storm: 1000, calm: 20 },
      });
      const draft = Array.from({ length: 30 }, (_, n) => `w${String(n).padStart(3, '0')}`).join(' ');
      prompt.setStatus([{ text: 'status' }]);
      prompt.print([line('printed')]);
      await terminal.type(draft);
      let heard: Promise<unknown> = Promise.resolve();
      for (const columns of [...range(78, 40), ...range(41, 80), ...range(79, 30), 80]) {
        const noticed = await terminal.resizeUnnoticed(columns, 24);
        // The program hears of every third size only, and late.
        if (columns % 3 === 0 || columns === 80) heard = noticed();
        await new Promise(resolve => setTimeout(resolve, 2));
      }
      await heard;
      const typed = () =>
        terminal.screen
          .slice(1, -1)
          .map(row => row.slice(2))
          .join('')
          .replaceAll(' ', '');
      // On a busy machine it is drawn more than once before the sizes are at rest.
      await until(() => typed() === draft.replaceAll(' ', ''));
      expect([terminal.screen.at(0), terminal.screen.at(-1)]).to.deep.equal(['printed', 'status']);
      expect(terminal.lines.join(' ').split('w001')).to.have.length(2);
    });

  it('leaves one draft on a screen that was too small for it for a while', async () => {
    const { prompt, terminal } = subject();
    prompt.setStatus([{ text: 'status' }]);
    prompt.print([line('printed')]);
    await terminal.type('w123 '.repeat(30).trim());
    await terminal.resize(20, 6);
    await terminal.resize(80, 24);
    expect(terminal.lines.join('').replaceAll(' ', '').split('w123')).to.have.length(31);
    expect(terminal.screen).to.have.length(4);
    expect(terminal.screen.at(0)).to.equal('printed');
  });

  it('leaves no trace of a short text in a storm of resizes', async () => {
    for (const reflowsCursorLine of [false, true]) {
      const { prompt, terminal } = subject({ reflowsCursorLine });
      prompt.setStatus([{ text: 'carl | 3 here' }]);
      await terminal.type('half a text');
      for (let n = 0; n < 60; n += 1) {
        prompt.print([line(`line ${n}`)]);
        await terminal.resize(20 + ((n * 37) % 181), 10 + ((n * 13) % 40));
      }
      expect(terminal.lines).to.deep.equal([
        ...Array.from({ length: 60 }, (_, n) => `line ${n}`),
        '> half a text',
        'carl | 3 here',
      ]);
    }
  });

  it('lets nothing reach the terminal that it did not mean, whatever a message or a key holds', async () => {
    const { prompt, terminal, submitted } = subject();
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
    prompt.print(hostile.map(text => line(`a${text}b`)));
    prompt.setStatus([{ text: hostile.join('') }]);
    prompt.setPrompt([{ text: `\u001b[2J> ` }]);
    await terminal.settled();
    await terminal.type(
      `\u001b[200~${hostile.slice(0, -2).join('').replaceAll('\u001b[201~', '')}\u001b[201~\r`,
    );
    prompt.close();
    await terminal.settled();
    const sent = terminal.written.join('');
    // biome-ignore-start lint/suspicious/noControlCharactersInRegex: they are what is looked for
    const meant = /\u001b\[(?:\d*[ABCJK]|[\d;]*m|\?(?:2026|2004|25|7)[hl])|\r|\n/g;
    expect(sent.replace(meant, '')).to.not.match(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(title).to.equal('');
    expect(submitted).to.have.length(1);
    expect(submitted[0]).to.not.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    // biome-ignore-end lint/suspicious/noControlCharactersInRegex: until here
  });

  it('asks once about a paste of 500 lines, and sends it as one text', async () => {
    const { prompt, terminal, submitted } = subject({ rows: 10 });
    const pasted = Array.from({ length: 500 }, (_, n) => `line ${n}\twith text`).join('\r');
    await terminal.type('see: ');
    await terminal.type(`\u001b[200~${pasted}\r\u001b[201~`);
    expect(submitted).to.deep.equal([]);
    expect(terminal.screen.at(-1)).to.equal('Paste 500 lines as one message? Enter sends, Esc drops');
    prompt.print([line('meanwhile')]);
    await terminal.type('\r');
    expect(submitted).to.deep.equal([`see: ${pasted.replaceAll('\r', '\n').replaceAll('\t', '    ')}`]);
    expect(terminal.lines).to.deep.equal(['meanwhile', '> ']);
  });

  it('drops a paste at Escape, and keeps what was typed before', async () => {
    const { prompt, terminal } = subject();
    await terminal.type('see: ');
    await terminal.type('\u001b[200~one\ntwo\u001b[201~');
    terminal.input.write('\u001b');
    await until(() => prompt.text === 'see: ');
    await terminal.settled();
    expect(terminal.screen).to.deep.equal(['> see: ']);
  });

  it('drops all of a paste that came in pieces, without brackets', async () => {
    const { prompt, terminal } = subject();
    await terminal.type('see: ');
    for (const piece of ['one\rtwo\r', 'three\rfo', 'ur\rfive\r']) terminal.input.write(piece);
    await terminal.settled();
    expect(prompt.text).to.equal('see: one\ntwo\nthree\nfour\nfive');
    expect(terminal.screen.at(-1)).to.match(/^Paste 5 lines/);
    terminal.input.write('\u001b');
    await until(() => prompt.text === 'see: ');
  });

  it("takes a paste for one's own text when it is edited", async () => {
    const { terminal, submitted } = subject();
    await terminal.type('\u001b[200~one\ntwo\u001b[201~!');
    expect(terminal.screen).to.deep.equal(['> one', '  two!']);
    await terminal.type('\r');
    expect(submitted).to.deep.equal(['one\ntwo!']);
  });

  it('says when a paste is too long', async () => {
    const { prompt, terminal } = subject({ maxLength: 10 });
    await terminal.type('\u001b[200~more than ten characters\u001b[201~');
    expect(terminal.screen.at(-1)).to.equal('Not pasted: that is too long.');
    expect(prompt.text).to.equal('');
  });

  it('puts aside at Ctrl-C what is typed, and interrupts when nothing is', async () => {
    const { prompt, terminal, happened } = subject();
    await terminal.type('half\u0003');
    expect([prompt.text, happened]).to.deep.equal(['', []]);
    await terminal.type('\u0003');
    expect(happened.splice(0)).to.deep.equal(['interrupted']);
    await terminal.type('\u0003');
    expect(happened.splice(0)).to.deep.equal(['interrupted again']);
    await terminal.type('x\u007f\u0003');
    expect(happened.splice(0)).to.deep.equal(['interrupted']);
    void prompt.ask([{ text: 'Name: ' }]);
    await terminal.type('\u0003');
    expect(happened).to.deep.equal(['interrupted again']);
  });

  for (const [how, keys] of [
    ['Up', '\u001b[A'],
    ['undo', '\u001f'],
    ['yank', '\u0019'],
  ] as const)
    it(`brings back with ${how} what Ctrl-C has put aside`, async () => {
      const { prompt, terminal } = subject();
      await terminal.type('half a text\u0003');
      await terminal.type(keys);
      expect(prompt.text).to.equal('half a text');
    });

  it('goes through the history from its end after each line, and keeps the draft', async () => {
    const { prompt, terminal } = subject();
    for (const entry of ['one', 'two', 'three']) await terminal.type(`${entry}\r`);
    await terminal.type('kept\u001b[A\u001b[A\u0003');
    await terminal.type('\u001b[A\u001b[A');
    expect(prompt.text).to.equal('kept');
    await terminal.type('\u001b[B');
    expect(prompt.text).to.equal('two'); // put aside last
    await terminal.type('\u0003a draft\u001b[A');
    await terminal.type('\u001b[B\u001b[B\u001b[B\u001b[B\u001b[B');
    expect(prompt.text).to.equal('a draft');
  });

  it('takes lines that come at once for a paste, without a terminal that says so', async () => {
    const { prompt, terminal, submitted } = subject();
    await terminal.type('one\rtwo\rthree\rfour\rfive\r');
    expect(submitted).to.deep.equal([]);
    expect(prompt.text).to.equal('one\ntwo\nthree\nfour\nfive');
    expect(terminal.screen.at(-1)).to.equal('Paste 5 lines as one message? Enter sends, Esc drops');
    await new Promise(resolve => setTimeout(resolve, 40));
    await terminal.type('\r');
    expect(submitted).to.deep.equal(['one\ntwo\nthree\nfour\nfive']);
  });

  it('takes the first of several lines for the answer to a question, and keeps the others', async () => {
    const { prompt, terminal, submitted } = subject();
    const answer = prompt.ask([{ text: 'Username: ' }]);
    await terminal.type('wanda\rhello all\r');
    expect(await answer).to.equal('wanda');
    expect([prompt.text, submitted]).to.deep.equal(['hello all', []]);
  });

  it('says something until the next key', async () => {
    const { prompt, terminal } = subject();
    prompt.say('a word');
    await terminal.settled();
    expect(terminal.screen).to.deep.equal(['> ', 'a word']);
    await terminal.type('x');
    expect(terminal.screen).to.deep.equal(['> x']);
  });

  it('ends at Ctrl-D when nothing is typed, and erases otherwise', async () => {
    const { prompt, terminal, happened } = subject();
    await terminal.type('ab\u001b[H\u0004');
    expect([prompt.text, happened]).to.deep.equal(['b', []]);
    await terminal.type('\u0004\u0004\u0004');
    expect(happened).to.deep.equal(['ended']);
  });

  it('ends with its input, once, and sends nothing that was half typed', async () => {
    const { terminal, happened, submitted } = subject();
    await terminal.type('half');
    terminal.input.end();
    await until(() => happened.length > 0);
    expect([happened, submitted]).to.deep.equal([['ended'], []]);
  });

  it('ends when nobody reads what it writes', async () => {
    const { prompt, terminal, happened } = subject();
    terminal.output.destroy(new Error('EIO'));
    await until(() => happened.length > 0);
    expect(happened).to.deep.equal(['ended']);
    expect(await prompt.ask([{ text: 'Name: ' }])).to.equal(undefined);
  });

  it('asks a question, and leaves it on the screen with its answer', async () => {
    const { prompt, terminal, submitted } = subject();
    const answer = prompt.ask([{ text: 'Username: ' }]);
    await terminal.type('carl');
    expect(terminal.screen).to.deep.equal(['Username: carl']);
    await terminal.type('\r');
    expect(await answer).to.equal('carl');
    await terminal.settled();
    expect(terminal.screen).to.deep.equal(['Username: carl', '> ']);
    expect(submitted).to.deep.equal([]);
    await terminal.type('\u001b[A');
    expect(prompt.text).to.equal('');
  });

  it('answers nothing to a question when it is closed', async () => {
    const { prompt } = subject();
    const answer = prompt.ask([{ text: 'Username: ' }]);
    prompt.close();
    expect(await answer).to.equal(undefined);
  });

  it('never erases all from the first column, which tmux would move to the scrollback instead', async () => {
    const { prompt, terminal } = subject();
    prompt.setStatus([{ text: 'status' }]);
    prompt.print([line('one')]);
    await terminal.type('one\u001b\rtwo\u0015\u0015\u000c');
    await terminal.resize(40, 10);
    prompt.close();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a sequence is what is looked for
    expect(terminal.written.join('')).to.not.match(/(?<!\[C)\u001b\[J/);
  });

  it('scrolls what was printed out of sight at Ctrl-L, and keeps it', async () => {
    const { prompt, terminal } = subject({ rows: 5 });
    prompt.print(['one', 'two', 'three'].map(text => line(text)));
    await terminal.type('half\u000c');
    expect(terminal.screen).to.deep.equal(['> half']);
    expect(terminal.lines.filter(text => text !== '')).to.deep.equal(['one', 'two', 'three', '> half']);
  });

  it('gives a link that is longer than the screen to the terminal in one piece', async () => {
    const { prompt, terminal } = subject({ columns: 20 });
    const link = `https://example.org/${'x'.repeat(50)}`;
    prompt.print([line(`carl: ${link} now`, 6)]);
    await terminal.settled();
    expect(terminal.lines).to.deep.equal(['carl:', link, '      now', '> ']);
  });

  describe('gives the terminal back', () => {
    const RESTORED = '\u001b[?2026l\u001b[?25h\u001b[0m\u001b[?2004l';
    const isRestored = ({ terminal }: Subject) =>
      terminal.input.raw === false && terminal.written.join('').endsWith(RESTORED);

    it('when it is closed, with what was waiting printed', async () => {
      const one = subject();
      await one.terminal.type('half');
      one.prompt.print([line('last words')]);
      one.prompt.close();
      one.prompt.close();
      await one.terminal.settled();
      expect(isRestored(one)).to.equal(true);
      expect(one.terminal.screen).to.deep.equal(['last words']);
      expect(one.terminal.cursor).to.deep.equal({ row: 1, column: 0 });
      expect(one.signals.eventNames()).to.deep.equal([]);
    });

    for (const event of ['exit', 'uncaughtExceptionMonitor']) {
      it(`at ${event}`, () => {
        const one = subject();
        one.signals.emit(event);
        expect(isRestored(one)).to.equal(true);
      });
    }

    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT']) {
      it(`at ${signal}, which then does its work`, () => {
        const one = subject();
        one.signals.emit(signal, signal);
        expect(isRestored(one)).to.equal(true);
        expect(one.signals.killed).to.deep.equal([signal]);
      });
    }

    it('at a signal that somebody else takes care of', () => {
      const one = subject();
      one.signals.on('SIGTERM', () => {});
      one.signals.emit('SIGTERM', 'SIGTERM');
      expect(isRestored(one)).to.equal(true);
      expect(one.signals.killed).to.deep.equal([]);
    });

    it('and draws anew when it was stopped without being asked, with what came meanwhile', async () => {
      const one = subject();
      one.prompt.setStatus([{ text: 'connected' }]);
      await one.terminal.type('half');
      one.prompt.print([{ spans: [{ text: 'said meanwhile' }] }]);
      one.signals.emit('SIGCONT');
      await one.terminal.settled();
      expect(one.terminal.screen).to.deep.equal(['said meanwhile', '> half', 'connected']);
    });

    it('while it is stopped, and takes it again', async () => {
      const one = subject();
      await one.terminal.type('half\u001a');
      expect(isRestored(one)).to.equal(true);
      expect(one.signals.killed).to.deep.equal(['SIGTSTP']);
      one.terminal.terminal.write('$ fg\r\n');
      one.signals.emit('SIGCONT');
      await one.terminal.settled();
      expect(one.terminal.input.raw).to.equal(true);
      expect(one.terminal.screen.at(-1)).to.equal('> half');
    });
  });

  it('waits for a terminal that does not read, and then shows it all', async () => {
    const { prompt, terminal } = subject();
    await terminal.settled();
    terminal.output.cork();
    const block = line('x'.repeat(5000));
    prompt.print(Array.from({ length: 20 }, () => block));
    await new Promise(resolve => setImmediate(resolve));
    const full = prompt.print([line('and more')]);
    expect(full).to.be.instanceOf(Promise);
    terminal.input.emit('data', Buffer.from('typed'));
    terminal.output.uncork();
    await full;
    await terminal.settled();
    expect(terminal.screen.slice(-2)).to.deep.equal(['and more', '> typed']);
  });
});

/** Every second number from one to another. */
function range(from: number, to: number): number[] {
  const step = from < to ? 2 : -2;
  return Array.from({ length: Math.floor(Math.abs(to - from) / 2) + 1 }, (_, n) => from + n * step);
}

/** What a terminal sends for the keys that edit. */
const SENT = new Map(
  [...BINDINGS.keys()].flatMap((name): [string, string][] => {
    const control = /^ctrl-([a-z_])$/.exec(name)?.[1];
    const alt = /^alt-([a-z<>])$/.exec(name)?.[1];
    if (control !== undefined) return [[name, String.fromCharCode(control.charCodeAt(0) & 0x1f)]];
    if (alt !== undefined) return [[name, `\u001b${alt}`]];
    const others: Record<string, string> = {
      left: '\u001b[D',
      right: '\u001b[C',
      up: '\u001b[A',
      down: '\u001b[B',
      home: '\u001b[H',
      end: '\u001b[F',
      delete: '\u001b[3~',
      backspace: '\u007f',
      newline: '\u001b\r',
      'alt-backspace': '\u001b\u007f',
      'ctrl-left': '\u001b[1;5D',
      'ctrl-right': '\u001b[1;5C',
      'ctrl-home': '\u001b[1;5H',
      'ctrl-end': '\u001b[1;5F',
    };
    const other = others[name];
    return other === undefined ? [] : [[name, other]];
  }),
);
SENT.delete('ctrl-d'); // at an empty line it ends the conversation
