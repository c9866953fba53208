import { createHmac, randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { isLoopback, plainAddress } from '../endpoint.js';

export interface OriginLimits {
  /** Connections at a time from one address, or of IPv6 from one network (/64), which one household has. */
  readonly maxConnectionsPerAddress: number;
  /** Whether this machine itself has the same limit: another program here may stand for everybody (a proxy). */
  readonly noTrustLoopback: boolean;
}

/** Whose connections count as those of one: an address, of IPv6 a network. */
export type Origin = string;

/** How many connections there are from each address. */
export class Origins {
  readonly #counts = new Map<Origin, number>();

  constructor(private readonly limits: OriginLimits) {}

  /** How many more there are from this address than there may be, one more counted; 0 when there may be one more. */
  excess(address: string | undefined): number {
    const origin = this.of(address);
    if (origin === undefined) return 0;
    return Math.max(0, (this.#counts.get(origin) ?? 0) + 1 - this.limits.maxConnectionsPerAddress);
  }

  /** One more, until the promise resolves. */
  count(address: string | undefined, until: Promise<void>): void {
    const origin = this.of(address);
    if (origin === undefined) return;
    this.#counts.set(origin, (this.#counts.get(origin) ?? 0) + 1);
    void until.then(() => {
      const left = (this.#counts.get(origin) ?? 1) - 1;
      if (left > 0) this.#counts.set(origin, left);
      else this.#counts.delete(origin);
    });
  }

  /** Nothing where there is no limit. */
  of(address: string | undefined): Origin | undefined {
    return originOf(address, this.limits.noTrustLoopback);
  }
}

/** An address, or a network, that is that of one; nothing for this machine itself, where many may be. */
function originOf(address: string | undefined, limitsLoopback = false): string | undefined {
  if (address === undefined) return undefined;
  const plain = plainAddress(address);
  if (!limitsLoopback && isLoopback(plain)) return undefined;
  return isIPv6(plain) ? networkOf(plain) : plain;
}

/** Different for each run, so that nothing which is kept says where somebody was. */
const salt = randomBytes(16);

/** A word for everybody behind an origin: 72 bits, the same as long as this process runs. */
export function ownerOf(address: string | undefined): string | undefined {
  const origin = originOf(address);
  if (origin === undefined) return undefined;
  // No name can have the sign in front.
  return `@${createHmac('sha256', salt).update(origin).digest('base64url').slice(0, 12)}`;
}

/** The first four groups of an IPv6 address. */
function networkOf(address: string): string {
  const [head = '', tail] = address.replace(/%.*/, '').split('::');
  const groups = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - last.length) }, () => '0');
  const all = tail === undefined ? groups : [...groups, ...zeros, ...last];
  return `${all.slice(0, 4).join(':')}::/64`;
}
