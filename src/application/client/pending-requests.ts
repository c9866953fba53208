import { type ChatRequest, MAX_ANSWER } from '../chat-request.js';
import type { ChatAnswer, ChatMemo } from '../chat-response.js';
import type { CompleteAnswer, UnansweredRequest } from './client-event.js';
import { Collected } from './collected.js';

/** How long a server may take for an answer, in milliseconds. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Most names in an answer that are kept, and most messages: more than any server has to tell. */
const MAX_NAMES = 100_000;
const MAX_MEMOS = MAX_ANSWER;

/** What each request is answered with. */
const ANSWERS: Record<ChatRequest['type'], ChatAnswer['type']> = {
  who: 'Users',
  history: 'History',
  search: 'Found',
  keys: 'Keys',
  addKey: 'Keys',
  removeKey: 'Keys',
  moderate: 'Moderated',
  bans: 'Bans',
};

/** What became of a request. */
export type Answer =
  | CompleteAnswer
  | { readonly type: 'Refused'; readonly reason: string }
  | UnansweredRequest;

interface PendingRequest {
  readonly asked: ChatRequest['type'];
  /** What has come so far. */
  readonly users: Collected<string>;
  readonly away: Collected<string>;
  readonly verified: Collected<string>;
  readonly memos: Collected<ChatMemo>;
  readonly resolve: (answer: Answer) => void;
}

/** Requests that are not yet answered: puts answers together that come in parts. */
export class PendingRequests {
  readonly #open = new Map<string, PendingRequest>();
  #count = 0;

  /** @param put sends the request, under the `ref` that it is given */
  async ask(asked: ChatRequest['type'], put: (ref: string) => void): Promise<Answer> {
    const ref = `q${++this.#count}`;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const users = new Collected<string>(MAX_NAMES);
    const away = new Collected<string>(MAX_NAMES);
    const verified = new Collected<string>(MAX_NAMES);
    this.#open.set(ref, { asked, users, away, verified, memos: new Collected(MAX_MEMOS), resolve });
    const timer = setTimeout(() => this.#settle(ref, noAnswer(asked)), ANSWER_TIMEOUT_MS);
    put(ref);
    const answer = await promise;
    clearTimeout(timer);
    return answer;
  }

  /** Takes an answer, or a part of one; ignores what answers no request, or another one. */
  take(answer: ChatAnswer): void {
    const pending = this.#open.get(answer.ref ?? '');
    if (pending === undefined || ANSWERS[pending.asked] !== answer.type) return;
    const { ref = '', done, ...part } = answer;
    const whole = collected(pending, part);
    if (done) this.#settle(ref, whole);
  }

  /** Whether the refusal was of one of the requests. */
  refuse(ref: string, reason: string): boolean {
    return this.#settle(ref, { type: 'Refused', reason });
  }

  /** No answer will come any more. */
  drop(): void {
    for (const [ref, { asked }] of this.#open) this.#settle(ref, noAnswer(asked));
  }

  #settle(ref: string, answer: Answer): boolean {
    this.#open.get(ref)?.resolve(answer);
    return this.#open.delete(ref);
  }
}

/** All that has come so far, with this part. */
function collected({ users, away, verified, memos }: PendingRequest, part: CompleteAnswer): CompleteAnswer {
  switch (part.type) {
    case 'Keys':
    case 'Moderated':
    case 'Bans':
      return part; // has no parts
    case 'Users': {
      users.add(part.users);
      away.add(part.away);
      verified.add(part.verified ?? []);
      const proven = verified.all.length > 0 && { verified: verified.all };
      return { type: 'Users', users: users.all, away: away.all, ...proven };
    }
    default:
      memos.add(part.memos);
      return { type: part.type, memos: memos.all };
  }
}

function noAnswer(asked: ChatRequest['type']): Answer {
  return { type: 'Unanswered', asked, why: 'NO_ANSWER' };
}
