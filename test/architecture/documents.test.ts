import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { CLIENT_SETTINGS } from '../../src/adapters/config/client-settings.js';
import { SERVER_SETTINGS } from '../../src/adapters/config/server-settings.js';
import { type Setting, type SettingsTable, variableOf } from '../../src/adapters/config/setting.js';
import { EXIT } from '../../src/cli/exit.js';
import { ROOT } from '../support/cli.js';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const PAGES = readdirSync(join(ROOT, 'docs'))
  .filter(name => name.endsWith('.md'))
  .map(name => `docs/${name}`);

/** The text below a heading, up to the next of the same rank. */
function section(text: string, heading: string): string {
  const [, after = ''] = text.split(`\n${heading}\n`);
  return after.split(/\n## /)[0] ?? '';
}

/** The rows of a table whose first cell begins with a flag, by that flag. */
function flagRows(text: string): Map<string, string> {
  const rows = text.matchAll(/^\| `--([a-z-]+)[^|\n]*(?:\\\|[^|\n]*)*\|.*$/gm);
  return new Map(Array.from(rows, ([row, flag = '']) => [flag, row]));
}

describe('README', () => {
  const readme = read('README.md');

  it('is read in a minute', () => {
    expect(readme.split('\n').length).to.be.at.most(101);
  });

  it('links to what is there', () => {
    for (const page of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...PAGES]) {
      for (const [, target = ''] of read(page).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g))
        expect(existsSync(join(ROOT, dirname(page), target)), `${page}: ${target}`).to.equal(true);
    }
  });

  it('links to headings that are there', () => {
    for (const page of ['README.md', ...PAGES])
      for (const [, target = '', heading = ''] of read(page).matchAll(
        /\]\((?!https?:)([^)#]*\.md)?#([^)]+)\)/g,
      )) {
        const headings = Array.from(
          read(target === '' ? page : join(dirname(page), target)).matchAll(/^#+ (.*)$/gm),
          ([, words = '']) =>
            words
              .toLowerCase()
              .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
              .replaceAll(' ', '-'),
        );
        expect(headings, `${page}: ${target}#${heading}`).to.include(heading);
      }
  });
});

describe('docs/configuration.md', () => {
  const page = read('docs/configuration.md');
  const tables: [heading: string, settings: SettingsTable][] = [
    ['## Server', SERVER_SETTINGS],
    ['## Client', CLIENT_SETTINGS],
  ];

  for (const [heading, settings] of tables) {
    const rows = flagRows(section(page, heading));

    it(`has every flag of the ${heading.slice(3).toLowerCase()}, and no other`, () => {
      expect([...rows.keys()].sort()).to.deep.equal(
        Object.values(settings)
          .map(({ flag }) => flag)
          .sort(),
      );
    });

    for (const setting of Object.values(settings)) {
      it(`tells the variable, the choices, the default and the reload of --${setting.flag}`, () => {
        const row = rows.get(setting.flag) ?? '';
        expect(row).to.include(`\`${variableOf(setting)}\``);
        if (setting.kind === 'choice') expect(row).to.include(setting.choices.join('\\|'));
        if (setting.reload !== undefined) expect(row).to.match(new RegExp(`\\| ${setting.reload} \\|$`));
        if (hasDefault(setting)) expect(row).to.include(`\`${setting.default}\``);
      });
    }
  }

  it('has every exit code of a client', () => {
    const codes = Array.from(section(page, '## Exit codes').matchAll(/^\| (\d+) \|/gm), ([, code]) =>
      Number(code),
    );
    expect(codes.slice(0, codes.indexOf(0, 1))).to.deep.equal([0, 1, ...Object.values(EXIT)]);
  });
});

describe('ARCHITECTURE.md', () => {
  const page = read('ARCHITECTURE.md');
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const map = section(page, '## Every room of the house');

  it('has a place for every folder', () => {
    const folders = files.filter(path => !/\.\w+$/.test(path)).map(path => `${path.split('/').at(-1)}/`);
    const missing = [...new Set(folders)].filter(folder => !map.includes(folder));
    expect(missing).to.deep.equal([]);
  });

  it('has every file of the core', () => {
    const core = files.filter(path => /^(domain|application)\/.*\.ts$/.test(path));
    const missing = core.filter(path => {
      const name = path.split('/').at(-1)?.slice(0, -'.ts'.length);
      return !new RegExp(`\\s${name}\\s`).test(map);
    });
    expect(missing).to.deep.equal([]);
  });

  it('names no file that is not there', () => {
    const names = Array.from(page.matchAll(/`([\w/-]+\.ts)`/g), ([, name = '']) => name);
    const missing = names.filter(
      name => !existsSync(join(ROOT, name)) && !files.some(file => `/${file}`.endsWith(`/${name}`)),
    );
    expect(missing).to.deep.equal([]);
  });
});

function hasDefault(setting: Setting): boolean {
  return setting.kind !== 'switch' && setting.default !== undefined && setting.default !== '';
}
