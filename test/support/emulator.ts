import { PassThrough, Writable } from 'node:stream';
import xterm, { type IUnicodeVersionProvider } from '@xterm/headless';
import { graphemes } from './graphemes.js';
import { until } from './until.js';

export interface EmulatorOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** Whether the row with the cursor is broken anew too when the width changes, as VTE and kitty do. */
  readonly reflowsCursorLine?: boolean;
  /** Which widths: those of an old terminal, or those of one that knows grapheme clusters. */
  readonly unicode?: '6' | '15-graphemes' | string;
  /** More tables of widths to choose from. */
  readonly tables?: readonly IUnicodeVersionProvider[];
}

/** How often a program asks where things are before it is done with a new size. */
const QUESTIONS = 4;

/** A keyboard and a screen: what is written is shown by xterm.js, and its answers are typed. */
export class Emulator {
  readonly terminal: InstanceType<typeof xterm.Terminal>;
  readonly input: PassThrough & { raw?: boolean; setRawMode(mode: boolean): void };
  readonly output: Writable & { columns: number; rows: number };
  /** Everything that was written, in the pieces it was written in. */
  readonly written: string[] = [];
  #pending = 0;

  constructor({
    columns = 80,
    rows = 24,
    reflowsCursorLine = false,
    unicode = '15-graphemes',
    tables = [],
  }: EmulatorOptions = {}) {
    this.terminal = new xterm.Terminal({
      cols: columns,
      rows,
      scrollback: 100_000,
      allowProposedApi: true,
      reflowCursorLine: reflowsCursorLine,
    });
    this.terminal.loadAddon(new graphemes.UnicodeGraphemesAddon());
    for (const table of tables) this.terminal.unicode.register(table);
    this.terminal.unicode.activeVersion = unicode;
    this.input = Object.assign(new PassThrough(), {
      setRawMode: (mode: boolean) => {
        this.input.raw = mode;
      },
    });
    this.output = Object.assign(
      new Writable({
        decodeStrings: false,
        write: (chunk, _encoding, done) => {
          this.written.push(String(chunk));
          this.#pending += 1;
          this.terminal.write(chunk, () => {
            this.#pending -= 1;
          });
          done();
        },
      }),
      { columns, rows },
    );
    this.terminal.onData(answer => this.input.write(answer));
  }

  /** Resolves when everything written is on the screen, and every key typed was taken. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 3; turn += 1) {
      await new Promise(resolve => setImmediate(resolve));
      await until(() => this.#pending === 0 && this.input.readableLength === 0);
    }
  }

  async type(text: string): Promise<void> {
    this.input.write(text);
    await this.settled();
  }

  /** Another size that the program does not know of before the answer is called. */
  async resizeUnnoticed(columns: number, rows: number): Promise<() => Promise<void>> {
    await this.settled();
    this.terminal.resize(columns, rows);
    return async () => {
      Object.assign(this.output, { columns, rows });
      const before = this.written.length;
      this.output.emit('resize');
      await this.settled();
      // Everything that is asked about the new size is answered, and what follows from it is drawn.
      const isQuestion = (text: string | undefined) => text?.includes('\u001b[9999;9999H') === true;
      const questions = () => this.written.slice(before).filter(isQuestion).length;
      await until(() => questions() === 0 || (questions() >= QUESTIONS && !isQuestion(this.written.at(-1))));
      await this.settled();
    };
  }

  /** Another size, with everything written so far on the screen, as in a terminal that keeps up. */
  async resize(columns: number, rows: number): Promise<void> {
    const noticed = await this.resizeUnnoticed(columns, rows);
    await noticed();
  }

  /** The rows that can be seen, without the empty ones at the end. */
  get screen(): string[] {
    const { baseY } = this.terminal.buffer.active;
    const rows = Array.from({ length: this.terminal.rows }, (_, row) => this.#row(baseY + row));
    return rows.slice(0, rows.findLastIndex(row => row !== '') + 1);
  }

  /** As the output of a program for which the system makes a new line of a line feed. */
  get withLineFeeds(): Writable {
    return new Writable({
      decodeStrings: false,
      write: (chunk, _encoding, done) => {
        this.output.write(String(chunk).replaceAll('\n', '\r\n'), () => done());
      },
    });
  }

  /** Every row there is, scrolled away or not. */
  get rows(): string[] {
    const { length } = this.terminal.buffer.active;
    return Array.from({ length }, (_, row) => this.#row(row));
  }

  /** Every line there is, scrolled away or not; what the terminal broke is put together. */
  get lines(): string[] {
    const lines: string[] = [];
    for (let row = 0; row < this.terminal.buffer.active.length; row += 1) {
      if (this.terminal.buffer.active.getLine(row)?.isWrapped)
        lines.push((lines.pop() ?? '') + this.#row(row));
      else lines.push(this.#row(row));
    }
    return lines.slice(0, lines.findLastIndex(line => line !== '') + 1);
  }

  /** Where the cursor is on the screen, from 0. */
  get cursor(): { row: number; column: number } {
    const { cursorX, cursorY } = this.terminal.buffer.active;
    return { row: cursorY, column: cursorX };
  }

  #row(row: number): string {
    return this.terminal.buffer.active.getLine(row)?.translateToString(true) ?? '';
  }
}
