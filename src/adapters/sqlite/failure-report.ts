import type { Logger } from '../../application/server/ports.js';

/** A disk that is nearly full takes one batch and not the next: so often its trouble is told, in milliseconds. */
const QUIET_MS = 10_000;

/** Tells the operator when nothing can be recorded, why, and when that is over. */
export class FailureReport {
  #isTold = false;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly log: Pick<Logger, 'error' | 'info'> | undefined) {}

  begins(error: unknown): void {
    if (this.#isTold || performance.now() - this.#toldAt < QUIET_MS) return;
    this.#isTold = true;
    this.#toldAt = performance.now();
    this.log?.error({ err: error }, 'the history cannot be written');
  }

  isOver(): void {
    if (!this.#isTold) return;
    this.#isTold = false;
    this.log?.info({}, 'the history is written again');
  }
}
