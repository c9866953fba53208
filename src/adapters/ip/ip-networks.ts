import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Networks } from '../../application/server/moderation-ports.js';
import { isLoopback, plainAddress } from '../wire/endpoint.js';

const BITS: Record<number, number> = { 4: 32, 6: 128 };

/** How many networks are kept ready for comparison. */
const MAX_READY = 1000;

/** IPv4 and IPv6 addresses, and networks in CIDR notation. */
export class IpNetworks implements Networks {
  readonly #ready = new Map<string, BlockList>();

  parse(text: string): string | undefined {
    const [address = '', bits, ...more] = text.trim().split('/');
    const plain = plainAddress(address);
    const most = BITS[isIP(plain)];
    if (most === undefined || more.length > 0) return undefined;
    if (bits === undefined) return plain.toLowerCase();
    if (!/^\d{1,3}$/.test(bits) || Number(bits) > most) return undefined;
    return `${plain.toLowerCase()}/${Number(bits)}`;
  }

  contains(network: string, address: string): boolean {
    const plain = plainAddress(address);
    if (isIP(plain) === 0) return false;
    return this.#listOf(network).check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
  }

  origin(address: string): string | undefined {
    const plain = plainAddress(address).replace(/%.*/, '');
    if (isIP(plain) === 0 || isLoopback(plain)) return undefined;
    return isIPv6(plain) ? `${plain.toLowerCase()}/64` : plain;
  }

  #listOf(network: string): BlockList {
    const known = this.#ready.get(network);
    if (known !== undefined) return known;
    const list = new BlockList();
    const [address = '', bits] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
    if (this.#ready.size >= MAX_READY) this.#ready.clear();
    this.#ready.set(network, list);
    return list;
  }
}
