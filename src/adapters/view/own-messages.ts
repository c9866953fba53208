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

  /** All that are left, oldest first. */
  get all(): readonly OwnMessage[] {
    return [...this.#messages.values()];
  }
}

/** The line that says this message. */
export function asTyped({ content, kind }: Pick<OwnMessage, 'content' | 'kind'>): string {
  if (kind === 'action') return `/me ${content}`;
  return content.startsWith('/') ? `/${content}` : content;
}
