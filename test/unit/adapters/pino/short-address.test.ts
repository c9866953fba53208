import { expect } from 'chai';
import { IpNetworks } from '../../../../src/adapters/ip/ip-networks.js';
import { shortAddress } from '../../../../src/adapters/pino/short-address.js';

describe('An address in the log', () => {
  for (const [address, short] of [
    ['192.0.2.7', '192.0.2.0/24'],
    ['::ffff:192.0.2.7', '192.0.2.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['fe80::1:2%eth0', 'fe80::/64'],
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    ['no address', 'unknown'],
  ] as const) {
    it(`is ${short} for ${address}`, () => {
      expect(shortAddress(address, new IpNetworks())).to.equal(short);
    });
  }
});
