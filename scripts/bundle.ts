import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licencesOf } from './licences.js';
import { pageHtml } from './page.js';

// Makes the program that people run, in bundle/, of what the compiler has written: esbuild by itself would leave out
// the metadata of the decorators. All packages are part of it, so that the package has no dependencies.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OUT = join(ROOT, 'bundle');

/** CommonJS packages ask for these, and an ES module has none of them. */
const COMMONJS = [
  "import{createRequire as __createRequire}from'node:module';",
  "import{fileURLToPath as __toPath}from'node:url';import{dirname as __directory}from'node:path';",
  'const require=__createRequire(import.meta.url),__filename=__toPath(import.meta.url),__dirname=__directory(__filename);',
].join('');

const { outputFiles, metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: [join(ROOT, 'dist/src/cli/main.js')],
  outdir: OUT,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // The ES module of a package first: of that, only what is used is taken.
  mainFields: ['module', 'main'],
  // oclif would ask for it to run sources, which it never does here.
  // ssh2 goes without what it could have compiled.
  external: ['typescript', 'cpu-features', '*.node'],
  // Node keeps the text of what it runs: a third less of it is 1 MiB.
  minifyWhitespace: true,
  banner: { js: COMMONJS },
  // ws would look for packages with compiled code beside the program, and above it.
  define: { 'process.env.WS_NO_BUFFER_UTIL': '"1"', 'process.env.WS_NO_UTF_8_VALIDATE': '"1"' },
  metafile: true,
  write: false,
});

// A server may run out of this folder, or a client start, while `just join` builds: a file that is the same stays
// untouched, and a new one is there at once and before the old ones go.
mkdirSync(OUT, { recursive: true });
for (const { path, contents } of outputFiles) if (!isWritten(path, contents)) write(path, contents);
const page = await pageHtml(ROOT);
write(join(OUT, 'page.html'), page.html);
const unicode = readFileSync(join(ROOT, 'scripts/unicode/LICENSE'), 'utf8');
const licences = licencesOf(ROOT, [...Object.keys(metafile.inputs), ...page.inputs]);
write(join(OUT, 'LICENCES.txt'), `${licences}\n=== Data of Unicode 17.0.0\n${unicode}`);
const names = new Set(outputFiles.map(({ path }) => basename(path)));
const stale = readdirSync(OUT).filter(name => name.endsWith('.js') && !names.has(name));
for (const name of stale) rmSync(join(OUT, name), { force: true });

function isWritten(path: string, contents: Uint8Array): boolean {
  try {
    return readFileSync(path).equals(contents);
  } catch {
    return false;
  }
}

function write(path: string, contents: Uint8Array | string): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
}
