import type { ChatRequest } from '../../application/chat-request.js';
import type { ChatMemo } from '../../application/chat-response.js';
import type { ClientEvent } from '../../application/client/client-event.js';
import type { Action, ActionMenu } from './action-menu.js';

/** What can be done with a message, or with somebody, goes through these. */
export interface ActionTarget {
  readonly username: string;
  readonly memo?: ChatMemo | undefined;
}

export interface ActionParts {
  readonly menu: ActionMenu;
  isOwn(username: string): boolean;
  isIgnored(username: string): boolean;
  /** Whether the reader has proven who they are: others are no operators. */
  isVerified(): boolean;
  /** Begins a text in the field. */
  begin(text: string): void;
  /** As if it had been typed. */
  submit(text: string): void;
  order(request: ChatRequest): void;
  ask(request: ChatRequest): Promise<ClientEvent | undefined>;
  draft(): string;
}

/** The menu of a message or of a person. What operators do has its words in the field first, where they can be read and changed. */
export class PageActions {
  /** Once it is known. */
  #isOperator = false;

  constructor(private readonly parts: ActionParts) {}

  /** Rights may have changed. */
  forget(): void {
    this.#isOperator = false;
  }

  open(opener: HTMLElement, target: ActionTarget, at?: { x: number; y: number }): void {
    const { menu } = this.parts;
    const actions = this.#actionsOf(target);
    const label = target.memo === undefined ? target.username : `Message of ${target.username}`;
    menu.open(opener, label, actions, at);
    if (!this.parts.isVerified()) return;
    void this.#asksOperator().then(is => is && menu.isOpenFor(opener) && menu.add(this.#ordersOf(target)));
  }

  /** Nobody is told that they are one: whoever is may ask who is banned. */
  async #asksOperator(): Promise<boolean> {
    if (!this.#isOperator) this.#isOperator = (await this.parts.ask({ type: 'bans' }))?.type === 'Bans';
    return this.#isOperator;
  }

  #actionsOf({ username, memo }: ActionTarget): Action[] {
    const { parts } = this;
    const actions: Action[] = [];
    const isOther = !parts.isOwn(username);
    if (isOther)
      actions.push({ label: 'Mention', act: () => parts.begin(mentioning(parts.draft(), username)) });
    if (memo !== undefined)
      actions.push({ label: 'Copy text', act: () => void navigator.clipboard?.writeText(memo.content) });
    if (isOther) {
      const verb = parts.isIgnored(username) ? 'unignore' : 'ignore';
      const label = verb === 'ignore' ? 'Ignore' : 'Ignore no more';
      actions.push({ label, act: () => parts.submit(`/${verb} ${username}`) });
    }
    if (actions.length === 0) actions.push({ label: 'That is you', act: () => {} });
    return actions;
  }

  #ordersOf({ username, memo }: ActionTarget): Action[] {
    const { parts } = this;
    const orders: Action[] = [];
    const seq = memo?.seq;
    if (seq !== undefined)
      orders.push({
        label: 'Delete message',
        act: () => parts.order({ type: 'moderate', action: 'delete', seq }),
        isGrave: true,
      });
    if (!parts.isOwn(username))
      for (const [label, words] of [
        ['Mute…', `/mute ${username} 10m `],
        ['Kick…', `/kick ${username} `],
        ['Ban…', `/ban ${username} 1d `],
      ] as const)
        orders.push({ label, act: () => parts.begin(words) });
    return orders;
  }
}

function mentioning(draft: string, username: string): string {
  return draft === '' ? `${username}: ` : `${draft.trimEnd()} @${username} `;
}
