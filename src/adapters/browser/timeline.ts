import type { ChatMemo } from '../../application/chat-response.js';
import type { Seq } from '../../domain/events.js';
import { clockTime, dayOf } from '../view/time.js';
import { element, keepFocusIn } from './dom.js';
import { continues, type MessageRows } from './message-row.js';

/** Rows that are laid out together, or not at all while they are out of sight. */
const CHUNK_ROWS = 40;

/** What stands between two other things: a day, what is new, a gap. */
type RuleKind = 'day' | 'new' | 'plain';

/**
 * What was said, as rows: the oldest above. Rows are in chunks, so that the browser lays out only those in sight. Knows
 * nothing of scrolling.
 */
export class Timeline {
  readonly #bySeq = new Map<Seq, HTMLElement>();
  readonly #memos = new WeakMap<HTMLElement, ChatMemo>();
  #firstSeq: Seq | undefined;
  #lastSeq: Seq | undefined;
  /** The message below which the next one may stand; none after anything else. */
  #above: ChatMemo | undefined;
  #lastDay = '';
  #count = 0;
  #newRule: HTMLElement | undefined;

  constructor(
    private readonly root: HTMLElement,
    private readonly rows: MessageRows,
  ) {}

  /** How many rows there are. */
  get size(): number {
    return this.#count;
  }

  get firstSeq(): Seq | undefined {
    return this.#firstSeq;
  }

  get lastSeq(): Seq | undefined {
    return this.#lastSeq;
  }

  rowOf(seq: Seq): HTMLElement | undefined {
    return this.#bySeq.get(seq);
  }

  memoOf(row: HTMLElement): ChatMemo | undefined {
    return this.#memos.get(row);
  }

