import { type Action, BINDINGS } from './bindings.js';
import { InputHistory } from './input-history.js';
import { KillRing } from './kill-ring.js';
import { columnOf, left, lineEnd, type Movement, right, toLine } from './movement.js';
import { Undo } from './undo.js';
import { boundaryAt } from './width.js';

/**
 * What the word before the cursor could become, the best first; a word goes back to the last white space. None
 * when there is nothing to complete.
 */
export type Complete = (textBeforeCursor: string) => readonly string[];

export interface EditorOptions {
  readonly complete?: Complete;
  /** Longest text, in UTF-16 units. */
  readonly maxLength?: number;
}

const MAX_LENGTH = 256 * 1024;
const TAB = '    ';
const LINE_BREAK = /\r\n?|[\u0085\u2028\u2029]/g;
/** What `visible` would have to write out, line feeds excepted: none of it can be typed into a text. */
const UNWRITABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is its purpose
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** What the key before did, for the keys that go on with it. */
type Doing = 'typing' | 'killing' | 'yanking' | 'climbing' | 'completing' | undefined;

interface Cycle {
  readonly start: number;
  readonly candidates: readonly string[];
  at: number;
}

/**
 * A text being written, with a cursor that is always between two grapheme clusters. Knows no terminal: it is
 * told the names of keys, and read.
 */
export class Editor {
  readonly #complete: Complete;
  readonly #maxLength: number;
  readonly #history = new InputHistory();
  readonly #kills = new KillRing();
  readonly #undo = new Undo();
  #text = '';
  #cursor = 0;
  #doing: Doing;
  #column = 0;
  #yanked = 0;
  #cycle: Cycle = { start: 0, candidates: [], at: 0 };

  constructor({ complete = () => [], maxLength = MAX_LENGTH }: EditorOptions = {}) {
    this.#complete = complete;
    this.#maxLength = maxLength;
  }

  get text(): string {
    return this.#text;
  }

  /** In UTF-16 units. */
  get cursor(): number {
    return this.#cursor;
  }

  /** What Tab goes through, and which of them is in the text; none while nothing is completed. */
  get completion(): { readonly candidates: readonly string[]; readonly at: number } {
    return this.#doing === 'completing' ? this.#cycle : { candidates: [], at: 0 };
  }

  /** What was entered before, oldest first. */
  get entered(): readonly string[] {
    return this.#history.entries;
  }

  /** Puts what was entered at another time before all that was entered here. */
  recall(entries: readonly string[]): void {
    this.#history.prepend(entries);
  }

  /** Puts another text in place of what is there, which the history keeps, with the cursor behind it. */
  replaceAll(text: string): void {
    this.#history.add(this.#text);
    this.#replace(0, this.#text.length, text, false);
    this.#doing = undefined;
  }

  /** Obeys a key by its name (see `Key`); answers false, and does nothing, when it means nothing here. */
  press(name: string): boolean {
    const action = BINDINGS.get(name);
    if (action === undefined) return false;
    const before = this.#doing;
    this.#doing = undefined;
    this.#do(action, before);
    return true;
  }

  /**
   * Puts a text in at the cursor, without its control characters: tabs become spaces, line ends of every kind
   * line feeds. Answers false, and does nothing, when the text would become too long.
   */
  insert(text: string): boolean {
    const clean = text.replace(LINE_BREAK, '\n').replaceAll('\t', TAB).replace(UNWRITABLE, '').toWellFormed();
    if (clean === '') return true;
    if (this.#text.length + clean.length > this.#maxLength) return false;
    const isTyping = clean.length <= 2 && !/\s/.test(clean);
    this.#replace(this.#cursor, this.#cursor, clean, isTyping && this.#doing === 'typing');
    this.#doing = isTyping ? 'typing' : undefined;
    return true;
  }

  /** Gives the text away, and begins anew; `isRemembered` puts it into the history. */
  take(isRemembered = true): string {
    const text = this.#text;
    if (isRemembered) this.#history.add(text);
    else this.#history.endWalk();
    this.#text = '';
    this.#cursor = 0;
    this.#doing = undefined;
    this.#undo.clear();
    return text;
  }

  /** Puts the text aside, and begins anew: undo, yank and the history bring it back. */
  abandon(): void {
    const text = this.#text;
    this.#history.add(text);
    this.#kills.add(text, 'after', false);
    this.#replace(0, text.length, '', false);
    this.#doing = undefined;
  }

  /** Takes back the last change. */
  undo(): void {
    const snapshot = this.#undo.take();
    if (snapshot === undefined) return;
    this.#text = snapshot.text;
    this.#cursor = snapshot.cursor;
    this.#doing = undefined;
  }

  #do(action: Action, before: Doing): void {
    switch (action.does) {
      case 'move':
        this.#cursor = action.to(this.#text, this.#cursor);
        break;
      case 'erase':
        this.#replace(this.#cursor, action.to(this.#text, this.#cursor), '', false);
        break;
      case 'kill':
        this.#kill(action.to, before);
        break;
      case 'climb':
        this.#climb(action.by, before);
        break;
      case 'recall':
        this.#recall(action.by);
        break;
      case 'complete':
        this.#completeNext(action.by, before);
        break;
      case 'yank':
        this.#yank(this.#kills.latest(), this.#cursor);
        break;
      case 'yank earlier':
        if (before === 'yanking') this.#yank(this.#kills.earlier(), this.#yanked);
        break;
      case 'transpose':
        this.#transpose();
        break;
      case 'break line':
        this.insert('\n');
        break;
      case 'undo':
        this.undo();
    }
  }

