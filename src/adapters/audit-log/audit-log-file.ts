import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
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
 * disk before anybody is told.
 */
export class AuditLogFile implements ModerationLog {
  readonly #path: string;
  #file: number | undefined;
  /** Whether the last line has no end: a crash or a full disk cut it off, and nobody was told that it is done. */
  #isTorn = false;

  constructor(private readonly folder: string) {
    this.#path = join(folder, FILE);
  }

  open(): readonly ModerationEntry[] {
    try {
      mkdirSync(this.folder, { recursive: true });
      this.#file = openSync(this.#path, 'a', 0o600);
      const lines = readFileSync(this.#path, 'utf8').split('\n');
      this.#isTorn = lines.at(-1) !== '';
      return lines.flatMap(line => this.#entryOf(line));
    } catch (cause) {
      if (cause instanceof RoomLogFailure) throw cause;
      throw new RoomLogFailure(CODES[codeOf(cause)] ?? 'UNUSABLE', this.#path, { cause });
    }
  }

  append(entry: ModerationEntry): void {
    try {
      if (this.#file === undefined) throw new Error('not open');
      const line = `${this.#isTorn ? '\n' : ''}${JSON.stringify(entry)}\n`;
      this.#isTorn = true;
      if (writeSync(this.#file, line) < Buffer.byteLength(line)) throw new Error('cut off');
      fsyncSync(this.#file);
      this.#isTorn = false;
    } catch (error) {
      throw new Refusal(CODES[codeOf(error)] === 'DISK_FULL' ? 'DISK_FULL' : 'NOT_RECORDED');
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #entryOf(line: string): ModerationEntry[] {
    if (!line.endsWith('}')) return [];
    try {
      const entry: unknown = JSON.parse(line);
      if (isEntry(entry)) return [entry];
    } catch {
      // told below
    }
    throw new RoomLogFailure('DAMAGED', this.#path);
  }
}

/** What this program has written has the rest as well. */
function isEntry(value: unknown): value is ModerationEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { type, at, by } = value as Record<string, unknown>;
  return typeof type === 'string' && typeof at === 'number' && typeof by === 'string';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
