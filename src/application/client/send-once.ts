import type { ClientEvent } from './client-event.js';
import { Membership, type MembershipOptions, type MembershipOutcome } from './membership.js';
import type { NewLink } from './ports.js';

/** Why a message was not taken: in the server's words, or it does not fit into a line of the wire; in bytes. */
export type Rejection =
  | { readonly type: 'REFUSED'; readonly reason: string }
  | { readonly type: 'TOO_LONG'; readonly limit: number; readonly actual: number };

export interface SendReport {
  readonly end: MembershipOutcome;
  /** How many messages were said. */
  readonly said: number;
  /** How many of them were not taken, and why the first was not. */
  readonly rejected: number;
  readonly rejection?: Rejection;
  /** Whether nothing was left to say. */
  readonly complete: boolean;
}

/** Joins, says what there is to say, waits until all of it is accepted or refused, and leaves. Hears nothing. */
export class SendOnce {
  readonly #membership: Membership;
  readonly #stopped = Promise.withResolvers<undefined>();
  #said = 0;
  #rejected = 0;
  #rejection: Rejection | undefined;
  #isComplete = false;

  constructor(newLink: NewLink, options: MembershipOptions = {}) {
    this.#membership = new Membership(newLink, event => this.#onEvent(event), {
      ...options,
      waitsToEnter: true,
    });
  }

  /**
   * Takes the messages one after the other, no faster than they are sent. Resolves when they are at their end and
   * settled, or when the stay is over. @throws {ConnectFailure} and whatever the messages throw
   */
  async execute(username: string, messages: AsyncIterable<string> | Iterable<string>): Promise<SendReport> {
    const stay = this.#membership.stay(username).finally(() => this.#stopped.resolve(undefined));
    const talk = this.#membership.joined.then(() => this.#sayAll(messages));
    // What the messages throw ends it; when the stay ends first, they are not waited for.
    const end = await Promise.race([stay, talk.then(() => stay)]).finally(() =>
      this.#membership.leave('unsaid'),
    );
    return {
      end,
      said: this.#said,
      rejected: this.#rejected,
      ...(this.#rejection && { rejection: this.#rejection }),
      complete: this.#isComplete,
    };
  }

  /** Leaves at once, whatever is not said or not settled. */
  stop(): void {
    this.#stopped.resolve(undefined);
    this.#membership.leave('now');
  }

  async #sayAll(messages: AsyncIterable<string> | Iterable<string>): Promise<void> {
    const iterator = toAsync(messages);
    for (;;) {
      const next = await Promise.race([iterator.next(), this.#stopped.promise]);
      if (next === undefined) return;
      if (next.done) break;
      this.#said++;
      await Promise.race([this.#membership.session.send({ content: next.value }), this.#stopped.promise]);
    }
    this.#isComplete = true;
    this.#membership.leave('settled');
  }

  #onEvent(event: ClientEvent): void {
    if (event.type === 'Refused' && event.content !== undefined)
      this.#reject({ type: 'REFUSED', reason: event.reason });
    else if (event.type === 'TooLong')
      this.#reject({ type: 'TOO_LONG', limit: event.limit, actual: event.actual });
  }

  #reject(rejection: Rejection): void {
    this.#rejected++;
    this.#rejection ??= rejection;
  }
}

async function* toAsync(messages: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  yield* messages;
}
