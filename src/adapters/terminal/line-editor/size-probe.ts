import type { Size } from './layout.js';

/** Where the cursor is, counted from 1. */
export interface Position {
  readonly row: number;
  readonly column: number;
}

export interface ProbeTimes {
  /** How long a terminal may take to answer, in milliseconds, as the others. */
  readonly answer: number;
  /** Between two questions whose answers must agree. */
  readonly again: number;
  /** Sizes that follow each other within the first are a storm, which is over after the second without one. */
  readonly storm: number;
  readonly calm: number;
}

const TIMES: ProbeTimes = { answer: 150, again: 30, storm: 1000, calm: 300 };

/** Most questions for one change of size: a terminal whose size is not the one that the system knows is drawn on as well. */
const MAX_QUESTIONS = 12;

/**
 * Where is the last cell, and where is the cursor? Some terminals go through several sizes before the program hears of
 * the first: this is how it knows. What it asks in one write is answered about one moment.
 */
const QUESTION = '\u001b7\u001b[9999;9999H\u001b[6n\u001b8\u001b[6n';

/** Terminals that leave their rows as they are when their width changes. */
const REFLOWS_NOT = /^(linux|screen|rxvt|st\b|st-|vt|dumb|cons|sun|aterm|eterm)/i;

/** Whether a terminal breaks its rows anew when its width changes, by the environment of its session. */
export function reflowsRows({ TERM = '', TMUX, XTERM_VERSION }: NodeJS.ProcessEnv): boolean {
  return !(REFLOWS_NOT.test(TERM) && TMUX === undefined) && XTERM_VERSION === undefined;
}

/**
 * Finds out when a terminal that changes its size has come to rest, and where its cursor is then. Until it tells, nothing
 * must be written: a row that is drawn for another size than the terminal has is broken, and nobody knows where.
 * After the first change it tells at once, and of those that follow when they are over.
 */
export class SizeProbe {
  #isOpen = false;
  /** Whether the size has been the same for so long that it will stay. */
  #isCalm = false;
  #resizedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  /** Answers still to come to questions that no longer count. */
  #stale = 0;
  #answers: Position[] = [];
  /** Whether the latest question is open. */
  #isAsked = false;
  #questions = 0;
  #before: string | undefined;

  constructor(
    private readonly send: (text: string) => void,
    private readonly size: () => Size,
    /**
     * Told when the size and the cursor are known, and again when no other size has followed.
     * @param cursor nothing where the terminal did not say
     */
    private readonly rested: (cursor: Position | undefined, isCalm: boolean) => void,
    private readonly times: ProbeTimes = TIMES,
  ) {}

  /** Whether it is not yet known. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The size has changed, or may have. */
  resized(): void {
    const now = performance.now();
    this.#isCalm = now - this.#resizedAt < this.times.storm;
    this.#resizedAt = now;
    this.#isOpen = true;
    this.#begin();
    if (this.#isCalm) this.#later(this.times.calm);
    else this.#ask();
  }

  /** An answer of the terminal. */
  located(position: Position): void {
    if (this.#stale > 0) {
      this.#stale -= 1;
      return;
    }
    if (!this.#isAsked) return;
    this.#answers.push(position);
    const [corner, cursor] = this.#answers;
    if (corner === undefined || cursor === undefined) return;
    this.#isAsked = false;
    this.#answers = [];
    this.#weigh(corner, cursor);
  }

  /** Gives up: it does not matter any more. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#drop();
    this.#isOpen = false;
  }

  #weigh(corner: Position, cursor: Position): void {
    const { columns, rows } = this.size();
    const isKnown = corner.column === columns && corner.row === rows;
    const seen = `${corner.row} ${corner.column} ${cursor.row} ${cursor.column}`;
    const isSure = isKnown && seen === this.#before;
    this.#before = seen;
    if (isSure || this.#questions >= MAX_QUESTIONS) this.#settle(cursor);
    // Where the terminal is another one already, the program will hear of it.
    else this.#later(isKnown ? this.times.again : this.times.answer);
  }

  #ask(): void {
    this.#questions += 1;
    this.#isAsked = true;
    this.send(QUESTION);
    this.#timer = setTimeout(() => this.#settle(undefined), this.times.answer);
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), ms);
  }

  #settle(cursor: Position | undefined): void {
    const isCalm = this.#isCalm;
    if (isCalm) this.cancel();
    this.rested(cursor, isCalm);
    if (isCalm) return;
    this.#isCalm = true;
    this.#begin();
    this.#later(this.times.calm);
  }

  #begin(): void {
    this.#questions = 0;
    this.#before = undefined;
    this.#drop();
  }

  /** The answers to a question that is open will be about a size that is gone. */
  #drop(): void {
    clearTimeout(this.#timer);
    if (this.#isAsked) this.#stale += 2 - this.#answers.length;
    this.#isAsked = false;
    this.#answers = [];
  }
}
