import type { Seq } from '../../domain/events.js';
import type { ChatRequest, OutgoingMessage } from '../chat-request.js';
import type { ChatMemo } from '../chat-response.js';
import type { ClientEvent } from './client-event.js';
import { Membership, type MembershipOptions, type MembershipOutcome } from './membership.js';
import type { Unsettled } from './message-sender.js';
import { claimWithin, isOther, NO_SESSIONS } from './own-session.js';
import type { ChatView, NewLink, OtherProgram, OwnSession, OwnSessions } from './ports.js';
import type { UserCommand } from './user-command.js';

/**
 * How a conversation ended; the client's commands turn it into words and an exit code. Of a script, `failed` says how
 * many lines failed, if any did, and `isInterrupted` that it was ended before its last line.
 */
export type ConversationOutcome = (MembershipOutcome | { readonly type: 'NO_USERNAME' }) &
  Unsettled & { readonly failed?: number; readonly isInterrupted?: true };

export interface ConversationOptions extends MembershipOptions {
  /** Where this person's sessions are kept; nowhere when absent. */
  readonly sessions?: OwnSessions;
  /** Whether the end of the input is no reason to leave. */
  readonly listens?: boolean;
  /** How long a program waits for another one of the same person to end, in milliseconds; not at all when absent. */
  readonly waitForOwnMs?: number;
}

/** Events of a line that failed. */
const FAILURES: readonly ClientEvent['type'][] = ['TooLong', 'NothingToSend'];

/** A person's stay in the room, seen from their side: asks for a name, joins, speaks, listens, leaves. */
export class Conversation {
  #membership: Membership;
  /** Of commands: whether there are more to come, and if not, whether somebody cut them off. */
  #input: 'open' | 'ended' | 'interrupted' = 'open';
  #failed = 0;
  /** What `more` asks for: from where the last answer ended. */
  #more: ChatRequest | undefined;

  constructor(
    private readonly newLink: NewLink,
    private readonly view: ChatView,
    private readonly options: ConversationOptions = {},
  ) {
    this.#membership = this.#newMembership();
  }

  /** Resolves when the person has left, or is out of the room for good. @throws {ConnectFailure} */
  async execute(givenUsername?: string): Promise<ConversationOutcome> {
    void this.view.interrupted.then(() => {
      if (this.#input === 'ended') return this.#membership.leave('now');
      this.#input = 'interrupted';
      // Lines that were typed before are still said.
      this.#membership.leave('soon');
    });
    try {
      const end = await this.#stayUnder(givenUsername);
      return this.#membership.hasJoined || !this.view.isInteractive ? end : await this.#withUnsaid(end);
    } finally {
      this.#membership.leave('unsaid');
      this.view.close();
    }
  }

  /** The machine was asleep, or has another network. Does nothing for somebody who is not in the room. */
  wake(): void {
    this.#membership.wake();
  }

  /** Somebody who never came in has said nothing of what they typed meanwhile. */
  async #withUnsaid(end: ConversationOutcome): Promise<ConversationOutcome> {
    this.view.close();
    let unsent = 0;
    for await (const { type } of this.view.commands()) if (type === 'send') unsent++;
    return unsent > 0 ? { ...end, unsent } : end;
  }

