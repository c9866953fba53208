import type { ChatMemo } from '../../application/chat-response.js';
import { Hits } from '../view/hits.js';
import { Mentions, type Piece } from '../view/mentions.js';
import { type PresenceChange, presenceText } from '../view/presence.js';
import { clockTime, dayOf, localTime } from '../view/time.js';
import { markOf } from '../view/verified-name.js';
import type { Style, Tier } from './line-editor/color.js';
import type { Line, Span } from './line-editor/spans.js';
import { widthOf } from './line-editor/width.js';
import { NameColors } from './name-colors.js';

const DIM: Style = { dim: true };
/** The mark behind a name that is proven. */
const VERIFIED: Style = { dim: true };
const MENTION: Style = { bold: true, inverse: true };

/** A hit of a search. */
const HIT: Style = { bold: true, underline: true };

/** How wide a name may be for the text to be indented below it, in columns. */
const MAX_NAME_INDENT = 20;
/** On narrower screens, names have no column of their own. */
const LEAST_FOR_COLUMN = 60;
/** What stands between the time and a notice: no name has it. */
const NOTICE = '-!-';

export interface TranscriptOptions {
  readonly tier: Tier;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How wide the column of names may become; none when absent or 0. */
  readonly align?: number | undefined;
  /** How wide the screen is. */
  readonly columns?: () => number;
}

/** What marks places in a text. */
interface Marks {
  split(text: string): Piece[];
}

/** Puts what was said into lines for a screen, and a line between two days. */
export class Transcript {
  readonly #colors: NameColors;
  #mentions: readonly Mentions[] = [];
  #words: readonly Mentions[] = [];
  #day: string;
  #username = '';
  /** As wide as the widest name that has spoken. */
  #nameColumn = 0;

  constructor(private readonly options: TranscriptOptions) {
    this.#colors = new NameColors(options.tier);
    this.#day = dayOf(options.now());
  }

  /** Who reads this. */
  set username(username: string) {
    this.#username = username;
    this.#mentions = [new Mentions(username)];
  }

  /** Words that are marked as the reader's name is. */
  set words(words: readonly string[]) {
    this.#words = words.map(word => new Mentions(word));
  }

  /** Somebody is not here any more. */
  left(username: string): void {
    this.#colors.left(username);
  }

  isMention({ username, content }: ChatMemo): boolean {
    return username !== this.#username && this.#all.some(mention => mention.isIn(content));
  }

