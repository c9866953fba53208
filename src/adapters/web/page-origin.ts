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
 * @param names of the server, in small letters, at which it may be spoken to in plain text
 * @returns the origin; FOREIGN when it is not one of this server's, nothing when it is no browser
 */
export function pageOrigin(
  { headers }: Pick<IncomingMessage, 'headers'>,
  allowed: ReadonlySet<string>,
  visit: Visit,
  names: ReadonlySet<string> = new Set(),
): string | undefined {
  if (headers.origin === undefined) return undefined;
  if (allowed.has(headers.origin)) return headers.origin;
  const own = ownOrigins(headers.host ?? '', visit, names);
  return own.has(headers.origin) ? headers.origin : FOREIGN;
}

/**
 * What the pages have as origin that were fetched from this host. A name that somebody lets point here, when their page is read
 * already, is no name of this server: with encryption the browser finds out; in plain text the name has to be known, or none.
 */
function ownOrigins(
  host: string,
  { isEncrypted, isProxied, peer = '' }: Visit,
  names: ReadonlySet<string>,
): Set<string> {
  const isHere = !isProxied && isLoopback(peer);
  const name = nameIn(host);
  const mayBePlain = !isEncrypted && (isOwnName(name) || (!isHere && (isIP(name) !== 0 || names.has(name))));
  const schemes = [...(mayBePlain ? ['http'] : []), ...(isEncrypted || isProxied ? ['https'] : [])];
  const origins = schemes.flatMap(scheme => {
    const url = `${scheme}://${host}`;
    return URL.canParse(url) ? [new URL(url).origin] : [];
  });
  return new Set(origins);
}

/** The host without its port; empty where there is none. */
function nameIn(host: string): string {
  const url = `http://${host}`;
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '';
}

/** Whether only this machine itself calls itself so. */
function isOwnName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || (isIP(name) !== 0 && isLoopback(name));
}
