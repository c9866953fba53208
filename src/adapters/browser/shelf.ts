/** Where texts are kept: by a tab, or by a browser. */
export interface Shelf {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

/** One that never fails: a browser may keep nothing, and then nothing is there. */
export function shelfOf(open: () => Shelf): Shelf {
  return {
    getItem: name => tried(() => open().getItem(name)) ?? null,
    setItem: (name, value) => tried(() => open().setItem(name, value)),
    removeItem: name => tried(() => open().removeItem(name)),
  };
}

function tried<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
