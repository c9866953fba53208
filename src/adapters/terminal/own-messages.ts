import type { OutgoingMessage } from '../../application/chat-request.js';
import type { Span } from './line-editor/spans.js';

/** Most unconfirmed messages that are shown, the newest; the others are counted. */
const MAX_SHOWN = 3;
/** Longest part of a message that could fit on a row, in UTF-16 units. */
const MAX_LENGTH = 500;

export interface OwnMessage {
  readonly ref: string;
  readonly content: string;
  readonly kind?: 'action';
}

/** Own messages that are not yet confirmed, in the order in which they were said. */
export class OwnMessages {
  readonly #messages = new Map<string, OwnMessage>();

  get size(): number {
    return this.#messages.size;
  }

  add(message: OwnMessage): void {
    this.#messages.set(message.ref, message);
  }

  /** Takes out the message of a `ref`, which is answered. */
  settle(ref: string): OwnMessage | undefined {
    const message = this.#messages.get(ref);
    this.#messages.delete(ref);
    return message;
  }

  /** Takes out the oldest message of a content: it is refused, and only its words say which it was. */
  settleText(content: string): OwnMessage | undefined {
    for (const message of this.#messages.values())
      if (message.content === content) return this.settle(message.ref);
    return undefined;
  }

  /** Takes out all that are left. */
  takeAll(): OwnMessage[] {
    const all = [...this.#messages.values()];
    this.#messages.clear();
    return all;
  }

  /** As they will be printed, with dots in place of the time. */
  rows(username: string): Span[][] {
    return rowsOf([...this.#messages.values()], username);
  }
}

/** Messages that are still to be recorded, one row each, the newest; the others are counted. */
export function rowsOf(messages: readonly OutgoingMessage[], username: string): Span[][] {
  const isMany = messages.length > MAX_SHOWN;
  const shown = messages.slice(isMany ? 1 - MAX_SHOWN : 0);
  const rows = shown.map(({ content, kind }) => {
    const text = content.slice(0, MAX_LENGTH).replaceAll('\n', ' ↵ ');
    if (kind === 'action') return dim(`  …   * ${username} ${text}`);
    return dim(username === '' ? `  …   ${text}` : `  …   ${username}  ${text}`);
  });
  return isMany ? [dim(`  …   ${messages.length - shown.length} more`), ...rows] : rows;
}

function dim(text: string): Span[] {
  return [{ text, style: { dim: true } }];
}

/** The line that says this message. */
export function asTyped({ content, kind }: Pick<OwnMessage, 'content' | 'kind'>): string {
  if (kind === 'action') return `/me ${content}`;
  return content.startsWith('/') ? `/${content}` : content;
}
