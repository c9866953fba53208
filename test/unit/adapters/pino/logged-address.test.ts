import { expect } from 'chai';
import { IpNetworks } from '../../../../src/adapters/ip/ip-networks.js';
import { loggedAddress } from '../../../../src/adapters/pino/logged-address.js';

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
      expect(loggedAddress(address, 'short', new IpNetworks())).to.equal(short);
    });
  }

  it('is in full, without its disguise, when that is asked for', () => {
    const full = (address: string) => loggedAddress(address, 'full', new IpNetworks());
    expect(['::ffff:192.0.2.7', 'fe80::1:2%eth0'].map(full)).to.deep.equal(['192.0.2.7', 'fe80::1:2%eth0']);
  });
});
