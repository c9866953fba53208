import type { ChatRequest } from '../../application/chat-request.js';
import type { ChatMemo } from '../../application/chat-response.js';
import type { Seq } from '../../domain/events.js';

/** How many messages are shown before and after one that was found, and how many events they are looked for in. */
const AROUND = 5;
const SPAN = 60;

/** What the last search has found, and what is shown around one of it. */
export class FoundMessages {
  /** Newest first. */
  #found: readonly ChatMemo[] = [];
  /** The message around which something was asked for. */
  #middle: Seq | undefined;

  /** @param which counted from the newest, which is 1; nothing when there is none */
  seqOf(which: number): Seq | undefined {
    return this.#found[which - 1]?.seq;
  }

  /** What to ask for, to show what was said before and after a message. */
  around(seq: Seq): ChatRequest {
    this.#middle = seq;
    // Comings and goings have numbers as well.
    return { type: 'history', limit: SPAN * 2, before: seq + SPAN + 1 };
  }

  /** Of an answer, what was asked for: all of it, or some messages around one. */
  take(type: 'Earlier' | 'History' | 'Found', memos: readonly ChatMemo[]): readonly ChatMemo[] {
    if (type === 'Found') this.#found = memos;
    if (type !== 'History' || this.#middle === undefined) return memos;
    const at = memos.findIndex(({ seq }) => seq === this.#middle);
    this.#middle = undefined;
    return at < 0 ? memos : memos.slice(Math.max(0, at - AROUND), at + AROUND + 1);
  }
}
