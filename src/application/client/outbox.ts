import { MAX_UNCONFIRMED, type OutgoingMessage } from '../chat-request.js';
import type { UnsentMessage } from './ports.js';
import { randomText } from './random-text.js';

/** An answer that took this long, in milliseconds, is worth a word. */
const SLOW_MS = 5000;

/** A message that the server has not yet answered. */
export class UnconfirmedMessage {
  readonly #since = performance.now();
  #sends = 0;
  #lastSentOn: number | undefined;

  /** @param saidOn the number of the connection at that time; none while it was down */
  constructor(
    readonly ref: string,
    readonly message: OutgoingMessage,
    private readonly saidOn: number | undefined,
  ) {}

  /** Whether it went out once: then its answer comes in order among all other events. */
  get wentOnce(): boolean {
    return this.#sends === 1;
  }

  wentOn(connection: number): boolean {
    return this.#lastSentOn === connection;
  }

  go(connection: number): void {
    this.#sends++;
    this.#lastSentOn = connection;
  }

  /** Whether its answer would come after a lost connection, or a long time. */
  get late(): boolean {
    return this.saidOn !== this.#lastSentOn || performance.now() - this.#since > SLOW_MS;
  }
}

/** The messages that the server has not yet answered, in the order in which they were said. */
export class Outbox {
  /** Unique in the room's history, so that a `ref` is never taken for another's. */
  readonly #prefix = randomText(8);
  readonly #messages = new Map<string, UnconfirmedMessage>();
  #count = 0;
  #limit = MAX_UNCONFIRMED;
  #room = Promise.withResolvers<void>();

  get size(): number {
    return this.#messages.size;
  }

  get isFull(): boolean {
    return this.size >= this.#limit;
  }

  /** All of them, as a program that comes later can take them up. */
  get all(): readonly UnsentMessage[] {
    return Array.from(this.#messages.values(), ({ ref, message }) => ({ ref, message }));
  }

  /** Goes on with what another program has not sent. */
  takeUp(unsent: readonly UnsentMessage[]): void {
    for (const { ref, message } of unsent)
      this.#messages.set(ref, new UnconfirmedMessage(ref, message, undefined));
  }

  /** Resolves when there is room for one message more. */
  async room(): Promise<void> {
    while (this.isFull) await this.#room.promise;
  }

  /** From now on it is never full. */
  unbind(): void {
    this.#limit = Number.POSITIVE_INFINITY;
    this.#room.resolve();
  }

  /** @param connection the number of the present one; none while it is down */
  add(message: OutgoingMessage, connection: number | undefined): UnconfirmedMessage {
    const unconfirmed = new UnconfirmedMessage(`${this.#prefix}-${++this.#count}`, message, connection);
    this.#messages.set(unconfirmed.ref, unconfirmed);
    return unconfirmed;
  }

  /** The oldest message that has not yet gone out on this connection. */
  next(connection: number): UnconfirmedMessage | undefined {
    for (const message of this.#messages.values()) if (!message.wentOn(connection)) return message;
    return undefined;
  }

  /** Takes out the message that was answered; nothing when there is none of this `ref` (any more). */
  settle(ref: string): UnconfirmedMessage | undefined {
    const message = this.#messages.get(ref);
    if (message === undefined) return undefined;
    this.#messages.delete(ref);
    this.#room.resolve();
    this.#room = Promise.withResolvers<void>();
    return message;
  }
}
