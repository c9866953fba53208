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
  const lines = addresses.filter(({ scheme }) => scheme === undefined);
  const open = lines.find(({ host }) => !LOOPBACK.test(host));
  const named = publicAddress === undefined ? open && reachable(open) : parseServerName(publicAddress);
  if (named === undefined) return undefined;
  const { host, port = (open ?? lines[0])?.port } = named;
  return `chatty client:join NAME --to ${formatServerName({ host, pin, ...(port !== undefined && { port }) })}`;
}

/** Where people find the server's page; nothing when it has none. */
export function pageAddress(
  { publicAddress, webOrigins }: { readonly publicAddress?: string; readonly webOrigins: string },
  addresses: readonly ServerAddress[],
): string | undefined {
  const pages = addresses.filter(({ scheme }) => scheme === 'http');
  const open = pages.find(({ host }) => !LOOPBACK.test(host));
  const { port } = open ?? pages[0] ?? {};
  if (port === undefined) return undefined;
  const [told] = webOrigins.split(',');
  if (told) return `${told}/`;
  const named = publicAddress === undefined ? open && reachable(open) : parseServerName(publicAddress);
  if (named === undefined) return `http://localhost:${port}/`;
  const { host } = named;
  return new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}/`).href;
}

/**
 * What is printed for people: where to join from, with a terminal, with a browser and with ssh.
 * @param fingerprint of the key for ssh
 */
export function invitations(
  config: Parameters<typeof pageAddress>[0],
  addresses: readonly ServerAddress[],
  pin: string,
  fingerprint = '',
): readonly string[] {
  const invitation = invitationTo(config, addresses, pin);
  const page = pageAddress(config, addresses);
  const ssh = sshInvitationTo(config, addresses, fingerprint);
  return [
    ...(invitation === undefined ? [] : [`From elsewhere: ${invitation}`]),
    ...(page === undefined ? [] : [`In a browser: ${page}`]),
    ...(ssh === undefined ? [] : [`Over ssh: ${ssh}`]),
  ];
}

/** A server that listens everywhere is found by the name of its machine. */
function reachable({ host, port }: ServerAddress): ServerName {
  return { host: EVERYWHERE.test(host) ? hostname() : host, port };
}

/** The same for people who come with ssh; nothing when nobody can. */
function sshInvitationTo(
  { publicAddress }: { readonly publicAddress?: string },
  addresses: readonly ServerAddress[],
  fingerprint: string,
): string | undefined {
  const all = addresses.filter(({ scheme }) => scheme === 'ssh');
  const [first] = all;
  if (first === undefined) return undefined;
  const open = all.find(({ host }) => !LOOPBACK.test(host));
  const { host } =
    publicAddress === undefined
      ? open === undefined
        ? { host: 'localhost' }
        : reachable(open)
      : parseServerName(publicAddress);
  return `ssh -p ${first.port} NAME@${host} (${fingerprint})`;
}
