import { BlockList, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';

/** An IPv4 address that a socket of both families has: as the system writes it, or in groups, as it is in a proxy's header. */
const MAPPED = /^[0:]*:ffff:(?:(\d+\.\d+\.\d+\.\d+)|([\da-f]{1,4}):([\da-f]{1,4}))$/i;

/** An address without its IPv6 disguise. */
export function plainAddress(address: string): string {
  const [, dotted, high = '', low = ''] = isIPv6(address) ? (MAPPED.exec(address) ?? []) : [];
  if (dotted !== undefined) return dotted;
  if (high === '') return address;
  return [high, low].flatMap(group => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]).join('.');
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether an address is that of the machine itself. */
export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  return LOOPBACK.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}

/** One end of a connection, as both ends write it: `192.0.2.1:8081`, `[::1]:8081`; empty when it is not known. */
export function endpoint(address: string | undefined, port: number | undefined): string {
  if (address === undefined || port === undefined) return '';
  const plain = plainAddress(address);
  return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`;
}

/** The one form of all spellings of a host: `BÜCHER.example.` is `xn--bcher-kva.example`, `0:0::1` is `::1`, `127.1` is `127.0.0.1`. */
export function canonicalHost(host: string): string {
  const plain = plainAddress(host);
  if (!isIPv6(plain)) return (domainToASCII(plain) || plain.toLowerCase()).replace(/\.$/, '');
  // One with a zone is none to a URL.
  return URL.canParse(`http://[${plain}]`)
    ? new URL(`http://[${plain}]`).hostname.slice(1, -1)
    : plain.toLowerCase();
}
