import type { ChatMemo } from '../../application/chat-response.js';
import { usernameKey } from '../../domain/name-key.js';
import { splitLinks } from '../view/links.js';
import { Mentions, type Piece } from '../view/mentions.js';
import { NamePlaces } from '../view/name-places.js';
import { clockTime, dayOf } from '../view/time.js';
import { visible } from '../view/visible.js';
import { element, isolated, unseen } from './dom.js';

/** How many colors names have; see page.css. */
const COLORS = 12;

/** Messages of one author within this time stand below one name, in milliseconds. */
const TOGETHER_MS = 5 * 60_000;

/** Longer messages than this, and those of more lines, are folded; in UTF-16 units. */
const TALL_LENGTH = 1200;
const TALL_LINES = 14;

/** Marks what a text has in it. */
export interface Marks {
  split(text: string): Piece[];
}

const NO_MARKS: Marks = { split: text => [{ text, isMention: false }] };
const letters = new Intl.Segmenter();

/** Whether a message stands below the name of the one before. */
export function continues(memo: ChatMemo, before: ChatMemo | undefined): boolean {
  if (before === undefined || memo.kind !== 'message' || before.kind !== 'message') return false;
  const isClose = Math.abs((memo.at ?? 0) - (before.at ?? 0)) < TOGETHER_MS;
  return isClose && memo.username === before.username && memo.verified === before.verified;
}

/** Makes rows of messages: every text in them is a text, safe for whoever sees it. */
export class MessageRows {
  readonly #colors = new NamePlaces(COLORS);
  #username = '';
  /** Of whom nothing is shown. */
  hides: (username: string) => boolean = () => false;
  #own: readonly Mentions[] = [];
  #words: readonly Mentions[] = [];

  /** Who reads this. */
  set username(username: string) {
    this.#username = username;
    this.#own = [new Mentions(username)];
  }

  /** Words that are marked as the reader's name is. */
  set words(words: readonly string[]) {
    this.#words = words.map(word => new Mentions(word));
  }

  isOwn(username: string): boolean {
    return usernameKey(username) === usernameKey(this.#username);
  }

  /** Somebody is not here any more. */
  left(username: string): void {
    this.#colors.left(username);
  }

  colorOf(username: string): string {
    return this.isOwn(username) ? 'own' : `c${this.#colors.of(username)}`;
  }

  isMention(memo: ChatMemo): boolean {
    return this.#markIn(memo) !== undefined;
  }

  /** @param isContinued whether it stands below the name of the one before */
  row(memo: ChatMemo, isContinued: boolean): HTMLElement {
    const { username, content, seq, at = Date.now(), kind } = memo;
    const text = element('div', { class: 'text', dir: 'auto' });
    const mark = this.#markIn(memo);
    text.append(...textOf(content, mark));
    const classes = ['row', kind ?? 'message', isContinued ? 'continued' : 'head'];
    if (mark !== undefined) classes.push('mention');
    const row = element('article', { class: classes.join(' '), tabindex: '-1', 'data-seq': seq?.toString() });
    const time = element(
      'time',
      { datetime: isoOf(at), title: `${dayOf(at)}, ${clockTime(at)}` },
      clockTime(at),
    );
    if (kind === 'notice') row.append(time, text);
    else if (kind === 'action') row.append(time, element('p', {}, '* ', this.name(memo), ' ', text));
    else if (isContinued)
      row.append(time, element('p', { class: 'body' }, unseen(`${visible(username)}: `), text));
    else
      row.append(
        this.face(username),
        element('div', { class: 'body' }, element('p', { class: 'by' }, this.name(memo), time), text),
      );
    if (isTall(content)) fold(text);
    row.hidden = this.hides(username);
    return row;
  }

  /** A name that can be pressed, with its mark. */
  name({ username, verified }: Pick<ChatMemo, 'username' | 'verified'>): HTMLElement {
    const shown = isolated(visible(username));
    const button = element(
      'button',
      { type: 'button', class: `name ${this.colorOf(username)}`, tabindex: '-1', 'data-name': username },
      shown,
    );
    return verified ? element('span', { class: 'who' }, button, verifiedMark()) : button;
  }

  /** The first letter of a name in its color. */
  face(username: string): HTMLElement {
    const [first] = letters.segment(visible(username));
    return element(
      'span',
      { class: `face ${this.colorOf(username)}`, 'aria-hidden': 'true' },
      first?.segment.toUpperCase(),
    );
  }

  #markIn({ username, content, kind }: ChatMemo): Mentions | undefined {
    if (kind === 'notice' || this.isOwn(username)) return undefined;
    return [...this.#own, ...this.#words].find(mention => mention.isIn(content));
  }
}

/** Stands behind a name that is proven. */
export function verifiedMark(): HTMLElement {
  return element(
    'span',
    { class: 'verified', title: 'The name is proven by a key' },
    '✓',
    unseen(' verified'),
  );
}

/** A text with its links, and with what the marks find in it. */
export function textOf(content: string, marks: Marks = NO_MARKS): Node[] {
  const safe = content.split('\n').map(visible).join('\n');
  return splitLinks(safe).flatMap(({ text, href, host }) => {
    if (href !== undefined)
      return host === undefined ? [linkTo(text, href)] : [linkTo(text, href), inDoubt(host)];
    return marks
      .split(text)
      .map(piece =>
        piece.isMention ? element('mark', {}, piece.text) : document.createTextNode(piece.text),
      );
  });
}

/** Nobody learns from which page somebody comes, and the page that opens learns nothing of this one. */
function linkTo(text: string, href: string): HTMLElement {
  return element(
    'a',
    { href, target: '_blank', rel: 'noopener noreferrer nofollow', title: href === text ? undefined : href },
    text,
  );
}

/** Behind an address whose letters may be taken for others: also a finger, which shows no title, is told. */
function inDoubt(host: string): HTMLElement {
  return element('span', { class: 'host' }, ` (${host})`);
}

function isTall(content: string): boolean {
  return content.length > TALL_LENGTH || content.split('\n', TALL_LINES + 1).length > TALL_LINES;
}

function fold(text: HTMLElement): void {
  text.classList.add('folded');
  const more = element('button', { type: 'button', class: 'unfold' }, 'Show all of it');
  more.addEventListener('click', () => {
    text.classList.remove('folded');
    more.closest<HTMLElement>('article')?.focus({ preventScroll: true }); // the button goes
    more.remove();
  });
  text.after(more);
}

function isoOf(at: number): string | undefined {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
