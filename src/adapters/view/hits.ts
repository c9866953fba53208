import { type SearchTerm, termsOf, wordsOf } from '../../domain/message-search.js';
import type { Piece } from './mentions.js';

const TOKENS = /[\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}]+/gu;

/** Marks in a message what a search for these words has found it by. */
export class Hits {
  readonly #terms: readonly SearchTerm[];

  constructor(words: string) {
    this.#terms = termsOf(words);
  }

  /** The whole text in pieces, in order. */
  split(text: string): Piece[] {
    if (this.#terms.length === 0) return [{ text, isMention: false }];
    return (text.match(TOKENS) ?? []).flatMap(token => this.#pieces(token));
  }

  #pieces(token: string): Piece[] {
    const words = wordsOf(token);
    if (words.length <= 1) return [{ text: token, isMention: words.some(word => this.#isHit(word)) }];
    // Of a script that puts no spaces between words, each character is one.
    return Array.from(token, text => ({ text, isMention: wordsOf(text).some(word => this.#isHit(word)) }));
  }

  #isHit(word: string): boolean {
    return this.#terms.some(({ words, isPrefix }) =>
      words.some(wanted => (isPrefix ? word.startsWith(wanted) : word === wanted)),
    );
  }
}
