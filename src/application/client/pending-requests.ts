import type { ChatMemo, ChatResponse } from '../chat-response.js';

/** How long a server may take for an answer, in milliseconds. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Most names or memos of an answer that are kept; more than any server has to tell, and less than memory. */
const MAX_COLLECTED = 100_000;

export type Answer =
  | { readonly type: 'Users'; readonly users: readonly string[]; readonly away: readonly string[] }
  | { readonly type: 'History'; readonly memos: readonly ChatMemo[] }
  | { readonly type: 'Found'; readonly memos: readonly ChatMemo[] }
  | { readonly type: 'Refused'; readonly reason: string }
  | { readonly type: 'NO_ANSWER' };

type Part = Extract<ChatResponse, { type: 'Users' | 'History' | 'Found' }>;

interface PendingRequest {
  readonly users: string[];
  readonly away: string[];
  readonly memos: ChatMemo[];
  readonly resolve: (answer: Answer) => void;
}

/** What was asked and is not yet answered: puts answers together that come in parts. */
export class PendingRequests {
  readonly #open = new Map<string, PendingRequest>();
  #count = 0;

  /** @param put asks, under the `ref` that it is given */
  async ask(put: (ref: string) => void): Promise<Answer> {
    const ref = `q${++this.#count}`;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#open.set(ref, { users: [], away: [], memos: [], resolve });
    const timer = setTimeout(() => this.#settle(ref, { type: 'NO_ANSWER' }), ANSWER_TIMEOUT_MS);
    put(ref);
    const answer = await promise;
    clearTimeout(timer);
    return answer;
  }

  /** Takes a part of an answer; what nobody has asked for is passed over. */
  take(part: Part): void {
    const { ref = '' } = part;
    const pending = this.#open.get(ref);
    if (pending === undefined) return;
    const { users, away, memos } = pending;
    if (part.type === 'Users') {
      append(users, part.users);
      append(away, part.away);
      if (part.done) this.#settle(ref, { type: 'Users', users, away });
    } else {
      append(memos, part.memos);
      if (part.done) this.#settle(ref, { type: part.type, memos });
    }
  }

  /** Whether the refusal was of one of the questions. */
  refuse(ref: string, reason: string): boolean {
    return this.#settle(ref, { type: 'Refused', reason });
  }

  /** The line is down: nobody will answer. */
  drop(): void {
    for (const ref of this.#open.keys()) this.#settle(ref, { type: 'NO_ANSWER' });
  }

  #settle(ref: string, answer: Answer): boolean {
    this.#open.get(ref)?.resolve(answer);
    return this.#open.delete(ref);
  }
}

function append<T>(all: T[], some: readonly T[]): void {
  for (const one of some.slice(0, MAX_COLLECTED - all.length)) all.push(one);
}
