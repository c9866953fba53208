import type { Logger } from '../../../application/server/service-ports.js';

/** Which limit did not let a connection in, where it is not told so itself. */
export type TurnedAwayBy =
  | 'CONNECT_RATE'
  | 'TOO_MANY_CONNECTIONS'
  | 'TOO_MANY_FROM_ADDRESS'
  | 'TOO_MANY_SSH'
  | 'TOO_MANY_STRANGERS';

interface Count {
  connections: number;
  address: string | undefined;
}

/** How often the operator is told, in milliseconds. */
const TOLD_MS = 10_000;

/**
 * Tells the operator of connections that were cut without a word: at the first one, and then of all together, with the address of
 * the last. An attack is thousands of them a second, and a line for each would say nothing more.
 */
export class TurnedAway {
  readonly #counts = new Map<TurnedAwayBy, Count>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly logger: Pick<Logger, 'warn'>) {}

  count(reason: TurnedAwayBy, address: string | undefined): void {
    const count = this.#counts.get(reason) ?? { connections: 0, address };
    this.#counts.set(reason, { connections: count.connections + 1, address });
    if (this.#timer !== undefined) return;
    this.#tell();
    this.#timer = setInterval(() => this.#tell(), TOLD_MS).unref();
  }

  /** What was not told yet, at the end. */
  stop(): void {
    this.#tell();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tell(): void {
    if (this.#counts.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    for (const [reason, { connections, address }] of this.#counts)
      this.logger.warn(
        { reason, connections, ...(address !== undefined && { address }) },
        'connections turned away',
      );
    this.#counts.clear();
  }
}
