import type { LogFields } from '../../src/application/server/log-fields.js';
import type { Logger } from '../../src/application/server/service-ports.js';

export interface LoggerEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: LogFields;
  readonly message: string;
}

/** Keeps the last entries in this process, for a test to look at. */
export class MemoryLogger implements Logger {
  readonly #entries: LoggerEntry[] = [];

  constructor(private readonly maxEntries = 1000) {}

  get entries(): readonly LoggerEntry[] {
    return this.#entries;
  }

  debug(fields: LogFields, message: string): void {
    this.#keep({ level: 'debug', fields, message });
  }

  info(fields: LogFields, message: string): void {
    this.#keep({ level: 'info', fields, message });
  }

  warn(fields: LogFields, message: string): void {
    this.#keep({ level: 'warn', fields, message });
  }

  error(fields: LogFields, message: string): void {
    this.#keep({ level: 'error', fields, message });
  }

  #keep(entry: LoggerEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > this.maxEntries) this.#entries.shift();
  }
}
