import { isIP } from 'node:net';
import type { Networks } from '../../application/server/moderation-ports.js';
import { isLoopback, plainAddress } from '../wire/endpoint.js';

/**
 * From where a line comes, but not from whom: `192.0.2.0/24`, `2001:db8:1:2::/64`. An operator can ban it as it stands. The
 * machine's own addresses stay as they are.
 */
export function shortAddress(address: string, networks: Pick<Networks, 'parse'>): string {
  const plain = plainAddress(address).replace(/%.*/, '');
  const kind = isIP(plain);
  if (kind === 0) return 'unknown';
  return isLoopback(plain) ? plain : (networks.parse(`${plain}/${kind === 4 ? 24 : 64}`) ?? 'unknown');
}
