import type { Log, LogFields } from '../../src/application/server/ports.js';

export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: LogFields;
  readonly message: string;
}

/** Keeps the last entries, for whoever wants to look at them in this process. */
export class MemoryLog implements Log {
  readonly #entries: LogEntry[] = [];

  constructor(private readonly maxEntries = 1000) {}

  get entries(): readonly LogEntry[] {
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

  #keep(entry: LogEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > this.maxEntries) this.#entries.shift();
  }
}
