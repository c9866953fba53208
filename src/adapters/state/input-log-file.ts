import { appendFile, chmod, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { InputLog } from '../../application/client/ports.js';
import { writeWhole } from '../files/whole-file.js';

/** Entries that are read, and how many there may be before the file is written anew with those. */
const MAX_READ = 500;
const MAX_KEPT = 2000;

/**
 * What a person has entered, in a file that only they can read: one JSON text a line, so that an entry may have several
 * lines. Several programs add to it at once. Where nothing can be kept, nothing is.
 */
export class InputLogFile implements InputLog {
  #writing: Promise<unknown> = Promise.resolve();

  constructor(private readonly path: string) {}

  async read(): Promise<readonly string[]> {
    const lines = await readFile(this.path, 'utf8').then(
      text => text.split('\n').filter(line => line !== ''),
      () => [],
    );
    const newest = lines.slice(-MAX_READ);
    this.#after(() => chmod(this.path, 0o600));
    if (lines.length > MAX_KEPT)
      this.#after(async () => writeWhole(this.path, `${newest.join('\n')}\n`, false));
    return newest.flatMap(entryOf);
  }

  add(entry: string): void {
    this.#after(async () => {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      await appendFile(this.path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    });
  }

  /** One after the other, and never a fault: it is a convenience. */
  #after(write: () => Promise<void>): void {
    this.#writing = this.#writing.then(write).catch(() => {});
  }
}

/** A line that a program was cut off in is none. */
function entryOf(line: string): string[] {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'string' ? [entry] : [];
  } catch {
    return [];
  }
}
