import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// What is packed has a package.json without the Node that is only for the development of chatty: npm knows no optional
// dependency that is for development alone. Called before packing, and with `restore` after it.

const MANIFEST = fileURLToPath(new URL('../../package.json', import.meta.url));
const WHOLE = `${MANIFEST}.whole`;

if (existsSync(WHOLE)) renameSync(WHOLE, MANIFEST); // also what a packing that was broken off has left

if (process.argv[2] !== 'restore') {
  const whole = readFileSync(MANIFEST, 'utf8');
  const { optionalDependencies: _, ...published } = JSON.parse(whole);
  writeFileSync(WHOLE, whole);
  writeFileSync(MANIFEST, `${JSON.stringify(published, null, 2)}\n`);
}
