import { type OwnMessage, OwnMessages } from '../view/own-messages.js';
import { unseen } from './dom.js';
import type { MessageRows } from './message-row.js';

/** Own messages below all others, until they are recorded: then they have their place among them. */
export class OwnList {
  readonly #messages = new OwnMessages();
  readonly #elements = new Map<string, HTMLElement>();
  username = '';

  constructor(
    private readonly list: HTMLElement,
    private readonly rows: MessageRows,
  ) {}

  get size(): number {
    return this.#messages.size;
  }

  add(message: OwnMessage): void {
    this.#messages.add(message);
    const { content, kind = 'message' } = message;
    const row = this.rows.row({ username: this.username, content, kind }, this.list.childElementCount > 0);
    row.classList.add('pending');
    row.querySelector('time')?.replaceChildren('…', unseen('not sent yet'));
    this.#elements.set(message.ref, row);
    this.list.append(row);
  }

  settle(ref: string): OwnMessage | undefined {
    this.#remove(ref);
    return this.#messages.settle(ref);
  }

  settleText(content: string): OwnMessage | undefined {
    const message = this.#messages.settleText(content);
    if (message !== undefined) this.#remove(message.ref);
    return message;
  }

  takeAll(): OwnMessage[] {
    for (const ref of [...this.#elements.keys()]) this.#remove(ref);
    return this.#messages.takeAll();
  }

  #remove(ref: string): void {
    this.#elements.get(ref)?.remove();
    this.#elements.delete(ref);
  }
}
