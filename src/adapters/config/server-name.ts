import { isIPv6 } from 'node:net';
import type { ServerAddress } from '../../application/chat-request.js';
import { canonicalHost } from '../wire/endpoint.js';
import { PORT } from './setting.js';

/** A server as people hand it on: `chat.example.org:8081#pin`. */
export interface ServerName {
  readonly host: string;
  readonly port?: number;
  /** The fingerprint of its key, in base64url. */
  readonly pin?: string;
}

const MAX_PORT = 65_535;

/** SHA-256 in base64url. */
const PIN = /^[\w-]{43}$/;

/** Why a text names no server, as the end of a sentence; nothing when it does. */
export function serverNameProblem(text: string): string | undefined {
  const [address = '', ...pins] = text.split('#');
  const [host, port] = split(address);
  if (pins.length > 1 || (pins[0] !== undefined && !PIN.test(pins[0])))
    return 'has a key behind # that is not whole: it has 43 letters, digits, - and _. Copy the whole line.';
  if (/^\w+:\/\//.test(text)) return 'is HOST or HOST:PORT, not a URL.';
  if (host === '' || /[\s/[\]"']/.test(host) || (host.includes(':') && !isIPv6(host)))
    return 'is HOST, HOST:PORT or HOST:PORT#KEY, such as chat.example.org:8081 or [2001:db8::1]:8081.';
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= MAX_PORT))
    return `has a port that is no whole number from 0 to ${MAX_PORT}.`;
  return undefined;
}

/** Most addresses of one room that a client is given. */
export const MAX_SERVERS = 16;

/** Why a text does not name the servers of one room, with commas between, and at which of them, as the end of a sentence. */
export function serverListProblem(text: string): string | undefined {
  const parts = text.split(',');
  if (parts.length === 1) return serverNameProblem(text);
  if (parts.length > MAX_SERVERS) return `names ${parts.length} servers. At most ${MAX_SERVERS} are tried.`;
  const met = new Set<string>();
  for (const [index, part] of parts.entries()) {
    if (part === '') return `has nothing at place ${index + 1} between its commas.`;
    const problem = serverNameProblem(part);
    if (problem !== undefined) return `is wrong at ${part}: it ${problem}`;
    const { host, port = PORT.default } = parseServerName(part);
    const address = `${canonicalHost(host)} ${port}`;
    if (met.has(address)) return `names ${part} twice.`;
    met.add(address);
  }
  return undefined;
}

/** @param text one without a `serverListProblem` */
export function parseServerList(text: string): ServerName[] {
  return text.split(',').map(parseServerName);
}

/** @param text one without a `serverNameProblem` */
export function parseServerName(text: string): ServerName {
  const [address = '', pin] = text.split('#');
  const [host, port] = split(address);
  return { host, ...(port !== undefined && { port: Number(port) }), ...(pin !== undefined && { pin }) };
}

/** As `parseServerName` reads it. */
export function formatServerName({ host, port, pin }: ServerName): string {
  const address = port !== undefined && host.includes(':') ? `[${host}]` : host;
  return `${address}${port === undefined ? '' : `:${port}`}${pin === undefined ? '' : `#${pin}`}`;
}

/** A server as people call it: with its port, where that is not the usual one. */
export function addressOf({ host, port }: ServerAddress): string {
  return formatServerName({ host, ...(port !== PORT.default && { port }) });
}

/** An IPv6 address with a port stands in brackets. */
function split(address: string): [host: string, port: string | undefined] {
  const [, inBrackets, behind] = /^\[([^\]]*)\](?::(.*))?$/.exec(address) ?? [];
  if (inBrackets !== undefined) return [inBrackets, behind];
  const [host = '', port, ...more] = address.split(':');
  return more.length > 0 ? [address, undefined] : [host, port];
}
