import { appendFileSync, closeSync, constants, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { getSystemErrorMessage } from 'node:util';

/** Made for its owner alone: what is said in a room is not for everybody on the machine. */
const MODE = 0o600;

const { O_APPEND, O_CREAT, O_WRONLY, O_NONBLOCK = 0 } = constants;
/** Nobody waits for a pipe that nobody reads. */
const FLAG = O_APPEND | O_CREAT | O_WRONLY | O_NONBLOCK;

/** Why a file cannot be opened, in the words of the system. */
export class LogFailure extends Error {
  override readonly name = 'LogFailure';

  constructor(
    readonly path: string,
    readonly problem: string,
  ) {
    super(`${path}: ${problem}`);
  }
}

/**
 * A file at whose end rows are written, each as soon as it comes: when the program ends, all of them are there. It is
 * looked up anew each time, so that it may be moved away.
 */
export class LogFile {
  readonly path: string;

  /** @throws {LogFailure} */
  constructor(path: string) {
    this.path = resolve(path);
    this.append('');
  }

  /** @throws {LogFailure} */
  append(rows: string): void {
    try {
      const file = openSync(this.path, FLAG, MODE);
      try {
        appendFileSync(file, rows);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      throw new LogFailure(this.path, problemOf(error));
    }
  }
}

function problemOf(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  return errno === undefined ? message : getSystemErrorMessage(errno);
}
