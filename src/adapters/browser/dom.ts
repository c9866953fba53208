/** The element of the page with this id. @throws {Error} when the page has none of this kind */
export function byId<T extends Element = HTMLElement>(id: string, kind?: new () => T): T {
  const found = document.getElementById(id);
  if (found === null || (kind !== undefined && !(found instanceof kind))) throw new Error(`no #${id}`);
  return found as Element as T;
}

/** Attributes as they are in HTML; `class` and `data-…` too. What is `undefined` is left out. */
export type Attributes = Readonly<Record<string, string | undefined>>;

/** A new element. Texts are texts: nothing is ever read as HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string | undefined)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined) made.setAttribute(name, value);
  made.append(...children.filter(child => child !== undefined));
  return made;
}

/** What is only heard by those who do not see. */
export function unseen(text: string): HTMLElement {
  return element('span', { class: 'sr' }, text);
}

/** Of which scripts the letters run to the left is for the browser to say: a name changes nothing around it. */
export function isolated(text: string): HTMLElement {
  return element('bdi', {}, text);
}

/** Makes these the children of a parent, in this order; those that stay where they are keep the focus. */
export function showOnly(parent: Element, children: readonly Element[]): void {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  let at = parent.firstElementChild;
  for (const child of children)
    if (child === at) at = at.nextElementSibling;
    else parent.insertBefore(child, at);
}

/** Changes what is in an element. If that takes the focus away, it goes to the part of the page around it, not to its beginning. */
export function keepFocusIn(changed: Element, change: () => void): void {
  const hadFocus = changed.contains(document.activeElement);
  change();
  if (hadFocus && !changed.contains(document.activeElement)) goHome(changed);
}

/** Gives the focus to the part of the page that something is in, or was in. */
export function goHome(from: Element): void {
  from.closest<HTMLElement>('[data-home]')?.focus({ preventScroll: true });
}
