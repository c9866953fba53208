import { isIP } from 'node:net';
import type { Networks } from '../../application/server/moderation-ports.js';
import { isLoopback, plainAddress } from '../wire/endpoint.js';

/** Some first bits of an address, all of them for one address. */
interface Network {
  /** Bits of an address of its kind: 32 or 128. */
  readonly width: number;
  readonly length: number;
  /** The first bits, as a number. */
  readonly prefix: bigint;
}

/** IPv4 addresses within IPv6 begin with these 96 bits. */
const MAPPED = 0xffffn;

/** How many networks are kept ready for comparison. */
const MAX_READY = 20_000;

/** IPv4 and IPv6 addresses, and networks in CIDR notation. */
export class IpNetworks implements Networks {
  readonly #ready = new Map<string, Network | undefined>();
  /** The address that was asked for last: it is compared with many networks. */
  #last: [text: string, address: Network | undefined] = ['', undefined];

  parse(text: string): string | undefined {
    const network = networkOf(text.trim());
    return network && textOf(network);
  }

  contains(network: string, address: string): boolean {
    if (this.#last[0] !== address) this.#last = [address, networkOf(address.replace(/%.*/, ''))];
    const [, one] = this.#last;
    const some = this.#networkOf(network);
    if (one === undefined || some === undefined || one.width !== some.width) return false;
    return one.prefix >> BigInt(some.width - some.length) === some.prefix;
  }

  origin(address: string): string | undefined {
    const plain = plainAddress(address).replace(/%.*/, '');
    if (isIP(plain) === 0 || isLoopback(plain)) return undefined;
    return this.parse(isIP(plain) === 6 ? `${plain}/64` : plain);
  }

  #networkOf(text: string): Network | undefined {
    if (this.#ready.has(text)) return this.#ready.get(text);
    if (this.#ready.size >= MAX_READY) this.#ready.clear();
    const network = networkOf(text);
    this.#ready.set(text, network);
    return network;
  }
}

function networkOf(text: string): Network | undefined {
  const [address = '', bits, ...more] = text.split('/');
  const kind = isIP(address);
  if (kind === 0 || address.includes('%') || more.length > 0) return undefined;
  if (bits !== undefined && !/^\d{1,3}$/.test(bits)) return undefined;
  const width = kind === 4 ? 32 : 128;
  const length = bits === undefined ? width : Number(bits);
  if (length > width) return undefined;
  const prefix = numberOf(address, kind) >> BigInt(width - length);
  const isMapped = width === 128 && length >= 96 && prefix >> BigInt(length - 96) === MAPPED;
  if (!isMapped) return { width, length, prefix };
  const own = length - 96;
  return { width: 32, length: own, prefix: prefix & ((1n << BigInt(own)) - 1n) };
}

function numberOf(address: string, kind: number): bigint {
  if (kind === 4) return address.split('.').reduce((all, byte) => (all << 8n) + BigInt(byte), 0n);
  const [front = '', back] = canonical(address).split('::');
  const groups = (text: string | undefined) => (text === undefined || text === '' ? [] : text.split(':'));
  const [first, last] = [groups(front), groups(back)];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  return [...first, ...zeros, ...last].reduce((all, group) => (all << 16n) + BigInt(`0x${group}`), 0n);
}

/** The one way to write a network: what it does not fix is zero. */
function textOf({ width, length, prefix }: Network): string {
  const number = prefix << BigInt(width - length);
  const suffix = length === width ? '' : `/${length}`;
  const part = (at: number, size: number) => Number((number >> BigInt(at)) & ((1n << BigInt(size)) - 1n));
  if (width === 32) return `${[24, 16, 8, 0].map(at => part(at, 8)).join('.')}${suffix}`;
  const groups = [112, 96, 80, 64, 48, 32, 16, 0].map(at => part(at, 16).toString(16));
  return canonical(groups.join(':')) + suffix;
}

/** An IPv6 address as RFC 5952 writes it, in groups of hexadecimal digits only. */
function canonical(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}
