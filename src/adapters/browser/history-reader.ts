import type { ChatRequest } from '../../application/chat-request.js';
import type { ChatMemo } from '../../application/chat-response.js';
import type { ClientEvent } from '../../application/client/client-event.js';
import type { Seq } from '../../domain/events.js';
import type { LogScroll } from './log-scroll.js';
import type { Timeline } from './timeline.js';

/** How many messages are loaded at a time, and how many events they are looked for in. */
const PAGE = 100;
const SPAN = 200;

/** Most rows while somebody reads at the end, and while they read further up; then newer ones are left out. */
const MOST_AT_END = 1500;
export const MOST_ROWS = 12_000;

/** What a reader works with. */
export interface HistoryParts {
  readonly timeline: Timeline;
  readonly scroll: () => LogScroll;
  readonly entries: HTMLElement;
  readonly older: HTMLElement;
  readonly newer: HTMLElement;
  ask(request: ChatRequest): Promise<ClientEvent | undefined>;
}

/**
 * Loads what was said before, as somebody scrolls there; and, from a place far up, what was said after it. At the end,
 * what is said now is added (`isLive`); far from it, it is only counted, and loaded again on the way back.
 */
export class HistoryReader {
  isLive = true;
  /** Nothing older is there. */
  #isAtBeginning = false;
  #isLoading = false;
  /** Of the newest message that anybody has said. */
  #head: Seq = 0;
  #saidAt = 0;

  constructor(private readonly parts: HistoryParts) {
    parts.older.hidden = true;
  }

  /** Something has happened, shown or not. @param at in milliseconds since 1970 */
  said(seq: Seq = 0, at: number = 0): void {
    this.#head = Math.max(this.#head, seq);
    this.#saidAt = Math.max(this.#saidAt, at);
  }

  /** When the last thing has happened that is known here; 0 where nothing is. */
  get saidAt(): number {
    return this.#saidAt;
  }

  /** Whether what is said now is to be shown below what is there. */
  makeRoom(): boolean {
    const { timeline, scroll } = this.parts;
    if (!this.isLive) return false;
    if (scroll().isAtEnd && timeline.size > MOST_AT_END) {
      timeline.trim(MOST_AT_END);
      this.#isAtBeginning = false;
    } else if (timeline.size > MOST_ROWS) this.isLive = false;
    return this.isLive;
  }

  async loadOlder(): Promise<void> {
    const { timeline, scroll, entries, older } = this.parts;
    const before = timeline.firstSeq;
    if (this.#isLoading || this.#isAtBeginning || before === undefined || timeline.size > MOST_ROWS) return;
    const memos = await this.#load({ type: 'history', limit: PAGE, before }, older);
    if (memos === undefined || timeline.firstSeq !== before) return;
    this.#isAtBeginning = memos.length === 0;
    scroll().keep(entries.querySelector('article'), () => timeline.prepend(memos));
    scroll().look();
  }

  /** Only on the way back from a place far up. */
  async loadNewer(): Promise<void> {
    const { timeline, scroll, newer } = this.parts;
    const after = timeline.lastSeq;
    if (this.isLive || this.#isLoading || after === undefined || timeline.size > 2 * MOST_ROWS) return;
    for (let upTo = after + SPAN; ; upTo += SPAN) {
      const memos = await this.#load({ type: 'history', limit: SPAN, before: upTo + 1 }, newer);
      if (memos === undefined || this.isLive || timeline.lastSeq !== after) return;
      const fresh = memos.filter(({ seq = 0 }) => seq > after);
      for (const memo of fresh) timeline.append(memo);
      this.isLive = upTo >= this.#head;
      if (fresh.length > 0 || this.isLive) return scroll().look();
    }
  }

  /** Shows a message where it was said. @returns whether it is still there */
  async jumpTo(seq: Seq): Promise<boolean> {
    const { timeline, scroll, newer } = this.parts;
    if (timeline.rowOf(seq) === undefined) {
      const before = seq + SPAN / 2;
      const memos = await this.#load({ type: 'history', limit: SPAN, before }, newer);
      if (memos === undefined || !memos.some(memo => memo.seq === seq)) return false;
      timeline.clear();
      timeline.prepend(memos);
      this.#isAtBeginning = false;
      this.isLive = before > this.#head;
    }
    const row = timeline.rowOf(seq);
    if (row !== undefined) scroll().show(row);
    scroll().look();
    return true;
  }

  /** Back to what is said now. */
  async toEnd(): Promise<void> {
    const { timeline, scroll, newer } = this.parts;
    if (!this.isLive) {
      const memos = await this.#load({ type: 'history', limit: PAGE }, newer);
      if (memos === undefined) return;
      timeline.clear();
      timeline.prepend(memos);
      this.#isAtBeginning = memos.length === 0;
      this.isLive = true;
    }
    scroll().toEnd();
  }

  /** What comes now belongs to nothing that was loaded before. */
  begin(): void {
    this.#isAtBeginning = false;
    this.#head = 0;
    this.isLive = true;
  }

  async #load(
    request: Extract<ChatRequest, { type: 'history' }>,
    sign: HTMLElement,
  ): Promise<readonly ChatMemo[] | undefined> {
    this.#isLoading = true;
    sign.hidden = false;
    const answer = await this.parts.ask(request);
    sign.hidden = true;
    this.#isLoading = false;
    return answer?.type === 'History' ? answer.memos : undefined;
  }
}
