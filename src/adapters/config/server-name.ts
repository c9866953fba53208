import { isIPv6 } from 'node:net';

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

/** An IPv6 address with a port stands in brackets. */
function split(address: string): [host: string, port: string | undefined] {
  const [, inBrackets, behind] = /^\[([^\]]*)\](?::(.*))?$/.exec(address) ?? [];
  if (inBrackets !== undefined) return [inBrackets, behind];
  const [host = '', port, ...more] = address.split(':');
  return more.length > 0 ? [address, undefined] : [host, port];
}
