import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { isLoopback } from '../wire/endpoint.js';
import type { Visit } from './http-channel.js';

/** No origin of a page: they are a scheme and a host. */
export const FOREIGN = 'foreign';

/**
 * Whose page it is that wants to talk: a browser says so of every page, and a page of somebody else may reach whatever its
 * reader can reach, so it has to be this server's own. What is no browser says nothing, and nothing is kept from it by this: it
 * could say what it likes.
 * @param allowed origins of pages that are let in besides
 * @returns the origin; FOREIGN when it is not one of this server's, nothing when it is no browser
 */
export function pageOrigin(
  { headers }: Pick<IncomingMessage, 'headers'>,
  allowed: ReadonlySet<string>,
  visit: Visit,
): string | undefined {
  if (headers.origin === undefined) return undefined;
  if (allowed.has(headers.origin)) return headers.origin;
  const own = ownOrigins(headers.host ?? '', visit);
  return own.has(headers.origin) ? headers.origin : FOREIGN;
}

/** What the pages have as origin that were fetched from this host. */
function ownOrigins(host: string, { isEncrypted, isProxied, peer = '' }: Visit): Set<string> {
  // A name of somebody else's that they let point to this machine is no name of this server.
  if (!isEncrypted && !isProxied && isLoopback(peer) && !isOwnName(host)) return new Set();
  const schemes = isProxied ? ['http', 'https'] : [isEncrypted ? 'https' : 'http'];
  const origins = schemes.flatMap(scheme => {
    const url = `${scheme}://${host}`;
    return URL.canParse(url) ? [new URL(url).origin] : [];
  });
  return new Set(origins);
}

/** Whether only this machine itself calls itself so. */
function isOwnName(host: string): boolean {
  const url = `http://${host}`;
  if (!URL.canParse(url)) return false;
  const name = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return name === 'localhost' || name.endsWith('.localhost') || (isIP(name) !== 0 && isLoopback(name));
}
