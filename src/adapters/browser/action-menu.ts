import { element } from './dom.js';

/** What can be done, and what does it. */
export interface Action {
  readonly label: string;
  readonly act: () => void;
  /** It takes something away: it is asked once more. */
  readonly isGrave?: true;
}

/** Where a menu is opened, in pixels of the window. */
interface Anchor {
  readonly x: number;
  readonly y: number;
  readonly bottom?: number;
}

/** A menu beside what it is about: arrows choose, Enter does, Escape closes, and the focus goes back to where it was. */
export class ActionMenu {
  #opener: HTMLElement | undefined;
  /** Where the focus goes if the opener is gone by then. */
  #home: HTMLElement | null | undefined;
  #at: Anchor = { x: 0, y: 0 };

  constructor(private readonly menu: HTMLElement) {
    menu.addEventListener('keydown', event => this.#onKey(event));
    menu.addEventListener('toggle', event => {
      if ((event as ToggleEvent).newState === 'closed') this.#closed();
    });
  }

  /** @param label of the whole, for those who hear it */
  open(opener: HTMLElement, label: string, actions: readonly Action[], at?: { x: number; y: number }): void {
    this.#opener = opener;
    this.#home = opener.closest<HTMLElement>('[data-home]');
    this.menu.setAttribute('aria-label', label);
    this.menu.replaceChildren(...actions.map(action => this.#item(action)));
    // Where it is can be inert, or a part of the page that nobody has come to.
    (opener.closest('main, aside') ?? document.body).append(this.menu);
    this.menu.hidden = false;
    this.menu.showPopover();
    this.#at = at ?? opener.getBoundingClientRect();
    this.#place(this.#at);
    this.menu.querySelector('button')?.focus();
  }

  /** Whether it is the one that was opened there. */
  isOpenFor(opener: HTMLElement): boolean {
    return !this.menu.hidden && this.#opener === opener;
  }

  /** More that can be done, as it turns out. */
  add(actions: readonly Action[]): void {
    this.menu.append(...actions.map(action => this.#item(action)));
    this.#place(this.#at);
  }

  close(): void {
    if (!this.menu.hidden) this.menu.hidePopover();
  }

  #item({ label, act, isGrave }: Action): HTMLElement {
    const item = element('button', { type: 'button', role: 'menuitem', tabindex: '-1' }, label);
    item.addEventListener('click', () => {
      if (isGrave && !item.classList.contains('sure')) {
        item.classList.add('sure');
        item.textContent = `${label}: sure?`;
        return;
      }
      this.close();
      act();
    });
    return item;
  }

  /** Below what it is about, where there is room. */
  #place(at: Anchor): void {
    const { offsetWidth, offsetHeight } = this.menu;
    const left = Math.min(at.x, innerWidth - offsetWidth - 8);
    const below = at.bottom ?? at.y;
    const top = below + offsetHeight + 8 <= innerHeight ? below : Math.max(8, at.y - offsetHeight);
    this.menu.style.left = `${Math.max(8, left)}px`;
    this.menu.style.top = `${top}px`;
  }

  #closed(): void {
    this.menu.hidden = true;
    const hadFocus = this.menu.contains(document.activeElement) || document.activeElement === document.body;
    if (!hadFocus) return;
    if (this.#opener?.isConnected) this.#opener.focus();
    else this.#home?.focus({ preventScroll: true });
  }

  #onKey(event: KeyboardEvent): void {
    const items = [...this.menu.querySelectorAll('button')];
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    const next: Record<string, number> = {
      ...{ ArrowDown: (at + 1) % items.length, ArrowUp: (at + items.length - 1) % items.length },
      ...{ Home: 0, End: items.length - 1 },
    };
    const to = next[event.key];
    if (event.key === 'Tab' || event.key === 'Escape') this.close();
    if (event.key === 'Escape') event.stopPropagation(); // the panel that it is in stays
    if (to === undefined) return;
    event.preventDefault();
    items[to]?.focus();
  }
}
