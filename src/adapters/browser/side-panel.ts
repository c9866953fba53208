import { byId } from './dom.js';

export type Side = 'people' | 'search';

const TITLES: Record<Side, string> = { people: 'People', search: 'Search' };

/** What stands beside the conversation, on a small screen over it: who is here, or a search. */
export class SidePanel {
  readonly #side = byId('side');
  readonly #title = byId('side-title');
  readonly #beneath = [byId('log').parentElement, document.querySelector('.bar')];
  readonly #openers: Record<Side, HTMLElement> = { people: byId('people-open'), search: byId('search-open') };
  readonly #isWide = matchMedia('(min-width: 56rem)');
  #shown: Side | undefined;
  #before: Element | null = null;

  /** @param opened told what is shown now */
  constructor(private readonly opened: (side: Side) => void) {
    for (const side of ['people', 'search'] as const)
      this.#openers[side].addEventListener('click', () => this.toggle(side));
    byId('side-close').addEventListener('click', () => this.close());
    this.#side.addEventListener('keydown', event => {
      if (event.key === 'Escape') this.close();
    });
    this.#isWide.addEventListener('change', () => this.#draw());
  }

  /** Beside the conversation there is room for who is here. */
  begin(): void {
    if (this.#isWide.matches && this.#shown === undefined) this.#show('people');
  }

  toggle(side: Side): void {
    if (this.#shown === side) this.close();
    else this.open(side);
  }

  open(side: Side): void {
    this.#before ??= document.activeElement;
    this.#show(side);
    const first = side === 'search' ? byId('search-text') : byId('side-close');
    first.focus();
  }

  close(): void {
    const opener = this.#shown && this.#openers[this.#shown];
    const hadFocus = this.#side.contains(document.activeElement);
    this.#shown = undefined;
    this.#draw();
    const target = this.#before instanceof HTMLElement ? this.#before : opener;
    if (hadFocus) (target?.isConnected === true && target !== document.body ? target : opener)?.focus();
    this.#before = null;
  }

  /** On a small screen, what was looked for is behind the panel. */
  yield(): void {
    if (!this.#isWide.matches) this.close();
  }

  #show(side: Side): void {
    this.#shown = side;
    this.#draw();
    this.opened(side);
  }

  #draw(): void {
    const shown = this.#shown;
    this.#side.hidden = shown === undefined;
    const isOver = shown !== undefined && !this.#isWide.matches;
    for (const one of this.#beneath) one?.toggleAttribute('inert', isOver);
    for (const side of ['people', 'search'] as const) {
      byId(side).hidden = side !== shown;
      this.#openers[side].setAttribute('aria-expanded', String(side === shown));
    }
    if (shown === undefined) return;
    this.#title.textContent = TITLES[shown];
    this.#side.setAttribute('aria-label', TITLES[shown]);
  }
}
