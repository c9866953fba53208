import { foldNames } from '../../domain/name-key.js';

/** Most names that are kept: a room may have any number of people. */
const MAX_NAMES = 5000;

/** Who is there to be addressed, those who spoke last first. */
export class TabCompletion {
  /** From the one who has been silent longest to the last who spoke. */
  readonly #names = new Map<string, string>();

  constructor(private readonly commands: readonly string[]) {}

  /** Somebody has spoken. */
  spoke(username: string): void {
    const key = foldNames(username);
    this.#names.delete(key);
    this.#names.set(key, username);
    if (this.#names.size <= MAX_NAMES) return;
    const [oldest] = this.#names.keys();
    if (oldest !== undefined) this.#names.delete(oldest);
  }

  /** Somebody is there, and may never have spoken. */
  here(username: string): void {
    if (this.#names.size < MAX_NAMES && !this.#names.has(foldNames(username)))
      this.#names.set(foldNames(username), username);
  }

  left(username: string): void {
    this.#names.delete(foldNames(username));
  }

  /**
   * What the word at the end of a text could become: a command at its beginning, the value of `/bell` or `from:`, or
   * a name, with a colon behind it where it addresses somebody.
   */
  complete(textBefore: string): string[] {
    const word = /\S*$/.exec(textBefore)?.[0] ?? '';
    const isFirst = textBefore.length === word.length;
    if (isFirst && word.startsWith('/'))
      return beginning(this.commands, word.slice(1)).map(one => `/${one} `);
    if (/^\/bell\s+\S*$/.test(textBefore)) return beginning(['mentions', 'all', 'off'], word);
    const [, mark = '', part = ''] = /^(@|from:)?(.*)$/su.exec(word) ?? [];
    if (part === '') return [];
    const names = beginning([...this.#names.values()].reverse(), part);
    return names.map(name => `${mark}${name}${isFirst && mark === '' ? ': ' : ' '}`);
  }
}

function beginning(all: readonly string[], part: string): string[] {
  const key = foldNames(part);
  return all.filter(one => foldNames(one).startsWith(key));
}
