import { isIPv6 } from 'node:net';

const LOOPBACK = '127.0.0.1';
const MAX_PORT = 65_535;

/** Why a text says not where to listen, as the end of a sentence; nothing when it does. */
export function listenAddressProblem(text: string): string | undefined {
  if (/^\w+:\/\//.test(text)) return 'is PORT or HOST:PORT, not a URL.';
  const [host, port] = split(text);
  if (!/^\d{1,5}$/.test(port) || Number(port) > MAX_PORT)
    return `is PORT or HOST:PORT, such as 9464 or 192.0.2.1:9464, and a port is a whole number from 0 to ${MAX_PORT}.`;
  if (host === '' || /[\s/[\]"']/.test(host) || (host.includes(':') && !isIPv6(host)))
    return 'is PORT or HOST:PORT, such as 9464, 192.0.2.1:9464 or [2001:db8::1]:9464.';
  return undefined;
}

/** Without a host it is this machine only. @param text one without a `listenAddressProblem` */
export function parseListenAddress(text: string): { readonly host: string; readonly port: number } {
  const [host, port] = split(text);
  return { host, port: Number(port) };
}

/** An IPv6 address stands in brackets. */
function split(text: string): [host: string, port: string] {
  const at = text.lastIndexOf(':');
  if (at === -1) return [LOOPBACK, text];
  const host = text.slice(0, at);
  return [/^\[(.*)\]$/.exec(host)?.[1] ?? host, text.slice(at + 1)];
}
