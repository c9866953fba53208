import type { SearchTerm } from '../../domain/message-search.js';
import { usernameKey } from '../../domain/username.js';

/** Terms hold only letters, digits and emoji, so no part of a query is taken for syntax. */
export function matchOf(terms: readonly SearchTerm[], from: string | undefined): string {
  const parts = terms.map(({ words, isPrefix }) => `words : "${words.join(' ')}"${isPrefix ? ' *' : ''}`);
  if (from !== undefined) parts.push(`author : "${authorToken(from)}"`);
  return parts.join(' AND ');
}

/** One word for all spellings of a name. */
export function authorToken(username: string): string {
  return `u${Buffer.from(usernameKey(username)).toString('hex')}`;
}
