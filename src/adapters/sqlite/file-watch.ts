import { bytesOfChanges, checkpoint } from './changes-file.js';
import type { FailureReport } from './failure-report.js';
import { FileGuard, TAMPERED } from './file-guard.js';
import type { RoomFile } from './room-file.js';
import { pragma } from './schema.js';

/** How often the files are looked at while nothing is recorded, in milliseconds. */
const WATCH_MS = 1000;

/** Has the guard look at the files of an open history whenever they are used, and while they are not; saves what it can. */
export class FileWatch {
  readonly #guard: FileGuard;
  readonly #timer: NodeJS.Timeout;

  /** @param report told of files that are not what they were */
  constructor(
    private readonly file: Pick<RoomFile, 'db' | 'path'>,
    private readonly report: Pick<FailureReport, 'begins'>,
  ) {
    const { db, path } = file;
    this.#guard = new FileGuard(path, {
      database: () => pragma(db, 'page_count') * pragma(db, 'page_size'),
      changes: () => bytesOfChanges(db),
    });
    this.#timer = setInterval(() => this.areSound(), WATCH_MS).unref();
  }

  /** @throws what is wrong with the files; then nothing that is written is sure to be there later */
  require(): void {
    const found = this.#guard.look();
    if (found === undefined) return;
    if (found === 'CHANGES') checkpoint(this.file.db, 'FULL');
    throw new Error(TAMPERED[found]);
  }

  /** Whether the files are what they were. */
  areSound(): boolean {
    try {
      this.require();
      return true;
    } catch (error) {
      this.report.begins(error);
      return false;
    }
  }

  /** Whether changes are lost that were nowhere else: what is still written would make the files look whole. */
  hasLost(): boolean {
    return this.#guard.look() === 'LOST_CHANGES';
  }

  close(): void {
    clearInterval(this.#timer);
    this.#guard.close();
  }
}
