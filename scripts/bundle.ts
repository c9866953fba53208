import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

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

rmSync(OUT, { recursive: true, force: true });
await build({
  entryPoints: [join(ROOT, 'dist/src/cli/main.js')],
  outdir: OUT,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // The ES module of a package first: of that, only what is used is taken.
  mainFields: ['module', 'main'],
  banner: { js: COMMONJS },
});
