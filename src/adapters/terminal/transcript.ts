import type { ChatMemo } from '../../application/chat-response.js';
import type { Style, Tier } from './line-editor/color.js';
import type { Line, Span } from './line-editor/spans.js';
import { widthOf } from './line-editor/width.js';
import { Mentions } from './mentions.js';
import { colorOf } from './name-colors.js';
import { type PresenceChange, presenceText } from './presence.js';
import { clockTime, dayOf, localTime } from './time.js';

const DIM: Style = { dim: true };
const MENTION: Style = { bold: true, inverse: true };

/** How wide a name may be for the text to be indented below it, in columns. */
const MAX_NAME_INDENT = 20;

/** Puts what was said into lines for a screen, and a line between two days. */
export class Transcript {
  #mentions = new Mentions('');
  #day: string;
  #username = '';

  constructor(
    private readonly tier: Tier,
    private readonly now: () => number,
  ) {
    this.#day = dayOf(now());
  }

  /** Who reads this. */
  set username(username: string) {
    this.#username = username;
    this.#mentions = new Mentions(username);
  }

  isMention({ username, content }: ChatMemo): boolean {
    return username !== this.#username && this.#mentions.isIn(content);
  }

  /** A message, after a line for its day if that is another one than before. */
  message(memo: ChatMemo): Line[] {
    const at = memo.at ?? this.now();
    return [...this.#daysTo(at), this.#line(clockTime(at), memo)];
  }

  /** Joins and leaves. */
  presence(change: PresenceChange): Line[] {
    return [
      ...this.#daysTo(change.at),
      dim(`${clockTime(change.at)} ${arrowOf(change)}${presenceText(change)}`, 6),
    ];
  }

  /** Messages from before the Join, set apart, with a line for each of their days, and one below. */
  earlier(memos: readonly ChatMemo[], end: string): Line[] {
    const lines = memos.flatMap(memo => {
      const at = memo.at ?? this.now();
      return [...this.#daysTo(at), this.#line(clockTime(at), memo, DIM)];
    });
    return [...lines, rule(end)];
  }

  /** Messages that were asked for, between two lines; each with its day, unless it is today. */
  answer(memos: readonly ChatMemo[], start: string, end: string): Line[] {
    const today = dayOf(this.now());
    const lines = memos.map(memo => {
      const { at = this.now() } = memo;
      return this.#line(dayOf(at) === today ? clockTime(at) : localTime(at), memo, DIM);
    });
    return [rule(start), ...lines, rule(end)];
  }

  #daysTo(at: number): Line[] {
    const day = dayOf(at);
    if (day === this.#day) return [];
    this.#day = day;
    return [rule(day)];
  }

  #line(time: string, { username, content, kind }: ChatMemo, style?: Style): Line {
    const indent = time.length + 1;
    const name: Span = {
      text: username,
      style: { ...style, bold: true, color: colorOf(username, this.tier) },
    };
    const start: Span = { text: `${time} `, style: DIM };
    if (kind === 'joined' || kind === 'left')
      return dim(`${time} ${arrow(kind)} ${username} ${kind}`, indent);
    const text = this.#textOf(username, content, style);
    if (kind === 'action')
      return {
        spans: [start, { text: '* ', style }, name, { text: ' ', style }, ...text],
        indent: indent + 2,
      };
    const width = Math.min(widthOf(username), MAX_NAME_INDENT);
    return { spans: [start, name, { text: '  ', style }, ...text], indent: indent + width + 2 };
  }

  #textOf(username: string, content: string, style: Style | undefined): Span[] {
    if (username === this.#username || !this.#mentions.isIn(content)) return [{ text: content, style }];
    return this.#mentions
      .split(content)
      .map(({ text, isMention }) => ({ text, style: isMention ? MENTION : style }));
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
