import { SERVER_USERNAME } from '../domain/username.js';
import {
  type ChatResponse,
  type ChatView,
  type LinkEnd,
  MessageTooLong,
  type RoomLink,
  type Sight,
} from './ports.js';

/** What the prompt understands. */
export const PROMPT_COMMANDS = ['send', 'leave', 'help'] as const;

/** How a conversation ended; the client's commands turn it into words and an exit code. */
export type ConversationEnd =
  | { readonly type: 'LEFT' }
  | { readonly type: 'NO_USERNAME' }
  | { readonly type: 'NAME_TAKEN'; readonly username: string }
  | { readonly type: 'NOT_ADMITTED'; readonly reason: string }
  | { readonly type: 'LOST' }
  | { readonly type: 'SERVER_STOPPING' }
  | { readonly type: 'NOT_CHATTY' };

/** How long a server may take to answer a Join, in milliseconds. */
const JOIN_TIMEOUT_MS = 10_000;

/** So many answers that nobody understands, before the first one that somebody does, are not a chat. */
const MAX_STRANGE_RESPONSES = 3;

/** A person's stay in the room, seen from their side: asks for a name, joins, speaks, listens, leaves. */
export class Conversation {
  readonly #end = Promise.withResolvers<ConversationEnd>();
  readonly #joined = Promise.withResolvers<void>();
  #hasJoined = false;
  #hasEnded = false;
  #isInterrupted = false;
  #strangeResponses = 0;
  #username = '';

  constructor(
    private readonly link: RoomLink,
    private readonly view: ChatView,
    private readonly joinTimeoutMs: number = JOIN_TIMEOUT_MS,
  ) {}

  /** Resolves when the person has left or the line is down. @throws {ConnectFailure} */
  async execute(givenUsername?: string): Promise<ConversationEnd> {
    void this.view.interrupted.then(() => {
      this.#isInterrupted = true;
    });
    try {
      const username = givenUsername ?? (await this.#askUsername());
      if (username === undefined) return { type: this.#isInterrupted ? 'LEFT' : 'NO_USERNAME' };
      this.#username = username;
      // Whoever presses Ctrl-C before they are in waits for nobody; afterwards it ends the lines, as `leave` does.
      void this.view.interrupted.then(() => {
        if (!this.#hasJoined) this.#finish({ type: 'LEFT' });
      });
      await Promise.race([this.#open(), this.#end.promise]);
      if (this.#hasJoined && !this.#hasEnded) await this.#talk();
      return await this.#end.promise;
    } finally {
      this.link.close();
      this.view.close();
    }
  }

  async #askUsername(): Promise<string | undefined> {
    for (;;) {
      const username = await this.view.ask('Username: ');
      if (username === undefined || username.trim() !== '') return username?.trim();
    }
  }

  async #open(): Promise<void> {
    await this.link.open({
      onResponse: response => this.#onResponse(response),
      onEnd: end => this.#onLinkEnd(end),
    });
    if (!this.#hasEnded) await this.#join();
  }

  /** Waits for the answer: lines typed ahead belong to a user, not to a stranger. */
  async #join(): Promise<void> {
    const timer = setTimeout(() => this.#finish({ type: 'NOT_CHATTY' }), this.joinTimeoutMs);
    this.link.join(this.#username);
    await Promise.race([this.#joined.promise, this.#end.promise]);
    clearTimeout(timer);
  }

  /** Until the person leaves, their input ends, or the line is down: then the view is closed and has no more lines. */
  async #talk(): Promise<void> {
    for await (const line of this.view.lines()) {
      if (this.#hasEnded) break;
      const [command, text] = splitOnce(line.trim());
      if (command === 'leave') break;
      if (command === 'send') await this.#send(text);
      else if (command === 'help') this.#show({ type: 'Help' });
      else if (command !== '') this.#show({ type: 'UnknownCommand', line });
    }
    if (!this.#hasEnded) this.link.leave(this.#username);
  }

  async #send(content: string): Promise<void> {
    try {
      if (content === '') this.#show({ type: 'NothingToSend' });
      else await this.link.send(this.#username, content);
    } catch (error) {
      if (!(error instanceof MessageTooLong)) throw error;
      this.#show({ type: 'TooLong', limit: error.limit, actual: error.actual });
    }
  }

  #onResponse(response: ChatResponse): void {
    if (response.type === 'Unknown') {
      this.#show({ type: 'UnknownResponse', text: response.text });
      if (!this.#hasJoined && ++this.#strangeResponses === MAX_STRANGE_RESPONSES) {
        this.#finish({ type: 'NOT_CHATTY' });
      }
      return;
    }
    const { memo } = response;
    if (response.type === 'Joined') {
      this.#hasJoined = true;
      // The server's word counts: it may know the name in another spelling.
      this.#username = memo.username;
      this.#show({ type: 'Welcome', ...memo });
      this.#joined.resolve();
    } else if (this.#hasJoined) {
      this.#show({ type: 'Memo', ...memo });
    } else if (response.type === 'Duplicate') {
      this.#finish({ type: 'NAME_TAKEN', username: this.#username });
    } else if (memo.username === SERVER_USERNAME) {
      // Before Joined, the server has only one thing to say to a stranger: why not.
      this.#finish({ type: 'NOT_ADMITTED', reason: memo.content });
    }
  }

  /** A view that is full makes the server wait, as any other reader that is slow. */
  #show(sight: Sight): void {
    const ready = this.view.show(sight);
    if (ready !== undefined) this.link.pauseUntil(ready);
  }

  #onLinkEnd(end: LinkEnd): void {
    this.#finish({ type: end === 'CLOSED' ? 'LEFT' : end });
  }

  /** The first end stands. Closing the view ends `#talk`. */
  #finish(end: ConversationEnd): void {
    this.#hasEnded = true;
    this.#end.resolve(end);
    this.view.close();
  }
}

/** The first word, and all that follows the white space after it. */
function splitOnce(line: string): [word: string, rest: string] {
  const end = line.search(/\s/);
  return end === -1 ? [line, ''] : [line.slice(0, end), line.slice(end).trimStart()];
}
