import type { Typed } from './keys.js';

const GIVING_UP: readonly string[] = ['ctrl-g', 'ctrl-c', 'escape'];

/** Looks for what was entered before by a part of it, the newest first: Ctrl-R. */
export class HistorySearch {
  #query = '';
  /** How many matches are passed over. */
  #skipped = 0;

  /** @param entries oldest first */
  constructor(private readonly entries: readonly string[]) {}

  get query(): string {
    return this.#query;
  }

  /** The entry that is found; nothing when there is none. */
  get match(): string | undefined {
    if (this.#query === '') return undefined;
    const wanted = this.#query.toLowerCase();
    const found = new Set(this.entries.filter(entry => entry.toLowerCase().includes(wanted)).reverse());
    const all = [...found];
    this.#skipped = Math.min(this.#skipped, Math.max(0, all.length - 1));
    return all[this.#skipped];
  }

  type(text: string): void {
    this.#query += text;
    this.#skipped = 0;
  }

  erase(): void {
    this.#query = Array.from(this.#query).slice(0, -1).join('');
    this.#skipped = 0;
  }

  /** The one before the match. */
  older(): void {
    this.#skipped++;
  }

  /** What is shown before the match. */
  get prompt(): string {
    return `${this.#query !== '' && this.match === undefined ? 'not found' : 'search'} "${this.#query}": `;
  }

  /**
   * Takes a key: the search goes on, is given up, or has found what it has found, and then the key means what it always
   * does.
   */
  take(key: Typed): 'goes on' | 'given up' | 'found' {
    if (key.type !== 'key') this.type(key.text.replace(/[\r\n][\s\S]*/, ''));
    else if (key.name === 'backspace') this.erase();
    else if (key.name === 'ctrl-r') this.older();
    else return GIVING_UP.includes(key.name) ? 'given up' : 'found';
    return 'goes on';
  }
}
