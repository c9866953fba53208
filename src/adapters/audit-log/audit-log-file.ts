import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { isModerationEntry } from '../../application/server/entry-form.js';
import { RoomLogFailure, type RoomLogFailureCode } from '../../application/server/failures.js';
import type { ModerationLog } from '../../application/server/moderation-ports.js';
import type { ModerationEntry } from '../../domain/moderation.js';
import { Refusal } from '../../domain/refusal.js';

const FILE = 'moderation.jsonl';

const CODES: Record<string, RoomLogFailureCode> = {
  EACCES: 'NO_PERMISSION',
  EPERM: 'NO_PERMISSION',
  EROFS: 'READ_ONLY',
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
};

/**
 * What operators have done, a JSON object a line, in a file that is only added to: who did what, when, and why. It is on the
 * disk before anybody is told. What a crash or a full disk has cut off goes again: nobody was told that it is done.
 */
export class AuditLogFile implements ModerationLog {
  readonly #path: string;
  #file: number | undefined;
  /** What the next entry needs in front of it. */
  #before = '';
  #listener: (entry: ModerationEntry) => void = () => {};

  constructor(private readonly folder: string) {
    this.#path = join(folder, FILE);
  }

  async open(listener: (entry: ModerationEntry) => void): Promise<void> {
    this.#listener = listener;
    this.#read().forEach(listener);
  }

  async append(decide: () => ModerationEntry | undefined): Promise<ModerationEntry | undefined> {
    const entry = decide();
    if (entry === undefined) return undefined;
    this.#write(entry);
    this.#listener(entry);
    return entry;
  }

  async close(): Promise<void> {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #read(): readonly ModerationEntry[] {
    try {
      mkdirSync(this.folder, { recursive: true });
      this.#file = openSync(this.#path, 'a', 0o600);
      const bytes = readFileSync(this.#path);
      const end = bytes.lastIndexOf('\n') + 1;
      const entries = bytes
        .toString('utf8', 0, end)
        .split('\n')
        .flatMap(line => this.#entryOf(line));
      // A last line without an end counts when it is whole: an editor may have left it so.
      const last = entryIn(bytes.toString('utf8', end));
      if (last === undefined && end < bytes.length) truncateSync(this.#path, end);
      this.#before = last === undefined ? '' : '\n';
      return last === undefined ? entries : [...entries, last];
    } catch (cause) {
      if (cause instanceof RoomLogFailure) throw cause;
      throw new RoomLogFailure(CODES[codeOf(cause)] ?? 'UNUSABLE', this.#path, { cause });
    }
  }

  #write(entry: ModerationEntry): void {
    let size: number | undefined;
    try {
      if (this.#file === undefined) throw new Error('not open');
      ({ size } = fstatSync(this.#file));
      const line = `${this.#before}${JSON.stringify(entry)}\n`;
      if (writeSync(this.#file, line) < Buffer.byteLength(line)) throw new Error('cut off');
      fsyncSync(this.#file);
      this.#before = '';
    } catch (error) {
      if (size !== undefined) this.#takeBack(size);
      throw new Refusal(CODES[codeOf(error)] === 'DISK_FULL' ? 'DISK_FULL' : 'NOT_RECORDED');
    }
  }

  /** Entries of a line, which editors may have changed: they leave empty lines, and write \r or a byte order mark. */
  #entryOf(line: string): ModerationEntry[] {
    if (line.trim() === '') return [];
    const entry = entryIn(line);
    if (entry === undefined) throw new RoomLogFailure('DAMAGED', this.#path);
    return [entry];
  }

  /** The file ends as it did before, or at least the next entry has a line of its own. */
  #takeBack(size: number): void {
    try {
      truncateSync(this.#path, size);
    } catch {
      this.#before = '\n';
    }
  }
}

/** This version passes over what a newer one has done. */
function entryIn(line: string): ModerationEntry | undefined {
  try {
    const entry: unknown = JSON.parse(line.trim());
    return isModerationEntry(entry, isNetwork) ? entry : undefined;
  } catch {
    return undefined;
  }
}

function isNetwork(text: string): boolean {
  const [address = '', bits = '0', ...more] = text.split('/');
  const most = { 4: 32, 6: 128 }[isIP(address)];
  return most !== undefined && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