  /** A message below all others; nothing when it is there already. */
  append(memo: ChatMemo): HTMLElement | undefined {
    if (memo.seq !== undefined && this.#bySeq.has(memo.seq)) return undefined;
    this.#toDay(memo.at);
    const row = this.#rowOf(memo, continues(memo, this.#above));
    this.#add(row);
    this.#above = memo;
    this.#firstSeq ??= memo.seq;
    this.#lastSeq = memo.seq ?? this.#lastSeq;
    return row;
  }

  /** What chatty itself has to say, in one or more lines. */
  note(content: string | Node, at: number = Date.now()): HTMLElement {
    this.#toDay(at);
    const time = element('time', {}, clockTime(at));
    const note = element(
      'article',
      { class: 'row note', tabindex: '-1' },
      time,
      element('div', { class: 'text', dir: 'auto' }, content),
    );
    this.#add(note);
    return note;
  }

  /** A line below all others. Of those for what is new, there is one. */
  rule(text: string, kind: RuleKind = 'plain'): void {
    if (kind === 'new') this.#newRule?.remove();
    const made = ruleOf(text, kind);
    if (kind === 'new') this.#newRule = made;
    this.#add(made);
  }

  /** Older messages above all others, oldest first. */
  prepend(memos: readonly ChatMemo[]): void {
    const fresh = memos.filter(({ seq }) => seq === undefined || !this.#bySeq.has(seq));
    const top = this.root.firstElementChild?.firstElementChild;
    let day = '';
    let before: ChatMemo | undefined;
    let chunk: HTMLElement | undefined;
    const chunks: HTMLElement[] = [];
    for (const memo of fresh) {
      if (chunk === undefined || chunk.childElementCount >= CHUNK_ROWS) {
        chunk = newChunk();
        chunks.push(chunk);
      }
      if (dayOf(memo.at ?? 0) !== day) {
        day = dayOf(memo.at ?? 0);
        chunk.append(ruleOf(day, 'day'));
        before = undefined;
      }
      chunk.append(this.#rowOf(memo, continues(memo, before)));
      before = memo;
    }
    if (before === undefined) return;
    if (top?.classList.contains('day') && top.textContent === day) top.remove();
    if (this.#lastDay === '') this.#lastDay = day;
    this.root.prepend(...chunks);
    this.#count += chunks.reduce((sum, { childElementCount }) => sum + childElementCount, 0);
    this.#firstSeq = fresh[0]?.seq ?? this.#firstSeq;
    this.#lastSeq ??= before.seq;
  }

  /** A line above the first message after this time, if there is one, and one before it. */
  markNewSince(at: number, text: string): void {
    const rows = [...this.root.querySelectorAll<HTMLElement>('article')];
    const first = rows.findIndex(row => (this.#memos.get(row)?.at ?? 0) > at);
    const row = first > 0 ? rows[first] : undefined;
    if (row !== undefined) this.markNew(row, text);
  }

  /** A line above this message. */
  markNew(row: HTMLElement, text: string): void {
    this.#newRule?.remove();
    this.#newRule = ruleOf(text, 'new');
    row.before(this.#newRule);
  }

  /** A message is taken out of the history: of what it said, nothing stays. */
  erase(seq: Seq): void {
    const row = this.#bySeq.get(seq);
    const text = row?.querySelector('.text');
    row?.classList.add('erased');
    row?.querySelector('.unfold')?.remove();
    text?.classList.remove('folded');
    text?.replaceChildren('deleted');
  }

  /** Somebody is ignored, or not any more. */
  hideAnew(): void {
    for (const row of this.root.querySelectorAll<HTMLElement>('article')) {
      const memo = this.#memos.get(row);
      if (memo !== undefined) row.hidden = this.rows.hides(memo.username);
    }
  }

  /** Lets the oldest go, until there are no more rows than this. */
  trim(most: number): void {
    keepFocusIn(this.root, () => this.#trim(most));
  }

  #trim(most: number): void {
    let chunk = this.root.firstElementChild;
    while (this.#count > most && chunk !== null && chunk !== this.root.lastElementChild) {
      const next = chunk.nextElementSibling;
      for (const row of chunk.children) {
        const { seq } = this.#memos.get(row as HTMLElement) ?? {};
        if (seq !== undefined) this.#bySeq.delete(seq);
      }
      this.#count -= chunk.childElementCount;
      chunk.remove();
      chunk = next;
    }
    const first = this.root.querySelector<HTMLElement>('[data-seq]');
    this.#firstSeq = first === null ? undefined : this.#memos.get(first)?.seq;
  }

  /** The server counts anew: what is here has no numbers any more. */
  forgetNumbers(): void {
    this.#bySeq.clear();
    this.#firstSeq = undefined;
    this.#lastSeq = undefined;
  }

  clear(): void {
    keepFocusIn(this.root, () => this.root.replaceChildren());
    this.forgetNumbers();
    this.#count = 0;
    this.#lastDay = '';
    this.#above = undefined;
    this.#newRule = undefined;
  }

  #toDay(at: number = Date.now()): void {
    const day = dayOf(at);
    if (day === this.#lastDay) return;
    this.#lastDay = day;
    this.#add(ruleOf(day, 'day'));
  }

  #add(row: HTMLElement): void {
    let chunk = this.root.lastElementChild;
    if (chunk === null || chunk.childElementCount >= CHUNK_ROWS) {
      chunk = newChunk();
      this.root.append(chunk);
    }
    chunk.append(row);
    this.#count++;
    this.#above = undefined;
  }

  #rowOf(memo: ChatMemo, isContinued: boolean): HTMLElement {
    const row = this.rows.row(memo, isContinued);
    this.#memos.set(row, memo);
    if (memo.seq !== undefined) this.#bySeq.set(memo.seq, row);
    return row;
  }
}

function newChunk(): HTMLElement {
  return element('div', { class: 'chunk' });
}

function ruleOf(text: string, kind: RuleKind): HTMLElement {
  return element(
    'div',
    { class: `rule ${kind}`, role: 'separator', 'aria-label': text },
    element('span', {}, text),
  );
}
