import type { ChatMemo } from '../chat-response.js';

/** Longest texts of an answer altogether, in UTF-16 units: twice what a server may answer. */
const MAX_LENGTH = 512 * 1024;

/** Names or messages that come in parts, up to a bound in number and in length: what comes after is passed over. */
export class Collected<T extends string | ChatMemo> {
  readonly #all: T[] = [];
  #length = 0;

  constructor(private readonly maxCount: number) {}

  get all(): readonly T[] {
    return this.#all;
  }

  add(part: readonly T[]): void {
    for (const one of part) {
      this.#length += lengthOf(one);
      if (this.#all.length >= this.maxCount || this.#length > MAX_LENGTH) return;
      this.#all.push(one);
    }
  }
}

function lengthOf(one: string | ChatMemo): number {
  return typeof one === 'string' ? one.length : one.username.length + one.content.length;
}
