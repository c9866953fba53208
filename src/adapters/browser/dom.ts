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
