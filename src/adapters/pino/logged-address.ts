import { isIP } from 'node:net';
import type { Networks } from '../../application/server/moderation-ports.js';
import { isLoopback, plainAddress } from '../wire/endpoint.js';

/**
 * An address as it is logged, in full, or shortened to from where somebody comes, but not who: `192.0.2.0/24`,
 * `2001:db8:1:2::/64`. An operator can ban that as it stands. The machine's own addresses are never shortened.
 */
export function loggedAddress(
  address: string,
  form: 'short' | 'full',
  networks: Pick<Networks, 'parse'>,
): string {
  const plain = plainAddress(address);
  if (form === 'full') return plain;
  const bare = plain.replace(/%.*/, '');
  const kind = isIP(bare);
  if (kind === 0) return 'unknown';
  return isLoopback(bare) ? bare : (networks.parse(`${bare}/${kind === 4 ? 24 : 64}`) ?? 'unknown');
}
