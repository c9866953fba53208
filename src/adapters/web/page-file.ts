import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** Scripts and styles that stand in the page. */
const INLINE = /<(script|style)\b[^>]*>([\s\S]*?)<\/\1>/g;

/** The page as it is sent, in each encoding. */
export interface Page {
  readonly plain: Buffer;
  readonly gzipped: Buffer;
  /** Different for every content. */
  readonly tag: string;
  /** What the page may do: what it was made to do, and nothing that somebody gets into it. */
  readonly policy: string;
}

/** @throws when the program was not built whole */
export function readPage(path: string = pagePath()): Page {
  return pageOf(readFileSync(path, 'utf8'));
}

export function pageOf(html: string): Page {
  const plain = Buffer.from(html);
  return {
    plain,
    gzipped: gzipSync(plain, { level: 9 }),
    tag: sha256(html).slice(0, 22),
    policy: policyOf(html),
  };
}

/** Nothing of elsewhere, and of the page itself only the scripts and styles that are in it, by their hashes. */
function policyOf(html: string): string {
  const hashes: Record<string, string[]> = { script: [], style: [] };
  for (const [, element = '', text = ''] of html.matchAll(INLINE))
    hashes[element]?.push(`'sha256-${sha256(text)}'`);
  const only = (sources: readonly string[] = []) => (sources.length > 0 ? sources.join(' ') : "'none'");
  return [
    "default-src 'none'",
    `script-src ${only(hashes.script)}`,
    `style-src ${only(hashes.style)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** Beside the bundle, of which this is a part; or, where the modules themselves run, in the bundle of the same folder. */
function pagePath(): string {
  const own = dirname(fileURLToPath(import.meta.url));
  for (let folder = own; ; folder = dirname(folder)) {
    const path = [join(folder, 'page.html'), join(folder, 'bundle', 'page.html')].find(existsSync);
    if (path !== undefined) return path;
    if (folder === dirname(folder)) return join(own, 'page.html');
  }
}
