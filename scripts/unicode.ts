import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Writes what the rules of usernames take from Unicode, src/domain/unicode-names.ts, out of Unicode's own files beside
// this one. `just unicode` runs it; a test holds the result to the files.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DATA = join(ROOT, 'scripts/unicode');
export const UNICODE_NAMES = join(ROOT, 'src/domain/unicode-names.ts');

type Range = [first: number, last: number];

/** The module, as text. */
export function unicodeNames(): string {
  const allowed = merge(fieldsOf('identifier-type.txt').map(([range = '']) => rangeOf(range)));
  const pairs = fieldsOf('confusables.txt')
    .map(([source = '', target = '']) => ({ source: textOf(source), target: textOf(target) }))
    // No name has a symbol that is no emoji.
    .filter(({ source }) => !/^\p{S}$/u.test(source) || /\p{Emoji}/u.test(source));
  const looks = new Map(pairs.map(({ source, target }) => [source, target]));
  // What looks as its parts do is found by them.
  const needed = pairs.filter(({ source, target }) => {
    const parts = source.normalize('NFKD');
    return parts === source || Array.from(parts, part => looks.get(part) ?? part).join('') !== target;
  });
  return [
    "// Written by scripts/unicode.ts out of Unicode's own data (17.0.0): change it there. Licence: scripts/unicode/LICENSE.",
    '',
    '/** What stands in identifiers, as members of a character class: recommended, included, of limited or uncommon use. */',
    'export const IDENTIFIER_CHARACTERS =',
    `  '${allowed.map(classOf).join('')}';`,
    '',
    '/** What looks like something else: the characters that do, each followed by `=` and what they look like. */',
    'export const CONFUSABLES =',
    `  '${groups(needed).map(escaped).join(' ')}';`,
    '',
  ].join('\n');
}

function fieldsOf(file: string): string[][] {
  return readFileSync(join(DATA, file), 'utf8')
    .replace(/^\ufeff/, '')
    .split('\n')
    .map(line => line.replace(/#.*/, '').trim())
    .filter(line => line !== '')
    .map(line => line.split(';').map(field => field.trim()));
}

/** One entry for each look, in the order of the looks. */
function groups(pairs: readonly { source: string; target: string }[]): string[] {
  const sources = new Map<string, string>();
  for (const { source, target } of pairs) sources.set(target, (sources.get(target) ?? '') + source);
  return [...sources].map(([target, from]) => `${from}=${target}`);
}

function rangeOf(field: string): Range {
  const [first = '', last = first] = field.split('..');
  return [Number.parseInt(first, 16), Number.parseInt(last, 16)];
}

function merge(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const [first, last] of ranges) {
    const before = merged.at(-1);
    if (before !== undefined && before[1] === first - 1) before[1] = last;
    else merged.push([first, last]);
  }
  return merged;
}

function classOf([first, last]: Range): string {
  const member = (point: number) => `\\\\u{${point.toString(16)}}`;
  return first === last ? member(first) : `${member(first)}-${member(last)}`;
}

function textOf(field: string): string {
  return String.fromCodePoint(...field.split(' ').map(point => Number.parseInt(point, 16)));
}

/** Signs of no alphabet, and marks that would change the quotes around them, are written as escapes. */
function escaped(text: string): string {
  return Array.from(text, letter =>
    /[a-zA-Z0-9=]/.test(letter) ? letter : `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`,
  ).join('');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(UNICODE_NAMES, unicodeNames());
