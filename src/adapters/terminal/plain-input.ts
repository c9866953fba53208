import type { Readable } from 'node:stream';
import { LineQueue } from '../view/line-queue.js';
import { visible } from '../view/visible.js';
import { Editor } from './line-editor/editor.js';
import { Keyboard } from './line-editor/keyboard.js';
import type { Key } from './line-editor/keys.js';
import { Modes, type Signals } from './line-editor/modes.js';
import { blankLeft, lastTyped, type Movement } from './line-editor/movement.js';
import { widthOf } from './line-editor/width.js';

const BELL = '\u0007';
/** Back by a column, a blank, and back again. */
const ERASED = '\b \b';
/** How a line feed within a line is shown. */
const LINE_FEED = ' ↵ ';
/** Most texts that are held while somebody types, and their length in UTF-16 units. */
const MAX_HELD = 2000;
const MAX_HELD_LENGTH = 4 * 1024 * 1024;

/** What erases, from the end of the line back to where. */
const ERASING: Record<string, Movement> = {
  backspace: lastTyped,
  'ctrl-u': () => 0,
  'ctrl-w': blankLeft,
};

/** Where keys are read, and what that takes. */
export interface PlainInputOptions {
  /** How wide a row is; nothing where that is not known. */
  readonly columns?: () => number | undefined;
  readonly signals?: Signals;
}

/**
 * Lines that a person types at a terminal, with the simplest editing there is: what is typed is echoed, what is erased
 * is taken away from the end, and nothing is drawn again. What comes in meanwhile is held until the line is ended.
 */
export class PlainInput {
  readonly #editor = new Editor();
  readonly #queue = new LineQueue<string>();
  readonly #modes: Modes;
  readonly #keyboard: Keyboard;
  readonly #columns: () => number | undefined;
  readonly #closed = Promise.withResolvers<void>();
  /** Resolves when it is closed; not at the end of the input. */
  readonly closed: Promise<void> = this.#closed.promise;
  #held: string[] = [];
  #heldLength = 0;
  #isAsking = false;
  #isAway = false;
  #isClosed = false;

  /** @param write to the terminal; answers with a promise while that is full */
  constructor(
    input: Readable,
    private readonly write: (text: string) => Promise<void> | undefined,
    { columns = () => undefined, signals = process }: PlainInputOptions = {},
  ) {
    this.#columns = columns;
    // The terminal is told nothing: it may be one that can do nothing but print.
    this.#modes = new Modes(input, () => {}, {}, signals, {
      leave: () => {
        this.#isAway = true;
        this.#endRow();
      },
      resume: () => this.#resume(),
    });
    this.#keyboard = new Keyboard(
      input,
      keys => this.#take(keys),
      () => this.#end(),
    );
    this.#modes.open();
  }

  /** Prints whole rows: now, or when the line is ended that somebody is typing. */
  print(rows: string): Promise<void> | undefined {
    if (this.#isFree) return this.write(rows);
    this.#held.push(rows);
    this.#heldLength += rows.length;
    if (this.#held.length <= MAX_HELD && this.#heldLength <= MAX_HELD_LENGTH) return undefined;
    return this.write(`\n${this.#takeHeld()}${shown(this.#editor.text)}`);
  }

  /** Shows a question, and resolves to the next line; to nothing when there is none to come. */
  async ask(question: string): Promise<string | undefined> {
    this.write(question);
    const typedAhead = this.#queue.take();
    if (typedAhead !== undefined) {
      this.write(`${shown(typedAhead)}\n`);
      return typedAhead;
    }
    this.#isAsking = true;
    const answer = await this.#queue.next();
    if (answer === undefined && !this.#isClosed) this.#endRow();
    this.#isAsking = false;
    this.#release();
    return answer;
  }

  /** All lines that follow. */
  rest(): AsyncIterable<string> {
    return this.#queue.rest();
  }

  /** Gives the terminal back, and prints what was held. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#keyboard.close();
    this.#modes.close();
    this.#isClosed = true;
    this.#release();
    this.#end();
    this.#closed.resolve();
  }

  /** Whether the cursor is at the beginning of a row, and nobody is typing there. */
  get #isFree(): boolean {
    return this.#isClosed || (!this.#isAsking && this.#editor.text === '');
  }

  #end(): void {
    this.#queue.end();
  }

  #take(keys: readonly Key[]): void {
    for (const key of keys) {
      if (this.#isClosed) return;
      if (key.type === 'text') this.#insert(key.text);
      else if (key.type === 'paste') this.#insert(key.text, key.cut);
      else if (key.type === 'key') this.#press(key.name);
    }
  }

  #press(name: string): void {
    const isEmpty = this.#editor.text === '';
    switch (name) {
      case 'enter':
      case 'ctrl-m':
      case 'ctrl-j':
        this.#submit();
        break;
      case 'tab':
        this.#insert('\t');
        break;
      case 'ctrl-c':
        if (isEmpty) this.close();
        else this.#putAway();
        break;
      case 'ctrl-d':
        if (isEmpty) this.#end();
        break;
      case 'ctrl-z':
        this.#modes.suspend();
        break;
      default:
        this.#erase(name);
    }
  }

  #insert(text: string, isCut = false): void {
    if (this.#queue.isEnded) return;
    const before = this.#editor.text.length;
    if (isCut || !this.#editor.insert(text)) this.write(BELL);
    else this.write(shown(this.#editor.text.slice(before)));
  }

  #submit(): void {
    this.write('\n');
    this.#queue.add(this.#editor.take(false));
    this.#release();
  }

  #erase(name: string): void {
    const { text } = this.#editor;
    const to = ERASING[name]?.(text, text.length);
    if (to === undefined || text === '') return;
    const kept = text.slice(0, to);
    const columns = widthOf(shown(text));
    this.#editor.take(false);
    this.#editor.insert(kept);
    // Nothing leads back to the row above.
    const isOnOneRow = columns < (this.#columns() ?? Number.POSITIVE_INFINITY);
    if (to > 0 || isOnOneRow) this.write(ERASED.repeat(columns - widthOf(shown(kept))));
    else this.write('^U\n');
    this.#release();
  }

  #putAway(): void {
    this.write('^C\n');
    this.#editor.take(false);
    this.#release();
  }

  /** What is printed next begins a row. */
  #endRow(): void {
    if (!this.#isFree) this.write('\n');
  }

  /** May be told twice that it goes on. */
  #resume(): void {
    if (this.#isAway) this.write(shown(this.#editor.text));
    this.#isAway = false;
  }

  #release(): void {
    if (this.#isFree && this.#held.length > 0) this.write(this.#takeHeld());
  }

  #takeHeld(): string {
    const rows = this.#held.join('');
    this.#held = [];
    this.#heldLength = 0;
    return rows;
  }
}

/** A line as it is echoed. */
function shown(text: string): string {
  return text.split('\n').map(visible).join(LINE_FEED);
}
