import type { Logger } from '../../application/server/ports.js';

/** A nearly full disk takes one batch and not the next: milliseconds between two reports of a failure. */
const QUIET_MS = 10_000;

/** Logs when nothing can be recorded, why, and when that is over. */
export class FailureReport {
  #isTold = false;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly logger: Pick<Logger, 'error' | 'info'> | undefined) {}

  begins(error: unknown): void {
    if (this.#isTold || performance.now() - this.#toldAt < QUIET_MS) return;
    this.#isTold = true;
    this.#toldAt = performance.now();
    this.logger?.error({ err: error }, 'the history cannot be written');
  }

  isOver(): void {
    if (!this.#isTold) return;
    this.#isTold = false;
    this.logger?.info({}, 'the history is written again');
  }
}
