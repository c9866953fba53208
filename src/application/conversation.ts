import { Membership, type MembershipEnd, type MembershipOptions } from './membership.js';
import type { Asked, ChatView, NewLink, RoomLink, Sight, Trouble } from './ports.js';
import { type PromptCommand, readPrompt } from './prompt.js';

/** How a conversation ended; the client's commands turn it into words and an exit code. */
export type ConversationEnd = MembershipEnd | { readonly type: 'NO_USERNAME'; readonly unsent?: never };

/** A wait shorter than this, in milliseconds, is not worth a line, unless what is wrong is new. */
const LONG_WAIT_MS = 5000;

/** A person's stay in the room, seen from their side: asks for a name, joins, speaks, listens, leaves. */
export class Conversation {
  readonly #membership: Membership;
  readonly #joined = Promise.withResolvers<void>();
  #isInterrupted = false;
  #hasEnded = false;
  #toldTroubles = new Set<Trouble['code']>();
  #toldWaitMs = LONG_WAIT_MS;

  constructor(
    newLink: NewLink,
    private readonly view: ChatView,
    options: MembershipOptions = {},
  ) {
    this.#membership = new Membership(newLink, sight => this.#onSight(sight), options);
  }

  /** Resolves when the person has left, or is out of the room for good. @throws {ConnectFailure} */
  async execute(givenUsername?: string): Promise<ConversationEnd> {
    void this.view.interrupted.then(() => {
      this.#isInterrupted = true;
      // Lines that were typed before are still said, but nobody waits for anything.
      this.#membership.hurry();
    });
    try {
      const username = givenUsername ?? (await this.#askUsername());
      if (username === undefined) return { type: this.#isInterrupted ? 'LEFT' : 'NO_USERNAME' };
      const stay = this.#membership.stay(username).finally(() => {
        this.#hasEnded = true;
      });
      // Lines typed ahead belong to a user, not to a stranger.
      const talk = this.#joined.promise.then(() => this.#talk());
      return await Promise.race([stay, talk.then(() => stay)]);
    } finally {
      this.#membership.close();
      this.view.close();
    }
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
      const command = readPrompt(line);
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
        return this.#membership.send(command.content);
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
    if (sight.type === 'Welcome') this.#joined.resolve();
    if (sight.type === 'Back') this.#forgetTroubles();
    if (sight.type !== 'Reconnecting' || this.#isNews(sight.trouble, sight.inMs)) this.#show(sight);
  }

  /** Not a line for each attempt: only what is wrong now and was not before, and waits that have grown long. */
  #isNews({ code }: Trouble, inMs: number): boolean {
    const isNew = !this.#toldTroubles.has(code);
    if (!isNew && inMs < this.#toldWaitMs) return false;
    this.#toldTroubles.add(code);
    this.#toldWaitMs = Math.max(LONG_WAIT_MS, inMs * 2);
    return true;
  }

  #forgetTroubles(): void {
    this.#toldTroubles = new Set();
    this.#toldWaitMs = LONG_WAIT_MS;
  }

  /** A view that is full makes the server wait, as any other reader that is slow. */
  #show(sight: Sight): void {
    const ready = this.view.show(sight);
    if (ready !== undefined) this.#membership.pauseUntil(ready);
  }
}
