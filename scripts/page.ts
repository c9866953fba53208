import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, transform } from 'esbuild';

/** Browsers that the page is made for: those of 2024, which have all that the client's core asks for. */
const BROWSERS = ['chrome125', 'firefox126', 'safari17.4'];

/** Where the page is made of. */
const SOURCES = 'src/adapters/browser';

/** The page, whole: script and style are in it, so that it comes in one round trip; and the files that it is made of. */
export async function pageHtml(root: string): Promise<{ readonly html: string; readonly inputs: string[] }> {
  const read = (name: string) => readFileSync(join(root, SOURCES, name), 'utf8');
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(root, 'src/container/page.ts')],
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: BROWSERS,
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
    tsconfigRaw: {},
    metafile: true,
    write: false,
  });
  const [script] = outputFiles;
  const style = await transform(read('page.css'), { loader: 'css', minify: true, target: BROWSERS });
  // A function, so that nothing in them is taken for a pattern.
  const html = read('page.html')
    .replace(/\n\s*/g, '\n')
    .replace('<style></style>', () => `<style>${style.code.trim()}</style>`)
    .replace('<script></script>', () => `<script>${script?.text.trim()}</script>`);
  return { html, inputs: Object.keys(metafile.inputs) };
}
