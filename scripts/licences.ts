import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of a package in the path of one of its files. */
const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;

/** The licences of the packages that these files belong to: a copy of their code comes with them. */
export function licencesOf(root: string, files: readonly string[]): string {
  const folders = new Set(files.flatMap(file => PACKAGE.exec(file)?.[0] ?? []));
  return [...folders]
    .sort()
    .map(folder => textOf(join(root, folder)))
    .join('\n');
}

function textOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter(file => /^(licen[cs]e|copying|notice)\b/i.test(file));
  const texts = files.map(file => readFileSync(join(folder, file), 'utf8').trim());
  return [`=== ${name} ${version} (${license})`, ...texts, ''].join('\n');
}
