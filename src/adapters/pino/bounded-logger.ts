import type { LogFields } from '../../application/server/log-fields.js';
import type { Logger, LogLevel } from '../../application/server/service-ports.js';
import { Allowance, rate } from '../wire/listen/allowance.js';

type Level = Exclude<LogLevel, 'silent'>;

/** Lines with one message that are written at once, and a second: what happens to a thousand people together fits. */
const RATE = rate(5, 1000);

/** How often it is told how many were left out, in milliseconds. */
const TOLD_MS = 10_000;

/** What is known of one message. */
interface Kind {
  readonly allowance: Allowance;
  readonly level: Level;
  /** Left out since that was told last. */
  more: number;
}

/**
 * A log that nobody fills a disk with: of very many lines with the same message most are left out, and counted. What each is
 * about may be said by others, but not the messages: there are as many as the program has.
 */
export class BoundedLogger implements Logger {
  readonly #kinds = new Map<string, Kind>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly log: Logger) {}

  debug(fields: LogFields, message: string): void {
    this.#write('debug', fields, message);
  }

  info(fields: LogFields, message: string): void {
    this.#write('info', fields, message);
  }

  warn(fields: LogFields, message: string): void {
    this.#write('warn', fields, message);
  }

  error(fields: LogFields, message: string): void {
    this.#write('error', fields, message);
  }

  #write(level: Level, fields: LogFields, message: string): void {
    let kind = this.#kinds.get(message);
    if (kind === undefined) {
      kind = { allowance: new Allowance(RATE), level, more: 0 };
      this.#kinds.set(message, kind);
    }
    if (kind.allowance.takeIfThere(1) === 0) this.log[level](fields, message);
    else {
      kind.more++;
      this.#timer ??= setInterval(() => this.tell(), TOLD_MS).unref();
    }
  }

  /** Says how many were left out since that was said last. */
  tell(): void {
    let isOver = true;
    for (const [message, kind] of this.#kinds) {
      const { level, more } = kind;
      if (more === 0) continue;
      isOver = false;
      kind.more = 0;
      this.log[level]({ more }, `${message} (so many more were left out)`);
    }
    if (!isOver) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
