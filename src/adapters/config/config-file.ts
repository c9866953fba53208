import { distance } from 'fastest-levenshtein';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit, type YAMLMap } from 'yaml';
import { readRegular } from '../files/regular-file.js';
import { ConfigError } from './config.js';
import type { Setting, SettingsTable } from './setting.js';

/** A name that has so many letters wrong is taken for another one. */
const MAX_MISTAKES = 4;

/** A file of all settings, each with a note, has a tenth of it. */
const MAX_BYTES = 64 * 1024;

const READ_FAILURES: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EACCES: 'may not be read by this user',
  NOT_A_FILE: 'is not a file',
  TOO_LARGE: `has more than ${MAX_BYTES / 1024} KiB`,
};

/** Settings out of a file. */
export interface FileSettings {
  /** By property, as a flag would give them. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Where the value of a property stands: `chatty.yaml:3:7`; nothing when it is not in the file. */
  placeOf(property: string): string | undefined;
  /** What is wrong with names, and with values that are none at all: each with its place. */
  readonly problems: readonly string[];
}

/**
 * Reads settings out of a YAML file: each stands there under the name of its flag, and with its values.
 * @throws {ConfigError} when it cannot be read, or is no YAML: with the line and column of every mistake
 */
export function readConfigFile(path: string, table: SettingsTable): FileSettings {
  const file = new ConfigFile(path, readText(path));
  const root = file.root();
  const properties = new Map(Object.entries(table).map(([property, setting]) => [setting.flag, property]));
  const values: Record<string, unknown> = {};
  const places = new Map<string, string>();
  for (const { key, value } of root?.items ?? []) {
    const name = isScalar(key) ? String(key.value) : '';
    const property = properties.get(name);
    const setting = property === undefined ? undefined : table[property];
    if (property === undefined || setting === undefined || setting.isOfTheStart) {
      const isKnown = setting?.isOfTheStart === true;
      file.complain(
        key as Node,
        isKnown ? `${name} is given at the start only: --${name}.` : unknown(name, properties),
      );
      continue;
    }
    const read = file.valueOf(value as Node | null, key as Node, setting);
    if (read === undefined) continue;
    values[property] = read;
    places.set(property, file.placeOf((value ?? key) as Node));
  }
  return { values, problems: file.problems, placeOf: property => places.get(property) };
}

function readText(path: string): string {
  try {
    return readRegular(path, MAX_BYTES);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw problem(path, READ_FAILURES[code] ?? 'cannot be read');
  }
}

function problem(path: string, why: string): ConfigError {
  return new ConfigError([`The configuration file ${path} ${why}. Check --config.`]);
}

function unknown(name: string, known: ReadonlyMap<string, string>): string {
  const names = [...known.keys()].filter(
    flag => distance(flag, name) <= Math.min(MAX_MISTAKES, name.length / 2),
  );
  const [nearest] = names.sort((one, other) => distance(one, name) - distance(other, name));
  const hint =
    nearest === undefined ? 'They are named as the flags of server:start' : `Did you mean ${nearest}`;
  return `There is no setting ${name || 'without a name'}. ${hint}${nearest === undefined ? '.' : '?'}`;
}

/** A file that is being read, and what is wrong with it. */
class ConfigFile {
  readonly #lines = new LineCounter();
  readonly problems: string[] = [];

  constructor(
    private readonly path: string,
    private readonly text: string,
  ) {}

  /** Of settings and their values; nothing in an empty file. @throws {ConfigError} when it is no YAML */
  root(): YAMLMap | undefined {
    const document = parseDocument(this.text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      uniqueKeys: true,
      version: '1.2',
    });
    for (const { pos, message } of document.errors) this.problems.push(`${this.#at(pos[0])}: ${message}.`);
    visit(document, {
      Alias: (_, node) =>
        this.complain(node, 'Write the value itself: anchors and aliases are not followed.'),
    });
    this.check();
    const { contents } = document;
    if (contents === null || (isScalar(contents) && contents.value === null)) return undefined;
    if (!isMap(contents)) {
      this.complain(contents, 'The file has to be lines of NAME: VALUE.');
      this.check();
    }
    return contents as YAMLMap;
  }

  valueOf(value: Node | null, key: Node, { kind, flag, ...setting }: Setting): unknown {
    if (isScalar(value) && value.value !== null)
      return kind === 'text' || kind === 'choice' ? String(value.value) : value.value;
    const isList = kind === 'text' && 'form' in setting && setting.form === 'networks';
    if (isList && isSeq(value) && value.items.every(isScalar))
      return value.items.map(item => String((item as { value: unknown }).value)).join(',');
    this.complain(
      value ?? key,
      `${flag} has no value of the right kind. Write it as after the flag, or leave the line out.`,
    );
    return undefined;
  }

  placeOf({ range }: Node): string {
    return this.#at(range?.[0] ?? 0);
  }

  complain(node: Node, problem: string): void {
    this.problems.push(`${this.placeOf(node)}: ${problem}`);
  }

  /** @throws {ConfigError} if anything is wrong up to here */
  check(): void {
    if (this.problems.length > 0) throw new ConfigError(this.problems);
  }

  #at(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.path}:${line}:${col}`;
  }
}
