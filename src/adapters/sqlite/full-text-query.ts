import type { SearchTerm } from '../../domain/message-search.js';
import { usernameKey } from '../../domain/name-key.js';

/** Terms hold only letters, digits and emoji, so no part of a query is taken for syntax. */
export function matchOf(terms: readonly SearchTerm[], from: string | undefined): string {
  const parts = withoutImplied(terms).map(
    ({ words, isPrefix }) => `words : "${words.join(' ')}"${isPrefix ? ' *' : ''}`,
  );
  if (from !== undefined) parts.push(`author : "${authorToken(from)}"`);
  return parts.join(' AND ');
}

/**
 * Without beginnings of words that other terms begin with as well: FTS5 would collect every word that begins so, again for
 * each, and nobody would be found or lost by it. Of two that are the same, the first stays.
 */
function withoutImplied(terms: readonly SearchTerm[]): SearchTerm[] {
  return terms.filter((term, at) => {
    const [beginning = ''] = term.words;
    if (!term.isPrefix || term.words.length > 1) return true;
    return !terms.some((other, otherAt) => {
      const isSame = other.isPrefix && other.words.length === 1 && other.words[0] === beginning;
      return isSame ? otherAt < at : other.words.some(word => word.startsWith(beginning));
    });
  });
}

/** One word for all spellings of a name. */
function authorToken(username: string): string {
  return `u${Buffer.from(usernameKey(username)).toString('hex')}`;
}

const MAX_AUTHORS = 10_000;

/** The tokens of those who talk, each of which is made once. */
export class AuthorTokens {
  readonly #known = new Map<string, string>();

  of(username: string): string {
    let token = this.#known.get(username);
    if (token === undefined) {
      if (this.#known.size >= MAX_AUTHORS) this.#known.clear();
      token = authorToken(username);
      this.#known.set(username, token);
    }
    return token;
  }
}
