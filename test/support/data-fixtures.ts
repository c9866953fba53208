import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { ROOT } from './cli.js';
import type { Scene } from './scene.js';

/** Data folders as servers of earlier versions have left them, packed file by file, and what happened in them. */
const FOLDER = join(ROOT, 'test/fixtures/data');
const SCENE = 'scene.json';
const PACKED = '.gz';

export const dataFixtures = (): string[] => readdirSync(FOLDER).toSorted();

/** Puts the data folder where a server may change it. */
export function unpack(name: string, to: string): Scene {
  const folder = join(FOLDER, name);
  for (const file of readdirSync(folder)) {
    if (!file.endsWith(PACKED)) continue;
    const path = join(to, file.slice(0, -PACKED.length));
    writeFileSync(path, gunzipSync(readFileSync(join(folder, file))), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(join(folder, SCENE), 'utf8')) as Scene;
}

/** Makes a fixture of a data folder. */
export function pack(name: string, from: string, scene: Scene): void {
  const folder = join(FOLDER, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(from)) {
    const path = join(from, file);
    // Sockets and locks belong to a process.
    if (statSync(path).isFile() && statSync(path).size > 0)
      writeFileSync(join(folder, file + PACKED), gzipSync(readFileSync(path), { level: 9 }));
  }
  writeFileSync(join(folder, SCENE), `${JSON.stringify(scene, undefined, 2)}\n`);
}