  /** Under this name, or another one if somebody is there who can be asked for it. */
  async #stayUnder(given: string | undefined): Promise<ConversationOutcome> {
    return this.#enterAs(given ?? (await this.#askUsername()));
  }

  async #enterAs(username: string | undefined): Promise<ConversationOutcome> {
    if (username === undefined) return { type: this.#input === 'interrupted' ? 'LEFT' : 'NO_USERNAME' };
    const own = await this.#claim(username);
    if (own === undefined) return { type: 'LEFT' };
    if (isOther(own)) return { type: 'HERE_ALREADY', username, pid: own.pid };
    const end = await this.#stay(username, own);
    if (!this.view.isInteractive) return this.#accountFor(end);
    if (this.#membership.hasJoined || !isAboutName(end)) return end;
    const reason = end.type === 'NOT_ADMITTED' && { reason: end.reason };
    const holder = end.type === 'NAME_TAKEN' && end.holder !== undefined && { holder: end.holder };
    this.#show({ type: 'NameRefused', username, ...reason, ...holder });
    if (!holder) return this.#again(await this.#askUsername());
    const answer = await this.#ask('Username (Enter waits for this one): ');
    return answer === '' ? this.#again(username, { patience: 'unless taken' }) : this.#again(answer);
  }

  #again(username: string | undefined, options: MembershipOptions = {}): Promise<ConversationOutcome> {
    this.#membership = this.#newMembership(options);
    return this.#enterAs(username);
  }

  /**
   * The session under this name, or the other program of the same person that has it; nothing when the person wants it
   * to keep it.
   */
  async #claim(username: string): Promise<OwnSession | OtherProgram | undefined> {
    const { sessions = NO_SESSIONS, waitForOwnMs = 0 } = this.options;
    const isInterrupted = () => this.#input === 'interrupted';
    const own = await claimWithin(sessions, username, waitForOwnMs, isInterrupted);
    if (!isOther(own) || !this.view.isInteractive) return own;
    this.#show({ type: 'HereAlready', username, pid: own.pid, sinceMs: own.sinceMs });
    const answer = await this.#ask('Continue here instead? (y/n) ');
    if (answer === undefined) return own;
    return /^y(es)?$/i.test(answer) ? sessions.claim(username, true) : undefined;
  }

  /** A script wants to know whether everything that it said was done. */
  #accountFor(end: MembershipOutcome): ConversationOutcome {
    const isInterrupted = this.#input === 'interrupted' && end.type === 'LEFT';
    return {
      ...end,
      ...(this.#failed > 0 && { failed: this.#failed }),
      ...(isInterrupted && { isInterrupted }),
    };
  }

  #newMembership(options: MembershipOptions = {}): Membership {
    return new Membership(this.newLink, event => this.#show(event), { ...this.options, ...options });
  }

  async #stay(username: string, own: OwnSession): Promise<MembershipOutcome> {
    const stay = this.#membership.stay(username, own);
    // Lines typed ahead belong to a user, not to a stranger.
    const talk = this.#membership.joined.then(() => this.#talk());
    return Promise.race([stay, talk.then(() => stay)]);
  }

  async #askUsername(): Promise<string | undefined> {
    for (;;) {
      const username = await this.#ask('Username: ');
      if (username !== '') return username;
    }
  }

  async #ask(question: string): Promise<string | undefined> {
    return (await this.view.ask(question))?.trim();
  }

  /** Until the person leaves, their input ends, or the stay: then the view is closed and has no more lines. */
  async #talk(): Promise<void> {
    for await (const command of this.view.commands()) {
      if (this.#membership.isOver) return;
      if (command.type === 'leave') return this.#leave('ended');
      await this.#do(command);
    }
    if (this.options.listens === true && this.#input === 'open') {
      this.#input = 'ended'; // an interrupt leaves then, and has cut nothing off
      return this.view.interrupted;
    }
    this.#leave(this.#input === 'open' ? 'ended' : this.#input);
  }

  /** Somebody who has interrupted waits for nothing more. */
  #leave(input: 'ended' | 'interrupted'): void {
    const when = this.#input === 'interrupted' ? 'now' : 'settled';
    this.#input = input;
    this.#membership.leave(when);
  }

  async #do(command: Exclude<UserCommand, { type: 'leave' }>): Promise<void> {
    switch (command.type) {
      case 'send':
        return this.#send(command.message);
      case 'request':
        return this.#request(command.request);
      case 'more':
        return this.#more === undefined ? this.#show({ type: 'NothingMore' }) : this.#request(this.#more);
      case 'reconnect':
        return this.#membership.reconnectNow();
      case 'invalid':
        this.#failed++;
    }
  }

  /** Somebody who is there is told that the outbox is full; a script waits. */
  async #send(message: OutgoingMessage): Promise<void> {
    const { content } = message;
    if (content === '') this.#show({ type: 'NothingToSend' });
    else if (this.view.isInteractive && this.#membership.session.isFull)
      this.#show({ type: 'OutboxFull', content, unsent: this.#membership.unsent });
    else await this.#membership.session.send(message);
  }

  /** Waits for the answer, so that what is said after a request is said after it. */
  async #request(request: ChatRequest): Promise<void> {
    const answer = await this.#membership.session.request(request);
    if (answer.type === 'Refused') this.#failed++;
    if (!('limit' in request)) return this.#show(answer);
    const memos = 'memos' in answer ? answer.memos : undefined;
    const words = request.type === 'search' && memos !== undefined && { words: request.words };
    this.#show({ ...answer, ...(memos && { more: memos.length >= request.limit }), ...words });
    const before = oldestOf(memos);
    this.#more = before === undefined ? undefined : { ...request, before };
  }

  /** A view that is full makes the server wait, as any other reader that is slow. */
  #show(event: ClientEvent): void {
    if (isFailure(event)) this.#failed++;
    const ready = this.view.show(event);
    if (ready !== undefined) this.#membership.session.pauseUntil(ready);
  }
}

/** The lowest sequence number of messages that come oldest or newest first; nothing when there are none. */
function oldestOf(memos: readonly ChatMemo[] = []): Seq | undefined {
  const [first, last] = [memos[0]?.seq, memos.at(-1)?.seq];
  return first === undefined || last === undefined ? undefined : Math.min(first, last);
}

function isFailure(event: ClientEvent): boolean {
  return FAILURES.includes(event.type) || (event.type === 'Refused' && event.content !== undefined);
}

/** Whether somebody who is there could choose another name. */
function isAboutName(
  end: MembershipOutcome,
): end is Extract<MembershipOutcome, { username: string } | { reason: string }> {
  return end.type === 'NAME_TAKEN' || (end.type === 'NOT_ADMITTED' && end.aboutName === true);
}
