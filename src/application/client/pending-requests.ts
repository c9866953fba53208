import type { ChatRequest } from '../chat-request.js';
import type { ChatAnswer } from '../chat-response.js';
import type { CompleteAnswer, UnansweredRequest } from './client-event.js';

/** How long a server may take for an answer, in milliseconds. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Longest list in an answer that is kept; more than any server has to tell, and less than memory. */
const MAX_COLLECTED = 100_000;

/** What became of a request. */
export type Answer =
  | CompleteAnswer
  | { readonly type: 'Refused'; readonly reason: string }
  | UnansweredRequest;

interface PendingRequest {
  readonly asked: ChatRequest['type'];
  /** What has come so far. */
  readonly collected: Record<string, unknown>;
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
    this.#open.set(ref, { asked, collected: {}, resolve });
    const timer = setTimeout(() => this.#settle(ref, noAnswer(asked)), ANSWER_TIMEOUT_MS);
    put(ref);
    const answer = await promise;
    clearTimeout(timer);
    return answer;
  }

  /** Takes an answer, or a part of one; ignores what answers no request. */
  take(answer: ChatAnswer & { readonly ref?: string; readonly done?: boolean }): void {
    const { ref = '', done = true, ...part } = answer;
    const pending = this.#open.get(ref);
    if (pending === undefined) return;
    for (const [name, value] of Object.entries(part))
      pending.collected[name] = joined(pending.collected[name], value);
    if (done) this.#settle(ref, pending.collected as unknown as CompleteAnswer);
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

function noAnswer(asked: ChatRequest['type']): Answer {
  return { type: 'Unanswered', asked, why: 'NO_ANSWER' };
}

/** Lists grow with each part, up to a bound; of all else the last part counts. */
function joined(known: unknown, added: unknown): unknown {
  if (!Array.isArray(added)) return added;
  const all: unknown[] = Array.isArray(known) ? known : [];
  for (const one of added.slice(0, MAX_COLLECTED - all.length)) all.push(one);
  return all;
}
