import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ROOT } from '../support/cli.js';

const CALL = /\b(?:logger|get\(TOKENS\.Logger\))\??\.(debug|info|warn|error)\(/g;
const STRING = /'((?:[^'\\]|\\.)*)'/g;

/** A line of the log: `info: listening`. */
type Line = string;

/** What is between the bracket that has just been opened and the one that closes it, by commas outside of any other. */
function argumentsAt(text: string, start: number): string[] {
  const parts = [''];
  let depth = 0;
  for (const [token] of text.slice(start).matchAll(/'(?:[^'\\]|\\.)*'|`[^`]*`|[\s\S]/g)) {
    if (/^[)\]}]$/.test(token) && --depth < 0) break;
    if (/^[([{]$/.test(token)) depth++;
    if (token === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += token;
  }
  return parts.map(part => part.trim()).filter(Boolean);
}

/** The words of an argument: a text, the name of one in the same file, or two of these to choose from. */
function wordsOf(argument: string, source: string): string[] {
  const named = argument.replace(/\b[A-Z][A-Z_]+\b/g, name => {
    const [, text] = new RegExp(`const ${name} =\\s*('(?:[^'\\\\]|\\\\.)*');`).exec(source) ?? [];
    return text ?? name;
  });
  const words = Array.from(named.matchAll(STRING), ([, text = '']) => text);
  const rest = named.replace(STRING, '').replace(/^[^?]*\?([^:]*):/, '$1');
  return rest.trim() === '' ? words : [];
}

function linesOf(source: string): Line[] {
  return Array.from(source.matchAll(CALL)).flatMap(({ 0: call, 1: level, index }) => {
    const words = wordsOf(argumentsAt(source, index + call.length).at(-1) ?? '', source);
    if (words.length === 0) throw new Error(`The words of a log line are not found: ${call} in\n${source}`);
    return words.map(text => `${level}: ${text}`);
  });
}

/** The cells of each row of the table below a heading. */
function table(page: string, heading: string): string[][] {
  const [, after = ''] = page.split(`\n## ${heading}\n`);
  const rows = (after.split('\n## ')[0] ?? '').split('\n').filter(row => row.startsWith('| '));
  return rows.slice(1).map(row =>
    row
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  );
}

const plain = (cell = '') => cell.replaceAll('`', '');
const namesIn = (cell = '') => Array.from(cell.matchAll(/`(\w+)`/g), ([, name = '']) => name);

describe('docs/logs.md', () => {
  const page = readFileSync(join(ROOT, 'docs/logs.md'), 'utf8');
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts') && !path.includes('pino'))
    .map(path => readFileSync(join(ROOT, 'src', path), 'utf8'));
  const rows = table(page, 'Lines');

  it('lists every line of the code with its level, and no other', () => {
    const documented = rows.map(([level, words]) => `${level}: ${plain(words)}`);
    expect(documented.sort()).to.deep.equal([...new Set(sources.flatMap(linesOf))].sort());
  });

  it('explains every field that a line can have, and no other', () => {
    const port = readFileSync(join(ROOT, 'src/application/server/log-fields.ts'), 'utf8');
    const [, fields = ''] = /interface LogFields \{([\s\S]*?)\n\}/.exec(port) ?? [];
    const known = Array.from(fields.matchAll(/^ {2}readonly (\w+)\?:/gm), ([, name]) => name);
    const explained = table(page, 'Fields').map(([name]) => plain(name));
    expect(explained.sort()).to.deep.equal(known.sort());
    const used = new Set(rows.flatMap(([, , cell]) => namesIn(cell)));
    expect([...used, 'more'].sort()).to.deep.equal(known.sort());
  });

  it('explains every reason for which a session ends, and no other', () => {
    const port = readFileSync(join(ROOT, 'src/application/server/log-fields.ts'), 'utf8');
    const [, reasons = ''] = /type SessionEnd =([^;]*);/.exec(port) ?? [];
    const explained = table(page, 'Why a session ends').flatMap(([names]) => namesIn(names));
    expect(explained).to.have.members(Array.from(reasons.matchAll(STRING), ([, name]) => name));
  });

  it('says for each line when it is written and what to do', () => {
    for (const [, words, , when, todo] of rows) {
      expect(when, words).to.not.equal('');
      expect(todo, words).to.not.equal('');
    }
  });

  it('finds the words wherever a line can have them', () => {
    const source = `const NONE =\n  'it\\'s none';
      this.logger?.warn({ a: f(1, 2) }, size === 0 ? NONE : 'some');
      container.get(TOKENS.Logger).info({}, 'stop');`;
    expect(linesOf(source)).to.deep.equal(["warn: it\\'s none", 'warn: some', 'info: stop']);
    expect(() => linesOf('logger.info({}, message)')).to.throw('not found');
  });
});
