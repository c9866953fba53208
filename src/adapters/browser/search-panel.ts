import type { ChatRequest } from '../../application/chat-request.js';
import type { ChatMemo } from '../../application/chat-response.js';
import type { ClientEvent } from '../../application/client/client-event.js';
import type { Seq } from '../../domain/events.js';
import { eventText } from '../view/event-text.js';
import { Hits } from '../view/hits.js';
import { readSearch } from '../view/search-line.js';
import { clockTime, dayOf } from '../view/time.js';
import { wordsFor } from '../view/typed-replies.js';
import { cut, visible } from '../view/visible.js';
import { element } from './dom.js';
import { type MessageRows, textOf } from './message-row.js';

/** Longest part of a message that a hit shows, in UTF-16 units. */
const MAX_LENGTH = 400;
/** Most hits that are shown. */
const MOST_HITS = 1000;

type Search = Extract<ChatRequest, { type: 'search' }>;

/** What the panel works with. */
export interface SearchParts {
  readonly form: HTMLFormElement;
  readonly text: HTMLInputElement;
  readonly state: HTMLElement;
  readonly hits: HTMLElement;
  readonly more: HTMLButtonElement;
  readonly rows: MessageRows;
  ask(request: ChatRequest): Promise<ClientEvent | undefined>;
  open(seq: Seq): void;
}

/** Finds what was said, and leads to it. */
export class SearchPanel {
  #search: Search | undefined;
  #count = 0;

  constructor(private readonly parts: SearchParts) {
    parts.form.addEventListener('submit', event => {
      event.preventDefault();
      void this.search(parts.text.value.trim());
    });
    parts.more.addEventListener('click', () => this.#search && void this.#load(this.#search));
  }

  async search(text: string): Promise<void> {
    const { hits, more, state } = this.parts;
    this.parts.text.value = text;
    const line = readSearch(text);
    hits.replaceChildren();
    more.hidden = true;
    this.#count = 0;
    if (line.type === 'wrong') state.textContent = wordsFor(line);
    else if (line.type === 'request' && line.request.type === 'search') await this.#load(line.request);
  }

  /** A message is taken out of the history: it is not found any more, and of what it said, nothing stays. */
  erase(seq: Seq): void {
    const hit = this.parts.hits.querySelector<HTMLButtonElement>(`.hit[data-seq="${seq}"]`);
    hit?.querySelector('.text')?.replaceChildren('deleted');
  }

  async #load(search: Search): Promise<void> {
    const { state, more } = this.parts;
    this.#search = search;
    state.textContent = 'Searching…';
    const answer = await this.parts.ask(search);
    if (this.#search !== search) return; // another one was begun meanwhile
    if (answer?.type !== 'Found') {
      state.textContent = (answer && eventText(answer, '/')) ?? 'There was no answer. Search again.';
      return;
    }
    this.#show(answer.memos, search.words);
    const last = Math.min(...answer.memos.map(({ seq = 0 }) => seq));
    const isMore = answer.memos.length >= search.limit && this.#count < MOST_HITS;
    const next = this.parts.hits.children[this.#count - answer.memos.length]?.querySelector('button');
    if (document.activeElement === more) next?.focus();
    more.hidden = !isMore;
    if (isMore) this.#search = { ...search, before: last };
    const many = this.#count === 1 ? '1 message' : `${this.#count} messages`;
    state.textContent =
      this.#count === 0 ? 'Nothing was found.' : `${many}${isMore ? ', there may be more' : ''}`;
  }

  #show(memos: readonly ChatMemo[], words: string): void {
    const marks = new Hits(words);
    this.#count += memos.length;
    this.parts.hits.append(...memos.map(memo => this.#hit(memo, marks)));
  }

  #hit(memo: ChatMemo, marks: Hits): HTMLElement {
    const { rows } = this.parts;
    const { at = 0, seq, username, content } = memo;
    const text = element('span', { class: 'text', dir: 'auto' }, ...hitText(content, marks));
    const button = element(
      'button',
      { type: 'button', class: 'hit', 'data-seq': seq?.toString() },
      element(
        'span',
        { class: 'by' },
        element('bdi', { class: `name ${rows.colorOf(username)}` }, visible(username)),
      ),
      element('time', {}, `${dayOf(at)}, ${clockTime(at)}`),
      text,
    );
    button.addEventListener('click', () => seq !== undefined && this.parts.open(seq));
    return element('li', {}, button);
  }
}

/** Links in a button would be none. */
function hitText(content: string, marks: Hits): (Node | string)[] {
  return textOf(cut(content, MAX_LENGTH), marks).map(node =>
    node instanceof HTMLAnchorElement ? (node.textContent ?? '') : node,
  );
}