  /** A message, after a line for its day if that is another one than before. */
  message(memo: ChatMemo): Line[] {
    const at = memo.at ?? this.options.now();
    return [...this.#daysTo(at), this.#line(clockTime(at), memo)];
  }

  /** Joins and leaves. */
  presence(change: PresenceChange): Line[] {
    return [
      ...this.#daysTo(change.at),
      dim(`${clockTime(change.at)} ${arrowOf(change)}${presenceText(change)}`, 6),
    ];
  }

  /** What chatty itself has to say, with the time. */
  notice(text: string): Line[] {
    const time = clockTime(this.options.now());
    return text.split('\n').map(line => ({
      spans: [{ text: `${time} ${NOTICE} `, style: DIM }, { text: line }],
      indent: time.length + NOTICE.length + 2,
    }));
  }

  /** Messages from before the Join, set apart, with a line for each of their days, and one below. */
  earlier(memos: readonly ChatMemo[], end: string): Line[] {
    const lines = memos.flatMap(memo => {
      const at = memo.at ?? this.options.now();
      return [...this.#daysTo(at), this.#line(clockTime(at), memo, { style: DIM })];
    });
    return [...lines, rule(end)];
  }

  /**
   * Messages that were asked for, between two lines; each with its day, unless it is today.
   * @param found what they were found by; then they are numbered, the last one with 1
   */
  answer(memos: readonly ChatMemo[], start: string, end: string, found?: string): Line[] {
    const today = dayOf(this.options.now());
    const marks = found === undefined ? undefined : new Hits(found);
    const lines = memos.map((memo, index) => {
      const { at = this.options.now() } = memo;
      const time = dayOf(at) === today ? clockTime(at) : localTime(at);
      const number = found === undefined ? '' : `#${memos.length - index} `;
      return this.#line(number + time, memo, { marks });
    });
    return [rule(start), ...lines, rule(end)];
  }

  get #all(): readonly Mentions[] {
    return [...this.#mentions, ...this.#words];
  }

  #daysTo(at: number): Line[] {
    const day = dayOf(at);
    if (day === this.#day) return [];
    this.#day = day;
    return [rule(day)];
  }

  #line(time: string, memo: ChatMemo, how: { style?: Style; marks?: Marks | undefined } = {}): Line {
    const { username, kind } = memo;
    const { style } = how;
    const indent = time.length + 1;
    const mark = markOf(memo);
    const name: Span[] = [
      { text: username, style: { ...style, ...this.#styleOf(username) } },
      ...(mark === '' ? [] : [{ text: mark, style: style ?? VERIFIED }]),
    ];
    const start: Span = { text: `${time} `, style: DIM };
    if (kind === 'joined' || kind === 'left')
      return dim(`${time} ${arrow(kind)} ${username}${mark} ${kind}`, indent);
    const text = this.#textOf(memo, how);
    if (kind === 'notice')
      return {
        spans: [start, { text: `${NOTICE} `, style: DIM }, ...text],
        indent: indent + NOTICE.length + 1,
      };
    if (kind === 'action')
      return {
        spans: [start, { text: '* ', style }, ...name, { text: ' ', style }, ...text],
        indent: indent + 2,
      };
    const width = this.#widthFor(username + mark);
    const gap = ' '.repeat(Math.max(0, width - widthOf(username + mark)) + 2);
    return {
      spans: [start, ...name, { text: gap, style }, ...text],
      indent: indent + Math.min(width, MAX_NAME_INDENT) + 2,
    };
  }

  /** One's own name is underlined, in no color: nobody else's is. */
  #styleOf(username: string): Style {
    if (username === this.#username) return { bold: true, underline: true };
    return { bold: true, color: this.#colors.of(username) };
  }

  /** How many columns a name takes, and its padding. */
  #widthFor(username: string): number {
    const { align = 0, columns = () => 0 } = this.options;
    const width = widthOf(username);
    if (columns() < LEAST_FOR_COLUMN) return width;
    if (width <= align) this.#nameColumn = Math.max(this.#nameColumn, width);
    return Math.max(width, this.#nameColumn);
  }

  #textOf(
    { username, content }: ChatMemo,
    { style, marks }: { style?: Style; marks?: Marks | undefined },
  ): Span[] {
    const pieces = (all: readonly Piece[], marked: Style): Span[] =>
      all.map(({ text, isMention }) => ({ text, style: isMention ? marked : style }));
    if (marks !== undefined) return pieces(marks.split(content), HIT);
    const mention = username === this.#username ? undefined : this.#all.find(one => one.isIn(content));
    return mention === undefined ? [{ text: content, style }] : pieces(mention.split(content), MENTION);
  }
}

/** A line between others; in a message, the same text has a time and a name before it. */
export function rule(text: string): Line {
  return dim(`--- ${text} ---`);
}

/** A line that is no message. */
export function plain(text: string, style?: Style): Line[] {
  return text.split('\n').map(line => ({ spans: [{ text: line, style }], indent: 4 }));
}

function dim(text: string, indent = 4): Line {
  return { spans: [{ text, style: DIM }], indent };
}

/** Of many their numbers say which way. */
function arrowOf({ joined, left }: PresenceChange): string {
  if (joined.length + left.length > 1) return '';
  return `${arrow(joined.length > 0 ? 'joined' : 'left')} `;
}

function arrow(kind: 'joined' | 'left'): string {
  return kind === 'joined' ? '→' : '←';
}
