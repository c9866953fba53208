import { MAX_MESSAGE_BYTES } from '../../domain/chat-message.js';
import type { ClientEvent } from './client-event.js';
import { Membership, type MembershipOptions, type MembershipOutcome } from './membership.js';
import { claimWithin, isOther, NO_SESSIONS } from './own-session.js';
import type { NewLink, OwnSessions } from './ports.js';
import { splitMessage } from './split-message.js';

/** Why a message was not taken: in the server's words, or it does not fit into a line of the wire; in bytes. */
export type Rejection =
  | { readonly type: 'REFUSED'; readonly reason: string; readonly isTooLong?: true }
  | { readonly type: 'TOO_LONG'; readonly limit: number; readonly actual: number };

export interface SendOptions extends MembershipOptions {
  /** Where this person's sessions are kept; nowhere when absent. */
  readonly sessions?: OwnSessions;
  /** Whether messages that are too long are said in parts. */
  readonly splits?: boolean;
  /** Told when the server cannot be reached at first, and is tried again. */
  readonly onWaiting?: () => void;
  /** Told the pin of a server that nothing was known of, and that is trusted from now on. */
  readonly onNewServer?: (pin: string, isUnwritten?: true, address?: string) => void;
  /** Told that what answers at one of several addresses has this key, and not the expected one. */
  readonly onOtherKey?: (address: string, pin: string, isGiven: boolean) => void;
  /** Told that nothing was signed: what the server calls itself, and what was connected to. */
  readonly onUnproven?: (asked: string, reached: string) => void;
}

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
  #isStopped = false;
  /** Where the server does not say, it is taken for one that has the default. */
  #maxMessageBytes = MAX_MESSAGE_BYTES;

  constructor(
    newLink: NewLink,
    private readonly options: SendOptions = {},
  ) {
    this.#membership = new Membership(newLink, event => this.#onEvent(event), {
      ...options,
      patience: 'all',
    });
  }

  /**
   * Takes the messages one after the other, no faster than they are sent. Resolves when they are at their end and
   * settled, or when the stay is over. @throws {ConnectFailure} and whatever the messages throw
   */
  async execute(username: string, messages: AsyncIterable<string> | Iterable<string>): Promise<SendReport> {
    const { sessions = NO_SESSIONS, retryForMs = Number.POSITIVE_INFINITY } = this.options;
    const own = await claimWithin(sessions, username, retryForMs, () => this.#isStopped);
    if (isOther(own)) return this.#report({ type: 'HERE_ALREADY', username, pid: own.pid });
    const stay = this.#membership.stay(username, own).finally(() => this.#stopped.resolve(undefined));
    const talk = this.#membership.joined.then(() => this.#sayAll(messages));
    // What the messages throw ends it; when the stay ends first, they are not waited for.
    const end = await Promise.race([stay, talk.then(() => stay)]).finally(() =>
      this.#membership.leave('unsaid'),
    );
    return this.#report(end);
  }

  #report(end: MembershipOutcome): SendReport {
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
    this.#isStopped = true;
    this.#stopped.resolve(undefined);
    this.#membership.leave('now');
  }

  async #sayAll(messages: AsyncIterable<string> | Iterable<string>): Promise<void> {
    const iterator = toAsync(messages);
    for (;;) {
      const next = await Promise.race([iterator.next(), this.#stopped.promise]);
      if (next === undefined) return;
      if (next.done) break;
      for (const content of this.#partsOf(next.value)) {
        this.#said++;
        await Promise.race([this.#membership.session.send({ content }), this.#stopped.promise]);
      }
    }
    this.#isComplete = true;
    this.#membership.leave('settled');
  }

  #partsOf(message: string): string[] {
    return this.options.splits === true ? splitMessage(message, this.#maxMessageBytes) : [message];
  }

  #onEvent(event: ClientEvent): void {
    if (event.type === 'NewServer') this.options.onNewServer?.(event.pin, event.isUnwritten, event.address);
    else if (event.type === 'OtherKey') this.options.onOtherKey?.(event.address, event.pin, event.isGiven);
    else if (event.type === 'Unproven') this.options.onUnproven?.(event.asked, event.reached);
    else if (event.type === 'Welcome') this.#maxMessageBytes = event.maxMessageBytes ?? MAX_MESSAGE_BYTES;
    else if (event.type === 'Refused' && event.content !== undefined)
      this.#reject({
        type: 'REFUSED',
        reason: event.reason,
        ...(this.#isTooLong(event.content) && { isTooLong: true }),
      });
    else if (event.type === 'TooLong')
      this.#reject({ type: 'TOO_LONG', limit: event.limit, actual: event.actual });
    else if (event.type === 'Reconnecting' && event.isNews && event.outage.code === 'NOT_REACHED')
      if (!this.#membership.hasJoined) this.options.onWaiting?.();
  }

  #isTooLong(content: string): boolean {
    return new TextEncoder().encode(content).length > this.#maxMessageBytes;
  }

  #reject(rejection: Rejection): void {
    this.#rejected++;
    this.#rejection ??= rejection;
  }
}

async function* toAsync(messages: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  yield* messages;
}
