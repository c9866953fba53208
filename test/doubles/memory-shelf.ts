import type { Shelf } from '../../src/adapters/browser/shelf.js';

/** What a tab keeps, or a browser. */
export class MemoryShelf implements Shelf {
  constructor(readonly texts = new Map<string, string>()) {}

  getItem(name: string): string | null {
    return this.texts.get(name) ?? null;
  }

  setItem(name: string, value: string): void {
    this.texts.set(name, value);
  }

  removeItem(name: string): void {
    this.texts.delete(name);
  }
}
