import { BlockList, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';

/** An IPv4 address that a socket of both families has. */
const MAPPED = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/** An address without its IPv6 disguise. */
export function plainAddress(address: string): string {
  return address.replace(MAPPED, '');
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
