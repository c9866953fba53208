import { Membership, type MembershipEnd, type MembershipOptions } from './membership.js';
import type { Asked, ChatView, NewLink, RoomLink, Sight } from './ports.js';
import { type PromptCommand, readPrompt } from './prompt.js';

/** How a conversation ended; the client's commands turn it into words and an exit code. */
export type ConversationEnd = MembershipEnd | { readonly type: 'NO_USERNAME'; readonly unsent?: never };

/** A person's stay in the room, seen from their side: asks for a name, joins, speaks, listens, leaves. */
export class Conversation {
  #membership: Membership;
  readonly #joined = Promise.withResolvers<void>();
  #isInterrupted = false;
  #hasJoined = false;
  #hasEnded = false;

  constructor(
    private readonly newLink: NewLink,
    private readonly view: ChatView,
    private readonly options: MembershipOptions = {},
  ) {
    this.#membership = this.#newMembership();
  }

  /** Resolves when the person has left, or is out of the room for good. @throws {ConnectFailure} */
  async execute(givenUsername?: string): Promise<ConversationEnd> {
    void this.view.interrupted.then(() => {
      this.#isInterrupted = true;
      // Lines that were typed before are still said, but nobody waits for anything.
      this.#membership.hurry();
    });
    try {
      for (let given = givenUsername; ; given = undefined) {
        const username = given ?? (await this.#askUsername());
        if (username === undefined) return { type: this.#isInterrupted ? 'LEFT' : 'NO_USERNAME' };
        const end = await this.#stay(username);
        if (this.view.style === 'commands' || this.#hasJoined || !isAboutName(end)) return end;
        const reason = end.type === 'NOT_ADMITTED' && { reason: end.reason };
        this.#show({ type: 'NameRefused', username, ...reason });
        this.#membership = this.#newMembership();
        this.#hasEnded = false;
      }
    } finally {
      this.#membership.close();
      this.view.close();
    }
  }

  #newMembership(): Membership {
    return new Membership(this.newLink, sight => this.#onSight(sight), this.options);
  }

  async #stay(username: string): Promise<MembershipEnd> {
    const stay = this.#membership.stay(username).finally(() => {
      this.#hasEnded = true;
    });
    // Lines typed ahead belong to a user, not to a stranger.
    const talk = this.#joined.promise.then(() => this.#talk());
    return Promise.race([stay, talk.then(() => stay)]);
  }

  async #askUsername(): Promise<string | undefined> {
    for (;;) {
      const username = await this.view.ask('Username: ');
      if (username === undefined || username.trim() !== '') return username?.trim();
    }
  }

  /** Until the person leaves, their input ends, or the stay: then the view is closed and has no more lines. */
  async #talk(): Promise<void> {
    for await (const line of this.view.lines()) {
      if (this.#hasEnded) return;
      const command = readPrompt(line, this.view.style);
      if (command.type === 'leave') break;
      await this.#do(command, line);
    }
    if (this.#isInterrupted) this.#membership.leaveAtOnce();
    else this.#membership.leave();
  }

  async #do(command: PromptCommand, line: string): Promise<void> {
    switch (command.type) {
      case 'send':
        if (command.content === '') return this.#show({ type: 'NothingToSend' });
        return this.#membership.send(command.content, command.kind);
      case 'who':
        return this.#ask('who', (link, ref) => link.who(ref));
      case 'history':
        return this.#ask('history', (link, ref) => link.history(ref, command.limit));
      case 'search':
        return this.#ask('search', (link, ref) => link.search(ref, command.query), command.query.limit);
      case 'help':
        return this.#show({ type: 'Help' });
      case 'unknown':
        return this.#show({ type: 'UnknownCommand', line });
      case 'wrong':
        return this.#show({ type: 'WrongUsage', problem: command.problem, text: command.text });
    }
  }

  /** Waits for the answer, so that what is said after a question is said after it. */
  async #ask(asked: Asked, put: (link: RoomLink, ref: string) => void, limit = 0): Promise<void> {
    const answer = await this.#membership.ask(put);
    if (typeof answer === 'string') this.#show({ type: 'Unanswered', asked, why: answer });
    else if (answer.type === 'NO_ANSWER') this.#show({ type: 'Unanswered', asked, why: 'NO_ANSWER' });
    else if (answer.type === 'Found') this.#show({ ...answer, more: answer.memos.length >= limit });
    else this.#show(answer);
  }

  #onSight(sight: Sight): void {
    if (sight.type === 'Welcome') {
      this.#hasJoined = true;
      this.#joined.resolve();
    }
    this.#show(sight);
  }

  /** A view that is full makes the server wait, as any other reader that is slow. */
  #show(sight: Sight): void {
    const ready = this.view.show(sight);
    if (ready !== undefined) this.#membership.pauseUntil(ready);
  }
}

/** Whether somebody who is there could choose another name. */
function isAboutName(
  end: MembershipEnd,
): end is Extract<MembershipEnd, { username: string } | { reason: string }> {
  return end.type === 'NAME_TAKEN' || (end.type === 'NOT_ADMITTED' && end.aboutName === true);
}
