import type { Logger } from '../../application/server/service-ports.js';

/** A nearly full disk takes one batch and not the next: milliseconds between two reports of a failure. */
const QUIET_MS = 10_000;
/** How long another program's lock may last before the operator is told, in milliseconds. */
const LOCKED_MS = 1000;

/** Logs when nothing can be recorded, why, and when that is over. */
export class FailureReport {
  #isTold = false;
  #toldAt = Number.NEGATIVE_INFINITY;
  #lockedSince: number | undefined;

  constructor(private readonly logger: Pick<Logger, 'error' | 'info'> | undefined) {}

  begins(error: unknown): void {
    if (this.#isTold || performance.now() - this.#toldAt < QUIET_MS) return;
    this.#isTold = true;
    this.#toldAt = performance.now();
    this.logger?.error({ err: error }, 'the history cannot be written');
  }

  /** Another program has a lock: of a moment, it is nothing to report. */
  locked(error: unknown): void {
    this.#lockedSince ??= performance.now();
    if (performance.now() - this.#lockedSince > LOCKED_MS) this.begins(error);
  }

  isOver(): void {
    this.#lockedSince = undefined;
    if (!this.#isTold) return;
    this.#isTold = false;
    this.logger?.info({}, 'the history is written again');
  }
}
