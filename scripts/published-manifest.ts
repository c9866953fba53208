import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// What is packed has a package.json without the Node that is only for the development of chatty: npm knows no optional
// dependency that is for development alone. Called before packing, and with `restore` after it.

const MANIFEST = fileURLToPath(new URL('../../package.json', import.meta.url));
const WHOLE = `${MANIFEST}.whole`;

if (existsSync(WHOLE)) restore(); // also what a packing that was broken off has left

if (process.argv[2] !== 'restore') {
  const whole = readFileSync(MANIFEST, 'utf8');
  replace(WHOLE, whole);
  replace(MANIFEST, publishedOf(whole));
}

/** What somebody has changed since is never written over. */
function restore(): void {
  const now = readFileSync(MANIFEST, 'utf8');
  if (now === publishedOf(readFileSync(WHOLE, 'utf8'))) renameSync(WHOLE, MANIFEST);
  else if ('optionalDependencies' in JSON.parse(now)) rmSync(WHOLE);
  else {
    const what = 'package.json was changed after a packing that was broken off, and names no Node any more.';
    throw new Error(`${what} Compare it with package.json.whole, put it right, and delete that file.`);
  }
}

function publishedOf(whole: string): string {
  const { optionalDependencies: _, ...published } = JSON.parse(whole);
  return `${JSON.stringify(published, null, 2)}\n`;
}

/** Whole, or not at all. */
function replace(path: string, text: string): void {
  writeFileSync(`${path}.part`, text);
  renameSync(`${path}.part`, path);
}
