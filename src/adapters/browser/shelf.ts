/** Where texts are kept: by a tab, or by a browser. */
export interface Shelf {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

/**
 * One that never fails: a browser may keep nothing, and then nothing is there.
 * @param room of several behind one host, which one: what is kept for it is nothing to the others
 */
export function shelfOf(open: () => Shelf, room: string): Shelf {
  return {
    getItem: name => tried(() => open().getItem(room + name)) ?? null,
    setItem: (name, value) => tried(() => open().setItem(room + name, value)),
    removeItem: name => tried(() => open().removeItem(room + name)),
  };
}

/** Where a page is behind its host; empty at the top, as for all pages that no proxy has moved. */
export function roomOf(page: string): string {
  const { pathname } = new URL('.', page);
  return pathname === '/' ? '' : pathname;
}

function tried<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
