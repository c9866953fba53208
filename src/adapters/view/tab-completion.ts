import { COMMAND_STYLES, PRESENCE_MODES } from '../../application/client/preferences.js';
import { foldNames } from '../../domain/name-key.js';
import { COMMANDS } from './command-table.js';

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

  /** Those who spoke last first. */
  get #latest(): string[] {
    return [...this.#names.values()].reverse();
  }

  /**
   * What the word at the end of a text could become: a command at its beginning, the value of a command or `from:`, or
   * a name, with a colon behind it where it addresses somebody; after an @ alone, every name.
   */
  complete(textBefore: string): string[] {
    const word = /\S*$/.exec(textBefore)?.[0] ?? '';
    const isFirst = textBefore.length === word.length;
    if (isFirst && word.startsWith('/'))
      return beginning(this.commands, word.slice(1)).map(one => `/${one} `);
    const [, command = ''] = /^\/(\S+)\s+\S*$/.exec(textBefore) ?? [];
    const values = VALUES[command];
    if (values !== undefined) return beginning(values, word);
    if (NAMING.includes(command)) return beginning(this.#latest, word);
    const [, mark = '', part = ''] = /^(@|from:)?(.*)$/su.exec(word) ?? [];
    if (part === '' && mark === '') return [];
    const names = beginning(this.#latest, part);
    return names.map(name => `${mark}${name}${isFirst && mark === '' ? ': ' : ' '}`);
  }
}

/** The words that a command takes. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  bell: ['mentions', 'all', 'off'],
  presence: PRESENCE_MODES,
  commands: COMMAND_STYLES,
  help: [...COMMANDS.map(({ name }) => name), 'keys', 'operators'],
};
/** Commands that take a name. */
const NAMING: readonly string[] = [
  ...['ignore', 'unignore', 'kick', 'ban', 'mute', 'unban', 'unmute', 'delete', 'operator', 'dismiss'],
];

function beginning(all: readonly string[], part: string): string[] {
  const key = foldNames(part);
  return all.filter(one => foldNames(one).startsWith(key));
}
