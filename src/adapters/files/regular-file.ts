import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** A path at which there is something, but no file that may be read. */
export class UnfitFile extends Error {
  override readonly name = 'UnfitFile';

  constructor(
    readonly code: 'NOT_A_FILE' | 'TOO_LARGE',
    path: string,
  ) {
    super(`${code} ${path}`);
  }
}

/**
 * The text of a file that a running server waits for: so what may never end, such as a pipe, is not opened to its end, and what is
 * larger than it can be is not read.
 * @throws {UnfitFile}
 * @throws {Error} of node:fs
 */
export function readRegular(path: string, maxBytes: number): string {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw new UnfitFile('NOT_A_FILE', path);
    if (status.size > maxBytes) throw new UnfitFile('TOO_LARGE', path);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}
