import { hostname } from 'node:os';
import { formatServerName, parseServerName, type ServerName } from '../adapters/config/server-name.js';
import type { ServerAddress } from '../application/chat-request.js';

/** Addresses at which only the machine itself finds the server. */
const LOOPBACK = /^(?:127\.|::1$)/;

/** Where a server listens that listens everywhere. */
const EVERYWHERE = /^(?:0\.0\.0\.0|::)$/;

/**
 * What to hand out to people who are to join from elsewhere; nothing when nobody can.
 * @param pin of the server's key
 */
export function invitationTo(
  { publicAddress }: { readonly publicAddress?: string },
  addresses: readonly ServerAddress[],
  pin: string,
): string | undefined {
  const open = addresses.find(({ host }) => !LOOPBACK.test(host));
  const named = publicAddress === undefined ? open && reachable(open) : parseServerName(publicAddress);
  if (named === undefined) return undefined;
  const { host, port = (open ?? addresses[0])?.port } = named;
  return `chatty client:join NAME --to ${formatServerName({ host, pin, ...(port !== undefined && { port }) })}`;
}

/** A server that listens everywhere is found by the name of its machine. */
function reachable({ host, port }: ServerAddress): ServerName {
  return { host: EVERYWHERE.test(host) ? hostname() : host, port };
}