  #kill(movement: Movement, before: Doing): void {
    const to = movement(this.#text, this.#cursor);
    const killed = this.#text.slice(Math.min(to, this.#cursor), Math.max(to, this.#cursor));
    this.#kills.add(killed, to < this.#cursor ? 'before' : 'after', before === 'killing');
    this.#replace(this.#cursor, to, '', false);
    this.#doing = 'killing';
  }

  /** Puts a kill where the text from `from` to the cursor is. */
  #yank(kill: string | undefined, from: number): void {
    if (kill === undefined || this.#text.length + kill.length > this.#maxLength) return;
    this.#replace(from, this.#cursor, kill, false);
    this.#yanked = from;
    this.#doing = 'yanking';
  }

  /** A line up or down, at the column that this began with; beyond the first and the last line, the history. */
  #climb(by: -1 | 1, before: Doing): void {
    if (before !== 'climbing') this.#column = columnOf(this.#text, this.#cursor);
    const to = toLine(this.#text, this.#cursor, by, this.#column);
    if (to === undefined) this.#recall(by);
    else {
      this.#cursor = boundaryAt(this.#text, to);
      this.#doing = 'climbing';
    }
  }

  #recall(by: -1 | 1): void {
    const text = by < 0 ? this.#history.older(this.#text) : this.#history.newer(this.#text);
    if (text === undefined) return;
    this.#text = text;
    this.#cursor = text.length;
    this.#undo.clear();
  }

  /** Drags the cluster before the cursor over the one at it, or over the one before at the end of a line. */
  #transpose(): void {
    const isAtEnd = this.#cursor === lineEnd(this.#text, this.#cursor);
    const middle = isAtEnd ? left(this.#text, this.#cursor) : this.#cursor;
    const [start, end] = [left(this.#text, middle), right(this.#text, middle)];
    const [first, second] = [this.#text.slice(start, middle), this.#text.slice(middle, end)];
    if (first === '' || second === '' || first === '\n' || second === '\n') return;
    this.#replace(start, end, second + first, false);
  }

  #completeNext(by: -1 | 1, before: Doing): void {
    if (before !== 'completing') {
      const textBefore = this.#text.slice(0, this.#cursor);
      const start = /\S*$/.exec(textBefore)?.index ?? 0;
      const candidates = this.#complete(textBefore).filter(candidate => candidate !== '');
      this.#cycle = { start, candidates, at: by > 0 ? -1 : 0 };
    }
    const { candidates, start, at } = this.#cycle;
    this.#cycle.at = (at + by + candidates.length) % Math.max(1, candidates.length);
    const candidate = candidates[this.#cycle.at];
    if (candidate === undefined) return;
    this.#replace(start, this.#cursor, candidate, before === 'completing');
    this.#doing = 'completing';
  }

  /** Every change: the cursor goes behind what is put in, and behind what that joins with. */
  #replace(from: number, to: number, text: string, isContinued: boolean): void {
    const [start, end] = [Math.min(from, to), Math.max(from, to)];
    if (start === end && text === '') return;
    if (!isContinued) this.#undo.add({ text: this.#text, cursor: this.#cursor });
    this.#text = this.#text.slice(0, start) + text + this.#text.slice(end);
    this.#cursor = boundaryAt(this.#text, start + text.length);
  }
}
